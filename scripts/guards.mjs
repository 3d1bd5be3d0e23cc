// npm run guards [-- --only "rule 9" ...] [--keep FOLDER]: takes the guard of every rule and every attack away, one by one, in a
// copy of the working tree, and expects the named test to fail. Prints a table; ends with 1 when a guard can be removed
// without a test that notices, or when its text is no longer there.
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { parseArgs } from 'node:util';
import { GUARDS } from './guards/index.mjs';
import { install, root } from './prepare.mjs';

const { values } = parseArgs({
  options: {
    only: { type: 'string', multiple: true, default: [''] },
    keep: { type: 'string' },
    runs: { type: 'string', default: '50' },
  },
});
const guards = GUARDS.filter(({ name }) => values.only.some((part) => name.includes(part)));
if (guards.length === 0) throw new Error(`No guard is named ${values.only.join(' or ')}`);

install();
const folder = values.keep ?? mkdtempSync(join(tmpdir(), 'countersign-guards-'));
copyTree();
process.on('exit', () => {
  if (!values.keep) rmSync(folder, { recursive: true, force: true });
});

/** What a patch looks like that leaves no program, or no schema, behind. */
const BROKEN = /QueryFailedError|SyntaxError|syntax error|ReferenceError|Cannot find|TypeError/;

const lines = [];
const say = (mark, name, told) => {
  lines.push({ mark, name });
  console.log(`${mark.padEnd(9)} ${name}${told ? `: ${told}` : ''}`);
};

const tests = [...new Set(guards.map(({ test }) => test[0]))];
console.log(`${guards.length} guards; first the tests as they are.`);
for (const file of tests) {
  const { failed, passed, crashed } = run(file, '');
  if (failed.length > 0 || crashed || passed === 0) say('NOT GREEN', file, crashed || failed[0]);
}
for (const guard of guards) judge(guard);

const bad = lines.filter(({ mark }) => mark !== 'killed');
console.log(`${lines.length - bad.length} of ${guards.length} were noticed.`);
process.exitCode = bad.length > 0 ? 1 : 0;

/** Removes one guard, runs its test, and puts it back. */
function judge({ name, test: [file, pattern], patches }) {
  const before = new Map();
  for (const { file: path, find, replace } of patches) {
    const at = join(folder, path);
    const text = existsSync(at) ? readFileSync(at, 'utf8') : '';
    const times = text.split(find).length - 1;
    if (times !== 1) {
      restore(before);
      say('NO PATCH', name, `its text stands ${times} times in ${path}`);
      return;
    }
    if (!before.has(at)) before.set(at, text);
    writeFileSync(
      at,
      text.replace(find, () => replace),
    );
  }
  const { failed, passed, crashed } = run(file, pattern);
  restore(before);
  if (crashed) say('NOT RUN', name, crashed);
  else if (failed.length > 0) say('killed', name);
  else say('SURVIVED', name, `${passed} tests of ${file} stayed green`);
}

function restore(before) {
  for (const [at, text] of before) writeFileSync(at, text);
}

/** Runs the tests of a file whose names contain a text, in the copy. `crashed` says why none could run. */
function run(file, pattern) {
  const output = join(folder, 'guards-result.json');
  rmSync(output, { force: true });
  const escaped = pattern.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
  spawnSync(
    process.execPath,
    [
      join(folder, 'node_modules/jest/bin/jest.js'),
      file,
      ...(escaped ? ['-t', escaped] : []),
      '--runInBand',
      '--json',
      `--outputFile=${output}`,
    ],
    {
      cwd: folder,
      stdio: 'ignore',
      timeout: 600_000,
      env: { ...process.env, ATTACK_RUNS: values.runs, ATTACK_SEED: '20261121', ATTACK_REPORT: '' },
    },
  );
  if (!existsSync(output)) return { failed: [], passed: 0, crashed: 'jest gave no result' };
  const { testResults } = JSON.parse(readFileSync(output, 'utf8'));
  const own = testResults.flatMap(({ assertionResults }) => assertionResults);
  const red = own.filter(({ status }) => status === 'failed');
  const passed = own.filter(({ status }) => status === 'passed').length;
  // A program that does not even start proves nothing.
  const broken = red.find(({ failureMessages }) => BROKEN.test(failureMessages.join('\n')));
  const none = red.length + passed === 0 ? (testResults[0]?.message.split('\n')[0] ?? 'no test ran') : '';
  const crashed = broken ? broken.failureMessages[0].split('\n')[0] : none;
  const failed = red.map(({ fullName }) => fullName);
  return { failed, passed, crashed };
}

/** The tree as it stands, with packages of its own. */
function copyTree() {
  const left = ['.git', '.countersign', 'guards-result.json'];
  const reused = existsSync(join(folder, 'node_modules'));
  cpSync(root, folder, {
    recursive: true,
    filter: (source) => {
      const [top] = relative(root, source).split('/');
      return !left.includes(top) && !(reused && top === 'node_modules');
    },
  });
}
