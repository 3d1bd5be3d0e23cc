import { pino } from 'pino';
import { newId } from '../../src/core/id.js';
import { Dispatcher } from '../../src/core/outbox/dispatcher.js';
import { OutboxEffect } from '../../src/core/outbox/effect.entity.js';
import type { EffectHandlers } from '../../src/core/outbox/handler.js';
import { select, selectFirst, selectRequired } from '../../src/core/statement.js';
import { connectIntegration } from '../../src/integrations/connection/connection.commands.js';
import { Integration, Vendor } from '../../src/integrations/connection/connection.entity.js';
import { connectionTestHandler } from '../../src/integrations/connection/connection.handler.js';
import { Connections } from '../../src/integrations/connection/connection.secret.js';
import { Budgets } from '../../src/integrations/http/budget.js';
import { VendorHttp } from '../../src/integrations/http/client.js';
import { POWER_BI } from '../../src/integrations/powerbi/embed.js';
import { PowerBi } from '../../src/integrations/powerbi/powerbi.client.js';
import { PowerBiBatch, PowerBiPush, PowerBiRefresh } from '../../src/integrations/powerbi/powerbi.entity.js';
import { powerBiHandlers } from '../../src/integrations/powerbi/powerbi.handlers.js';
import { PowerBiPlanner } from '../../src/integrations/powerbi/powerbi.planner.js';
import { powerBiProbe } from '../../src/integrations/powerbi/powerbi.probe.js';
import { simulatedMicrosoft } from '../../src/sandbox/microsoft/constants.js';
import { startMicrosoft } from '../../src/sandbox/microsoft/mount.js';
import type { SampleConnection } from '../../src/sandbox/microsoft/seed.js';
import type { PowerBiDataset } from '../../src/sandbox/powerbi/records.js';
import { importForTest } from '../kit/deal.js';
import { openSuite, START, type Suite } from '../kit/suite.js';
import type { World } from '../kit/world.js';
import { read } from '../rules/handoff.kit.js';

/** A tenant with a Power BI of its own, over real HTTP. */
export class PowerBiBench {
  suite: Suite;
  world: World;
  sample: SampleConnection;
  http: VendorHttp;
  integrationId: string;
  handoffId: string;
  running: Awaited<ReturnType<typeof startMicrosoft>>;

  get simulator(): PowerBiBench['running']['simulator'] {
    return this.running.simulator;
  }

  get tid(): string {
    return this.sample.tid;
  }

  /** Connects the sample workspace; what is given goes beside or over the usual settings. */
  async connect(settings: Record<string, string> = {}): Promise<string> {
    const admin = await this.world.as('REVOPS_ADMIN');
    const { tid, clientId, clientSecret, powerBi } = this.sample;
    const all = { directoryId: tid, workspaceId: powerBi.workspaceId, ...settings };
    this.integrationId = await admin.done(connectIntegration, {
      vendor: Vendor.POWERBI,
      name: `Workspace ${newId()}`,
      baseUrl: 'https://api.powerbi.com',
      settings: Object.entries(all).map(([name, value]) => ({ name, value })),
      credentials: Object.entries({ clientId, clientSecret }).map(([name, value]) => ({ name, value })),
    });
    return this.integrationId;
  }

  /** What a worker's process knows to do; a new one has no tokens. */
  handlers(): EffectHandlers {
    const connections = new Connections(this.suite.vault);
    const powerBi = new PowerBi(this.http);
    return {
      ...powerBiHandlers(powerBi, connections),
      'integration.test': connectionTestHandler(connections, { [Vendor.POWERBI]: powerBiProbe(powerBi) }),
      'ledger.checkpoint': () => Promise.resolve({ receipt: 'kept', writes: [] }),
    };
  }

  dispatcher(): Dispatcher {
    const { gateway, clock, pipeline } = this.suite;
    return new Dispatcher({
      gateway,
      clock,
      pipeline,
      handlers: this.handlers(),
      tenants: async () => [this.world.tenantId],
      log: pino({ level: process.env.TEST_LOG ?? 'silent' }),
      random: () => 0,
    });
  }

  planner(): PowerBiPlanner {
    return new PowerBiPlanner({
      gateway: this.suite.gateway,
      present: () => this.suite.clock.now(),
      tenants: async () => [this.world.tenantId],
      log: pino({ level: process.env.TEST_LOG ?? 'silent' }),
    });
  }

  /** A worker does what is due, and plans until nothing is; with `minutes` it goes on as time passes. */
  async work(minutes = 0, dispatcher = this.dispatcher()): Promise<void> {
    const planner = this.planner();
    const drained = async (): Promise<void> => {
      while ((await dispatcher.pass()) > 0);
    };
    for (let minute = 0; minute <= minutes; minute++) {
      await drained();
      while ((await planner.pass()) > 0) await drained();
      if (minute < minutes) this.suite.clock.advanceHours(1 / 60);
    }
  }

  /** So many minutes later a worker does what is due. */
  later(minutes: number): Promise<void> {
    this.suite.clock.advanceHours(minutes / 60);
    return this.work();
  }

