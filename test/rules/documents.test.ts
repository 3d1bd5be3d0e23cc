import { Kind, type OperationDefinitionNode, parse, validate, visit } from 'graphql';
import { assertWithinLimits, DEFAULT_LIMITS } from '../../src/core/graphql/limits.js';
import { buildApiSchema } from '../../src/schema.js';
import { type Asked, documentOf, type Material } from '../kit/documents/document.js';
import { shrink } from '../kit/documents/shrink.js';

const schema = buildApiSchema();
const ID = '00000000-0000-7000-8000-000000000000';
const VALUES: Readonly<Record<string, unknown>> = {
  Int: 3,
  Date: '2026-11-23',
  DateTime: '2026-11-23T14:00:00.000Z',
  Decimal: '8',
};
const candidates = { of: () => [], strange: (type: string) => [VALUES[type] ?? ID] };
const material: Material = { schema, candidates, leave: (path) => path === 'Handoff.number' };
const SEEDS = Array.from({ length: 400 }, (_, at) => at);
const made = SEEDS.map((seed) => documentOf(seed, material));
const texts = made.map(({ query }) => query);
const share = (matches: (query: string, asked: Asked) => boolean): number =>
  made.filter((asked) => matches(asked.query, asked)).length / made.length;

describe('generated documents', () => {
  it('are valid, and the same for the same seed', () => {
    for (const text of texts) expect(validate(schema, parse(text))).toEqual([]);
    expect(SEEDS.slice(0, 50).map((seed) => documentOf(seed, material))).toEqual(made.slice(0, 50));
  });

  it('are mostly within the limits, and now and then beyond', () => {
    const beyond = made.filter(({ query, variables }) => {
      const document = parse(query);
      try {
        const operation = document.definitions[0] as OperationDefinitionNode;
        assertWithinLimits(schema, document, operation, variables, DEFAULT_LIMITS);
        return false;
      } catch {
        return true;
      }
    });
    expect(beyond.length / made.length).toBeLessThan(0.05);
  });

  it('leave out what the asker may not, save now and then', () => {
    expect(share((query) => /\bnumber\b/.test(query))).toBeLessThan(0.1);
  });

  it('ask every root field', () => {
    const asked = new Set<string>();
    for (const text of texts) {
      visit(parse(text), {
        OperationDefinition: ({ selectionSet }) => {
          for (const one of selectionSet.selections) if (one.kind === Kind.FIELD) asked.add(one.name.value);
        },
      });
    }
    const missing = Object.keys(schema.getQueryType()!.getFields()).filter((name) => !asked.has(name));
    expect(missing).toEqual([]);
  });

  it.each([
    { what: 'a named fragment', matches: (query: string) => /\.\.\.F\d/.test(query) },
    { what: 'an inline fragment with a type', matches: (query: string) => query.includes('... on ') },
    { what: 'an inline fragment without one', matches: (query: string) => /\.\.\. *[{@]/.test(query) },
    { what: '@include or @skip', matches: (query: string) => /@(include|skip)\(if: (true|false)/.test(query) },
    { what: 'the same by a variable', matches: (query: string) => /@(include|skip)\(if: \$/.test(query) },
    { what: 'an alias', matches: (query: string) => /\w+: \w+/.test(query) },
    { what: '__typename', matches: (query: string) => query.includes('__typename') },
    { what: 'a variable with a default', matches: (query: string) => /\$v\d+: [^,)]+ = /.test(query) },
    {
      what: 'variables that are sent',
      matches: (_: string, { variables }: Asked) => Object.keys(variables).length > 0,
    },
    { what: 'several root fields', matches: (query: string) => /\} \w+[^{}]*\{[^{}]*edges/.test(query) },
    { what: 'two operations', matches: (_: string, { operationName }: Asked) => operationName !== undefined },
  ])('often enough have $what', ({ matches }) => {
    expect(share(matches)).toBeGreaterThan(0.02);
  });
});

describe('shrinking', () => {
  it('leaves what the difference needs, and nothing else', async () => {
    const asked: Asked = {
      query: `query ($first: Int!, $id: ID!, $on: Boolean!) {
        handoffs(first: $first) { edges { cursor node { ...H number @include(if: $on) } } pageInfo { hasNextPage } }
        handoff(id: $id) { id }
      }
      fragment H on Handoff { id stage context }`,
      variables: { first: 2, id: ID, on: true },
    };
    const smaller = await shrink(schema, asked, async ({ query }) => query.includes('context'));
    expect(smaller.query.replaceAll(/\s+/g, ' ')).toBe(
      '{ handoffs { edges { node { ...H } } } } fragment H on Handoff { context }',
    );
    expect(smaller.variables).toEqual({});
  });

  it('gives up after so many tries', async () => {
    let asked = 0;
    await shrink(schema, made[0]!, async () => ++asked > 1e9, 5);
    expect(asked).toBeLessThanOrEqual(5);
  });
});
