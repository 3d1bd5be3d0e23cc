import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, type QueryResultRow } from 'pg';
import { StartupError } from '../../src/core/startup-error.js';
import { isRoot } from '../../src/sandbox/postgres/identity.js';
import {
  type EmbeddedPostgres,
  type EmbeddedPostgresOptions,
  createDatabase,
  dropDatabase,
  startEmbeddedPostgres,
} from '../../src/sandbox/postgres/index.js';
import { takeLock } from '../../src/sandbox/postgres/instance-lock.js';
import { startOf } from '../../src/sandbox/postgres/process-table.js';
import { type Instance, PACKAGE_15, PROJECT, stage, startInstance } from './embedded-postgres-kit.js';

jest.setTimeout(60_000);

const whenRoot = isRoot() ? test : test.skip;
const NOBODY = { uid: 65534, gid: 65534 };
const app = mkdtempSync(join(tmpdir(), 'countersign-app-'));
const ourUmask = process.umask();
let work: string;
let options: EmbeddedPostgresOptions;
let servers: EmbeddedPostgres[];
let instances: Instance[];
/** What a test leaves in the system's folders. */
let outside: string[];

beforeAll(() => stage(app));
afterAll(() => rmSync(app, { recursive: true }));

beforeEach(() => {
  // mkdtemp makes it for its owner alone, as /root is.
  work = mkdtempSync(join(tmpdir(), 'countersign-work-'));
  options = { dataRoot: join(work, 'clone', '.countersign'), projectRoot: PROJECT };
  servers = [];
  instances = [];
  outside = [];
  // One cache of programs for all tests, and places for data that go with it.
  if (isRoot()) options.sharedRoots = [join(app, 'shared')];
});

afterEach(async () => {
  process.umask(ourUmask);
  await Promise.all([...servers, ...instances].map((one) => one.stop()));
  for (const folder of [work, ...outside]) rmSync(folder, { recursive: true });
});

test('root, in a folder under a 0700 parent, with umask 077: data where PostgreSQL can reach them', async () => {
  process.umask(0o077);
  const lines: string[] = [];
  const { sharedRoots: _, ...byDefault } = options;
  const postgres = await start({ ...byDefault, log: (line) => lines.push(line) });

  const pointer = join(options.dataRoot, 'postgres.location');
  if (isRoot()) {
    const place = readFileSync(pointer, 'utf8').trim();
    outside.push(place);
    expect(postgres.dataDirectory).toBe(join(place, 'data'));
    expect(statSync(postgres.dataDirectory).uid).toBe(NOBODY.uid);
    expect(statSync(`/proc/${postmasterOf(postgres)}`).uid).toBe(NOBODY.uid);
  } else {
    expect(existsSync(pointer)).toBe(false);
  }
  expect(modeOf(postgres.dataDirectory)).toBe(0o700);
  expect(modeOf(join(options.dataRoot, 'postgres', 'credentials.json'))).toBe(0o600);
  expect(postgres.version).toMatch(/^18\.\d+$/);
  expect(lines.at(-1)).toContain(`127.0.0.1:${postgres.port}`);

  await query(postgres.ownerUrl, 'CREATE TABLE kept (value text)');
  await query(postgres.ownerUrl, "INSERT INTO kept VALUES ('yes')");
  await postgres.stop();
  await postgres.stop();
  expect(startOf(postmasterOf(postgres))).toBeUndefined();

  const again = await start(byDefault);
  expect(again.port).toBe(postgres.port);
  expect(await query(again.ownerUrl, 'SELECT value FROM kept')).toEqual([{ value: 'yes' }]);
});

