import { ConfigurationVersion } from '../catalogue/configuration-version.entity.js';
import { type Query, type Row, sql } from '../core/statement.js';
import { hydrate, tableOf } from '../core/table.js';
import type { DealType, Tier } from '../handoff/handoff.entity.js';
import type { HandoffHistory } from './clock.rules.js';
import { ACCEPTANCES, DELIVERABLE, FIRST_TOUCH, readDelivery } from './delivery.queries.js';
import type { DeliveryGround } from './delivery.rules.js';

/** An open or decided entry of the decision log, as its deadline asks. */
export interface DecisionDeadline {
  readonly id: string;
  readonly ownerId: string;
  readonly contactId: string;
  readonly openedAt: Date;
  /** A calendar day. */
  readonly dueOn: string;
  readonly decidedAt: Date | null;
  /** Days on which it was due before, each until it was given another. */
  readonly earlierDues: readonly { readonly dueOn: string; readonly until: Date }[];
}

/** A checkpoint of a handoff in phases, as its deadline asks. */
export interface CheckpointDeadline {
  readonly id: string;
  readonly openedAt: Date;
  /** A calendar day. */
  readonly dueOn: string;
  readonly acceptedAt: Date | null;
}

/** A step that was taken already. */
export interface TakenStep {
  readonly id: string;
  /** The clock's key, the id of the decision or checkpoint, or the cause of a deadline that has neither. */
  readonly of: string;
  readonly mark: string;
  readonly step: number;
  readonly personId: string;
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
  readonly checkpoints: readonly CheckpointDeadline[];
  readonly delivery: DeliveryGround;
  readonly taken: readonly TakenStep[];
}

/** Its content is long and the same for most handoffs: it is sent with the first of each that follow each other. */
const VERSION = tableOf(ConfigurationVersion)
  .columns.map(({ name }) =>
    name === 'content'
      ? 'case when lag(v.id) over (order by h.id) is distinct from v.id then v.content end as v_content'
      : `v.${name} as v_${name}`,
  )
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

const GROUND = `select h.id, h.deal_type, h.tier, h.owner_id, h.delivery_manager_id,
    ${CLOSE} as close,
    ${instants('gate_evaluation', 'evaluated_at', "and x.gate = 'SUBMIT' and x.verdict = 'PASSED'")} as submissions,
    ${instants('gate_evaluation', 'evaluated_at', "and x.gate in ('SUBMIT', 'PRE_CLOSE') and x.verdict = 'PASSED'")} as handovers,
    ${instants('handoff_return', 'returned_at')} as returns,
    ${instants('feasibility_sign_off', 'signed_at')} as sign_offs,
    ${instants('introduction', 'introduced_at')} as introductions, ${instants('introduction', 'recorded_at')} as introductions_recorded,
    ${instants('handoff_meeting', 'held_at')} as meetings,
    ${instants('kickoff', 'scheduled_at')} as scheduled,
    ${instants('kickoff', 'held_at')} as held,
    ${instants('handoff_feedback', 'given_at')} as feedback,
    ${ACCEPTANCES} as acceptances, ${DELIVERABLE} as deliverable, ${FIRST_TOUCH} as first_touch, h.withdrawn_at,
    (select coalesce(h.withdrawn_at, min(f.given_at)) from handoff_feedback f
      where f.tenant_id = $1 and f.handoff_id = h.id and f.closes) as ended_at,
    (select coalesce(json_agg(json_build_object('from', p.paused_at, 'to', p.resumed_at) order by p.paused_at), '[]')
      from handoff_pause p where p.tenant_id = $1 and p.handoff_id = h.id) as pauses,
    (select coalesce(json_agg(json_build_object('id', d.id, 'ownerId', d.owner_id, 'contactId', d.escalation_contact_id,
        'openedAt', d.opened_at, 'dueOn', d.due_on, 'decidedAt', d.decided_at, 'earlierDues', d.earlier_dues::json) order by d.id), '[]')
      from decision d where d.tenant_id = $1 and d.handoff_id = h.id) as decisions,
    (select coalesce(json_agg(json_build_object('id', c.id, 'openedAt', c.opened_at, 'dueOn', c.due_on,
        'acceptedAt', c.accepted_at) order by c.position), '[]')
      from checkpoint c where c.tenant_id = $1 and c.handoff_id = h.id and c.state <> 'DROPPED') as checkpoints,
    (select coalesce(json_agg(json_build_object('id', e.id, 'of', coalesce(e.clock, e.decision_id::text, e.checkpoint_id::text, e.cause),
        'mark', e.mark, 'step', e.step, 'personId', e.person_id, 'isOpen', e.ended_at is null) order by e.id), '[]')
      from escalation e where e.tenant_id = $1 and e.handoff_id = h.id) as taken,
    ${VERSION}
  from handoff h join configuration_version v on v.tenant_id = $1 and v.id = h.configuration_version_id
  where h.tenant_id = $1`;

