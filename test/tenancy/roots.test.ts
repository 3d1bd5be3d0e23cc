import { getNamedType, isInputObjectType } from 'graphql';
import pg from 'pg';
import { accessMatrix } from '../../src/cli/access-matrix.js';
import { abilityOf, allows } from '../../src/core/ability.js';
import { sensitiveFields } from '../../src/core/graphql/rights.js';
import { newId } from '../../src/core/id.js';
import { tableOf } from '../../src/core/table.js';
import { ENTITIES } from '../../src/entities.js';
import { API_SCOPES } from '../../src/identity/api-key.entity.js';
import { Role } from '../../src/identity/roles.js';
import { ABILITIES } from '../../src/abilities.js';
import { openSuite, type Suite } from '../kit/suite.js';
import type { GraphQLResult, Persona } from '../kit/world.js';
import type { Call } from './calls.js';
import { calls, populate, type Population, schema } from './population.js';
import { SOURCES, valueOf } from './sources.js';

const CANARY = `canary${newId().replaceAll('-', '')}`;
const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;
const isUuid = (text: string): boolean => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text);
const matrix = accessMatrix();
const classes = new Map(sensitiveFields(schema).map(({ path, fieldClass }) => [path, fieldClass]));

/** Texts that are ids of a kind beside the arguments of type ID. */
const TEXTS = ['subjectId', 'handle', 'number', 'token', 'subject', 'oid'];

let suite: Suite;
let theirs: Population;
let ours: Population;
let foreignIds: Set<string>;
/** Ids of theirs that our tenant has named itself: its own ledger and findings repeat them. */
const named = new Set<string>();
/** What every call of our tenant was answered. */
const answers: { call: string; answer: string }[] = [];
const personas = new Map<Role, Persona>();

beforeAll(async () => {
  suite = await openSuite();
  theirs = await populate(await suite.tenant(), { closed: true });
  ours = await populate(await suite.tenant(), { closed: false });
  for (const role of Object.values(Role)) personas.set(role, await personaOf(role));
  await plantCanaries();
});
afterAll(() => suite.close());

async function personaOf(role: Role): Promise<Persona> {
  const { world, apiKeyId: id } = ours;
  if (role !== Role.INTEGRATOR) return world.as(role);
  return world.acting({
    kind: 'SERVICE',
    tenantId: world.tenantId,
    id,
    roles: [role],
    scopes: [...API_SCOPES],
    authTime: null,
    accountId: null,
  });
}

/** Puts the token into every free text of the other tenant, and notes all its ids. */
async function plantCanaries(): Promise<void> {
  const superuser = new pg.Client({ connectionString: suite.superuserUrl });
  await superuser.connect();
  try {
    // Past triggers: the ledger takes no change.
    await superuser.query("set session_replication_role = 'replica'");
    foreignIds = new Set([theirs.world.tenantId]);
    let planted = 0;
    for (const entity of ENTITIES) {
      const { name, columns } = tableOf(entity);
      const free = await superuser.query<{ name: string }>(
        `select a.attname::text as name from pg_attribute a where a.attrelid = $1::regclass and a.atttypid = 'text'::regtype and a.attnum > 0
          and not exists (select 1 from pg_constraint k where k.conrelid = a.attrelid and k.contype in ('c', 'u', 'p', 'f') and a.attnum = any(k.conkey))`,
        [name],
      );
      const texts = free.rows
        .map((row) => row.name)
        .filter((column) => {
          const { property, from } = columns.find((c) => c.name === column)!;
          return from('"x"') === '"x"' && !['handle', 'number', 'subject', 'issuer'].includes(property);
        });
      planted += texts.length;
      if (texts.length > 0)
        await superuser.query(
          `update ${name} set ${texts.map((c) => `${c} = coalesce(${c}, '') || '${CANARY}'`).join(', ')} where tenant_id = $1`,
          [theirs.world.tenantId],
        );
      const { rows } = await superuser.query<{ row: string }>(
        `select t::text as row from ${name} t where tenant_id = $1`,
        [theirs.world.tenantId],
      );
      for (const { row } of rows) for (const id of row.match(UUID) ?? []) foreignIds.add(id);
    }
    expect(planted).toBeGreaterThan(80);
  } finally {
    await superuser.end();
  }
}

/** The names of a root field's arguments that are ids, or texts like ids, at any depth of its inputs. */
function idNames(root: string): string[] {
  const { field } = calls.roots().find((one) => one.field.name === root)!;
  const walk = (fields: readonly { name: string; type: Parameters<typeof getNamedType>[0] }[]): string[] =>
    fields.flatMap(({ name, type }) => {
      const named = getNamedType(type);
      if (isInputObjectType(named)) return walk(Object.values(named.getFields()));
      return named?.name === 'ID' || TEXTS.includes(name) ? [name] : [];
    });
  return [...new Set(walk(field.args))];
}