test('a plain user: everything stays in the data root', async () => {
  const home = join(work, 'home');
  mkdirSync(home);
  if (isRoot()) {
    chmodSync(work, 0o711);
    chownSync(home, NOBODY.uid, NOBODY.gid);
  }
  const identity = isRoot() ? NOBODY : undefined;
  const plain = { dataRoot: join(home, '.countersign'), packageDir: join(app, 'postgres-18') };
  const report = await launched(startInstance(app, plain, { umask: 0o077, identity }));
  expect(report.dataDirectory).toBe(join(plain.dataRoot, 'postgres', 'data'));
  expect(existsSync(join(plain.dataRoot, 'postgres.location'))).toBe(false);
  expect(existsSync(join(plain.dataRoot, 'postgres', 'binaries'))).toBe(true);
  await query(report.ownerUrl, 'CREATE TABLE kept ()');
  await instances[0]?.stop();

  // Root who comes later serves the same data, as their owner.
  const later = await start(plain);
  expect(await query(later.ownerUrl, 'SELECT * FROM kept')).toEqual([]);
  expect(statSync(later.dataDirectory).uid).toBe(identity?.uid ?? process.getuid?.());
});

test('roles and database have their rights and no more', async () => {
  const postgres = await start({ ...options, settings: { fsync: 'off', work_mem: '5MB' } });
  const settings = await query(
    postgres.superuserUrl,
    `SELECT name, setting FROM pg_settings
      WHERE name IN ('fsync', 'listen_addresses', 'server_encoding', 'unix_socket_directories', 'work_mem')
      ORDER BY name`,
  );
  expect(settings.map(({ name, setting }) => `${name}=${setting}`)).toEqual([
    'fsync=on',
    'listen_addresses=127.0.0.1',
    'server_encoding=UTF8',
    'unix_socket_directories=',
    'work_mem=5120',
  ]);
  const roles = await query(
    postgres.superuserUrl,
    `SELECT rolname, rolcanlogin, rolinherit, rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb OR rolreplication AS more
       FROM pg_roles WHERE rolname LIKE 'countersign%' ORDER BY rolname`,
  );
  expect(roles).toEqual([
    { rolname: 'countersign_app', rolcanlogin: true, rolinherit: false, more: false },
    { rolname: 'countersign_owner', rolcanlogin: true, rolinherit: true, more: false },
  ]);
  await expect(query(postgres.appUrl, 'CREATE TABLE mine ()')).rejects.toThrow('permission denied for schema public');
  await expect(query(postgres.appUrl, 'CREATE TEMPORARY TABLE mine ()')).rejects.toThrow('permission denied');
  await expect(query(postgres.appUrl.replace(/:[^:@]+@/, ':wrong@'), 'SELECT 1')).rejects.toThrow('password');

  const further = await createDatabase(postgres, 'table');
  await query(further.ownerUrl, 'CREATE TABLE mine ()');
  await expect(query(further.appUrl, 'SELECT * FROM mine')).rejects.toThrow('permission denied for table mine');
  await expect(query(further.appUrl, 'CREATE TABLE more ()')).rejects.toThrow('permission denied for schema public');
  await dropDatabase(postgres, 'table');
  await dropDatabase(postgres, 'table');
  await expect(query(further.ownerUrl, 'SELECT 1')).rejects.toThrow('does not exist');
  await expect(createDatabase(postgres, 'a"; DROP ROLE x')).rejects.toThrow(RangeError);
});

test('after a kill -9 the server left running is stopped, its data are found, and only one of four starts wins', async () => {
  const first = startInstance(app, options, { umask: 0o077 });
  const report = await launched(first);
  await query(report.ownerUrl, 'CREATE TABLE kept ()');
  const left = postmasterOf(report);
  const exit = once(first.process, 'exit');
  // The whole group, as a terminal's Ctrl-C reaches it: the server must not be in it.
  process.kill(-(first.process.pid ?? 0), 'SIGKILL');
  await exit;
  expect(startOf(left)).toBeDefined();
  expect(leadsItsGroup(left)).toBe(true);

  const rush = Array.from({ length: 4 }, () => startInstance(app, options));
  instances.push(...rush);
  const reports = await Promise.all(rush.map((one) => one.report));
  const winner = reports.findIndex((one) => one.refusal === undefined);
  expect(startOf(left)).toBeUndefined();
  // Stopped in good order, so that nothing had to be recovered.
  expect(readFileSync(join(options.dataRoot, 'postgres', 'server.log'), 'utf8')).toMatch(
    /database system was shut down/,
  );
  expect(await query(reports[winner]?.ownerUrl ?? '', 'SELECT * FROM kept')).toEqual([]);
  for (const loser of reports.filter((_, index) => index !== winner)) {
    expect(loser).toMatchObject({
      kind: 'StartupError',
      refusal: `Another Countersign (process ${rush[winner]?.process.pid}) is using the data folder ${options.dataRoot}: stop it first, or choose another folder.`,
    });
  }
  await expect(start(options)).rejects.toThrow(/^Another Countersign \(process \d+\) is using the data folder/);
});

