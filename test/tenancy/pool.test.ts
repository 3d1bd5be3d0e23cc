import { AppError } from '../../src/core/error.js';
import { Gateway } from '../../src/core/gateway.js';
import { newId } from '../../src/core/id.js';
import { brief, insert, sql } from '../../src/core/statement.js';
import { type Flush, UNWATCHED } from '../../src/core/telemetry/telemetry.js';
import { Client } from '../../src/deal/deal.entity.js';
import { openSuite, type Suite } from '../kit/suite.js';

const TENANTS = 20;
const OPERATIONS = 3000;
const WORKERS = 16;

let suite: Suite;
let gateway: Gateway;
let tenants: string[];
beforeAll(async () => {
  suite = await openSuite();
  gateway = new Gateway({ url: suite.appUrl, poolSize: 2, prepare: true });
  tenants = [];
  for (let n = 0; n < TENANTS; n++) tenants.push((await suite.tenant()).tenantId);
});
afterAll(async () => {
  await gateway.end();
  await suite.close();
});

const own = (tenant: string) =>
  insert(Client, { id: newId(), name: `${tenant} ${newId()}`, externalId: null, createdAt: new Date() });
/** Row-level security alone: the statement itself asks for every tenant's rows. Brief, so that reads of several tenants share a trip. */
const everything = brief(
  sql(
    "select tenant_id, name, current_setting('app.tenant_id') as setting from client where $1::uuid is not null",
    [],
    (rows) => rows,
  ),
);
const alone = sql('select 1 where $1::uuid is not null', [], () => null);
const quick = sql("select set_config('statement_timeout', '5', true) where $1::uuid is not null", [], () => null);
const slow = sql('select pg_sleep(1) where $1::uuid is not null', [], () => null);
const broken = brief(sql('select 1 / (length($1::text) - length($1::text))', [], () => null));
const severed = sql('select pg_terminate_backend(pg_backend_pid()) where $1::uuid is not null', [], () => null);

type Told = (fault: string) => void;

/** What a request may do to a connection; each checks what it reads. */
const DEEDS: Record<string, (tenant: string, tell: Told) => Promise<void>> = {
  read: async (tenant, tell) => check(tenant, (await gateway.read(tenant, { everything })).everything, tell),
  'read alone': async (tenant, tell) =>
    check(tenant, (await gateway.read(tenant, { everything, alone })).everything, tell),
  write: async (tenant, tell) =>
    gateway.transaction(tenant, async (tx) => {
      check(tenant, (await tx.flush({ everything })).everything, tell);
      await tx.commit([own(tenant)]);
    }),
  'write for another': async (tenant, tell) => {
    const other = tenants[(tenants.indexOf(tenant) + 1) % TENANTS]!;
    const foreign = {
      text: 'insert into client (tenant_id, id, name, created_at) select $2, $3, $4, $5 where $1::uuid is not null',
      values: [other, newId(), 'foreign', new Date()],
    };
    await gateway
      .transaction(tenant, (tx) => tx.commit([foreign]))
      .then(
        () => tell(`${tenant} wrote a row of ${other}`),
        (error: { code?: string; message?: string }) =>
          error.code === '42501' ? undefined : tell(`another error: ${error.message}`),
      );
  },
  abort: async (tenant) => {
    await gateway
      .transaction(tenant, async (tx) => {
        await tx.flush({ everything });
        throw new AppError('FORBIDDEN', 'abort');
      })
      .catch(() => undefined);
  },
  bug: async (tenant) => {
    await gateway
      .transaction(tenant, async (tx) => {
        await tx.flush({ everything });
        throw new TypeError('a bug');
      })
      .catch(() => undefined);
  },
  'leave in mid-flight': async (tenant) => {
    await gateway
      .transaction(tenant, async (tx) => {
        void tx.flush({ everything }).catch(() => undefined);
        throw new AppError('UNAVAILABLE', 'the client went away');
      })
      .catch(() => undefined);
  },
  'forget to commit': async (tenant) => {
    await gateway.transaction(tenant, async (tx) => void (await tx.flush({ everything })));
  },
  fail: async (tenant) => void (await gateway.read(tenant, { broken, everything }).catch(() => undefined)),
  'time out': async (tenant) =>
    void (await gateway.transaction(tenant, (tx) => tx.flush({ quick, slow, everything })).catch(() => undefined)),
  'name no tenant': async (_tenant, tell) => {
    await gateway.read("'; set app.tenant_id = 'x", { everything }).then(
      () => tell('a tenant that is none was taken'),
      () => undefined,
    );
  },
};

