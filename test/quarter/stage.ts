import { pino } from 'pino';
import { provisionTenant } from '../../src/catalogue/tenant.provision.js';
import { systemActor } from '../../src/core/actor.js';
import { SettableClock } from '../../src/core/clock.js';
import { Gateway } from '../../src/core/gateway.js';
import { newId } from '../../src/core/id.js';
import { Pipeline } from '../../src/core/pipeline.js';
import { refreshActor } from '../../src/identity/actor.queries.js';
import { ABILITIES } from '../../src/abilities.js';
import { sampleConfiguration, type Suite } from '../kit/suite.js';
import { World } from '../kit/world.js';
import { DAY } from './calendar.js';
import { QUARTER } from './scenario.js';
import { configure, type QuarterTenant } from './tenants.js';

/** When the tenants of the quarter began: before anything happens. */
export const provisionedAt = QUARTER.from - 14 * DAY;

/** A tenant of the quarter with a clock, a pipeline and connections of its own, so that tenants are played side by side. */
export class Stage {
  private constructor(
    readonly tenant: QuarterTenant,
    readonly world: World,
    readonly clock: SettableClock,
  ) {}

  static async open(suite: Suite, tenant: QuarterTenant): Promise<Stage> {
    const clock = new SettableClock(new Date(provisionedAt));
    const log = pino({ level: process.env.TEST_LOG ?? 'silent' });
    const gateway = new Gateway({ url: suite.appUrl, poolSize: 4, prepare: true, present: () => clock.at });
    const { vault } = suite;
    const pipeline = new Pipeline({ gateway, clock, abilities: ABILITIES, refresh: refreshActor, vault, log });
    const configuration = sampleConfiguration();
    configure(configuration, tenant);
    Object.assign(configuration.tenant, { id: newId(), entraTid: newId() });
    for (const person of configuration.people) {
      person.id = newId();
      person.accounts = person.accounts.map((account) => ({ ...account, oid: newId() }));
    }
    const system = systemActor(configuration.tenant.id, 'quarter');
    await pipeline.run(system, provisionTenant, { configuration }, { idempotencyKey: null, path: 'quarter' });
    return new Stage(tenant, new World({ ...suite, gateway, pipeline, clock }, configuration), clock);
  }

  /** It is this time now, in this tenant. */
  now(at: number): void {
    this.clock.at = new Date(at);
  }

  close(): Promise<void> {
    return this.world.suite.gateway.end();
  }
}
