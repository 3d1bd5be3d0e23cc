import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { pino } from 'pino';
import { newKeyBytes } from '../../src/core/keys.js';
import { Gateway } from '../../src/core/gateway.js';
import { newId } from '../../src/core/id.js';
import { Replica } from '../../src/core/replica/replica.js';
import { insert, select } from '../../src/core/statement.js';
import { Client } from '../../src/deal/deal.entity.js';
import { startServer, type TestServer } from '../kit/server.js';
import { type Pair, replicaEnvironment, startPair, until } from '../kit/standby.js';
import { openSuite, type Suite } from '../kit/suite.js';

let pair: Pair;
let suite: Suite;
let tenantId: string;
let otherId: string;
const shared = process.env.COUNTERSIGN_TEST_CLUSTER!;
const processes: Process[] = [];

/** What one API process has of the database. */
interface Process {
  readonly gateway: Gateway;
  readonly replica: Replica;
  readonly logged: string[];
}

beforeAll(async () => {
  pair = await startPair();
  process.env.COUNTERSIGN_TEST_CLUSTER = pair.clusterFile;
  suite = await openSuite();
  tenantId = (await suite.tenant()).tenantId;
  otherId = (await suite.tenant()).tenantId;
  await pair.caughtUp();
});
afterAll(async () => {
  process.env.COUNTERSIGN_TEST_CLUSTER = shared;
  for (const { gateway } of processes) await gateway.end();
  await suite.close();
  await pair.close();
});
afterEach(() => pair.standby('select pg_wal_replay_resume()'));

/** A process whose replica is known to serve the tenant. */
async function started(lagMs = 60_000): Promise<Process> {
  const logged: string[] = [];
  const log = pino({ level: 'info' }, { write: (line: string) => void logged.push(line) });
  const replica = new Replica({ url: pair.onStandby(suite.appUrl), lagMs, log });
  const one = { replica, logged, gateway: new Gateway({ url: suite.appUrl, poolSize: 4, prepare: true, replica }) };
  processes.push(one);
  await until(() => Promise.resolve(replica.serves(tenantId)));
  return one;
}

const clients = select(Client, {});
const names = async ({ gateway }: Process, of = tenantId): Promise<string[]> =>
  (await gateway.read(of, { clients })).clients.map(({ name }) => name);
const client = (name: string) => insert(Client, { id: newId(), name, externalId: null, createdAt: new Date() });
const write = ({ gateway }: Process, name: string, of = tenantId): Promise<void> =>
  gateway.transaction(of, (tx) => tx.commit([client(name)]));
/** Where the last read was answered. */
const place = async ({ gateway }: Process, of = tenantId): Promise<string> => {
  const where = { text: 'select pg_is_in_recovery() as standby where $1::uuid is not null', values: [] };
  const { told } = await gateway.read(of, { told: { ...where, read: (rows) => rows[0]!.standby as boolean } });
  return told ? 'standby' : 'primary';
};

