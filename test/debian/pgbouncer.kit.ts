import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, chownSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { chooseIdentity } from '../../src/sandbox/postgres/identity.js';
import { freePort, until } from '../kit/standby.js';

/** Where Debian's package `pgbouncer` puts the program. */
const PROGRAM = '/usr/sbin/pgbouncer';
export const hasPgBouncer = existsSync(PROGRAM);

/** A running PgBouncer in transaction mode. */
export interface PgBouncer {
  /** Such as "PgBouncer 1.18.0". */
  readonly version: string;
  /** An address of the database, as one of PgBouncer. */
  through(url: string): string;
  /** A command of its administration console, such as KILL or SHOW POOLS. */
  admin(text: string): Promise<Record<string, unknown>[]>;
  stop(): Promise<void>;
}

/** Starts one in front of the server of this address, with so few connections that clients share them. */
export async function startPgBouncer(serverUrl: string, connections: number): Promise<PgBouncer> {
  const folder = mkdtempSync(join(tmpdir(), 'countersign-pgbouncer-'));
  const { hostname, port: serverPort, username, password } = new URL(serverUrl);
  const port = await freePort();
  const settings = [
    '[databases]',
    `* = host=${hostname} port=${serverPort}`,
    '[pgbouncer]',
    'listen_addr = 127.0.0.1',
    `listen_port = ${port}`,
    'unix_socket_dir =',
    'auth_type = scram-sha-256',
    `auth_file = ${join(folder, 'users.txt')}`,
    'admin_users = console',
    'pool_mode = transaction',
    `default_pool_size = ${connections}`,
    'max_client_conn = 200',
    `logfile = ${join(folder, 'log')}`,
  ];
  const users = `"${username}" "${decodeURIComponent(password)}"\n"console" "console"\n`;
  const identity = chooseIdentity(undefined);
  for (const [name, text] of [
    ['pgbouncer.ini', `${settings.join('\n')}\n`],
    ['users.txt', users],
    ['log', ''],
  ] as const) {
    writeFileSync(join(folder, name), text, { mode: 0o600 });
    if (identity) chownSync(join(folder, name), identity.uid, identity.gid);
  }
  chmodSync(folder, 0o711);
  // As root it refuses to run.
  const child: ChildProcess = spawn(PROGRAM, [join(folder, 'pgbouncer.ini')], {
    ...identity,
    cwd: folder,
    stdio: 'ignore',
  });
  const through = (url: string): string => Object.assign(new URL(url), { port: String(port) }).href;
  const admin = async (text: string): Promise<Record<string, unknown>[]> => {
    const client = new pg.Client({ connectionString: `postgresql://console:console@127.0.0.1:${port}/pgbouncer` });
    await client.connect();
    try {
      return (await client.query(text)).rows as Record<string, unknown>[];
    } finally {
      await client.end();
    }
  };
  try {
    await until(async () => (await admin('SHOW VERSION')).length === 1);
  } catch (error) {
    child.kill('SIGKILL');
    throw new Error(`PgBouncer did not start: ${readFileSync(join(folder, 'log'), 'utf8')}`, { cause: error });
  }
  const [shown] = await admin('SHOW VERSION');
  return {
    version: String(shown!.version),
    through,
    admin,
    stop: async () => {
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGTERM');
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
