import { pino } from 'pino';
import { Dispatcher } from '../../src/core/outbox/dispatcher.js';
import { EffectState, OutboxEffect } from '../../src/core/outbox/effect.entity.js';
import type { EffectHandlers } from '../../src/core/outbox/handler.js';
import { select } from '../../src/core/statement.js';
import { connectIntegration } from '../../src/integrations/connection/connection.commands.js';
import { Vendor } from '../../src/integrations/connection/connection.entity.js';
import { connectionTestHandler } from '../../src/integrations/connection/connection.handler.js';
import { Connections } from '../../src/integrations/connection/connection.secret.js';
import { HaloPsa } from '../../src/integrations/halopsa/halopsa.client.js';
import { haloHandlers } from '../../src/integrations/halopsa/halopsa.handlers.js';
import { haloProbe } from '../../src/integrations/halopsa/halopsa.probe.js';
import { Budgets } from '../../src/integrations/http/budget.js';
import { VendorHttp } from '../../src/integrations/http/client.js';
import { Role } from '../../src/identity/roles.js';
import type { HaloInstance } from '../../src/sandbox/halopsa/instance.js';
import { type HaloSimulator, startHaloSimulator } from '../../src/sandbox/halopsa/server.js';
import { SAMPLE_APPLICATION } from '../../src/sandbox/halopsa/settings.js';
import type { Suite } from '../kit/suite.js';
import type { World } from '../kit/world.js';

type Settings = Readonly<Record<string, string>>;

/** What the sample instance has, as a tenant's administrator would set it. */
export const SETTINGS: Settings = {
  mode: 'FLAG',
  opportunityTypeIds: '30',
  wonStatusIds: '9',
  projectTypeId: '5',
  taskTypeId: '6',
  budgetTypeIds: 'engineering=1,equipment=3,run=2',
  projectStatusIds: 'AWAITING_SIGN_OFF=21,ACTIVE=22,CANCELLED=24',
};

let instances = 0;

/** A tenant beside its simulated HaloPSA, with a worker that a test lets run. */
export class HaloWorld {
  integrationId = '';

  private constructor(
    readonly suite: Suite,
    readonly world: World,
    readonly simulator: HaloSimulator,
    readonly halo: HaloInstance,
    private readonly slug: string,
    private readonly http: VendorHttp,
  ) {}

  static async start(suite: Suite, world: World): Promise<HaloWorld> {
    const simulator = await startHaloSimulator({ samplesFolder: 'samples/halopsa' });
    const slug = `msp-${++instances}`;
    // The test's clock, so that what HaloPSA asks to wait passes with it.
    const budgets = new Budgets(() => suite.clock.at.getTime());
    const http = new VendorHttp({ loopback: () => [simulator.origin], hosts: [], budgets });
    return new HaloWorld(suite, world, simulator, simulator.instance(slug), slug, http);
  }

  /** Connects it as an administrator does. */
  async connect(more: Settings = {}): Promise<string> {
    const admin = await this.world.as(Role.REVOPS_ADMIN);
    const { clientId, clientSecret } = SAMPLE_APPLICATION;
    this.integrationId = await admin.done(connectIntegration, {
      vendor: Vendor.HALOPSA,
      name: 'Main',
      baseUrl: `${this.simulator.origin}/sandbox/halopsa/${this.slug}`,
      settings: named({ ...SETTINGS, tenant: this.slug, ...more }),
      credentials: named({ clientId, clientSecret }),
    });
    return this.integrationId;
  }

  get handlers(): EffectHandlers {
    const connections = new Connections(this.suite.vault);
    const halopsa = new HaloPsa(this.http, connections, { perMinute: 60_000, burst: 1000 });
    return {
      ...haloHandlers(halopsa),
      'integration.test': connectionTestHandler(connections, { [Vendor.HALOPSA]: haloProbe(halopsa) }),
      'brief.store': async () => ({ receipt: 'not here', writes: [] }),
    };
  }

  /** Lets a worker do whatever is due, moving the clock on while something waits for its next attempt. */
  async work(rounds = 40): Promise<void> {
    const { gateway, clock, pipeline } = this.suite;
    const dispatcher = new Dispatcher({
      gateway,
      clock,
      pipeline,
      handlers: this.handlers,
      tenants: async () => [this.world.tenantId],
      log: pino({ level: process.env.TEST_LOG ?? 'silent' }),
      random: () => 0,
    });
    for (let round = 0; round < rounds; round++) {
      while ((await dispatcher.pass()) > 0);
      if (!(await this.isWaiting())) return;
      clock.at = new Date(clock.at.getTime() + 10_000);
    }
  }

  /** The same after so many minutes: whatever is scheduled has come due. */
  async later(minutes: number): Promise<void> {
    const { clock } = this.suite;
    clock.at = new Date(clock.at.getTime() + minutes * 60_000);
    await this.work();
  }

  private async isWaiting(): Promise<boolean> {
    const open = await this.effects([EffectState.PENDING, EffectState.UNKNOWN]);
    return open.some(({ notBefore }) => notBefore === null || notBefore <= this.suite.clock.at);
  }

  /** The effects in these states, in the order asked. */
  async effects(states: readonly EffectState[] = Object.values(EffectState)): Promise<OutboxEffect[]> {
    const { found } = await this.world.read({
      found: select(OutboxEffect, { state: states }, { orderBy: ['id'] }),
    });
    return found;
  }

  async close(): Promise<void> {
    await this.http.close();
    await this.simulator.close();
  }
}

const named = (values: Settings): { name: string; value: string }[] =>
  Object.entries(values).map(([name, value]) => ({ name, value }));