/** The ground of these handoffs, by id. */
export function groundsOf(handoffIds: readonly string[]): Query<ReadonlyMap<string, DeadlineGround>> {
  return sql(`${GROUND} and h.id = any($2)`, [handoffIds], (rows) => {
    return new Map(groundsFrom(rows).map((ground) => [ground.handoffId, ground]));
  });
}

/** The handoffs whose deadlines are not settled, after this id: at most so many, in the order of their ids. */
export function unsettledGrounds(after: string, most: number): Query<DeadlineGround[]> {
  const text = `${GROUND} and h.id > $2 and not exists (select 1 from clock_settlement c where c.tenant_id = $1 and c.handoff_id = h.id)
    order by h.id limit $3`;
  return sql(text, [after, most], groundsFrom);
}

/** The handoffs that were under way at some time from an instant on and before another, in the order of their ids. */
export function groundsBetween(from: Date, to: Date): Query<DeadlineGround[]> {
  const text = `${GROUND} and h.opened_at < $3 and (h.withdrawn_at is null or h.withdrawn_at >= $2)
    and not (h.stage = 'CLOSED' and exists (select 1 from handoff_feedback f
      where f.tenant_id = $1 and f.handoff_id = h.id and f.closes and f.given_at < $2))
    order by h.id`;
  return sql(text, [from, to], groundsFrom);
}

/** A decision as JSON carries it. */
interface DecisionRow extends Record<'id' | 'ownerId' | 'contactId' | 'openedAt' | 'dueOn', string> {
  readonly decidedAt: string | null;
  readonly earlierDues: readonly { readonly dueOn: string; readonly until: string }[];
}

function groundsFrom(rows: readonly Row[]): DeadlineGround[] {
  const contents = new Map(rows.flatMap(({ v_id, v_content }) => (v_content === null ? [] : [[v_id, v_content]])));
  return rows.map((row) => groundOf({ ...row, v_content: contents.get(row.v_id) }));
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
      tier: row.tier as Tier,
      close: close && { wonOn: close.wonOn, importedAt: new Date(close.importedAt) },
      submissions: datesIn(row.submissions),
      handovers: datesIn(row.handovers),
      returns: datesIn(row.returns),
      signOffs: datesIn(row.sign_offs),
      introducedAt: datesIn(row.introductions)[0] ?? null,
      introductionRecordedAt: datesIn(row.introductions_recorded)[0] ?? null,
      meetingHeldAt: datesIn(row.meetings)[0] ?? null,
      kickoffScheduledAt: datesIn(row.scheduled)[0] ?? null,
      kickoffHeldAt: datesIn(row.held)[0] ?? null,
      endedAt: row.ended_at as Date | null,
      pauses: (row.pauses as { from: string; to: string | null }[]).map(({ from, to }) => ({
        from: new Date(from),
        to: to === null ? null : new Date(to),
      })),
    },
    decisions: (row.decisions as DecisionRow[]).map(({ openedAt, decidedAt, earlierDues, ...rest }) => ({
      ...rest,
      openedAt: new Date(openedAt),
      decidedAt: decidedAt === null ? null : new Date(decidedAt),
      earlierDues: earlierDues.map(({ dueOn, until }) => ({ dueOn, until: new Date(until) })),
    })),
    checkpoints: (row.checkpoints as Record<'id' | 'openedAt' | 'dueOn' | 'acceptedAt', string>[]).map((one) => ({
      ...one,
      openedAt: new Date(one.openedAt),
      acceptedAt: one.acceptedAt === null ? null : new Date(one.acceptedAt),
    })),
    delivery: readDelivery(row, datesIn(row.feedback)),
    taken: row.taken as TakenStep[],
  };
}

const datesIn = (list: unknown): Date[] => (list as string[]).map((text) => new Date(text));