  /** Writes facts as the projector would, and says that the model has come on: `cases` KPI cases of one handoff. */
  async project(cases: number, seq: number, numerator = 1): Promise<void> {
    const { handoffId } = this;
    const [by, client] = [await this.world.idOf('SALES_MANAGER'), await this.clientId()];
    const statement = (text: string, values: readonly unknown[] = []) => ({ text, values });
    const dimensions = `$3::uuid, 'managed-network', 'new-business', 'STANDARD', $4::uuid, null`;
    await this.suite.gateway.transaction(this.world.tenantId, (tx) =>
      tx.commit([
        statement('delete from fact_kpi_case where tenant_id = $1 and handoff_id = $2', [handoffId]),
        statement(
          `insert into fact_kpi_case (tenant_id, id, handoff_id, kpi_key, source_id, counts_on, counts_at, numerator,
             denominator, client_caused, is_margin, client_id, service_template_key, deal_type_key, tier_key, owner_id,
             delivery_manager_id)
           select $1, ('00000000-0000-4000-8000-' || lpad(n::text, 12, '0'))::uuid, $2, case when n = 1 then
             'MARGIN_EROSION_POINTS' else 'KICKOFF_DELAY_RATE' end, $2, '2026-11-20', '2026-11-20T09:00:00Z', $6, 1, false,
             n = 1, ${dimensions} from generate_series(1, $5::int) n`,
          [handoffId, client, by, cases, numerator],
        ),
        statement(
          `insert into reporting_progress (tenant_id, projected_seq, projected_at, model_version, dimensions)
           values ($1, $2, $3, 1, '') on conflict (tenant_id) do update set projected_seq = excluded.projected_seq`,
          [seq, this.suite.clock.at],
        ),
      ]),
    );
  }

  private async clientId(): Promise<string> {
    return (await this.world.rows('select id from client where tenant_id = $1 limit 1'))[0]!.id as string;
  }

  /** The pushed datasets in the workspace. */
  pushed(): PowerBiDataset[] {
    return this.simulator.world.store.all('powerBiDataset').filter(({ isPush, tid }) => isPush && tid === this.tid);
  }

  /** Every row of a table as it stands there, doubles too. */
  rows(table: string): Readonly<Record<string, unknown>>[] {
    const ids = this.pushed().map(({ id }) => id);
    return this.simulator.world.store
      .all('powerBiRows')
      .filter((post) => ids.includes(post.datasetId) && post.table === table)
      .flatMap(({ rows }) => rows);
  }

  /** The rows that count, as the measures have it: the newest of each key, unless it is gone. */
  counted(table: string): Readonly<Record<string, unknown>>[] {
    const newest = new Map<unknown, Readonly<Record<string, unknown>>>();
    for (const row of this.rows(table)) {
      const known = newest.get(row.RowKey);
      if (!known || Number(known.BatchSeq) <= Number(row.BatchSeq)) newest.set(row.RowKey, row);
    }
    return [...newest.values()].filter(({ Deleted }) => Deleted !== true);
  }

  posts(): number {
    return this.simulator.world.log.count('powerbi.rows.added');
  }

  async effects(kind?: string): Promise<OutboxEffect[]> {
    const { found } = await this.world.read({ found: select(OutboxEffect, {}, { orderBy: ['id'] }) });
    return found.filter((effect) => effect.kind.startsWith('powerbi.') && (kind === undefined || effect.kind === kind));
  }

  async batches(): Promise<PowerBiBatch[]> {
    return (await this.world.read({ found: select(PowerBiBatch, {}, { orderBy: ['seq'] }) })).found;
  }

  async push(): Promise<PowerBiPush> {
    return (await this.world.read({ found: selectFirst(PowerBiPush, {}) })).found!;
  }

  async refreshes(): Promise<PowerBiRefresh[]> {
    return (await this.world.read({ found: select(PowerBiRefresh, {}, { orderBy: ['id'] }) })).found;
  }

  async connection(): Promise<Integration> {
    return (await this.world.read({ found: selectRequired(Integration, this.integrationId) })).found;
  }
}

/** A suite for the file; a simulator and a tenant with a handoff for each test. */
export function usePowerBi(): PowerBiBench {
  const bench = new PowerBiBench();
  beforeAll(async () => {
    bench.suite = await openSuite();
  });
  beforeEach(async () => {
    bench.suite.clock.at = START;
    bench.running = await startMicrosoft({ now: () => bench.suite.clock.at });
    const { origin } = new URL(bench.running.base);
    bench.http = new VendorHttp({
      loopback: () => [origin],
      hosts: [],
      simulated: simulatedMicrosoft(origin),
      budgets: new Budgets(() => bench.suite.clock.at.getTime()),
    });
    bench.world = await bench.suite.tenant();
    bench.suite.outside.set(POWER_BI, new PowerBi(bench.http));
    bench.sample = bench.simulator.seed({ tid: bench.world.configuration.tenant.entraTid, slug: 'northwind-managed' });
    const sales = await bench.world.as('SALES_MANAGER');
    bench.handoffId = await sales.done(importForTest, read('managed-network-healthy'));
  });
  afterEach(async () => {
    await bench.http.close();
    await bench.running.close();
    expect(bench.simulator.world.log.list().filter(({ status, fault }) => status === 500 && fault === null)).toEqual(
      [],
    );
    expect(bench.simulator.world.log.list().filter(({ status }) => status === 501)).toEqual([]);
  });
  afterAll(() => bench.suite.close());
  return bench;
}
