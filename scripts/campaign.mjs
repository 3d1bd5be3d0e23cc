// npm run campaign -- [--handoffs 1000] [--kills 100] [--seed N] [--tenants N] [--lease 10] [--report docs/reports/dispatch.md]:
// pushes handoffs from won opportunities to projects, files and cards through two real workers that are killed at random
// moments, at simulated vendors that throttle, fail after the work and cut connections; counts at the vendors what stands
// there. Prints a report and writes it; ends with 1 when anything was broken.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { format, resolveConfig } from 'prettier';
import { build, install, root } from './prepare.mjs';

const { values } = parseArgs({
  options: {
    handoffs: { type: 'string', default: '1000' },
    kills: { type: 'string', default: '100' },
    seed: { type: 'string', default: String(Math.floor(Math.random() * 2 ** 31)) },
    tenants: { type: 'string' },
    lease: { type: 'string', default: '10' },
    report: { type: 'string', default: 'docs/reports/dispatch.md' },
    'no-build': { type: 'boolean', default: false },
  },
});
const [handoffs, kills, seed, lease] = [values.handoffs, values.kills, values.seed, values.lease].map(Number);
// HaloPSA's budget of requests is an instance's, and a handoff costs some hundred with its reads: with five handoffs each,
// the tenants' budgets are not what is measured.
const tenants = Number(values.tenants ?? Math.min(250, Math.max(12, Math.ceil(handoffs / 5))));
const isWhole = (number, least) => Number.isInteger(number) && number >= least;
if (
  ![handoffs, tenants].every((n) => isWhole(n, 1)) ||
  ![kills, seed].every((n) => isWhole(n, 0)) ||
  !isWhole(lease, 2)
) {
  console.error('--handoffs and --tenants are numbers from 1, --kills and --seed from 0, --lease seconds from 2.');
  process.exit(2);
}

install();
if (!values['no-build']) build();
const folder = mkdtempSync(join(tmpdir(), 'countersign-campaign-'));
const file = join(folder, 'result.json');
const began = Date.now();
const environment = {
  CAMPAIGN_HANDOFFS: handoffs,
  CAMPAIGN_KILLS: kills,
  CAMPAIGN_SEED: seed,
  CAMPAIGN_TENANTS: tenants,
  CAMPAIGN_LEASE_SECONDS: lease,
  CAMPAIGN_WITHIN_SECONDS: 300 + handoffs * 6 + kills * 10,
  CAMPAIGN_RESULT: file,
};
spawnSync(
  process.execPath,
  [
    join(root, 'node_modules/jest/bin/jest.js'),
    '--selectProjects',
    'system',
    '--runInBand',
    'test/faults/campaign.test.ts',
  ],
  {
    cwd: root,
    stdio: ['ignore', 2, 2],
    env: {
      ...process.env,
      ...Object.fromEntries(Object.entries(environment).map(([key, value]) => [key, String(value)])),
    },
  },
);
if (!existsSync(file)) {
  console.error('The campaign did not come to its end: see above.');
  rmSync(folder, { recursive: true, force: true });
  process.exit(1);
}
const result = JSON.parse(readFileSync(file, 'utf8'));
rmSync(folder, { recursive: true, force: true });

const { counts, planned, explained, attempts, answers, latest, breaks } = result;
const count = (number, word) => `${number} ${word}${number === 1 ? '' : 's'}`;
const cell = (value) => String(value ?? '').replaceAll('|', '/');
const table = (head, rows) => [
  `| ${head.join(' | ')} |`,
  `| ${head.map((_, at) => (at === 0 ? '---' : '---:')).join(' | ')} |`,
  ...rows.map((row) => `| ${row.map(cell).join(' | ')} |`),
];
const seconds = (ms) => (ms / 1000).toFixed(1);
const about = ({ event, aggregateType }) => (event === null ? aggregateType : `${aggregateType} ${event}`);
const groups = new Map();
for (const { state, effectClass, reason, decided } of explained) {
  const key = JSON.stringify([state, effectClass, reason, decided]);
  groups.set(key, (groups.get(key) ?? 0) + 1);
}
const summary = [...groups].map(([key, times]) => [...JSON.parse(key), times]);

