import { KeptPlans } from '../../src/core/compiled/kept-plans.js';

const kept = (most: number, mostFields: number) => {
  const plans = new KeptPlans<{ selections: { fields: number } }>(most, mostFields);
  const made: string[] = [];
  const ask = (key: string, fields = 1) =>
    plans.of(key, () => {
      made.push(key);
      return { selections: { fields } };
    });
  return { plans, made, ask };
};

describe('plans that are kept', () => {
  it('are made once', () => {
    const { made, ask } = kept(3, 100);
    expect(ask('a')).toBe(ask('a'));
    expect(made).toEqual(['a']);
  });

  it('make room by those used longest ago', () => {
    const { plans, made, ask } = kept(2, 100);
    for (const key of ['a', 'b', 'a', 'c', 'a', 'b']) ask(key);
    expect(made).toEqual(['a', 'b', 'c', 'b']);
    expect(plans.size).toBe(2);
  });

  it('have no more fields together than there is memory for, as far as they have grown', () => {
    const { plans, made, ask } = kept(10, 100);
    const grown = ask('a', 1);
    ask('b', 60);
    grown.selections.fields = 50;
    ask('c', 1);
    expect(plans.size).toBe(2);
    ask('b');
    expect(made).toEqual(['a', 'b', 'c']);
  });
});
