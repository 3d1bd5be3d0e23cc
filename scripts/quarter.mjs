// npm run quarter -- [--handoffs 120] [--seed N] [--hours 6] [--report docs/reports/quarter.md]: plays a quarter of three
// MSPs in London, New York and Sydney by the ordinary commands under a clock of its own, with workers that are dead over
// the changes of the clocks and on other days, and compares what stands in the database with what follows from the tale
// alone. Prints a report and writes it; ends with 1 when anything differs.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { format, resolveConfig } from 'prettier';
import { install, root } from './prepare.mjs';

const { values } = parseArgs({
  options: {
    handoffs: { type: 'string', default: '120' },
    seed: { type: 'string', default: String(Math.floor(Math.random() * 2 ** 31)) },
    hours: { type: 'string', default: '6' },
    report: { type: 'string', default: 'docs/reports/quarter.md' },
  },
});
const [handoffs, seed, hours] = [values.handoffs, values.seed, values.hours].map(Number);
const isWhole = (number, least) => Number.isInteger(number) && number >= least;
if (!isWhole(handoffs, 1) || !isWhole(seed, 0) || !isWhole(hours, 1)) {
  console.error(
    '--handoffs (a tenant) and --hours (between two looks of the workers) are numbers from 1, --seed from 0.',
  );
  process.exit(2);
}

install();
const folder = mkdtempSync(join(tmpdir(), 'countersign-quarter-'));
const file = join(folder, 'result.json');
const environment = {
  QUARTER_HANDOFFS: handoffs,
  QUARTER_SEED: seed,
  QUARTER_HOURS: hours,
  QUARTER_WITHIN_SECONDS: 300 + handoffs * 8,
  QUARTER_RESULT: file,
};
const jest = join(root, 'node_modules/jest/bin/jest.js');
const only = ['--selectProjects', 'system', '--runInBand', 'test/faults/quarter.test.ts', '-t', 'ends with exactly'];
spawnSync(process.execPath, [jest, ...only], {
  cwd: root,
  stdio: ['ignore', 2, 2],
  env: {
    ...process.env,
    ...Object.fromEntries(Object.entries(environment).map(([key, value]) => [key, String(value)])),
  },
});
if (!existsSync(file)) {
  console.error('The quarter did not come to its end: see above.');
  rmSync(folder, { recursive: true, force: true });
  process.exit(1);
}
const result = JSON.parse(readFileSync(file, 'utf8'));
rmSync(folder, { recursive: true, force: true });

const differences = result.kinds.flatMap(({ kind, missing, surplus }) => [
  ...missing.map((line) => `${kind}: missing ${line}`),
  ...surplus.map((line) => `${kind}: not expected ${line}`),
]);
const verdict = differences.length === 0 ? 'Nothing differed.' : `${differences.length} differences: NOT SOUND.`;
const text = [
  '# The simulated quarter',
  '',
  `Made by \`npm run quarter -- --handoffs ${handoffs} --seed ${seed} --hours ${hours}\` on ` +
    `${new Date().toISOString().slice(0, 10)}, Node ${process.version}, ${cpus().length} processors, ${Math.round(result.seconds)} s. ${verdict}`,
  '',
  `Three tenants (London, New York, Sydney), ${result.handoffs} handoffs from 28 September to 31 December 2026, ${result.deeds} things that`,
  `people or the PSA did to them by the ordinary commands, ${result.looks} looks of one or two workers, none during six outages of up to`,
  'two days. What follows from the tale is computed in the test by a calendar and clocks of its own.',
  '',
  '| what | expected and found | missing | not expected |',
  '| --- | ---: | ---: | ---: |',
  ...result.kinds.map(({ kind, expected, missing, surplus }) => {
    return `| ${kind} | ${expected - missing.length} | ${missing.length} | ${surplus.length} |`;
  }),
  ...(differences.length > 0 ? ['', '## Differences', '', ...differences.slice(0, 100).map((one) => `- ${one}`)] : []),
  '',
].join('\n');
console.log(text);
const path = join(root, values.report);
mkdirSync(dirname(path), { recursive: true });
writeFileSync(path, await format(text, { ...(await resolveConfig(path)), parser: 'markdown' }));
process.exit(differences.length === 0 ? 0 : 1);
