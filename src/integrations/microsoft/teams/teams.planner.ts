import { DateTime } from 'luxon';
import { configurationOf, rulingConfiguration } from '../../../catalogue/catalogue.queries.js';
import type { BusinessCalendar } from '../../../catalogue/configuration.js';
import { newId } from '../../../core/id.js';
import { Planner, type PlannerOptions } from '../../../core/planner.js';
import { type Query, sql } from '../../../core/statement.js';
import { channelQueries, lockChannel, planChannel } from './channel.plan.js';
import type { Channel } from './teams.plan.js';

/** How often the worker looks for what a channel has not been told yet, in milliseconds. */
export const TELL_EVERY_MS = 15_000;

/**
 * Asks the outbox for the cards that the tenants' channels should have. What is wanted follows from the database alone,
 * so a worker that was down, or a second one, finds the same cards, and under the channel's lock each is planned once.
 */
export class TeamsPlanner extends Planner {
  constructor(options: PlannerOptions) {
    super(options, 'cards', TELL_EVERY_MS);
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