function check(tenant: string, rows: readonly Readonly<Record<string, unknown>>[], tell: Told): void {
  for (const { tenant_id: id, name, setting } of rows) {
    if (id !== tenant || setting !== tenant || !String(name).startsWith(tenant))
      tell(`${tenant} was given a row of ${String(id)}`);
  }
}

/** Runs `one` for each number below `count`, so many at a time. */
async function spread(count: number, one: (n: number) => Promise<void>): Promise<void> {
  let next = 0;
  await Promise.all(
    Array.from({ length: WORKERS }, async () => {
      while (next < count) await one(next++);
    }),
  );
}

async function assertClean(tell: Told): Promise<void> {
  const [row] = await gateway.global(
    "select current_setting('app.tenant_id', true) as tenant, current_setting('statement_timeout') as timeout, (select count(*)::int from client) as seen",
  );
  if (row!.tenant) tell(`a connection came back as ${JSON.stringify(row!.tenant)}`);
  // The session's own limit, never one that a request has set.
  if (row!.timeout !== '5s') tell(`a connection came back with a timeout of ${String(row!.timeout)}`);
  if (row!.seen !== 0) tell(`${String(row!.seen)} rows without a tenant`);
}

it('gives no request the tenant of the one before, whatever that did to the connection', async () => {
  await spread(TENANTS * 3, (n) =>
    gateway.transaction(tenants[n % TENANTS]!, (tx) => tx.commit([own(tenants[n % TENANTS]!)])),
  );
  const faults: string[] = [];
  const deeds = Object.keys(DEEDS);
  const done: Record<string, number> = {};
  await spread(OPERATIONS, async (n) => {
    // Half of all are reads; the rest is drawn by a fixed sequence, so that a red run can be repeated.
    const draw = Math.imul(n, 2654435761) >>> 0;
    const deed = n % 2 === 0 ? 'read' : deeds[(draw >>> 16) % deeds.length]!;
    done[deed] = (done[deed] ?? 0) + 1;
    await DEEDS[deed]!(tenants[(draw >>> 8) % TENANTS]!, (fault) => faults.push(`${deed}: ${fault}`));
    if (n % 3 === 0) await assertClean((fault) => faults.push(`after ${deed}: ${fault}`));
  });
  expect([...new Set(faults)]).toEqual([]);
  expect(Object.keys(done).toSorted()).toEqual(deeds.toSorted());
  expect((await gateway.read(tenants[0]!, { everything })).everything.length).toBeGreaterThan(3);
});

it('lets several tenants share a round trip, of which each is told their own, and a fault to whoever made it', async () => {
  const begun: string[] = [];
  const watched = new Gateway({
    url: suite.appUrl,
    poolSize: 2,
    prepare: true,
    onStatement: (text) => void (text.startsWith('begin') && begun.push(text)),
  });
  const flushes: number[] = [];
  const watch = { ...UNWATCHED, flushed: ({ statements }: Flush) => void flushes.push(statements) };
  try {
    const asked = tenants.map(async (tenant, at) => {
      const { everything: rows } = await (at === 5
        ? watched.read(tenant, { everything, broken }, watch)
        : watched.read(tenant, { everything }, watch));
      return rows;
    });
    const answers = await Promise.allSettled(asked);
    const faults: string[] = [];
    answers.forEach((answer, at) => {
      if (answer.status === 'fulfilled') check(tenants[at]!, answer.value, (fault) => faults.push(fault));
      else faults.push(`${at} ${(answer.reason as { code: string }).code}`);
    });
    expect(faults).toEqual(['5 22012']);
    expect(answers.map((one) => one.status === 'fulfilled' && one.value.length > 0)).toEqual(
      tenants.map((_tenant, at) => at !== 5),
    );
    // One alone, two of eight, three that were left; the eight with the fault once more, each alone.
    expect(begun).toHaveLength(1 + 2 + 1 + 8);
    // BEGIN, the tenant, its statement and COMMIT, as if each had gone alone.
    expect(new Set(flushes)).toEqual(new Set([4, 5]));
  } finally {
    await watched.end();
  }
});

it('goes on after a connection was cut in the middle of a transaction', async () => {
  const faults: string[] = [];
  for (let n = 0; n < 12; n++) {
    await gateway.transaction(tenants[n]!, (tx) => tx.flush({ everything, severed })).catch(() => undefined);
    const { everything: rows } = await gateway.read(tenants[n + 1]!, { everything });
    check(tenants[n + 1]!, rows, (fault) => faults.push(fault));
    await assertClean((fault) => faults.push(fault));
  }
  expect(faults).toEqual([]);
});