test('a killed server, whose process id and lock another process has now, is started anew', async () => {
  const report = await launched(startInstance(app, options));
  await query(report.ownerUrl, 'CREATE TABLE kept ()');
  const [first] = instances;
  const exit = once(first?.process ?? process, 'exit');
  first?.process.kill('SIGKILL');
  await exit;
  const killed = postmasterOf(report);
  process.kill(killed, 'SIGKILL');

  const bystander = spawn('sleep', ['60'], { ...(isRoot() ? NOBODY : {}), stdio: 'ignore' });
  bystander.unref();
  const pidFile = join(report.dataDirectory, 'postmaster.pid');
  writeFileSync(pidFile, readFileSync(pidFile, 'utf8').replace(/^\d+/, String(bystander.pid)));
  const lockFile = join(report.dataDirectory, '..', 'instance.lock');
  const lock = JSON.parse(readFileSync(lockFile, 'utf8')) as Record<string, unknown>;
  writeFileSync(lockFile, JSON.stringify({ ...lock, pid: bystander.pid }));

  const again = await start(options);
  expect(await query(again.ownerUrl, 'SELECT * FROM kept')).toEqual([]);
  expect(bystander.exitCode ?? bystander.signalCode).toBeNull();
  bystander.kill();
});

test('a lock is taken over from the dead by one alone, kept from the living, and free after release', async () => {
  const path = join(work, 'instance.lock');
  writeFileSync(path, JSON.stringify({ pid: process.pid, started: 'in another life', token: 'dead' }));
  // A contender that was killed while it replaced the dead one's lock.
  writeFileSync(`${path}.after-dead`, JSON.stringify({ pid: process.pid, started: 'too', token: 'dead too' }));
  const outcomes = await Promise.all(Array.from({ length: 20 }, () => takeLock(path)));
  expect(outcomes.filter((one) => one.held)).toHaveLength(1);
  expect(outcomes.filter((one) => !one.held && one.holder === process.pid)).toHaveLength(19);
  for (const outcome of outcomes) if (outcome.held) await outcome.release();
  expect(readdirSync(work)).toEqual([]);
});

test('PostgreSQL 15 works, and its data are refused by 18 in one sentence', async () => {
  const postgres = await start({ ...options, packageDir: PACKAGE_15 });
  expect(postgres.version).toMatch(/^15\.\d+$/);
  const further = await createDatabase(postgres, 'further');
  const [row] = await query(further.appUrl, "SELECT current_setting('server_version') AS version");
  expect(row).toEqual({ version: postgres.version });
  await postgres.stop();

  const refusal = await start(options).catch((error: Error) => error);
  expect(refusal).toBeInstanceOf(StartupError);
  expect((refusal as Error).message).toMatch(
    /^The data folder \S+ was made by PostgreSQL 15 and cannot be opened by PostgreSQL 18\.\d+: dump and reload it/,
  );
  // The refused start has let go of the folder.
  await start({ ...options, packageDir: PACKAGE_15 });
});

test('two projects at once fill an empty cache of programs without harm', async () => {
  const roots = isRoot() ? { sharedRoots: [join(app, 'cold')] } : {};
  const reports = await Promise.all(
    ['one', 'two'].map((name) =>
      launched(
        startInstance(app, { ...options, ...roots, dataRoot: join(work, name, '.countersign') }, { umask: 0o077 }),
      ),
    ),
  );
  expect(new Set(reports.map(({ dataDirectory }) => dataDirectory)).size).toBe(2);
  if (isRoot()) {
    const cached = readdirSync(join(app, 'cold', 'binaries'));
    expect(cached).toHaveLength(1);
    expect(cached[0]).toMatch(/-18\.\d/);
  }
});

