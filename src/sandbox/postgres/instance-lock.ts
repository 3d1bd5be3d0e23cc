import { randomUUID } from 'node:crypto';
import { chmod, link, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { startOf } from './process-table.js';

interface Holder {
  pid: number;
  started: string;
  token: string;
}

/** A lock that this process holds, or the process that holds it. */
export type LockOutcome = { held: true; release(): Promise<void> } | { held: false; holder: number };

/**
 * Takes the lock file at `path` for this process. A file whose process no longer runs (told by id and start time) is
 * taken over, by exactly one of the processes that try at once.
 */
export async function takeLock(path: string): Promise<LockOutcome> {
  const me: Holder = { pid: process.pid, started: startOf(process.pid) ?? '', token: randomUUID() };
  const draft = `${path}.${me.token}`;
  await writeFile(draft, JSON.stringify(me));
  try {
    // Another user's start must be able to read who holds it, whatever this one's umask.
    await chmod(draft, 0o644);
    const holder = await take(path, draft);
    if (holder !== undefined) return { held: false, holder };
  } finally {
    await rm(draft, { force: true });
  }
  return { held: true, release: () => rm(path, { force: true }) };
}

/** Undefined when the lock is taken, otherwise the id of the live process that holds it. */
async function take(path: string, draft: string): Promise<number | undefined> {
  for (;;) {
    // A link appears whole and only once: no one ever reads a half-written lock, and no two processes make one.
    if (await linked(draft, path)) return undefined;
    const holder = await read(path);
    if (!holder) continue;
    if (startOf(holder.pid) === holder.started) return holder.pid;
    // Replacing a dead holder's file is itself exclusive, by a lock named after that very holder. Without it a slow
    // contender could replace the lock of a faster one, having read the dead holder's file before.
    const succession = `${path}.after-${holder.token}`;
    if ((await take(succession, draft)) !== undefined) {
      await pause(20);
      continue;
    }
    try {
      if ((await read(path))?.token !== holder.token) continue;
      const mine = `${draft}.successor`;
      await link(draft, mine);
      await rename(mine, path);
      return undefined;
    } finally {
      await rm(succession, { force: true });
    }
  }
}

async function linked(draft: string, path: string): Promise<boolean> {
  try {
    await link(draft, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

async function read(path: string): Promise<Holder | undefined> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as Holder;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    // Unreadable content is no live process's work: locks appear whole.
    if (error instanceof SyntaxError) return { pid: 0, started: '', token: 'unreadable' };
    throw error;
  }
}
