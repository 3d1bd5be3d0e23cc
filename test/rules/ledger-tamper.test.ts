import { execFileSync } from 'node:child_process';

test('finds each of 500 random tamperings: bits, lines, counts, forks, re-hashed and cut tails, with and without a key', () => {
  const text = execFileSync(process.execPath, ['scripts/tamper.mjs', '--runs', '500', '--seed', '20261121', '--json'], {
    encoding: 'utf8',
  });
  const { runs, missed, kinds } = JSON.parse(text) as { runs: number; missed: unknown[]; kinds: object };
  expect({ runs, missed }).toEqual({ runs: 500, missed: [] });
  expect(Object.keys(kinds).length).toBeGreaterThanOrEqual(25);
}, 60_000);