const nobodys = (like: unknown): unknown => {
  if (Array.isArray(like)) return [newId()];
  const text = String(like);
  if (isUuid(text)) return newId();
  return text.length === 64 ? newId().replaceAll('-', '').padEnd(64, '0') : `x-${newId().slice(-6)}`;
};

/** The revision that a change has to name, as it stands now. */
async function revisionFor(name: string, known: Record<string, unknown>): Promise<number> {
  const target: [string, string][] = [
    ['handoffId', 'handoff'],
    ['personId', 'person'],
    ['requestId', 'approval_request'],
  ];
  const [argument, table] = target.find(([argument]) => idNames(name).includes(argument)) ?? ['', ''];
  if (!table) return 1;
  const rows = await ours.world.rows(`select revision from ${table} where tenant_id = $1 and id::text = $2`, [
    String(known[argument]),
  ]);
  return (rows[0]?.revision as number | undefined) ?? 1;
}

/** Everything of an answer that this role may ask for. */
function selectionFor(persona: Persona, root: string, depth: number): string {
  return calls.selection(typeOf(root), depth, leaving(persona));
}

const typeOf = (root: string) => getNamedType(calls.roots().find(({ field }) => field.name === root)!.field.type);

function leaving(persona: Persona): (path: string) => boolean {
  const ability = abilityOf(persona.actor, ABILITIES);
  return (path) => classes.has(path) && !allows(ability, 'see', classes.get(path)!);
}

async function send(persona: Persona, { name, document, variables }: Call): Promise<GraphQLResult> {
  const result = await persona.graphql(document, variables);
  answers.push({ call: `${name} by ${persona.actor.roles.join()}`, answer: JSON.stringify(result) });
  return result;
}

