import fc from 'fast-check';
import { StatementNames } from '../../src/core/statement-names.js';

const of = (names: StatementNames, ...texts: string[]): (string | undefined)[] => texts.map((text) => names.of(text));

it('names a text that is asked again, and always alike', () => {
  expect(of(new StatementNames(), 'a', 'a', 'b', 'a', 'b', 'b')).toEqual([
    undefined,
    's0',
    undefined,
    's0',
    's1',
    's1',
  ]);
});

it('goes on naming what comes late, and keeps what is asked all the time', () => {
  const names = new StatementNames(3);
  of(names, 'hot', 'hot');
  for (let n = 0; n < 1000; n++) expect(of(names, `once ${n}`, 'hot')).toEqual([undefined, 's0']);
  expect(of(names, 'late', 'late')).toEqual([undefined, 's1']);
});

it('gives what it has forgotten another name: one name never stands for two texts', () => {
  const asked = fc.array(fc.constantFrom(...'abcdefgh'), { maxLength: 200 });
  fc.assert(
    fc.property(asked, fc.integer({ min: 1, max: 6 }), (texts, most) => {
      const names = new StatementNames(most);
      const textOf = new Map<string, string>();
      for (const [at, text] of texts.entries()) {
        const name = names.of(text);
        const since = texts.slice(0, at).lastIndexOf(text);
        const isKept = since !== -1 && new Set(texts.slice(since, at)).size <= most;
        expect(name !== undefined).toBe(isKept);
        if (name !== undefined) expect(textOf.get(name) ?? text).toBe(text);
        if (name !== undefined) textOf.set(name, text);
      }
    }),
  );
});
