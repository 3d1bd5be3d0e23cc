import { ConfigurationVersion } from '../catalogue/configuration-version.entity.js';
import { type Query, type Row, sql } from '../core/statement.js';
import { hydrate, tableOf } from '../core/table.js';
import type { DealType } from '../handoff/handoff.entity.js';
import type { HandoffHistory } from './clock.rules.js';

/** An open or decided entry of the decision log, as its deadline asks. */
export interface DecisionDeadline {
  readonly id: string;
  readonly ownerId: string;
  readonly contactId: string;
  readonly openedAt: Date;
  /** A calendar day. */
  readonly dueOn: string;
  readonly decidedAt: Date | null;
}

/** A step that was taken already. */
export interface TakenStep {
  readonly id: string;
  /** The clock's key, or the id of the decision. */
  readonly of: string;
  readonly mark: string;
  readonly step: number;
  readonly isOpen: boolean;
}

/** Everything that the deadlines of one handoff follow from. */
export interface DeadlineGround {
  readonly handoffId: string;
  readonly history: HandoffHistory;
  readonly ownerId: string;
  readonly deliveryManagerId: string | null;
  /** The configuration under which the handoff was opened: its clocks and calendar. */
  readonly version: ConfigurationVersion;
  readonly decisions: readonly DecisionDeadline[];
  readonly taken: readonly TakenStep[];
}

const VERSION = tableOf(ConfigurationVersion)
  .columns.map(({ name }) => `v.${name} as v_${name}`)
  .join(', ');

/** Instants of rows of the handoff, in order, as a JSON list. */
const instants = (table: string, column: string, condition = ''): string =>
  `(select coalesce(json_agg(x.${column} order by x.${column}), '[]') from ${table} x
     where x.tenant_id = $1 and x.handoff_id = h.id and x.${column} is not null ${condition})`;

/**
 * A deal that was lost and won again is closed by the later win: the first snapshot since the last one without a day of
 * winning, of those that came before the handoff was withdrawn.
 */
const CLOSE = `(select json_build_object('wonOn', s.won_on, 'importedAt', s.imported_at) from deal_snapshot s
   where s.tenant_id = $1 and s.deal_id = h.deal_id and s.won_on is not null
     and s.imported_at < coalesce(h.withdrawn_at, 'infinity')
     and s.revision > coalesce((select max(o.revision) from deal_snapshot o where o.tenant_id = $1 and o.deal_id = h.deal_id
       and o.won_on is null and o.imported_at < coalesce(h.withdrawn_at, 'infinity')), 0)
   order by s.revision limit 1)`;

const GROUND = `select h.id, h.deal_type, h.owner_id, h.delivery_manager_id,
    ${CLOSE} as close,
    ${instants('gate_evaluation', 'evaluated_at', "and x.gate = 'SUBMIT' and x.verdict = 'PASSED'")} as submissions,
    ${instants('handoff_return', 'returned_at')} as returns,
    ${instants('feasibility_sign_off', 'signed_at')} as sign_offs,
    ${instants('introduction', 'introduced_at')} as introductions,
    ${instants('kickoff', 'scheduled_at')} as scheduled,
    ${instants('kickoff', 'held_at')} as held,
    (select coalesce(h.withdrawn_at, min(f.given_at)) from handoff_feedback f where f.tenant_id = $1 and f.handoff_id = h.id) as ended_at,
    (select coalesce(json_agg(json_build_object('from', p.paused_at, 'to', p.resumed_at) order by p.paused_at), '[]')
      from handoff_pause p where p.tenant_id = $1 and p.handoff_id = h.id) as pauses,
    (select coalesce(json_agg(json_build_object('id', d.id, 'ownerId', d.owner_id, 'contactId', d.escalation_contact_id,
        'openedAt', d.opened_at, 'dueOn', d.due_on, 'decidedAt', d.decided_at) order by d.id), '[]')
      from decision d where d.tenant_id = $1 and d.handoff_id = h.id) as decisions,
    (select coalesce(json_agg(json_build_object('id', e.id, 'of', coalesce(e.clock, e.decision_id::text), 'mark', e.mark,
        'step', e.step, 'isOpen', e.ended_at is null) order by e.id), '[]')
      from escalation e where e.tenant_id = $1 and e.handoff_id = h.id) as taken,
    ${VERSION}
  from handoff h join configuration_version v on v.tenant_id = $1 and v.id = h.configuration_version_id
  where h.tenant_id = $1`;

/** The ground of these handoffs, by id. */
export function groundsOf(handoffIds: readonly string[]): Query<ReadonlyMap<string, DeadlineGround>> {
  return sql(`${GROUND} and h.id = any($2)`, [handoffIds], (rows) => {
    return new Map(rows.map((row) => [row.id as string, groundOf(row)]));
  });
}

/** The handoffs whose deadlines are not settled, after this id: at most so many, in the order of their ids. */
export function unsettledGrounds(after: string, most: number): Query<DeadlineGround[]> {
  const text = `${GROUND} and h.id > $2 and not exists (select 1 from clock_settlement c where c.tenant_id = $1 and c.handoff_id = h.id)
    order by h.id limit $3`;
  return sql(text, [after, most], (rows) => rows.map(groundOf));
}

function groundOf(row: Row): DeadlineGround {
  const version = Object.fromEntries(tableOf(ConfigurationVersion).columns.map(({ name }) => [name, row[`v_${name}`]]));
  const close = row.close as { wonOn: string; importedAt: string } | null;
  return {
    handoffId: row.id as string,
    ownerId: row.owner_id as string,
    deliveryManagerId: row.delivery_manager_id as string | null,
    version: hydrate(ConfigurationVersion, version),
    history: {
      dealType: row.deal_type as DealType,
      close: close && { wonOn: close.wonOn, importedAt: new Date(close.importedAt) },
      submissions: datesIn(row.submissions),
      returns: datesIn(row.returns),
      signOffs: datesIn(row.sign_offs),
      introducedAt: datesIn(row.introductions)[0] ?? null,
      kickoffScheduledAt: datesIn(row.scheduled)[0] ?? null,
      kickoffHeldAt: datesIn(row.held)[0] ?? null,
      endedAt: row.ended_at as Date | null,
      pauses: (row.pauses as { from: string; to: string | null }[]).map(({ from, to }) => ({
        from: new Date(from),
        to: to === null ? null : new Date(to),
      })),
    },
    decisions: (
      row.decisions as Record<'id' | 'ownerId' | 'contactId' | 'openedAt' | 'dueOn' | 'decidedAt', string>[]
    ).map(({ openedAt, decidedAt, ...rest }) => ({
      ...rest,
      openedAt: new Date(openedAt),
      decidedAt: decidedAt === null ? null : new Date(decidedAt),
    })),
    taken: row.taken as TakenStep[],
  };
}

const datesIn = (list: unknown): Date[] => (list as string[]).map((text) => new Date(text));
