// npm run attacks -- [--runs 1000] [--seed N] [-t A4] [--report docs/reports/attacks.md] [--keep FOLDER]: the attacks on
// approvals, each so many times with random choices and delays on a real PostgreSQL, and the invariant after every run.
// Prints a report and writes it; ends with 1 when anything was broken. What a run kept (`--keep`) is put into one report
// with what others kept by `--add-up FOLDER`, once for each: nothing is run then.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { format, resolveConfig } from 'prettier';
import { reportText } from './attacks-report.mjs';
import { build, install, root } from './prepare.mjs';

const CAMPAIGN = 'campaign.json';

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '50' },
    seed: { type: 'string', default: String(Math.floor(Math.random() * 2 ** 31)) },
    report: { type: 'string', default: 'docs/reports/attacks.md' },
    test: { type: 'string', short: 't' },
    keep: { type: 'string' },
    'add-up': { type: 'string', multiple: true },
    'no-build': { type: 'boolean', default: false },
  },
});
if (!/^[1-9]\d*$/.test(values.runs) || !/^\d+$/.test(values.seed)) {
  console.error('--runs is a number from 1, --seed a number from 0.');
  process.exit(2);
}

const campaigns = values['add-up'] ? values['add-up'].map((folder) => read(join(folder, CAMPAIGN))) : [play()];
const played = campaigns.flatMap(({ seed, cases }) => cases.map(({ name }) => `${name}, seed ${seed}`));
const twice = played.find((one, index) => played.indexOf(one) !== index);
if (twice) {
  console.error(`One seed makes the same choices: this case would be counted twice: ${twice}.`);
  process.exit(2);
}
const text = reportText(campaigns);
console.log(text);
const file = join(root, values.report);
mkdirSync(dirname(file), { recursive: true });
writeFileSync(file, await format(text, { ...(await resolveConfig(file)), parser: 'markdown' }));
process.exit(campaigns.every((one) => one.sound) ? 0 : 1);

/** Runs every case, or those whose name contains a text; answers what came of it. */
function play() {
  install();
  if (!values['no-build']) build();
  const folder = mkdtempSync(join(tmpdir(), 'countersign-attacks-'));
  const began = Date.now();
  const files = readdirSync(join(root, 'test/attacks')).filter((name) => name.endsWith('.test.ts'));
  const statuses = files.map((name) => attackWith(`test/attacks/${name}`, folder));
  const cases = readdirSync(folder).map((name) => read(join(folder, name)));
  rmSync(folder, { recursive: true, force: true });
  const campaign = {
    runs: Number(values.runs),
    seed: Number(values.seed),
    test: values.test ?? null,
    date: new Date().toISOString().slice(0, 10),
    node: process.version,
    processors: cpus().length,
    seconds: Math.round((Date.now() - began) / 1000),
    sound:
      cases.length > 0 && statuses.every((status) => status === 0) && cases.every((one) => one.breaks.length === 0),
    cases,
  };
  if (values.keep) {
    mkdirSync(values.keep, { recursive: true });
    writeFileSync(join(values.keep, CAMPAIGN), JSON.stringify(campaign));
  }
  return campaign;
}

/** Runs a file's cases; again when something from outside has killed the run. */
function attackWith(name, folder, attempts = 3) {
  const only = values.test ? ['-t', values.test, '--passWithNoTests'] : [];
  const { status, signal } = spawnSync(
    process.execPath,
    [join(root, 'node_modules/jest/bin/jest.js'), '--selectProjects', 'attacks', '--runInBand', ...only, name],
    {
      cwd: root,
      stdio: ['ignore', 2, 2],
      env: { ...process.env, ATTACK_RUNS: values.runs, ATTACK_SEED: values.seed, ATTACK_REPORT: folder },
    },
  );
  return signal !== null && attempts > 1 ? attackWith(name, folder, attempts - 1) : status;
}

function read(path) {
  return JSON.parse(readFileSync(path, 'utf8'));
}
