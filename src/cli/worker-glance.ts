import { hasDue } from '../core/outbox/lease.js';
import { type Query, sql } from '../core/statement.js';
import { ENDED, Stage } from '../handoff/stage.rules.js';
import { isBehind } from '../integrations/events/event.queries.js';

/** What waits for a worker in a tenant. */
export interface Glance {
  /** Entries of the ledger without a number, or a checkpoint that is to be signed or sent away. */
  readonly entries: boolean;
  /** Effects that are due and in nobody's hands. */
  readonly effects: boolean;
  /** Sealed entries of which an endpoint was not told. */
  readonly events: boolean;
  /** Sealed entries that the reports do not have. */
  readonly reports: boolean;
  /** Something is open that time alone may make due: a deadline, a reminder, a look at a vendor. */
  readonly isOpen: boolean;
}

const OPEN_STAGES = Object.values(Stage).filter((stage) => !ENDED.includes(stage));

const ANY = {
  entries: `select 1 from ledger_pending where tenant_id = $1 union all
    select 1 from ledger_head where tenant_id = $1 and (seq > checkpoint_size or checkpoint_size > shipped_size)`,
  effects: hasDue().text,
  events: isBehind().text,
  behind: `select 1 from ledger_head h left join reporting_progress p on p.tenant_id = $1
    where h.tenant_id = $1 and (p.tenant_id is null or p.rebuilt_to is not null or p.projected_seq < h.seq)`,
  open: `select 1 from handoff where tenant_id = $1 and stage = any($2) union all
    select 1 from approval_request where tenant_id = $1 and state in ('PENDING', 'APPROVED') union all
    select 1 from integration where tenant_id = $1 and state <> 'DISCONNECTED' union all
    select 1 from notice where tenant_id = $1 and state = 'WAITING'`,
};

/** One glance at a tenant, by indexes alone: what the sweep of an idle worker costs. */
export const glance = (): Query<Glance> =>
  sql(
    `select ${Object.entries(ANY)
      .map(([name, text]) => `exists (${text}) as ${name}`)
      .join(', ')}`,
    [OPEN_STAGES],
    ([row]) => ({
      entries: row!.entries === true,
      effects: row!.effects === true,
      events: row!.events === true,
      reports: row!.behind === true,
      isOpen: row!.open === true,
    }),
  );
