import { generateKeyPairSync } from 'node:crypto';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Client, type QueryResultRow } from 'pg';

/** What a command came to. */
export interface Outcome {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** A `start`, `serve` or `worker` in a process of its own. */
export interface Instance {
  readonly process: ChildProcess;
  /** What it has printed so far. */
  readonly out: () => string;
  /** Where it listens, as it said. */
  readonly address: string;
  /** Sends the signal and answers the exit code, null when the signal killed it. */
  stop(signal?: NodeJS.Signals): Promise<number | null>;
}

type Environment = Readonly<Record<string, string>>;

const PROGRAM = resolve('bin/countersign.mjs');
const UP_WITHIN = 60_000;

/** Processes of this file's tests that run still. */
const children = new Set<ChildProcess>();

/** A key-encrypting key in a folder, for a process that has an external database. */
export function kekFile(folder: string): string {
  const path = join(folder, 'kek');
  writeFileSync(path, Buffer.alloc(32, 5));
  return path;
}

/** A key that signs checkpoints, which an external database asks for. */
export function ledgerKeyFile(folder: string): string {
  const path = join(folder, 'ledger.pem');
  writeFileSync(path, generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }));
  return path;
}

/** A folder for data: PostgreSQL, which runs as another user when the tests run as root, can pass. */
export function dataFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'countersign-cli-'));
  chmodSync(folder, 0o711);
  return folder;
}

/** Kills what a failed test left running, and removes the folder with its database server. */
export async function discard(...folders: string[]): Promise<void> {
  for (const child of children) child.kill('SIGKILL');
  for (const folder of folders) {
    for (const pid of serversIn(folder)) process.kill(pid, 'SIGKILL');
    for (let left = 100; left > 0 && serversIn(folder).length > 0; left -= 1) await pause(50);
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The processes of PostgreSQL that stand in a folder. */
export function serversIn(folder: string): number[] {
  return readdirSync('/proc')
    .map(Number)
    .filter((pid) => pid > 0 && commandOf(pid).includes(`${folder}/`) && commandOf(pid).includes('postgres'));
}

function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
  } catch {
    return '';
  }
}

/** Starts a command without waiting for its end. */
export function launch(args: readonly string[], environment: Environment): ChildProcess {
  const { PATH = '', HOME = '' } = process.env;
  const child = spawn(process.execPath, [PROGRAM, ...args], {
    // Connected to the simulators is what sample-start.test.ts starts.
    env: { PATH, HOME, SAMPLE_CONNECTIONS: 'off', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  children.add(child);
  child.once('exit', () => children.delete(child));
  return child;
}

function collected(stream: NodeJS.ReadableStream): () => string {
  let text = '';
  stream.on('data', (chunk: Buffer) => (text += chunk.toString()));
  return () => text;
}

/** Runs a command to its end. */
export async function countersign(args: readonly string[], environment: Environment): Promise<Outcome> {
  const child = launch(args, environment);
  const [out, err] = [collected(child.stdout!), collected(child.stderr!)];
  const limit = setTimeout(() => child.kill('SIGKILL'), UP_WITHIN);
  const [code] = (await once(child, 'close')) as [number | null];
  clearTimeout(limit);
  return { code, out: out(), err: err() };
}

/** Starts a part that runs until it is stopped, and waits until it says `sign`. */
export async function startPart(
  part: 'start' | 'serve' | 'worker',
  sign: string,
  environment: Environment,
): Promise<Instance> {
  const child = launch([part], environment);
  const [out, err] = [collected(child.stdout!), collected(child.stderr!)];
  const exit = once(child, 'exit') as Promise<[number | null]>;
  for (const deadline = Date.now() + UP_WITHIN; !out().includes(sign); await pause(25)) {
    if (child.exitCode !== null || child.signalCode !== null || Date.now() > deadline) {
      child.kill('SIGKILL');
      throw new Error(`${part} did not come up: ${out()} ${err()}`);
    }
  }
  const address = /http:\/\/[\w.]+:\d+/.exec(out())?.[0] ?? '';
  return {
    process: child,
    out,
    address,
    stop: async (signal = 'SIGINT') => {
      child.kill(signal);
      return (await exit)[0];
    },
  };
}

export function pause(milliseconds: number): Promise<void> {
  return new Promise((done) => setTimeout(done, milliseconds));
}

/** A GraphQL request; answers the JSON of the answer. */
export async function ask(
  address: string,
  token: string,
  query: string,
  variables: object = {},
): Promise<any> /* oxlint-disable-line typescript/no-explicit-any -- a test reads whatever it asked for */ {
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` };
  const response = await fetch(`${address}/graphql`, {
    method: 'POST',
    headers,
    body: JSON.stringify({ query, variables }),
  });
  return response.json();
}

/** One sentence on standard error, no stack, exit code 1. */
export function expectSentence({ code, err }: Outcome, sentence: RegExp): void {
  expect(err.trim()).toMatch(sentence);
  expect(err.trim().split('\n')).toHaveLength(1);
  expect(err).not.toMatch(/\bat .*\.js:\d+/);
  expect(code).toBe(1);
}

/** Through the superuser's own connection to the embedded server of a data folder. */
export async function asSuperuser(data: string, text: string): Promise<QueryResultRow[]> {
  const { superuser } = JSON.parse(readFileSync(join(data, 'postgres/credentials.json'), 'utf8')) as {
    superuser: string;
  };
  const port = Number(readFileSync(join(data, 'postgres/port'), 'utf8'));
  const client = new Client({
    host: '127.0.0.1',
    port,
    user: 'postgres',
    password: superuser,
    database: 'countersign',
  });
  await client.connect();
  try {
    return (await client.query<QueryResultRow>(text)).rows ?? [];
  } finally {
    await client.end();
  }
}
