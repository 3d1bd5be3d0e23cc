import { PRESENT } from '../clock.js';
import { type Query, sql } from '../statement.js';

/** How a tenant's outbox stands. */
export interface OutboxSounding {
  /** DUE, WAITING (for its time), UNKNOWN, DEAD, PARKED. */
  readonly effects: Readonly<Record<string, number>>;
  /** How long the oldest effect that should be done by now has waited, in seconds; 0 when none does. */
  readonly oldestSeconds: number;
}

/** Counts what is not done, by the small index of what is open. */
export const outboxSounding = (): Query<OutboxSounding> =>
  sql(
    `select count(*) filter (where o.state = 'PENDING' and o.since <= o.present)::int as "DUE",
       count(*) filter (where o.state = 'PENDING' and o.since > o.present)::int as "WAITING",
       count(*) filter (where o.state = 'UNKNOWN')::int as "UNKNOWN",
       count(*) filter (where o.state = 'DEAD')::int as "DEAD",
       count(*) filter (where o.state = 'PARKED')::int as "PARKED",
       coalesce(extract(epoch from max(o.present - o.since) filter (where o.state in ('PENDING', 'UNKNOWN'))), 0)::float8
         as oldest
     from (select state, coalesce(not_before, created_at) as since, ${PRESENT} as present from outbox_effect
       where tenant_id = $1 and state <> 'DONE' and state in ('PENDING', 'UNKNOWN', 'DEAD', 'PARKED')) o`,
    [],
    ([row]) => {
      const { oldest, ...effects } = row as Record<string, number>;
      return { effects, oldestSeconds: Math.max(0, oldest!) };
    },
  );