describe('reads with a replica', () => {
  it('go there, and show what is replayed', async () => {
    const api = await started();
    await write(api, 'before');
    await pair.caughtUp();
    await until(async () => (await place(api)) === 'standby');
    expect(await names(api)).toContain('before');
  });

  it('show an actor what it has written, though the replica stands still, and other tenants go there meanwhile', async () => {
    const api = await started();
    await pair.standby('select pg_wal_replay_pause()');
    await write(api, 'paused');
    expect(await names(api)).toContain('paused');
    expect([await place(api), await place(api, otherId)]).toEqual(['primary', 'standby']);
    await pair.standby('select pg_wal_replay_resume()');
    await pair.caughtUp();
    await until(async () => (await place(api)) === 'standby');
    expect(await names(api)).toContain('paused');
  });

  it('show what another process has written to whoever brings its header, or was notified', async () => {
    const [here, there, notified] = [await started(), await started(), await started()];
    await pair.standby('select pg_wal_replay_pause()');
    await write(here, 'elsewhere');
    expect(await names(there)).not.toContain('elsewhere');
    there.replica.observed(tenantId, here.replica.placeOf(tenantId)!);
    expect(await names(there)).toContain('elsewhere');
    notified.replica.noticed(tenantId);
    expect(await names(notified)).toContain('elsewhere');
    await pair.standby('select pg_wal_replay_resume()');
    await pair.caughtUp();
    for (const one of [there, notified]) await until(async () => (await place(one)) === 'standby');
  });

  it('go back to it though a client claims a place that the log has never reached', async () => {
    const api = await started();
    api.replica.observed(tenantId, 'FFFFFFFF/FFFFFFFF');
    api.replica.observed(tenantId, "'; drop table tenant");
    expect(await place(api)).toBe('primary');
    await until(async () => (await place(api)) === 'standby');
  });

  it('go to the primary while the replica lags beyond its bound, with a line in the log', async () => {
    const api = await started(1000);
    await pair.standby('select pg_wal_replay_pause()');
    await write(api, 'lag', otherId);
    await until(async () => (await place(api)) === 'primary');
    await until(async () => {
      await names(api);
      return api.logged.some((line) => line.includes('lags behind its bound'));
    });
    await pair.standby('select pg_wal_replay_resume()');
    await until(async () => (await place(api)) === 'standby');
    expect(api.logged.at(-1)).toContain('answers again');
  });

  it('are answered without a gap while the replica goes away and comes back', async () => {
    const api = await started();
    const over = new AbortController();
    const answered = { count: 0, failed: [] as unknown[] };
    const reader = async (): Promise<void> => {
      while (!over.signal.aborted) {
        await names(api).then(
          () => answered.count++,
          (error: unknown) => answered.failed.push(error),
        );
        await new Promise((resolve) => setImmediate(resolve));
      }
    };
    const readers = [reader(), reader(), reader()];
    await pair.stopStandby();
    await until(() => Promise.resolve(api.logged.some((line) => line.includes('the primary answers its reads'))));
    await write(api, 'alone');
    expect(await names(api)).toContain('alone');
    await pair.startStandby();
    await pair.caughtUp();
    await until(async () => (await place(api)) === 'standby');
    over.abort();
    await Promise.all(readers);
    expect(answered.failed).toEqual([]);
    expect(answered.count).toBeGreaterThan(10);
    expect(await names(api)).toContain('alone');
  });
});

describe('over HTTP', () => {
  it('the header of an answer, sent to another process, shows there what was written here', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'countersign-replica-'));
    writeFileSync(join(folder, 'kek'), newKeyBytes());
    const environment = replicaEnvironment(pair, suite, join(folder, 'kek'));
    const [here, there] = [await startServer(suite, environment), await startServer(suite, environment)];
    const world = await suite.tenant();
    await pair.caughtUp();
    const ask = async (server: TestServer, query: string, place?: string) => {
      const headers = {
        'content-type': 'application/json',
        authorization: `Bearer ${await server.token(world, 'ravi.revops')}`,
        ...(place ? { 'x-countersign-lsn': place } : {}),
      };
      const response = await fetch(`${server.address}/graphql`, {
        method: 'POST',
        headers,
        body: JSON.stringify({ query }),
      });
      return { place: response.headers.get('x-countersign-lsn'), json: await response.json() };
    };
    const keys = async (place?: string): Promise<number> => {
      const { json } = await ask(there, '{ apiKeys(first: 10) { edges { node { id } } } }', place);
      return json.data.apiKeys.edges.length as number;
    };
    await until(async () => (await keys()) === 0);
    // Where it reads by now is the replica.
    await pause(300);
    await keys();
    await pair.standby('select pg_wal_replay_pause()');
    const made = await ask(
      here,
      'mutation { createApiKey(input: { name: "a key", scopes: ["handoffs:read"], days: 30 }) { __typename } }',
    );
    expect(made.json.errors).toBeUndefined();
    expect(made.place).toMatch(/^[0-9A-F]+\/[0-9A-F]+$/);
    expect(await keys()).toBe(0);
    expect(await keys(made.place!)).toBe(1);
    await Promise.all([here.close(), there.close()]);
    rmSync(folder, { recursive: true });
  });
});

describe('changes with a replica', () => {
  it('run on the primary', async () => {
    const api = await started();
    const told = await api.gateway.transaction(tenantId, (tx) =>
      tx.flush({
        standby: {
          text: 'select pg_is_in_recovery() as standby where $1::uuid is not null',
          values: [],
          read: (rows) => rows[0]!.standby,
        },
      }),
    );
    expect(told.standby).toBe(false);
  });

  it('of which nobody knows whether they were committed send the reads of their tenant to the primary', async () => {
    const api = await started();
    await pair.standby('select pg_wal_replay_pause()');
    expect(await place(api)).toBe('standby');
    const cut = { text: 'select pg_terminate_backend(pg_backend_pid()) where $1::uuid is not null', values: [] };
    await expect(api.gateway.transaction(tenantId, (tx) => tx.commit([client('cut'), cut]))).rejects.toThrow();
    expect([await place(api), await place(api, otherId)]).toEqual(['primary', 'standby']);
  });
});