whenRoot(
  'a project moved keeps its data; a copy, a new clone at the old path and a deleted data root begin with none',
  async () => {
    const before = await start(options);
    await query(before.ownerUrl, 'CREATE TABLE kept ()');
    await before.stop();
    const moved = { ...options, dataRoot: join(work, 'moved', '.countersign') };
    renameSync(join(work, 'clone'), join(work, 'moved'));
    const after = await start(moved);
    expect(await query(after.ownerUrl, 'SELECT * FROM kept')).toEqual([]);

    cpSync(join(work, 'moved'), join(work, 'copy'), { recursive: true });
    for (const dataRoot of [join(work, 'copy', '.countersign'), options.dataRoot]) {
      const other = await start({ ...options, dataRoot });
      expect(other.dataDirectory).not.toBe(after.dataDirectory);
      await expect(query(other.ownerUrl, 'SELECT * FROM kept')).rejects.toThrow('does not exist');
      await query(other.ownerUrl, 'CREATE TABLE kept ()');
      await other.stop();
    }

    rmSync(options.dataRoot, { recursive: true });
    const anew = await start(options);
    await expect(query(anew.ownerUrl, 'SELECT * FROM kept')).rejects.toThrow('does not exist');
    expect(existsSync(`${anew.dataDirectory}.set-aside`)).toBe(true);
  },
);

test('a taken port, lost passwords, missing programs and an unusable folder get one sentence each', async () => {
  const listener = createServer().listen(0, '127.0.0.1').unref();
  await once(listener, 'listening');
  const { port } = listener.address() as { port: number };
  await expect(start({ ...options, port })).rejects.toThrow(
    new StartupError(`Port ${port} for PostgreSQL is taken: stop what listens there, or choose another.`),
  );
  const postgres = await start(options);
  await postgres.stop();
  // The port of the last start is only a preference.
  writeFileSync(join(options.dataRoot, 'postgres', 'port'), String(port));
  const elsewhere = await start(options);
  expect(elsewhere.port).not.toBe(port);
  await elsewhere.stop();
  listener.close();

  rmSync(join(options.dataRoot, 'postgres', 'credentials.json'));
  await expect(start(options)).rejects.toThrow(/^The passwords of the data in \S+ are missing: restore /);
  await expect(start({ ...options, projectRoot: work })).rejects.toThrow(/^The package \S+ .* is not installed in /);
  await expect(start({ ...options, packageDir: work })).rejects.toThrow(StartupError);
  writeFileSync(join(work, 'file'), '');
  await expect(start({ ...options, dataRoot: join(work, 'file', 'x') })).rejects.toThrow(
    /^The embedded PostgreSQL cannot use \S+: it is not a folder\.$/,
  );
});

async function start(wish: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const postgres = await startEmbeddedPostgres(wish);
  servers.push(postgres);
  return postgres;
}

async function launched(instance: Instance): Promise<Awaited<Instance['report']>> {
  instances.push(instance);
  const report = await instance.report;
  expect(report.refusal).toBeUndefined();
  return report;
}

const pids = new Map<string, number>();

/** As the pid file says, or said when it was asked first: a stopped server removes the file. */
function postmasterOf({ dataDirectory }: { dataDirectory: string }): number {
  const file = join(dataDirectory, 'postmaster.pid');
  if (existsSync(file)) pids.set(dataDirectory, Number(readFileSync(file, 'utf8').split('\n')[0]));
  return pids.get(dataDirectory) ?? 0;
}

function leadsItsGroup(pid: number): boolean {
  try {
    return process.kill(-pid, 0);
  } catch {
    return false;
  }
}

function modeOf(path: string): number {
  return statSync(path).mode & 0o777;
}

async function query(url: string, text: string): Promise<QueryResultRow[]> {
  const client = new Client({ connectionString: url });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return (await client.query<QueryResultRow>(text)).rows;
  } finally {
    await client.end();
  }
}
