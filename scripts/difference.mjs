// node scripts/difference.mjs [--documents 20000] [--seed N] [--report docs/reports/difference.md]: asks generated
// documents of three servers on one database, of which one compiles operations, one writes them by resolvers and one
// executes them, and compares status and bytes. Prints a report and writes it; ends with 1 when any two answers differed.
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
const { salted, compiled, written } = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {};
rmSync(folder, { recursive: true, force: true });
if (!compiled || !written) {
  console.error('The campaign did not come to its end: see above.');
  process.exit(1);
}

const differing = compiled.differing + written.differing;
const differences = [...compiled.differences, ...written.differences];
const share = (part) => `${part} (${Math.round((100 * part) / documents)} %)`;
const table = (head, rows) => [
  `| ${head.join(' | ')} |`,
  `| --- |${' ---: |'.repeat(head.length - 1)}`,
  ...rows.map((cells) => `| ${cells.join(' | ')} |`),
];
/** How often each of them occurs, by statements and by resolvers. */
const both = (what, of) => {
  const keys = [...new Set([compiled, written].flatMap((result) => Object.keys(of(result))))];
  const count = (result, key) => of(result)[key] ?? 0;
  return table(
    [what, 'by statements', 'by resolvers'],
    keys.map((key) => [key, count(compiled, key), count(written, key)]),
  );
};
const text = [
  '# Compiled and ordinary answers',
  '',
  `Made by \`node scripts/difference.mjs --documents ${documents} --seed ${seed}\` on ${new Date().toISOString().slice(0, 10)}, ` +
    `Node ${process.version}, ${cpus().length} processors, ${Math.round((Date.now() - began) / 1000)} s in all. ` +
    (differing === 0 ? 'No answer differed.' : `${differing} ANSWERS DIFFERED. The first of them are told at the end.`),
  '',
  'Three servers on one database were asked the same documents: one compiles an operation into SQL statements, one writes',
  'every field by its resolver without them, one has the executor of graphql-js do it. Each of the first two was held against',
  'the third: status, headers and body to the byte, and what the ledger kept of an auditor’s reads. The documents are generated',
  'from the schema by the seed (test/kit/documents); the data are two tenants with rows in every table,',
  `${salted} values of which were made awkward: control characters, quotes, figures above 2^53, odd milliseconds, nulls.`,
  '',
  ...table(
    ['what', 'by statements', 'by resolvers'],
    [
      ['asked', compiled.documents, written.documents],
      ['answered by statements', share(compiled.compiled), share(written.compiled)],
      ['answered with data and no error', share(compiled.withData), share(written.withData)],
      ['answered in two ways', compiled.differing, written.differing],
    ],
  ),
  '',
  '## Who asked',
  '',
  ...both('who', ({ askers }) => askers),
  '',
  '## What was answered',
  '',
  ...both('status and codes', ({ answers }) => answers),
  '',
  ...(differences.length > 0
    ? ['## Differences', '', ...differences.flatMap((one) => ['```text', one, '```', ''])]
    : []),
].join('\n');
console.log(text);
const path = join(root, values.report);
mkdirSync(dirname(path), { recursive: true });
writeFileSync(path, await format(text, { ...(await resolveConfig(path)), parser: 'markdown' }));
process.exit(differing === 0 && status === 0 ? 0 : 1);
