import { buildSchema, Kind, type OperationDefinitionNode, parse } from 'graphql';
import { assertWithinLimits, DEFAULT_LIMITS } from '../../src/core/graphql/limits.js';

const schema = buildSchema(`
  type Node { id: ID! name: String children(first: Int = 25): Connection! parent: Node many: [Node!]! latest(newest: Int! = 5): [Node!]! }
  type Edge { node: Node! cursor: String! }
  type Connection { edges: [Edge!]! }
  type Query { node(id: ID!): Node nodes(first: Int = 25): Connection! }
`);

function check(text: string, variables: Record<string, unknown> = {}): () => void {
  const document = parse(text);
  const operation = document.definitions.find(
    (d): d is OperationDefinitionNode => d.kind === Kind.OPERATION_DEFINITION,
  )!;
  return () => assertWithinLimits(schema, document, operation, variables, DEFAULT_LIMITS);
}

const nested = (depth: number): string => (depth === 0 ? 'id' : `parent { ${nested(depth - 1)} }`);

describe('limits of documents', () => {
  it('lets an ordinary page of fifty with its children through', () => {
    expect(
      check('{ nodes(first: 50) { edges { node { id name children(first: 12) { edges { node { id name } } } } } } }'),
    ).not.toThrow();
  });

  it.each([
    ['a literal', '{ nodes(first: 100000) { edges { node { id name } } } }', {}],
    ['a variable', 'query($n: Int) { nodes(first: $n) { edges { node { id name } } } }', { n: 100_000 }],
    [
      'nested pages',
      '{ nodes(first: 100) { edges { node { children(first: 100) { edges { node { children(first: 100) { edges { node { id } } } } } } } } } }',
      {},
    ],
    [
      'lists of the newest',
      '{ nodes(first: 100) { edges { node { latest(newest: 100) { latest(newest: 5) { id } } } } } }',
      {},
    ],
    ['nested lists', '{ node(id: 1) { many { many { many { many { many { id name } } } } } } }', {}],
  ])('refuses a cost by %s', (_how, text, variables) => {
    expect(check(text, variables)).toThrow(/cost is/);
  });

  it('counts the default of a variable that is not given, and what is given in its place', () => {
    const text = (n: number) => `query($n: Int = ${n}) { nodes(first: $n) { edges { node { id name } } } }`;
    expect(check(text(100_000))).toThrow(/cost is/);
    expect(check(text(1), { n: 100_000 })).toThrow(/cost is/);
    expect(check(text(100_000), { n: 1 })).not.toThrow();
  });

  it.each([
    ['fields', `{ node(id: 1) { ${nested(14)} } }`],
    ['inline fragments', `{ node(id: 1) { ... on Node { ${nested(14)} } } }`],
    ['named fragments', `{ node(id: 1) { ...F } } fragment F on Node { ${nested(14)} }`],
  ])('refuses depth by %s', (_how, text) => {
    expect(check(text)).toThrow(/depth is/);
  });

  it('refuses a chain of 600 doubling fragments in linear time', () => {
    const chain = Array.from(
      { length: 600 },
      (_, i) => `fragment F${i} on Node { a: parent { ...F${i + 1} } b: parent { ...F${i + 1} } }`,
    ).join('\n');
    expect(check(`{ node(id: 1) { ...F0 } } ${chain} fragment F600 on Node { id }`)).toThrow(/aliases is|depth is/);
  });

  it('does not recurse for ever in a cycle of fragments', () => {
    expect(
      check('{ node(id: 1) { ...A } } fragment A on Node { parent { ...B } } fragment B on Node { parent { ...A } }'),
    ).not.toThrow();
  });

  it('refuses 31 aliases, 21 root fields and 21 directives', () => {
    const aliases = Array.from({ length: 31 }, (_, i) => `a${i}: __typename`).join(' ');
    expect(check(`{ ${aliases} }`)).toThrow(/aliases is/);
    expect(check(`{ ${Array.from({ length: 21 }, () => 'node(id: 1) { id }').join(' ')} }`)).toThrow(/rootFields is/);
    expect(
      check(
        `{ ...F ...F ...F } fragment F on Query { ${Array.from({ length: 7 }, () => 'node(id: 1) { id }').join(' ')} }`,
      ),
    ).toThrow(/rootFields is/);
    expect(check(`{ node(id: 1) { id ${'@include(if: true) '.repeat(21)} } }`)).toThrow(/directives is/);
  });
});
