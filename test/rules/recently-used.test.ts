import fc from 'fast-check';
import { RecentlyUsed } from '../../src/core/recently-used.js';

describe('values by key, at most so many', () => {
  it('are those that were used last, whatever is asked, kept and forgotten', () => {
    const use = fc.record({
      how: fc.constantFrom('get' as const, 'set' as const, 'delete' as const),
      key: fc.constantFrom(...'abcdefgh'),
      value: fc.nat(),
    });
    fc.assert(
      fc.property(fc.array(use, { maxLength: 100 }), fc.integer({ min: 1, max: 5 }), (uses, most) => {
        const kept = new RecentlyUsed<string, number>(most);
        let expected: (readonly [string, number])[] = [];
        for (const { how, key, value } of uses) {
          const known = expected.find(([name]) => name === key);
          const others = expected.filter(([name]) => name !== key);
          if (how === 'get') {
            expect(kept.get(key)).toBe(known?.[1]);
            expected = known ? [...others, known] : others;
          } else if (how === 'set') {
            kept.set(key, value);
            expected = [...others, [key, value] as const].slice(-most);
          } else {
            kept.delete(key);
            expected = others;
          }
          expect(kept.size).toBe(expected.length);
        }
        for (const [key, value] of expected) expect(kept.get(key)).toBe(value);
      }),
    );
  });

  it('may be nothing at all, which is kept like any other', () => {
    const kept = new RecentlyUsed<string, string | null>(1);
    kept.set('a', null);
    expect(kept.get('a')).toBeNull();
    kept.set('b', 'text');
    expect(kept.get('a')).toBeUndefined();
  });
});
