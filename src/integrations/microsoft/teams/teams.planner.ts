import type { Logger } from 'pino';
import { configurationOf, rulingConfiguration } from '../../../catalogue/catalogue.queries.js';
import type { Gateway } from '../../../core/gateway.js';
import { newId } from '../../../core/id.js';
import { enqueue } from '../../../core/outbox/message.js';
import { type Query, sql } from '../../../core/statement.js';
import { type Channel, cardMessageOf, topicsOf, wantedOf } from './teams.plan.js';

/** How often the worker looks for what a channel has not been told yet, in milliseconds. */
export const TELL_EVERY_MS = 15_000;

export interface TeamsPlannerOptions {
  readonly gateway: Gateway;
  /** The present, as the database tells it. */
  readonly present: () => Query<Date>;
  /** The active tenants. */
  readonly tenants: () => Promise<readonly string[]>;
  /** There may be something to do for this tenant. */
  readonly wake?: (tenantId: string) => void;
  readonly log: Logger;
}

/**
 * Asks the outbox for the cards that the tenants' channels should have. What is wanted follows from the database alone,
 * so a worker that was down, or a second one, asks for the same cards under the same keys: each is asked for once.
 */
export class TeamsPlanner {
  private timer: NodeJS.Timeout | null = null;
  private running: Promise<void> = Promise.resolve();

  constructor(private readonly options: TeamsPlannerOptions) {}

  /** Works until stopped; the first look at once, and never two at the same time. */
  start(everyMs = TELL_EVERY_MS): void {
    const look = (): void => {
      this.running = this.running
        .then(() => this.pass())
        .then(
          () => undefined,
          (error: unknown) => this.options.log.warn({ err: error }, 'cards could not be planned; the next look tries'),
        );
    };
    this.timer = setInterval(look, everyMs);
    this.timer.unref();
    look();
  }

  /** Finishes the look in hand. */
  async stop(): Promise<void> {
    if (this.timer) clearInterval(this.timer);
    await this.running;
  }

  /** One look at every tenant; how many cards were asked for. */
  async pass(): Promise<number> {
    let asked = 0;
    for (const tenantId of await this.options.tenants()) {
      try {
        asked += await this.plan(tenantId);
      } catch (error) {
        this.options.log.warn({ err: error, tenantId }, 'the cards of a tenant could not be planned');
      }
    }
    return asked;
  }

  private async plan(tenantId: string): Promise<number> {
    const { gateway, present, wake } = this.options;
    const { now, channels, ruling } = await gateway.read(tenantId, {
      now: present(),
      channels: channelsOfTenant(),
      ruling: rulingConfiguration(),
    });
    const { timeZone } = configurationOf(ruling).tenant;
    let asked = 0;
    for (const channel of channels) {
      const queries = Object.fromEntries(topicsOf(channel).map((topic) => [topic, wantedOf(channel, topic, now)]));
      const wanted = Object.values(await gateway.read(tenantId, queries)).flat();
      if (wanted.length === 0) continue;
      const messages = wanted.map((one) => cardMessageOf(channel, one, timeZone));
      await gateway.transaction(tenantId, (tx) => tx.commit(enqueue(messages, now, newId)));
      asked += wanted.length;
    }
    if (asked > 0) wake?.(tenantId);
    return asked;
  }
}

/** The tenant's channels. */
function channelsOfTenant(): Query<Channel[]> {
  return sql(
    `select id, settings from integration where tenant_id = $1 and vendor = 'TEAMS' and state <> 'DISCONNECTED' order by id`,
    [],
    (rows) =>
      rows.map(({ id, settings }) => ({
        id: id as string,
        settings: JSON.parse(settings as string) as Channel['settings'],
      })),
  );
}
