import { Planner, type PlannerOptions } from '../../core/planner.js';
import type { OutboxMessage } from '../../core/outbox/message.js';
import { type Query, sql } from '../../core/statement.js';
import { Vendor } from './connection.entity.js';
import { VENDOR_FORMS } from './connection.forms.js';

/** How often the worker looks for connections that nobody watches, in milliseconds. */
export const WATCH_EVERY_MS = 60_000;
/** A watch that ended is begun anew at most once in so long: one that fails at once must not fill the outbox. */
const ANEW_EVERY_MS = 3_600_000;

/**
 * Begins the watch of every connection that has one and is watched by no effect: a watch asks for itself again and again,
 * and so it would end for good with an effect that died, such as after days of a vendor that is down. It goes on from
 * its own watermark, without a person. What is due follows from the database alone, so two workers ask for the same
 * effect under the same key.
 */
export class WatchPlanner extends Planner {
  constructor(options: PlannerOptions) {
    super(options, 'watches of connections', WATCH_EVERY_MS);
  }

  protected async plan(tenantId: string): Promise<number> {
    const { gateway, present } = this.options;
    const { now, unwatched } = await gateway.read(tenantId, { now: present(), unwatched: unwatchedConnections() });
    return this.ask(
      tenantId,
      unwatched.map(({ id, vendor, watch }) => anew(id, vendor, watch, now)),
      now,
    );
  }
}

function anew(integrationId: string, vendor: Vendor, watch: string, now: Date): OutboxMessage {
  const slot = Math.floor(now.getTime() / ANEW_EVERY_MS);
  const aggregate = { type: 'Integration', id: integrationId };
  return { kind: watch, aggregate, effectKey: `${watch}:${integrationId}:anew-${slot}`, payload: {}, vendor };
}

interface Unwatched {
  readonly id: string;
  readonly vendor: Vendor;
  readonly watch: string;
}

/** Connections with a watch of which no effect is left that would go on. */
function unwatchedConnections(): Query<Unwatched[]> {
  const watched = Object.values(Vendor).flatMap((vendor) => {
    const { watch } = VENDOR_FORMS[vendor];
    return watch === undefined ? [] : [{ vendor, watch }];
  });
  return sql(
    `select i.id, w.vendor, w.watch from integration i
      join unnest($2::text[], $3::text[]) as w (vendor, watch) on w.vendor = i.vendor
      where i.tenant_id = $1 and i.disconnected_at is null
        and not exists (select 1 from outbox_effect e where e.tenant_id = $1 and e.aggregate_id = i.id
          and e.kind = w.watch and e.state in ('PENDING', 'UNKNOWN', 'PARKED'))
      order by i.id`,
    [watched.map(({ vendor }) => vendor), watched.map(({ watch }) => watch)],
    (rows) => rows as unknown as Unwatched[],
  );
}
