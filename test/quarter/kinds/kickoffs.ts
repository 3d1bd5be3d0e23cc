import type { Kind } from '../kinds.js';
import { at, NO_WORKER, numberOf } from './lines.js';

/** Which dates clients were given, and which of them were held, stand, or are void. */
export const kickoffs: Kind = {
  ...NO_WORKER,
  name: 'kickoffs',
  expected: ({ histories }) =>
    histories.flatMap(({ tale, kickoffs: given }) =>
      given.map(({ scheduledAt, startsAt, outcome }) =>
        [numberOf(tale), at(scheduledAt), at(startsAt), outcome].join(' '),
      ),
    ),
  found: async ({ world }) => {
    const rows = await world.rows(
      `select h.number as handoff, k.scheduled_at, k.starts_at, case when k.state = 'HELD' then 'HELD'
         when k.state = 'SCHEDULED' and h.stage = 'KICKOFF_SCHEDULED' then 'STANDS' else 'VOID' end as outcome
       from kickoff k join handoff h on h.tenant_id = $1 and h.id = k.handoff_id where k.tenant_id = $1`,
    );
    return rows.map(({ handoff, scheduled_at, starts_at, outcome }) =>
      [handoff, at(scheduled_at as Date), at(starts_at as Date), outcome].join(' '),
    );
  },
};
