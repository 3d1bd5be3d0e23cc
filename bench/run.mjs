// npm run bench: Countersign against PostGraphile 5, the usual TypeScript stacks and the limit of Node on one PostgreSQL.
//   --json         the results as JSON on standard output      --smoke       equal answers and statements; no timing
//   --rounds N     rounds, 12 by default                       --seconds N   of a slice, 2 by default
//   --warm-up N    seconds that each server is asked for at most until its processor time rests, 60 by default
//   --only a,b     these operations alone                      --check       ends with 1 when a target is missed
//   --readme       writes the table into README.md             --handoffs N --tenants N --connections N   other sizes
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import { COMPARED } from './kit/comparison.mjs';
import { installRivals, isChange, openField } from './kit/field.mjs';
import { judged, MEMORY, tableOf, withTable } from './kit/figures.mjs';
import { argument, flag, root } from './kit/product.mjs';
import { measure, resultsOf } from './kit/rounds.mjs';
import { openStage } from './kit/stage.mjs';

const RESULTS = join(root, 'bench', 'results', 'latest.json');
const isSmoke = flag('smoke');
const log = (line) => console.error(line);

const sizes = isSmoke ? { handoffs: 200, tenants: 2 } : { handoffs: 100_000, tenants: 20 };
const handoffs = argument('handoffs', sizes.handoffs);
const tenants = argument('tenants', sizes.tenants);
const connections = argument('connections', 32);
const rounds = argument('rounds', 12);
const seconds = argument('seconds', 2);
const warmUp = argument('warm-up', 60);
const operations = asked();

function asked() {
  const at = process.argv.indexOf('--only');
  if (at === -1) return Object.keys(COMPARED);
  const names = process.argv[at + 1].split(',');
  const unknown = names.find((name) => !(name in COMPARED));
  if (unknown !== undefined)
    throw new Error(`There is no operation ${unknown}: choose of ${Object.keys(COMPARED).join(', ')}.`);
  return names;
}

const versionOf = (folder, name) =>
  JSON.parse(readFileSync(join(folder, 'node_modules', name, 'package.json'), 'utf8')).version;

function versions(stage) {
  const rivals = join(root, 'bench', 'rivals');
  const of = (folder, names) => Object.fromEntries(names.map((name) => [name, versionOf(folder, name)]));
  return {
    node: process.version.slice(1),
    postgresql: stage.version,
    ...of(root, ['@apollo/server', 'graphql', 'type-graphql', 'typeorm', 'pg', 'fastify']),
    ...of(rivals, ['postgraphile', 'dataloader', 'autocannon']),
  };
}

/** The commit, and whether files differ from it. */
function revision() {
  try {
    const git = (...words) => execFileSync('git', words, { cwd: root, encoding: 'utf8' }).trim();
    return { sha: git('rev-parse', 'HEAD'), changed: git('status', '--porcelain') !== '' };
  } catch {
    return { sha: null, changed: null };
  }
}

async function bench() {
  installRivals(log);
  const stage = await openStage({ handoffs, tenants, changes: operations.filter(isChange), log });
  try {
    const field = await openField({ stage, operations, connections, log });
    try {
      if (isSmoke) return { statements: field.counts };
      const { slices, memory } = await measure({ field, operations, rounds, seconds, warmUp, log });
      return {
        takenAt: new Date().toISOString(),
        ...revision(),
        machine: { cpu: cpus()[0].model.trim(), cores: cpus().length, memoryGb: Math.round(totalmem() / 1e9) },
        versions: versions(stage),
        data: { tenants, each: stage.each },
        connections,
        rounds,
        seconds,
        results: resultsOf(slices, field.counts),
        targets: judged(slices),
        memory,
      };
    } finally {
      await field.close();
    }
  } finally {
    await stage.close();
  }
}

function report(result) {
  if (isSmoke) {
    console.log(JSON.stringify(result, null, 2));
    return;
  }
  // A part of the operations says nothing of the others: only a whole run is kept.
  if (operations.length === Object.keys(COMPARED).length) {
    mkdirSync(join(root, 'bench', 'results'), { recursive: true });
    writeFileSync(RESULTS, `${JSON.stringify(result, null, 2)}\n`);
  }
  console.log(flag('json') ? JSON.stringify(result) : tableOf(result));
}

if (flag('readme')) {
  const readme = join(root, 'README.md');
  writeFileSync(readme, withTable(readFileSync(readme, 'utf8'), tableOf(JSON.parse(readFileSync(RESULTS, 'utf8')))));
} else {
  const result = await bench();
  report(result);
  if (flag('check') && !isSmoke) {
    const { most, start, end } = result.memory;
    const isLean = most < MEMORY.most && end <= start * MEMORY.growth;
    if (!isLean || result.targets.some(({ kept }) => !kept)) process.exitCode = 1;
  }
}