const text = [
  '# The campaign of kills',
  '',
  `Made by \`npm run campaign -- --handoffs ${handoffs} --kills ${kills} --seed ${seed} --tenants ${tenants} --lease ${lease}\` on ` +
    `${new Date().toISOString().slice(0, 10)}, Node ${process.version}, ${cpus().length} processors, ` +
    `${Math.round((Date.now() - began) / 1000)} s in all, of which ${result.seconds} s with workers. ` +
    `${count(breaks.length, 'break')}${breaks.length > 0 ? ': NOT SOUND.' : '.'}`,
  '',
  `${handoffs} opportunities of ${tenants} tenants were won in the simulated HaloPSA, each told by a webhook that came once,`,
  'twice, late or after the next one; the intake opened the handoffs, people proved and submitted them by the ordinary commands,',
  `and two workers (\`countersign worker\`, ${result.workersStarted} processes one after the other) did the rest. ${result.kills} times one of`,
  'them was killed with SIGKILL while there was work. Three in a hundred requests were answered with 429 and Retry-After, three with',
  '500 after the work was done, and one and a half were cut, at all vendors alike. Then everything was counted at the vendors.',
  '',
  `The last effect was done ${seconds(result.afterLastKillMs)} s after the last kill; ${lease} s of lease and 30 s are allowed. Not`,
  'counted are the reads of what delivery spent, which a sweep asks for every five minutes, before and after.',
  '',
  'What was done last:',
  '',
  ...table(
    ['effect', 'done at', 'seconds since it was asked for', 'attempts'],
    latest.map((one) => [one.kind, one.doneAt, one.seconds, one.outcomes]),
  ),
  '',
  '## Counted at the vendors',
  '',
  ...table(
    ['what', 'planned', 'found'],
    Object.entries(counts).map(([what, found]) => [what, planned[what], found]),
  ),
  '',
  'Beyond the totals: each handoff has one project of its opportunity, each label of a task stands once and in its project, each',
  'milestone and budget type once; each version of a brief has two files, each put once; each card that was asked for stands in the',
  'channel once; the status on opportunity and project is that of the handoff.',
  '',
  '## What the vendors answered',
  '',
  ...table(
    ['vendor', 'answer', 'requests'],
    Object.entries(answers).flatMap(([vendor, all]) => Object.entries(all).map(([answer, n]) => [vendor, answer, n])),
  ),
  '',
  '## What the attempts came to',
  '',
  ...table(
    ['outcome', 'code', 'attempts'],
    attempts.map(({ outcome, code, n }) => [outcome, code, n]),
  ),
  '',
  '## What waited for a person',
  '',
  `${count(explained.length, 'effect')} could not be finished by a worker. A card of unknown outcome is never sent again by itself; a person`,
  'looked into the channel, as its remedy says, and decided:',
  '',
  ...table(['state', 'class', 'why', 'decided', 'effects'], summary),
  '',
  'Each of them:',
  '',
  ...table(
    ['effect', 'kind', 'about', 'why', 'remedy', 'decided'],
    explained.map((one) => [one.id, one.kind, about(one), one.reason, one.remedy, one.decided]),
  ),
  ...(breaks.length > 0 ? ['', '## Breaks', '', ...breaks.slice(0, 100).map((one) => `- ${one}`)] : []),
  '',
].join('\n');
console.log(text);
const path = join(root, values.report);
mkdirSync(dirname(path), { recursive: true });
writeFileSync(path, await format(text, { ...(await resolveConfig(path)), parser: 'markdown' }));
process.exit(breaks.length === 0 ? 0 : 1);
