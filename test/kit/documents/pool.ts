import { getNamedType, type GraphQLSchema, isInputObjectType } from 'graphql';
import { newId } from '../../../src/core/id.js';
import { CallGenerator } from '../../tenancy/calls.js';
import type { Population } from '../../tenancy/population.js';
import { SOURCES } from '../../tenancy/sources.js';
import type { Persona } from '../world.js';
import type { Candidates } from './values.js';

/** Values of one tenant that an argument takes, by where it is asked and by its name alone. */
type Known = ReadonlyMap<string, readonly unknown[]>;

/** Values of one source that are kept. */
const MOST = 12;

const STRANGE: Readonly<Record<string, readonly unknown[]>> = {
  ID: [newId(), newId().toUpperCase(), 'nonsense', '', "' or true --", 'é😀', '00000000-0000-0000-0000-000000000000'],
  String: ['nonsense', '', "' or true --", 'é😀\u2028"\\', '%', newId(), '-1'],
  Int: [0, -1, 101, 100_000, 2_147_483_647, 7],
  Date: ['1900-01-01', '2999-12-31', '2026-02-28', '2024-02-29'],
  DateTime: ['1900-01-01T00:00:00Z', '2999-12-31T23:59:59.999Z', '2026-11-23T14:00:00+05:30', '2026-11-23T14:00:00.5Z'],
  Decimal: ['0', '-0.5', '999999999999999999999', '1.0000000001'],
};
const ORDINARY: Readonly<Record<string, readonly unknown[]>> = {
  'Int first': [1, 2, 2, 3, 3, 5, 25, 100],
  'Int weeks': [1, 4, 12],
  Int: [1, 2, 3, 12],
  Date: ['2026-01-01', '2026-11-02', '2026-11-30', '2026-12-31'],
  DateTime: ['2026-01-01T00:00:00.000Z', '2026-11-23T14:00:00.000Z', '2026-12-31T23:59:59.999Z'],
  Decimal: ['8', '0.25', '1200.5'],
};

/** What an asker of the first tenant may put into arguments: its own data, and now and then that of the second. */
export function candidatesOf(own: Known, foreign: Known, schema: GraphQLSchema): Candidates {
  const calls = new CallGenerator(schema);
  const inputs = Object.values(schema.getTypeMap()).filter(isInputObjectType);
  const declared = new Map(
    [
      ...calls.roots().map(({ field }) => [field.name, field.args] as const),
      ...inputs.map((type) => [type.name, Object.values(type.getFields())] as const),
    ].flatMap(([owner, args]) => args.map((arg) => [`${owner}.${arg.name}`, arg] as const)),
  );
  const made = (owner: string, name: string): unknown[] => {
    const arg = declared.get(`${owner}.${name}`);
    // A whole configuration is longer than a document may be.
    if (!arg || name === 'payload') return [];
    const value = calls.value(arg, owner);
    return typeof value === 'object' ? [] : [value];
  };
  return {
    of(owner, name, type) {
      const at = (known: Known): readonly unknown[] => known.get(`${owner}.${name}`) ?? known.get(name) ?? [];
      // Our own values stand four times as often as theirs.
      const found = [...at(own), ...at(own), ...at(own), ...at(own), ...at(foreign)];
      if (found.length > 0) return found;
      return ORDINARY[`${type} ${name}`] ?? ORDINARY[type] ?? made(owner, name);
    },
    strange: (type) => STRANGE[type] ?? STRANGE.String!,
  };
}

/** The ids, texts and cursors of a tenant: as its tables and its own lists have them. */
export async function knownOf(
  { world, story, draft }: Population,
  schema: GraphQLSchema,
  personaFor: (root: string) => Persona | null,
): Promise<Known> {
  const known = new Map<string, readonly unknown[]>();
  for (const [name, source] of Object.entries(SOURCES)) {
    const rows = source.includes('$2')
      ? [...(await world.rows(source, [story])), ...(await world.rows(source, [draft]))]
      : await world.rows(source.replace(/ limit 1$/, ''));
    known.set(
      name,
      rows.slice(0, MOST).map(({ id }) => id),
    );
  }
  // An argument called `id` alone is of no one kind: what its root field has no source for is a handoff's.
  known.set('id', known.get('handoff.id')!);
  const calls = new CallGenerator(schema);
  for (const { operation, field } of calls.roots()) {
    const persona = personaFor(field.name);
    if (operation !== 'query' || !persona || !getNamedType(field.type).name.endsWith('Connection')) continue;
    const { document, variables } = calls.call(field.name, {
      first: 5,
      selection: '{ edges { cursor } }',
      values: (name) => (known.get(`${field.name}.${name}`) ?? known.get(name))?.[0],
    });
    const { data } = await persona.graphql(document, variables);
    const page = data?.[field.name] as { edges: { cursor: string }[] } | undefined;
    known.set(`${field.name}.after`, [...(page?.edges ?? []).map(({ cursor }) => cursor), null]);
  }
  return known;
}
