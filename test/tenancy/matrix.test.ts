import { getNamedType, type GraphQLObjectType, type GraphQLSchema, isObjectType, isRequiredArgument } from 'graphql';
import { accessMatrix, type MatrixRow } from '../../src/cli/access-matrix.js';
import { type FieldClass, sensitiveFields } from '../../src/core/graphql/rights.js';
import { API_SCOPES } from '../../src/identity/api-key.entity.js';
import { Role } from '../../src/identity/roles.js';
import { createApiKey } from '../../src/identity/tenant.commands.js';
import { buildApiSchema } from '../../src/schema.js';
import { openSuite, type Suite } from '../kit/suite.js';
import type { GraphQLResult, Persona, World } from '../kit/world.js';
import { CallGenerator } from './calls.js';

const ROLES = Object.values(Role);
const schema = buildApiSchema();
const calls = new CallGenerator(schema);
const matrix = accessMatrix();

/** Mutations that end the tenant or the actor for every later cell: each cell gets a tenant of its own. */
const DISRUPTIVE = ['suspendTenant', 'suspendMember', 'revokeRole', 'mergeMember', 'unlinkAccount'];

let suite: Suite;
let world: World;
let personas: Map<Role, Persona>;
beforeAll(async () => {
  suite = await openSuite();
  world = await suite.tenant();
  personas = await everyRole(world);
});
afterAll(() => suite.close());

/** An actor of exactly each role; the integrator is a live API key with every scope. */
async function everyRole(of: World): Promise<Map<Role, Persona>> {
  const people = await Promise.all(
    ROLES.filter((role) => role !== Role.INTEGRATOR).map(async (role) => [role, await of.as(role)] as const),
  );
  const found = new Map<Role, Persona>(people);
  for (const [role, { actor }] of found) expect(actor.roles).toEqual([role]);
  const id = await found
    .get(Role.REVOPS_ADMIN)!
    .done(createApiKey, { name: 'matrix', scopes: [...API_SCOPES], days: 30 });
  found.set(
    Role.INTEGRATOR,
    of.acting({
      kind: 'SERVICE',
      tenantId: of.tenantId,
      id,
      roles: [Role.INTEGRATOR],
      scopes: [...API_SCOPES],
      authTime: null,
      accountId: null,
    }),
  );
  return found;
}

const codes = ({ errors }: GraphQLResult): unknown[] => errors.map((error) => error.extensions.code);
const rowsOf = (kind: MatrixRow['kind']): string[] => matrix.filter((row) => row.kind === kind).map((row) => row.name);
const rowOf = (name: string): MatrixRow => matrix.find((row) => row.name === name)!;
const denials = async (of: World, action: string): Promise<number> =>
  (
    await of.rows(
      "select count(*)::int as n from ledger_entry where tenant_id = $1 and action = $2 and outcome = 'DENIED'",
      [action],
    )
  )[0]!.n as number;

/** What is wrong with the cells of a row, as text; none is right. */
async function faults(
  cell: (role: Role, allowed: boolean) => Promise<string | null>,
  row: MatrixRow,
): Promise<string[]> {
  const found: string[] = [];
  for (const role of ROLES) {
    const fault = await cell(role, row.allowed[role] !== 'no');
    if (fault) found.push(`${row.name} / ${role}: ${fault}`);
  }
  return found;
}

it('has a cell for every root field and every role', () => {
  // Subscriptions are tried over their sockets (test/api/subscription-rights.test.ts).
  const subscriptions = Object.keys(schema.getSubscriptionType()!.getFields());
  expect(matrix.filter((row) => row.kind !== 'field class').map((row) => row.name)).toEqual([
    ...calls.roots().map(({ field }) => field.name),
    ...subscriptions,
  ]);
  for (const row of matrix) expect(Object.keys(row.allowed).toSorted()).toEqual(ROLES.toSorted());
});

describe('queries', () => {
  it.each(rowsOf('query'))('%s answers who may ask, and refuses the whole operation of who may not', async (name) => {
    const { document, variables } = calls.call(name, { beside: 'beside: tenant { id }' });
    const wrong = await faults(async (role, allowed) => {
      const result = await personas.get(role)!.graphql(document, variables);
      const found = codes(result);
      if (found.includes('BAD_USER_INPUT') || found.includes('GRAPHQL_VALIDATION_FAILED'))
        return `the call is not valid: ${JSON.stringify(result.errors)}`;
      if (allowed)
        return found.includes('FORBIDDEN') || found.includes('INTERNAL_SERVER_ERROR')
          ? `refused with ${found.join()}`
          : null;
      if (found.join() !== 'FORBIDDEN') return `answered ${found.join() || 'data'}`;
      return result.data === null ? null : 'answered a part';
    }, rowOf(name));
    expect(wrong).toEqual([]);
  });
});

describe('mutations', () => {
  it.each(rowsOf('mutation'))(
    '%s reaches its command for who may, and is denied and ledgered for who may not',
    async (name) => {
      const wrong = await faults(async (role, allowed) => {
        const fresh = allowed && DISRUPTIVE.includes(name);
        const here = fresh ? await suite.tenant() : world;
        const persona = fresh ? (await everyRole(here)).get(role)! : personas.get(role)!;
        const before = await denials(here, name);
        const { document, variables } = calls.call(name);
        const result = await persona.graphql(document, variables);
        const found = codes(result);
        const ledgered = (await denials(here, name)) - before;
        if (found.includes('BAD_USER_INPUT') || found.includes('GRAPHQL_VALIDATION_FAILED'))
          return `the call proves nothing: ${JSON.stringify(result.errors)}`;
        if (found.includes('INTERNAL_SERVER_ERROR')) return 'failed';
        if (allowed) return found.includes('FORBIDDEN') || ledgered > 0 ? 'denied' : null;
        if (found.join() !== 'FORBIDDEN') return `answered ${found.join() || JSON.stringify(result.data)}`;
        return ledgered === 1 ? null : `has ${ledgered} denials in the ledger`;
      }, rowOf(name));
      expect(wrong).toEqual([]);
    },
  );
});

