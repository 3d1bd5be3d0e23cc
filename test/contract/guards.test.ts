import { readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { GUARDS } from '../../scripts/guards/index.mjs';

const textOf = (path: string): string => readFileSync(resolve(path), 'utf8');
/** The names of tests in a file that start with a rule or an attack. */
const namesIn = (path: string): string[] =>
  [...textOf(path).matchAll(/(['"`])((?:rule \d+|A\d+): .+?)\1,\n?/g)].map(([, , name]) => name!);
const under = (folder: string, pattern: RegExp): string[] =>
  readdirSync(resolve(folder))
    .filter((name) => pattern.test(name))
    .map((name) => `${folder}/${name}`);

const RULES = under('test/command', /^rules-of-approval-.*\.test\.ts$/).flatMap(namesIn);
const ATTACKS = under('test/attacks', /\.test\.ts$/).flatMap(namesIn);
const all = (prefix: string): string[] => Array.from({ length: 17 }, (_, n) => `${prefix}${n + 1}:`);
const missingIn = (names: readonly string[], prefix: string): string[] =>
  all(prefix).filter((start) => !names.some((name) => name.startsWith(start)));

describe('the rules of approval and the attacks on it', () => {
  it('are each a named test', () => {
    expect(missingIn(RULES, 'rule ')).toEqual([]);
    expect(missingIn(ATTACKS, 'A')).toEqual([]);
  });

  it('each have a guard that can be taken away', () => {
    const names = GUARDS.map(({ name }) => name);
    expect(missingIn(names, 'rule ')).toEqual([]);
    expect(missingIn(names, 'A')).toEqual([]);
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
  });
});

describe('a guard of `npm run guards`', () => {
  it.each(GUARDS.map((guard) => ({ ...guard })))('$name: its text is there, once, and its test', (guard) => {
    const [file, part] = guard.test;
    expect(namesIn(file).filter((name) => name.includes(part))).not.toEqual([]);
    const before = new Map<string, string>();
    for (const { file: path, find, replace } of guard.patches) {
      const text = before.get(path) ?? textOf(path);
      expect([path, text.split(find).length - 1]).toEqual([path, 1]);
      before.set(
        path,
        text.replace(find, () => replace),
      );
    }
  });
});
