import { execFileSync } from 'node:child_process';
import { readFileSync, readdirSync, readlinkSync } from 'node:fs';

const onLinux = process.platform === 'linux';

/**
 * When a process started, as text that is equal only for the same process: a reused id, or the same id after a reboot,
 * gives another text. Undefined when no such process runs; a zombie does not run.
 */
export function startOf(pid: number): string | undefined {
  if (!onLinux) return startByPs(pid);
  const stat = readProc(pid, 'stat');
  if (stat === undefined) return undefined;
  // The command's name stands in parentheses and may hold spaces and parentheses itself.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  if (fields[0] === 'Z' || fields[0] === 'X') return undefined;
  // Ticks count from boot, so that they tell processes apart only within one boot.
  return `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()}:${fields[19]}`;
}

/** The command line of a process, its words joined by spaces; empty when there is none. */
export function commandLineOf(pid: number): string {
  if (!onLinux) return ps(pid, 'command=');
  return (readProc(pid, 'cmdline') ?? '').replaceAll('\0', ' ').trim();
}

/** The running processes that have `directory` (a real path) as their working directory; none where no /proc tells. */
export function processesIn(directory: string): number[] {
  if (!onLinux) return [];
  return readdirSync('/proc')
    .map(Number)
    .filter((pid) => pid > 0 && workingDirectoryOf(pid) === directory && startOf(pid) !== undefined);
}

function workingDirectoryOf(pid: number): string | undefined {
  try {
    return readlinkSync(`/proc/${pid}/cwd`);
  } catch {
    return undefined;
  }
}

function readProc(pid: number, file: string): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return undefined;
  }
}

function startByPs(pid: number): string | undefined {
  const state = ps(pid, 'stat=');
  return state === '' || state.startsWith('Z') ? undefined : ps(pid, 'lstart=');
}

function ps(pid: number, column: string): string {
  try {
    return execFileSync('ps', ['-o', column, '-p', String(pid)], { encoding: 'utf8' }).trim();
  } catch {
    return '';
  }
}