describe('classes of field', () => {
  const paths = pathsFromQueries(schema);

  it('reaches every sensitive field from a query', () => {
    expect(
      sensitiveFields(schema)
        .map(({ path }) => path)
        .filter((path) => !paths.has(path.split('.')[0]!)),
    ).toEqual([]);
  });

  it.each(sensitiveFields(schema))(
    '$path ($fieldClass) is refused to who may not see it, and only to them',
    async ({ path, fieldClass }) => {
      const [type, field] = path.split('.') as [string, string];
      const steps = paths.get(type)!;
      const fields = (schema.getType(type) as GraphQLObjectType).getFields();
      const other = (inner: string): boolean => ![undefined, fieldClass].includes(classOf(inner));
      // Of a field that has objects alone, that it is asked for is enough.
      const inside = calls.selection(getNamedType(fields[field]!.type), 0, other).replace('{ }', '{ __typename }');
      const leaf = `${field} ${inside}`;
      // Behind an alias and a fragment, so that neither hides it.
      const selection = steps.slice(1).reduceRight((inner, step) => `{ ${step} ${inner} }`, '{ ...Asked }');
      const { document, variables } = calls.call(steps[0]!, { selection });
      const asking = `${document} fragment Asked on ${type} { other: ${leaf} }`;
      const wrong = await faults(async (role, allowed) => {
        const { errors, data } = await personas.get(role)!.graphql(asking, variables);
        const found = errors.map((error) => error.extensions.code);
        if (found.includes('GRAPHQL_VALIDATION_FAILED') || found.includes('QUERY_TOO_COSTLY'))
          return `the call is not valid: ${JSON.stringify(errors)}`;
        const refused = errors.some(
          (error) => error.extensions.code === 'FORBIDDEN' && (error.extensions.fields as string[]).includes(path),
        );
        // What stands behind another right is for who has both.
        const passes = neededFor(schema, steps).every((other) => rowOf(other).allowed[role] !== 'no');
        if (allowed && passes) return found.includes('FORBIDDEN') ? `refused: ${JSON.stringify(errors)}` : null;
        if (!passes) return found.includes('FORBIDDEN') && data === null ? null : `answered ${found.join() || 'data'}`;
        return refused && data === null ? null : `answered ${found.join() || 'data'}`;
      }, rowOf(fieldClass));
      expect(wrong).toEqual([]);
    },
  );

  it('holds in the answer of a mutation as well: refused before anything is changed', async () => {
    const { document, variables } = calls.call('assignOwner', {
      selection: '{ ... on Handoff { margin { meetsFloor } } }',
    });
    const before = (await world.rows('select count(*)::int as n from ledger_entry where tenant_id = $1'))[0]!.n;
    const result = await personas.get(Role.REVOPS_ADMIN)!.graphql(document, variables);
    expect(codes(result)).toEqual(['FORBIDDEN']);
    expect((await world.rows('select count(*)::int as n from ledger_entry where tenant_id = $1'))[0]!.n).toBe(before);
  });
});

function classOf(path: string): FieldClass | undefined {
  return sensitiveFields(schema).find((field) => field.path === path)?.fieldClass;
}

/**
 * For every object type, the shortest way to it from a query: through fields of no class where there is one, and from a
 * root that everybody may ask where there is one.
 */
function pathsFromQueries(of: GraphQLSchema): Map<string, string[]> {
  const forAll = (root: string): boolean => Object.values(rowOf(root).allowed).every((cell) => cell !== 'no');
  const found = new Map<string, string[]>();
  for (const { open, root } of [
    { open: true, root: forAll },
    { open: false, root: forAll },
    { open: true, root: () => true },
    { open: false, root: () => true },
  ]) {
    let wave: [string, string[]][] = [['Query', []], ...found.entries()];
    while (wave.length > 0) {
      const next: [string, string[]][] = [];
      for (const [name, path] of wave) {
        const type = of.getType(name);
        if (!isObjectType(type)) continue;
        for (const field of Object.values(type.getFields())) {
          const inner = getNamedType(field.type).name;
          if (found.has(inner) || (open && classOf(`${name}.${field.name}`))) continue;
          if (name === 'Query' ? !root(field.name) : field.args.some(isRequiredArgument)) continue;
          found.set(inner, [...path, field.name]);
          next.push([inner, [...path, field.name]]);
        }
      }
      wave = next;
    }
  }
  return found;
}

/** The names of what a role must have to go along a way: its root, and the classes of the fields on it. */
function neededFor(of: GraphQLSchema, steps: readonly string[]): string[] {
  let type = of.getQueryType()!;
  return steps.flatMap((step, index) => {
    const own = index === 0 ? step : classOf(`${type.name}.${step}`);
    type = getNamedType(type.getFields()[step]!.type) as GraphQLObjectType;
    return own ? [own] : [];
  });
}