/** An answer without what the asker sent, and without what grows by itself. */
function masked(result: GraphQLResult, sent: readonly unknown[]): string {
  let text = JSON.stringify(result);
  for (const value of sent.flat()) text = text.replaceAll(String(value), '*');
  return text
    .replaceAll(UUID, '*')
    .replaceAll(/[0-9a-f]{64}/g, '*')
    .replaceAll(/cs_[\w-]+/g, '*')
    .replaceAll(/"(startCursor|endCursor|cursor)":"[^"]*"/g, '"$1":"*"')
    .replaceAll(/"(revision|number|createdAt|handle)":("[^"]*"|\d+)/g, '"$1":"*"');
}

const allowed = (root: string): Persona[] => {
  const row = matrix.find(({ name }) => name === root)!;
  return [...personas].filter(([role]) => row.allowed[role] !== 'no').map(([, persona]) => persona);
};
const code = ({ data, errors }: GraphQLResult): string =>
  errors.map((e) => String(e.extensions.code)).join() || JSON.stringify(data);

/** Sends a call with some of their values, and the same with nobody's; answers what differs. */
async function compare(
  persona: Persona,
  root: string,
  foreign: readonly string[],
  own: Record<string, unknown>,
): Promise<{ difference: string | null; answered: string[] }> {
  const real = Object.fromEntries(
    await Promise.all(foreign.map(async (name) => [name, await valueOf(theirs, theirs.draft, root, name)] as const)),
  );
  for (const value of Object.values(real).flat()) named.add(String(value));
  const random = Object.fromEntries(Object.entries(real).map(([name, value]) => [name, nobodys(value)]));
  const ask = async (values: Record<string, unknown>): Promise<GraphQLResult[]> => {
    const known: Record<string, unknown> = { ...own, ...values };
    const results: GraphQLResult[] = [];
    const selection = selectionFor(persona, root, isMutation(root) ? 0 : 1);
    for (const call of calls.variants(root, {
      values: (name) => (name === 'expectedRevision' ? known.revision : known[name]),
      selection,
    })) {
      const answer = await send(persona, call);
      // The whole ledger grows by every read of an auditor, whatever was asked.
      if (root !== 'ledger' || 'subjectId' in call.variables) results.push(answer);
    }
    return results;
  };
  const revision = async (values: Record<string, unknown>): Promise<number> => revisionFor(root, { ...own, ...values });
  const found = await ask({ ...real, revision: await revision(real) });
  const missing = await ask({ ...random, revision: await revision(random) });
  const [left, right] = [
    found.map((r) => masked(r, Object.values(real))),
    missing.map((r) => masked(r, Object.values(random))),
  ];
  const at = left.findIndex((text, index) => text !== right[index]);
  return {
    difference:
      at < 0
        ? null
        : `${root} by ${persona.actor.roles.join()} (${foreign.join(', ')}): ${code(found[at]!).slice(0, 300)} / ${code(missing[at]!).slice(0, 300)}`,
    answered: found.map(code),
  };
}

const isMutation = (root: string): boolean => schema.getMutationType()!.getFields()[root] !== undefined;
const ROOTS = calls.roots().map(({ field }) => field.name);

it('knows a value of a tenant for every argument that is an id', () => {
  const unknown = ROOTS.flatMap((root) =>
    idNames(root)
      .filter((name) => !SOURCES[`${root}.${name}`] && !SOURCES[name])
      .map((name) => `${root}(${name})`),
  );
  expect(unknown).toEqual([]);
});

describe("with another tenant's ids", () => {
  it.each(ROOTS.filter((root) => idNames(root).length > 0))('%s answers as with ids that nobody has', async (root) => {
    const differences: (string | null)[] = [];
    for (const persona of allowed(root)) differences.push((await compare(persona, root, idNames(root), {})).difference);
    expect(differences.filter((difference) => difference !== null)).toEqual([]);
  });
});

describe("with one of another tenant's ids among our own", () => {
  const cells = ROOTS.filter(isMutation).flatMap((root) =>
    idNames(root)
      .filter(() => root !== 'inviteMember')
      // The subject is a name at an issuer: the cell of linkAccount has linked it by then, so that it is known here.
      .filter((name) => root !== 'unlinkAccount' || name !== 'subject')
      .map((name) => [root, name] as const),
  );
  const accepted: string[] = [];

  it.each(cells)('%s(%s) answers as with an id that nobody has', async (...[root, name]) => {
    const names = idNames(root);
    for (const handoff of names.includes('handoffId') ? [ours.draft, ours.story] : [ours.draft]) {
      const own: Record<string, unknown> = {};
      for (const other of names) if (other !== name) own[other] = await valueOf(ours, handoff, root, other);
      for (const persona of allowed(root)) {
        const { difference, answered } = await compare(persona, root, [name], own);
        expect(difference).toBeNull();
        if (answered.some((text) => text.startsWith('{') && !text.includes('"Refused"')))
          accepted.push(`${root}(${name})`);
      }
    }
  });

  it('takes none of them: what is accepted is a new name, not a reference', () => {
    expect([...new Set(accepted)].toSorted()).toEqual(['linkAccount(subject)']);
  });
});

describe('what our tenant was ever answered', () => {
  it('has only these mutations that name nothing, and answers them', async () => {
    const bare = ROOTS.filter((root) => isMutation(root) && idNames(root).length === 0);
    expect(bare).toEqual([
      'exportDataset',
      'issueArtefact',
      'exportPopulation',
      'proposeConfiguration',
      'createApiKey',
      'suspendTenant',
      'connectIntegration',
      'createEventEndpoint',
      'signOffKpiDefinitions',
      'freezeKpiBaseline',
      'startBacktest',
      'setNoticePreference',
      'importDeal',
      'freezeKpiBaselineFromCases',
      'createFeedKey',
      'startRollout',
      'confirmRollout',
      'advanceRollout',
      'switchEnforcementOn',
      'recordHypercareCheck',
    ]);
    // Suspending would end every later call; it names no row at all.
    for (const root of bare.filter((name) => name !== 'suspendTenant')) {
      for (const persona of allowed(root))
        await send(persona, calls.call(root, { selection: selectionFor(persona, root, 1) }));
    }
  });

  it.each(ROOTS.filter((root) => !isMutation(root)))('%s gives its own rows', async (root) => {
    const own = Object.fromEntries(
      await Promise.all(
        idNames(root).map(async (name) => [name, await valueOf(ours, ours.story, root, name)] as const),
      ),
    );
    for (const persona of allowed(root)) {
      for (const selection of calls.selections(typeOf(root), 2, leaving(persona))) {
        for (const call of calls.variants(root, { values: (name) => own[name], selection, first: 2 })) {
          const result = await send(persona, call);
          expect(result.errors).toEqual([]);
        }
      }
    }
  });

  it("holds no byte of the other tenant's texts and none of its ids", () => {
    expect(answers.length).toBeGreaterThan(1000);
    const leaks = answers.flatMap(({ call, answer }) => {
      const ids = (answer.match(UUID) ?? []).filter((id) => foreignIds.has(id) && !named.has(id));
      return answer.includes(CANARY) || ids.length > 0
        ? [`${call}: ${answer.includes(CANARY) ? 'the canary' : ids.join()}`]
        : [];
    });
    expect([...new Set(leaks)]).toEqual([]);
  });

  it('would show: the other tenant itself sees its tokens and ids', async () => {
    const auditor = await theirs.world.as(Role.AUDITOR);
    const call = calls.call('handoff', {
      values: (name) => (name === 'id' ? theirs.draft : undefined),
      selection: '{ context deal { title } stakeholders { id } client { name } }',
    });
    const text = JSON.stringify(await auditor.graphql(call.document, call.variables));
    expect(text.split(CANARY).length).toBeGreaterThan(2);
    expect((text.match(UUID) ?? []).some((id) => foreignIds.has(id))).toBe(true);
  });
});
