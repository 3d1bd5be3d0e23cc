import { pino } from 'pino';
import { Gateway } from '../../src/core/gateway.js';
import { newId } from '../../src/core/id.js';
import { Pipeline } from '../../src/core/pipeline.js';
import { Replica } from '../../src/core/replica/replica.js';
import { insert, sql } from '../../src/core/statement.js';
import { Client } from '../../src/deal/deal.entity.js';
import { refreshActor } from '../../src/identity/actor.queries.js';
import { Role } from '../../src/identity/roles.js';
import { ABILITIES } from '../../src/abilities.js';
import { playStory } from '../kit/story.js';
import { until } from '../kit/standby.js';
import { openSuite, type Suite } from '../kit/suite.js';
import { World } from '../kit/world.js';
import { hasPgBouncer, type PgBouncer, startPgBouncer } from './pgbouncer.kit.js';

/** Connections of PgBouncer to the server, and of each of two processes to PgBouncer. */
const [SERVER_SIDE, CLIENT_SIDE] = [3, 8];
const TENANTS = 6;

(hasPgBouncer ? describe : describe.skip)('through PgBouncer in transaction mode', () => {
  let bouncer: PgBouncer;
  /** The suite's database directly, and as two processes see it through PgBouncer. */
  let direct: Suite;
  let suites: [Suite, Suite];
  let tenants: string[];

  beforeAll(async () => {
    direct = await openSuite();
    bouncer = await startPgBouncer(direct.appUrl, SERVER_SIDE);
    suites = [behind(), behind()];
    tenants = [];
    for (let n = 0; n < TENANTS; n++) tenants.push((await direct.tenant()).tenantId);
  });
  afterAll(async () => {
    for (const { gateway } of suites) await gateway.end();
    await bouncer.stop();
    await direct.close();
  });

  /** What a process runs with DATABASE_URL at PgBouncer and PREPARED_STATEMENTS=off. */
  function behind(prepare = false): Suite {
    const { clock, vault } = direct;
    const url = bouncer.through(direct.appUrl);
    const gateway = new Gateway({ url, poolSize: CLIENT_SIDE, prepare, present: () => clock.at });
    const log = pino({ level: 'silent' });
    const pipeline = new Pipeline({ gateway, clock, abilities: ABILITIES, refresh: refreshActor, vault, log });
    return { ...direct, gateway, pipeline };
  }

  const everything = sql(
    "select tenant_id, current_setting('app.tenant_id') as setting from client where $1::uuid is not null",
    [],
    (rows) => rows,
  );
  const own = () => insert(Client, { id: newId(), name: newId(), externalId: null, createdAt: new Date() });
  const faults: string[] = [];
  const look = async ({ gateway }: Suite, tenant: string): Promise<void> => {
    for (const { tenant_id: id, setting } of (await gateway.read(tenant, { everything })).everything)
      if (id !== tenant || setting !== tenant) faults.push(`${tenant} was given a row of ${String(id)}`);
  };

  it('plays a handoff from the won deal to the kickoff, and answers the API', async () => {
    const [suite] = suites;
    const world = new World(suite, (await direct.tenant()).configuration);
    const { handoffId } = await playStory(world);
    const admin = await world.as(Role.REVOPS_ADMIN);
    const { data, errors } = await admin.graphql(
      `query ($id: ID!) { handoff(id: $id) { number stage stakeholders { id } decisions { id } } handoffs(first: 10) { edges { node { id } } } }`,
      { id: handoffId },
    );
    expect(errors).toEqual([]);
    expect(data!.handoffs.edges).toContainEqual({ node: { id: handoffId } });
  });

  it('shares connections among more clients than there are, and no tenant sees the one before', async () => {
    const deeds: ((suite: Suite, tenant: string) => Promise<unknown>)[] = [
      look,
      ({ gateway }, tenant) => gateway.transaction(tenant, (tx) => tx.commit([own()])),
      // Ends in the middle: rolled back, forgotten, failed, cancelled by the time limit.
      ({ gateway }, tenant) => gateway.transaction(tenant, (tx) => tx.flush({ everything })),
      ({ gateway }, tenant) =>
        gateway.read(tenant, { broken: sql('select 1 / (length($1::text) - 36)', [], () => null) }),
      ({ gateway }, tenant) =>
        gateway.transaction(tenant, (tx) =>
          tx.flush({
            quick: sql("select set_config('statement_timeout', '5', true) where $1::uuid is not null", [], () => null),
            slow: sql('select pg_sleep(1) where $1::uuid is not null', [], () => null),
          }),
        ),
    ];
    const one = async (n: number): Promise<void> => {
      const draw = Math.imul(n, 2654435761) >>> 0;
      const suite = suites[n % 2]!;
      await deeds[(draw >>> 16) % deeds.length]!(suite, tenants[(draw >>> 8) % TENANTS]!).catch(() => undefined);
      await look(suite, tenants[n % TENANTS]!);
    };
    let next = 0;
    const worker = async (): Promise<void> => {
      while (next < 600) await one(next++);
    };
    await Promise.all(Array.from({ length: 2 * CLIENT_SIDE }, worker));
    expect([...new Set(faults)]).toEqual([]);
    const [row] = await suites[0].gateway.global(
      "select current_setting('app.tenant_id', true) as tenant, current_setting('statement_timeout') as timeout, (select count(*)::int from client) as seen",
    );
    expect([row!.tenant || null, row!.timeout, row!.seen]).toEqual([null, '0', 0]);
    const servers = (await bouncer.admin('SHOW SERVERS')).filter(({ database }) => database !== 'pgbouncer');
    expect(servers.length).toBeLessThanOrEqual(SERVER_SIDE);
  });

  it('goes on after a connection was cut, on the server or between', async () => {
    const [suite] = suites;
    const severed = sql('select pg_terminate_backend(pg_backend_pid()) where $1::uuid is not null', [], () => null);
    for (const tenant of tenants) {
      await suite.gateway.transaction(tenant, (tx) => tx.flush({ everything, severed })).catch(() => undefined);
      await until(async () => (await look(suite, tenant), true));
    }
    const database = new URL(direct.appUrl).pathname.slice(1);
    await bouncer.admin(`KILL ${database}`);
    await bouncer.admin(`RESUME ${database}`);
    await until(async () => (await look(suite, tenants[0]!), true));
    expect([...new Set(faults)]).toEqual([]);
  });

  it('lets a process with a read replica ask for its place in the flush of its COMMIT', async () => {
    const replica = new Replica({
      url: 'postgresql://nobody@127.0.0.1:1/nowhere',
      lagMs: 1000,
      log: pino({ level: 'silent' }),
    });
    const url = bouncer.through(direct.appUrl);
    const gateway = new Gateway({ url, poolSize: CLIENT_SIDE, prepare: false, replica });
    const commits = Array.from({ length: 60 }, (_, n) =>
      gateway.transaction(tenants[n % TENANTS]!, (tx) => tx.commit([own()])),
    );
    await Promise.all(commits);
    expect(tenants.map((tenant) => replica.placeOf(tenant))).not.toContain(null);
    await gateway.end();
  });

  it('needs PREPARED_STATEMENTS=off before 1.21: a name is another connection’s', async () => {
    const [, minor] = /(\d+)\.(\d+)/.exec(bouncer.version)!.slice(1).map(Number) as [number, number];
    const named = behind(true);
    const asked = await Promise.allSettled(
      Array.from({ length: 60 }, (_, n) => named.gateway.read(tenants[n % TENANTS]!, { everything })),
    );
    await named.gateway.end();
    expect(asked.some(({ status }) => status === 'rejected')).toBe(minor < 21);
  });
});
