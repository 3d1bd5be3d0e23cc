import { buildSchema, type OperationDefinitionNode, parse } from 'graphql';
import { abilityOf } from '../../src/core/ability.js';
import { systemActor } from '../../src/core/actor.js';
import { assertWithinLimits, DEFAULT_LIMITS } from '../../src/core/graphql/limits.js';
import { passesOf } from '../../src/core/graphql/passes.js';

const schema = buildSchema(`
  type Node { id: ID! latest(newest: Int! = 5): [Node!]! }
  type Query { nodes(first: Int! = 25): [Node!]! }
`);
const DOCUMENT =
  'query A($n: Int = 100) { nodes(first: $n) { id } } query B($n: Int = 100) { nodes(first: $n) { id } }';

/** A check that counts how often it is made. */
function counted(): { check: () => number; made: () => number } {
  let made = 0;
  return { check: () => ++made, made: () => made };
}

describe('what a document was let through for', () => {
  const document = parse(DOCUMENT);
  const [a, b] = document.definitions as readonly OperationDefinitionNode[];

  it('is judged once for an operation and its sizes of pages, and anew for any other', () => {
    const passes = passesOf(schema, document);
    const { check, made } = counted();
    for (const variables of [{ n: 1 }, { n: 1, other: 'x' }, { n: 2 }, {}, { n: null }])
      passes.withinLimits(a!, variables, check);
    expect(made()).toBe(4);
    expect(passes.withinLimits(a!, { n: 2 }, check)).toBe(2);
    expect([passes.costOf(a!, { n: 2 }), passes.costOf(a!, { n: 3 })]).toEqual([2, undefined]);
    passes.withinLimits(b!, { n: 1 }, check);
    expect(made()).toBe(5);
  });

  it.each([
    ['a page', 'query($n: Int = 100000) { nodes(first: $n) { id } }'],
    ['a list that hangs on a row', 'query($n: Int = 100000) { nodes(first: 1) { latest(newest: $n) { id } } }'],
  ])('never is what null costs, where the default of the document makes %s larger', (_what, text) => {
    const asked = parse(text);
    const [operation] = asked.definitions as readonly OperationDefinitionNode[];
    const passes = passesOf(schema, asked);
    const ask = (variables: Record<string, unknown>): number =>
      passes.withinLimits(operation!, variables, () =>
        assertWithinLimits(schema, asked, operation!, variables, DEFAULT_LIMITS),
      );
    expect(ask({ n: null })).toBeLessThan(100);
    expect(ask({ n: 1 })).toBeLessThan(100);
    expect(() => ask({})).toThrow(/cost is/);
    expect(passes.costOf(operation!, {})).toBeUndefined();
  });

  it('is judged once for the abilities of an actor, and anew for those of another', () => {
    const passes = passesOf(schema, document);
    const { check, made } = counted();
    const [one, other] = ['one', 'other'].map((job) => abilityOf(systemActor('t', job), []));
    for (const ability of [one!, one!, other!]) passes.mayAsk(ability, check);
    expect(made()).toBe(2);
  });

  it('never is a refusal: whatever was refused is judged again', () => {
    const passes = passesOf(schema, parse('{ nodes { id } }'));
    const { check, made } = counted();
    const refuse = (): never => {
      check();
      throw new Error('refused');
    };
    for (let n = 0; n < 2; n++) {
      expect(() => passes.withinLimits(a!, { n: 7 }, refuse)).toThrow('refused');
      expect(() => passes.storable(refuse)).toThrow('refused');
      expect(() => passes.mayAsk(abilityOf(systemActor('t', 'x'), []), refuse)).toThrow('refused');
    }
    expect(made()).toBe(6);
  });

  it('is bounded, however many sizes are asked', () => {
    const passes = passesOf(schema, parse(DOCUMENT));
    const { check, made } = counted();
    for (let round = 0; round < 2; round++) for (let n = 0; n < 1_000; n++) passes.withinLimits(a!, { n }, check);
    expect(made()).toBe(2_000 - 100);
    passes.withinLimits(a!, { n: 'x'.repeat(1_000) }, check);
    passes.withinLimits(a!, { n: 'x'.repeat(1_000) }, check);
    expect(made()).toBe(2_002 - 100);
  });
});
