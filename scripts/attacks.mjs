// npm run attacks -- [--runs 1000] [--seed N] [--report docs/reports/attacks.md] [-t A4]: the attacks on approvals, each so
// many times with random choices and delays on a real PostgreSQL, and the invariant after every run. Prints a report and
// writes it; ends with 1 when anything was broken.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { format, resolveConfig } from 'prettier';
import { build, install, root } from './prepare.mjs';

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '50' },
    seed: { type: 'string', default: String(Math.floor(Math.random() * 2 ** 31)) },
    report: { type: 'string', default: 'docs/reports/attacks.md' },
    test: { type: 'string', short: 't' },
    'no-build': { type: 'boolean', default: false },
  },
});
if (!/^[1-9]\d*$/.test(values.runs) || !/^\d+$/.test(values.seed)) {
  console.error('--runs is a number from 1, --seed a number from 0.');
  process.exit(2);
}

install();
if (!values['no-build']) build();
const folder = mkdtempSync(join(tmpdir(), 'countersign-attacks-'));
const began = Date.now();
const environment = { ...process.env, ATTACK_RUNS: values.runs, ATTACK_SEED: values.seed, ATTACK_REPORT: folder };
const files = readdirSync(join(root, 'test/attacks')).filter((name) => name.endsWith('.test.ts'));
const statuses = files.map((name) => attackWith(`test/attacks/${name}`));

/** Runs a file's cases; again when something from outside has killed the run. */
function attackWith(name, attempts = 3) {
  const only = values.test ? ['-t', values.test, '--passWithNoTests'] : [];
  const { status, signal } = spawnSync(
    process.execPath,
    [join(root, 'node_modules/jest/bin/jest.js'), '--selectProjects', 'attacks', '--runInBand', ...only, name],
    { cwd: root, stdio: ['ignore', 2, 2], env: environment },
  );
  return signal !== null && attempts > 1 ? attackWith(name, attempts - 1) : status;
}

const number = ({ name }) => Number(/^A(\d+)/.exec(name)?.[1] ?? 99);
const cases = readdirSync(folder)
  .map((file) => JSON.parse(readFileSync(join(folder, file), 'utf8')))
  .toSorted((a, b) => number(a) - number(b) || (a.name < b.name ? -1 : 1));
rmSync(folder, { recursive: true, force: true });
const broken = cases.flatMap(({ name, breaks }) => breaks.map((text) => `${name}: ${text}`));
const sound = statuses.every((status) => status === 0) && broken.length === 0;

const outcomesOf = ({ outcomes }) =>
  Object.entries(outcomes)
    .toSorted(([, a], [, b]) => b - a)
    .map(([code, times]) => `${code} ${times}`)
    .join(', ');
const rows = cases.map(
  (one) =>
    `| ${one.name} | ${one.runs} | ${one.breaks.length} | ${one.seconds.toFixed(1)} | ${outcomesOf(one).replaceAll('|', '/')} |`,
);
const runs = cases.reduce((sum, one) => sum + one.runs, 0);
const text = [
  '# Attacks on approvals',
  '',
  `Made by \`npm run attacks -- --runs ${values.runs} --seed ${values.seed}\` on ${new Date().toISOString().slice(0, 10)}, ` +
    `Node ${process.version}, ${cpus().length} processors, ${Math.round((Date.now() - began) / 1000)} s. ` +
    `${cases.length} cases, ${runs} runs, ${broken.length} breaks${sound ? '.' : ': NOT SOUND.'}`,
  '',
  'Each run has a request of its own on a real PostgreSQL, several processes with pools of their own that are slow by chance',
  'between looking and writing, and random choices by the seed. After each run the invariant is asked of the tables alone',
  '(test/attacks/invariant.ts). A break is a row that it finds, an error without a code, a status of 500 or above, a request',
  'that can be neither decided nor taken back, or what the case itself forbids. Under kill -9 a run is a process that is',
  'killed with twenty votes on ten requests under way.',
  '',
  '| case | runs | breaks | seconds | what the calls came to |',
  '| --- | ---: | ---: | ---: | --- |',
  ...rows,
  ...(broken.length > 0 ? ['', '## Breaks', '', ...broken.slice(0, 100).map((one) => `- ${one}`)] : []),
  '',
].join('\n');
console.log(text);
const file = join(root, values.report);
mkdirSync(dirname(file), { recursive: true });
writeFileSync(file, await format(text, { ...(await resolveConfig(file)), parser: 'markdown' }));
process.exit(sound ? 0 : 1);
