import { DateTime } from 'luxon';
import type { Logger } from 'pino';
import { configurationOf, rulingConfiguration } from '../../../catalogue/catalogue.queries.js';
import type { BusinessCalendar } from '../../../catalogue/configuration.js';
import type { Gateway } from '../../../core/gateway.js';
import { newId } from '../../../core/id.js';
import { type Query, sql } from '../../../core/statement.js';
import { channelQueries, lockChannel, planChannel } from './channel.plan.js';
import type { Channel } from './teams.plan.js';

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
 * so a worker that was down, or a second one, finds the same cards, and under the channel's lock each is planned once.
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

  /** What one tenant's channels should have, planned; how many effects were asked for. */
  async plan(tenantId: string): Promise<number> {
    const { gateway, present, wake } = this.options;
    const { now, channels, ruling } = await gateway.read(tenantId, {
      now: present(),
      channels: channelsOfTenant(),
      ruling: rulingConfiguration(),
    });
    const { calendar, tenant } = configurationOf(ruling);
    const today = DateTime.fromJSDate(now, { zone: tenant.timeZone }).toISODate()!;
    let asked = 0;
    for (const channel of channels) asked += await this.planOne(tenantId, channel, { now, today, calendar });
    if (asked > 0) wake?.(tenantId);
    return asked;
  }

  /** Looks without a lock first: there is seldom anything to do. */
  private async planOne(tenantId: string, channel: Channel, { now, today, calendar }: Look): Promise<number> {
    const { gateway } = this.options;
    const queries = channelQueries(channel, now, today);
    const seen = planChannel(channel, await gateway.read(tenantId, queries), calendar, { now, newId });
    if (seen.statements.length === 0) return 0;
    return gateway.transaction(tenantId, async (tx) => {
      const { isConnected, ...facts } = await tx.flush({ isConnected: lockChannel(channel), ...queries });
      const plan = planChannel(channel, facts, calendar, { now, newId });
      if (!isConnected || plan.statements.length === 0) return 0;
      await tx.commit(plan.statements);
      return plan.asked;
    });
  }
}

/** When a look was made, and on whose calendar. */
interface Look {
  readonly now: Date;
  /** The tenant's date, YYYY-MM-DD. */
  readonly today: string;
  readonly calendar: BusinessCalendar;
}

/** The tenant's channels. */
function channelsOfTenant(): Query<Channel[]> {
  return sql(
    `select i.id, i.settings, coalesce((select min(l.at) from ledger_entry l where l.tenant_id = $1 and l.subject_id = i.id::text
       and l.action = 'connectIntegration' and l.outcome = 'DONE'), i.connected_at) as since
     from integration i where i.tenant_id = $1 and i.vendor = 'TEAMS' and i.state <> 'DISCONNECTED' order by i.id`,
    [],
    (rows) =>
      rows.map(({ id, settings, since }) => ({
        id: id as string,
        settings: JSON.parse(settings as string) as Channel['settings'],
        since: since as Date,
      })),
  );
}
