import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { type GraphQLInputObjectType, getNamedType, isInputObjectType, isObjectType } from 'graphql';
import { accessMatrix, exampleActor, matrixText } from '../../src/cli/access-matrix.js';
import { abilityOf } from '../../src/core/ability.js';
import { systemActor } from '../../src/core/actor.js';
import { FIELD_CLASSES, sensitiveFields } from '../../src/core/graphql/rights.js';
import { API_SCOPES } from '../../src/identity/api-key.entity.js';
import { Role } from '../../src/identity/roles.js';
import { ABILITIES } from '../../src/abilities.js';
import { buildApiSchema } from '../../src/schema.js';

const schema = buildApiSchema();
const ROLES = Object.values(Role);
const matrix = accessMatrix();

describe('the access matrix', () => {
  it('is the one that is checked in: run `npm run countersign matrix` after a change of the abilities', () => {
    expect(readFileSync(resolve('docs/access-matrix.md'), 'utf8')).toBe(matrixText());
  });

  it('gives nobody everything: no role holds `manage`, `all`, or every right of the matrix', () => {
    const actors = [
      ...ROLES.map((role) => exampleActor(role)),
      systemActor(exampleActor(Role.AUDITOR).tenantId, 'job'),
    ];
    for (const actor of actors) {
      const rules = abilityOf(actor, ABILITIES).rules.map(({ action, subject }) => [action, subject].flat());
      expect(rules.flat().filter((word) => word === 'manage' || word === 'all')).toEqual([]);
    }
    for (const role of ROLES)
      expect([role, matrix.some(({ allowed }) => allowed[role] === 'no')]).toEqual([role, true]);
  });

  it('gives every right to somebody, and every class of field to somebody and not to all', () => {
    expect(matrix.filter(({ allowed }) => ROLES.every((role) => allowed[role] === 'no'))).toEqual([]);
    for (const row of matrix.filter(({ kind }) => kind === 'field class')) {
      expect([row.name, ROLES.some((role) => row.allowed[role] === 'no')]).toEqual([row.name, true]);
    }
    expect([...new Set(sensitiveFields(schema).map(({ fieldClass }) => fieldClass))].toSorted()).toEqual(
      [...FIELD_CLASSES].toSorted(),
    );
  });

  it('lets no auditor and no program approve, and no auditor change anything', () => {
    const changes = matrix.filter(({ kind }) => kind === 'mutation');
    expect(
      changes
        .filter(({ allowed }) => allowed.AUDITOR !== 'no')
        .map(({ name, allowed }) => `${name} ${allowed.AUDITOR}`)
        .toSorted(),
      // What an auditor takes away is on record, as is their verdict of a review; neither changes a record of the business.
    ).toEqual([
      'closeIntegrationReview yes',
      'drawSample yes',
      'exportDataset yes',
      'exportPopulation yes',
      'issueArtefact yes',
      'makeEvidencePack yes',
    ]);
    expect(changes.filter(({ allowed }) => allowed.INTEGRATOR !== 'no').map(({ name }) => name)).toEqual([
      'createEventEndpoint',
      'updateEventEndpoint',
      'rotateEventSecret',
      'disableEventEndpoint',
      'enableEventEndpoint',
      'deleteEventEndpoint',
      'replayEvents',
      'sendTestEvent',
      'importDeal',
    ]);
  });

  it('narrows a program by its scopes: none gives a right that all of them do not', () => {
    const full = exampleActor(Role.INTEGRATOR);
    const rights = (scopes: readonly string[]): Set<string> =>
      new Set(
        abilityOf({ ...full, scopes: [...scopes] }, ABILITIES).rules.flatMap(({ action, subject }) =>
          [action].flat().flatMap((a) => [subject].flat().map((s) => `${a} ${String(s)}`)),
        ),
      );
    const all = rights(API_SCOPES);
    for (const scope of API_SCOPES) expect([...rights([scope])].filter((right) => !all.has(right))).toEqual([]);
    expect(
      [...rights([])].filter((right) => / (Handoff|Deal|Client|Project|Brief|ApprovalRequest)$/.test(right)),
    ).toEqual([]);
  });
});

describe('filters and order', () => {
  /** Every argument of every field but the mutations', with the fields of its input types, as `Type.field(argument)`. */
  const asked = Object.values(schema.getTypeMap())
    .filter((type) => isObjectType(type) && type !== schema.getMutationType() && !type.name.startsWith('__'))
    .flatMap((type) =>
      isObjectType(type)
        ? Object.values(type.getFields()).flatMap((field) =>
            field.args.flatMap((arg) => names(`${type.name}.${field.name}`, arg.name, arg.type as never)),
          )
        : [],
    );

  function names(
    path: string,
    name: string,
    type: Parameters<typeof getNamedType>[0],
    seen: readonly GraphQLInputObjectType[] = [],
  ): { path: string; name: string }[] {
    const named = getNamedType(type);
    const inner =
      isInputObjectType(named) && !seen.includes(named)
        ? Object.values(named.getFields()).flatMap((field) =>
            names(`${path}(${name})`, field.name, field.type, [...seen, named]),
          )
        : [];
    return [{ path: `${path}(${name})`, name }, ...inner];
  }

  it('name no field of a class: a filter or an order would tell by which rows it answers', () => {
    const sensitive = new Set(sensitiveFields(schema).map(({ path }) => path.split('.')[1]!));
    expect(asked.length).toBeGreaterThan(20);
    // `costFrom`, `minMarginBps` and `email_contains` name one as well; `subjectId` is the id of a record.
    const telling = ({ path, name }: { path: string; name: string }): boolean =>
      !['Query.ledger(subjectId)', 'Query.teamsCards(subjectId)', 'Query.approvalInbox(filter)(subjectId)'].includes(
        path,
      ) &&
      [...sensitive].some(
        (field) => name === field || (field.length > 3 && name.toLowerCase().includes(field.toLowerCase())),
      );
    expect(asked.filter(telling).map(({ path, name }) => `${path} ${name}`)).toEqual([]);
  });

  it('there is no order to choose at all: pages come newest first', () => {
    expect(asked.filter(({ name }) => /sort|order|direction/i.test(name))).toEqual([]);
  });
});
