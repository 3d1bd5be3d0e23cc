import { execFileSync } from 'node:child_process';
import { chmodSync, chownSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { findPackage, prepareBinaries } from '../../src/sandbox/postgres/binaries.js';
import { findHome } from '../../src/sandbox/postgres/home.js';
import { startEmbeddedPostgres } from '../../src/sandbox/postgres/index.js';
import { halt, launch } from '../../src/sandbox/postgres/postmaster.js';

/** A primary of its own and a standby that streams from it, of the embedded programs. */
export interface Pair {
  /** For `openSuite`: what COUNTERSIGN_TEST_CLUSTER names. */
  readonly clusterFile: string;
  /** An address of the primary, as one of the standby. */
  onStandby(url: string): string;
  /** A statement on the standby, as its superuser. */
  standby(text: string): Promise<Record<string, unknown>[]>;
  /** Waits until the standby has replayed all that the primary has now. */
  caughtUp(): Promise<void>;
  stopStandby(): Promise<void>;
  startStandby(): Promise<void>;
  close(): Promise<void>;
}

/**
 * Starts both. The base backup is made as pg_basebackup makes it, which the embedded programs lack: the files are copied
 * between pg_backup_start and pg_backup_stop (PostgreSQL, "Making a Base Backup Using the Low Level API").
 */
export async function startPair(): Promise<Pair> {
  const folder = mkdtempSync(join(tmpdir(), 'countersign-pair-'));
  chmodSync(folder, 0o711);
  const primary = await startEmbeddedPostgres({
    dataRoot: folder,
    projectRoot: resolve('.'),
    settings: { wal_keep_size: '256MB' },
  });
  const home = await findHome(folder, undefined);
  const binaries = await prepareBinaries(findPackage(resolve('.')), home.binaries, home.identity);
  const data = join(home.place, 'standby');
  const superuser = new pg.Client({ connectionString: primary.superuserUrl });
  await superuser.connect();
  await superuser.query("select pg_backup_start('standby', true)");
  execFileSync('cp', ['-a', primary.dataDirectory, data]);
  const { rows } = await superuser.query<{ labelfile: string }>('select labelfile from pg_backup_stop(false)');
  rmSync(join(data, 'postmaster.pid'), { force: true });
  for (const [name, text] of Object.entries({ backup_label: rows[0]!.labelfile, 'standby.signal': '' })) {
    writeFileSync(join(data, name), text, { mode: 0o600 });
    if (home.identity) chownSync(join(data, name), home.identity.uid, home.identity.gid);
  }
  const port = await freePort();
  const onStandby = (url: string): string => Object.assign(new URL(url), { port: String(port) }).href;
  let pid = 0;
  const standby = async (text: string): Promise<Record<string, unknown>[]> => {
    const client = new pg.Client({ connectionString: onStandby(primary.superuserUrl) });
    await client.connect();
    try {
      return (await client.query(text)).rows as Record<string, unknown>[];
    } finally {
      await client.end();
    }
  };
  const pair: Pair = {
    clusterFile: join(folder, 'cluster.json'),
    onStandby,
    standby,
    caughtUp: async () => {
      const now = await superuser.query<{ at: string }>('select pg_current_wal_flush_lsn()::text as at');
      const reached = `select pg_last_wal_replay_lsn() >= '${now.rows[0]!.at}' as yes`;
      await until(async () => (await standby(reached))[0]!.yes === true);
    },
    stopStandby: () => halt(pid, data),
    startStandby: async () => {
      const settings = { primary_conninfo: primary.superuserUrl, hot_standby: 'on' };
      const child = await launch({ ...home, data }, binaries, port, settings, join(folder, 'standby.log'));
      pid = child.pid!;
      await until(async () => (await standby('select 1 as one')).length === 1);
    },
    close: async () => {
      await superuser.end();
      await pair.stopStandby();
      await primary.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
  const { ownerUrl, appUrl, superuserUrl } = primary;
  writeFileSync(pair.clusterFile, JSON.stringify({ ownerUrl, appUrl, superuserUrl }));
  await pair.startStandby();
  return pair;
}

/** Waits for something that comes true by itself; what fails until then is tried again. */
export async function until(holds: () => Promise<boolean>, within = 15_000): Promise<void> {
  const deadline = performance.now() + within;
  for (;;) {
    try {
      if (await holds()) return;
    } catch (error) {
      if (performance.now() > deadline) throw error;
    }
    if (performance.now() > deadline) throw new Error('It did not come true in time');
    await pause(20);
  }
}

/** A port that is free now. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address() as { port: number };
  await new Promise((closed) => server.close(closed));
  return port;
}

/** What a process is started with that reads on the standby and changes on the primary. */
export function replicaEnvironment(pair: Pair, { appUrl }: { readonly appUrl: string }, kekFile: string) {
  return {
    DATABASE_URL: appUrl,
    DATABASE_READ_URL: pair.onStandby(appUrl),
    DATABASE_READ_LAG_SECONDS: '60',
    KEK_FILE: kekFile,
  };
}
