// node scripts/difference.mjs [--documents 20000] [--seed N] [--report docs/reports/difference.md]: asks generated
// documents of two servers on one database, of which one compiles operations and one executes them, and compares status
// and bytes. Prints a report and writes it; ends with 1 when any two answers differed.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { format, resolveConfig } from 'prettier';
import { install, root } from './prepare.mjs';

const { values } = parseArgs({
  options: {
    documents: { type: 'string', default: '20000' },
    seed: { type: 'string', default: String(Math.floor(Math.random() * 2 ** 31)) },
    report: { type: 'string', default: 'docs/reports/difference.md' },
  },
});
const [documents, seed] = [values.documents, values.seed].map(Number);
if (!Number.isInteger(documents) || documents < 1 || !Number.isInteger(seed) || seed < 0) {
  console.error('--documents is a number from 1, --seed a number from 0.');
  process.exit(2);
}

install();
const folder = mkdtempSync(join(tmpdir(), 'countersign-difference-'));
const file = join(folder, 'result.json');
const began = Date.now();
const { status } = spawnSync(
  process.execPath,
  [
    join(root, 'node_modules/jest/bin/jest.js'),
    '--selectProjects',
    'system',
    '--runInBand',
    'test/api/compiled-difference.test.ts',
  ],
  {
    cwd: root,
    stdio: ['ignore', 2, 2],
    env: {
      ...process.env,
      DIFFERENCE_DOCUMENTS: String(documents),
      DIFFERENCE_SEED: String(seed),
      DIFFERENCE_RESULT: file,
    },
  },
);
const result = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : null;
rmSync(folder, { recursive: true, force: true });
if (!result) {
  console.error('The campaign did not come to its end: see above.');
  process.exit(1);
}

const share = (part) => `${part} (${Math.round((100 * part) / result.documents)} %)`;
const table = (head, counts) => [
  `| ${head.join(' | ')} |`,
  '| --- | ---: |',
  ...Object.entries(counts).map(([what, times]) => `| ${what} | ${times} |`),
];
const text = [
  '# Compiled and ordinary answers',
  '',
  `Made by \`node scripts/difference.mjs --documents ${documents} --seed ${seed}\` on ${new Date().toISOString().slice(0, 10)}, ` +
    `Node ${process.version}, ${cpus().length} processors, ${Math.round((Date.now() - began) / 1000)} s in all. ` +
    (result.differing === 0
      ? 'No answer differed.'
      : `${result.differing} ANSWERS DIFFERED. The first of them are told at the end.`),
  '',
  'Two servers on one database were asked the same documents, one after the other: one compiles an operation into SQL, one',
  'executes it field by field. Status, headers and body were compared to the byte, and what the ledger kept of an auditor’s',
  'reads. The documents are generated from the schema by the seed (test/kit/documents); the data are two tenants with rows in',
  `every table, ${result.salted} values of which were made awkward: control characters, quotes, figures above 2^53, odd milliseconds, nulls.`,
  '',
  ...table(['what', 'documents'], {
    asked: result.documents,
    'answered by a plan': share(result.compiled),
    'answered with data and no error': share(result.withData),
    'answered in two ways': result.differing,
  }),
  '',
  '## Who asked',
  '',
  ...table(['who', 'documents'], result.askers),
  '',
  '## What was answered',
  '',
  ...table(['status and codes', 'documents'], result.answers),
  '',
  ...(result.differences.length > 0
    ? ['## Differences', '', ...result.differences.flatMap((one) => ['```text', one, '```', ''])]
    : []),
].join('\n');
console.log(text);
const path = join(root, values.report);
mkdirSync(dirname(path), { recursive: true });
writeFileSync(path, await format(text, { ...(await resolveConfig(path)), parser: 'markdown' }));
process.exit(result.differing === 0 && status === 0 ? 0 : 1);
