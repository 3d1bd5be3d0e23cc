import { setTimeout as pause } from 'node:timers/promises';
import { pino } from 'pino';
import { Gateway } from '../../src/core/gateway.js';
import { openLane } from '../../src/core/lane.js';
import { HintListener } from '../../src/core/outbox/hints.js';
import { openSilentProxy, type SilentProxy } from '../kit/silent-proxy.js';
import { startServer } from '../kit/server.js';
import { until } from '../kit/standby.js';
import { openSuite, type Suite } from '../kit/suite.js';

/** A primary that falls silent without a word, as at a failover: its sockets stay open, and nobody answers on them. */
let suite: Suite;
let proxy: SilentProxy;

beforeAll(async () => {
  suite = await openSuite();
});
afterAll(() => suite.close());
beforeEach(async () => {
  proxy = await openSilentProxy(suite.appUrl);
});
afterEach(() => proxy.close());

const asks = {
  text: 'select 1 as one where $1::uuid is not null',
  values: [],
  read: (rows: readonly unknown[]) => rows,
};
const sleeps = { ...asks, text: 'select pg_sleep(1) where $1::uuid is not null' };

/** How a piece of work ended, and after how many milliseconds. */
async function ended(work: Promise<unknown>): Promise<{ ms: number; error: unknown }> {
  const since = performance.now();
  const error = await work.then(
    () => null,
    (reason: unknown) => reason,
  );
  return { ms: performance.now() - since, error };
}

test('its connections are given up within seconds, and the new primary is asked on new ones', async () => {
  const gateway = new Gateway({ url: proxy.through(suite.appUrl), poolSize: 3, prepare: true });
  const { tenantId } = await suite.tenant();
  try {
    await gateway.read(tenantId, { asks });
    const running = [
      ended(gateway.read(tenantId, { sleeps })),
      ended(gateway.transaction(tenantId, (tx) => tx.flush({ sleeps }))),
      ended(gateway.global('select pg_sleep(1)')),
      ended(gateway.global('select pg_sleep(1)')),
    ];
    await pause(300);
    proxy.silence();
    proxy.replace();
    for (const { ms, error } of await Promise.all(running)) {
      // Those who wait for a place meanwhile are refused, or answered by the new primary.
      expect(ms).toBeLessThan(30_000);
      if (error)
        expect((error as Error).message).toMatch(
          /has not answered for 20 seconds|cannot be reached|Too many statements/,
        );
    }
    expect((await ended(gateway.read(tenantId, { asks }))).error).toBeNull();
    expect(gateway.connections()).toMatchObject({ inUse: 0, waiting: 0 });
  } finally {
    await proxy.close();
    await gateway.end();
    proxy = await openSilentProxy(suite.appUrl);
  }
}, 60_000);

test('a connection is given up while somebody waits for an answer on it, not while nobody does', async () => {
  const { pool } = openLane({ connectionString: suite.appUrl }, { poolSize: 1, silentMs: 500 });
  const process = async (): Promise<unknown> =>
    (await pool.query<{ pid: number }>('select pg_backend_pid() as pid')).rows[0]?.pid;
  try {
    const first = await process();
    await pause(1500);
    expect(await process()).toBe(first);
    await expect(pool.query('select pg_sleep(3)')).rejects.toMatchObject({ code: 'ETIMEDOUT' });
    expect(await process()).not.toBe(first);
  } finally {
    await pool.end();
  }
});

test('connections are kept through a quiet spell, until one of them is given up', async () => {
  const { pool } = openLane({ connectionString: suite.appUrl }, { poolSize: 3, silentMs: 500 });
  try {
    await Promise.all([pool.query('select 1'), pool.query('select 1')]);
    await pause(11_000);
    expect(pool.idleCount).toBe(2);
    await expect(pool.query('select pg_sleep(3)')).rejects.toMatchObject({ code: 'ETIMEDOUT' });
    await until(async () => pool.totalCount === 0, 1000);
    expect((await pool.query('select 1')).rowCount).toBe(1);
  } finally {
    await pool.end();
  }
}, 20_000);

test('the process says within three seconds that it is not ready, and is ready again by itself', async () => {
  const server = await startServer(suite, {}, { databaseUrl: proxy.through(suite.appUrl) });
  const ready = async (): Promise<number> =>
    (await fetch(`${server.address}/readyz`, { signal: AbortSignal.timeout(3000) })).status;
  try {
    expect(await ready()).toBe(200);
    proxy.silence();
    expect(await ready()).toBe(503);
    proxy.replace();
    await until(async () => (await ready()) === 200, 25_000);
  } finally {
    await proxy.close();
    await server.close();
    proxy = await openSilentProxy(suite.appUrl);
  }
}, 60_000);

test('a listener that has gone deaf connects again', async () => {
  let connected = 0;
  let isLost = false;
  const listener = new HintListener({
    url: proxy.through(suite.appUrl),
    onHint: () => undefined,
    onConnected: () => (connected += 1),
    notify: (channel, payload) => suite.gateway.global('select pg_notify($1, $2)', [channel, payload]),
    log: pino({ level: 'debug' }, { write: (line: string) => void (isLost ||= line.includes('was lost')) }),
    proveEveryMs: 500,
  });
  await listener.start();
  try {
    expect([listener.isHearing, connected]).toEqual([true, 1]);
    proxy.silence();
    proxy.replace();
    await until(async () => isLost && listener.isHearing, 10_000);
    expect(connected).toBe(2);
  } finally {
    await proxy.close();
    await listener.stop();
    proxy = await openSilentProxy(suite.appUrl);
  }
}, 30_000);
