import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, openSync, readFileSync, renameSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { StartupError } from '../../core/startup-error.js';
import type { Binaries } from './binaries.js';
import { CLEAN_ENVIRONMENT } from './child.js';
import type { Home } from './home.js';
import { commandLineOf, processesIn } from './process-table.js';

type Log = (line: string) => void;

/** From polite to certain, each with how long it may take: fast shutdown, immediate shutdown, kill. */
const ESCALATION: [NodeJS.Signals, number][] = [
  ['SIGINT', 10_000],
  ['SIGQUIT', 10_000],
  ['SIGKILL', 5_000],
];

/** Starts the server and returns at once; `port` and what keeps it private override any of `settings`. */
export async function launch(
  home: Home,
  binaries: Binaries,
  port: number,
  settings: Record<string, string>,
  logFile: string,
): Promise<ChildProcess> {
  const all: Record<string, string> = {
    timezone: 'UTC',
    log_timezone: 'UTC',
    ...settings,
    port: String(port),
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    password_encryption: 'scram-sha-256',
    fsync: 'on',
    logging_collector: 'off',
  };
  if (existsSync(logFile)) renameSync(logFile, `${logFile}.old`);
  const log = openSync(logFile, 'a', 0o600);
  try {
    const child = spawn(
      join(binaries.bin, 'postgres'),
      ['-D', home.data, ...Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`])],
      // A process group of its own: Ctrl-C in the terminal must reach only us, who stop the database last. Its log is a
      // file and not a pipe, as it may outlive us.
      { ...home.identity, cwd: home.place, env: CLEAN_ENVIRONMENT, detached: true, stdio: ['ignore', log, log] },
    );
    await once(child, 'spawn');
    child.unref();
    return child;
  } finally {
    closeSync(log);
  }
}

/** Whether the server says, in its own pid file, that it takes connections. */
export function saysReady(data: string, pid: number): boolean {
  const lines = pidFile(data);
  return Number(lines[0]) === pid && lines[7]?.trim() === 'ready';
}

/** The last complaint in the server's log, without its time stamp. */
export function lastComplaint(logFile: string): string {
  const lines = readFileSync(logFile, 'utf8').trim().split('\n');
  const complaint = lines.findLast((line) => /\b(FATAL|PANIC|ERROR):/.test(line)) ?? lines.at(-1) ?? '';
  return complaint.replace(/^.*?(FATAL|PANIC|ERROR):\s*/, '').replace(/\.$/, '');
}

/** Stops the server that serves `data` under this process id, and waits until nothing of it runs. */
export async function halt(pid: number, data: string): Promise<void> {
  for (const [signal, patience] of ESCALATION) {
    if (!isPostmasterOf(pid, data)) break;
    signalTo(pid, signal);
    await until(() => !isPostmasterOf(pid, data), patience);
  }
  if (isPostmasterOf(pid, data)) throw new StartupError(`PostgreSQL (process ${pid}) on ${data} cannot be stopped.`);
}

/**
 * Clears what a killed start left on `data`: stops a server that still runs there, waits for the orphans of one that
 * does not, and removes its pid file, which PostgreSQL would take for another server's when the id is in use again.
 */
export async function clearLeftovers(data: string, log: Log): Promise<void> {
  if (!existsSync(data)) return;
  const pid = Number(pidFile(data)[0] ?? 0);
  if (isPostmasterOf(pid, data)) {
    log(`PostgreSQL (process ${pid}) was left running by a start that was killed; stopping it.`);
    await halt(pid, data);
  }
  // The pid file also guards the shared memory: it must stay as long as any process of the old server lives.
  for (const [signal, patience] of ESCALATION.slice(1)) {
    if (await until(() => processesIn(data).length === 0, patience)) break;
    for (const orphan of processesIn(data)) signalTo(orphan, signal);
  }
  await rm(join(data, 'postmaster.pid'), { force: true });
}

function pidFile(data: string): string[] {
  const file = join(data, 'postmaster.pid');
  return existsSync(file) ? readFileSync(file, 'utf8').split('\n') : [];
}

function isPostmasterOf(pid: number, data: string): boolean {
  const command = `${commandLineOf(pid)} `;
  return command.includes('postgres') && command.includes(` -D ${data} `);
}

function signalTo(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

async function until(reached: () => boolean, patience: number): Promise<boolean> {
  const deadline = performance.now() + patience;
  while (!reached()) {
    if (performance.now() > deadline) return false;
    await pause(20);
  }
  return true;
}
