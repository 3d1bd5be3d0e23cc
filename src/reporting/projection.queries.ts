import type { ActualFigures, BaselineFigures } from '../actuals/forecast.rules.js';
import { ChecklistItem } from '../checklist/checklist.entity.js';
import { Evidence } from '../checklist/evidence.entity.js';
import { type Query, type Row, select, sql } from '../core/statement.js';
import { groundsOf } from '../escalation/escalation.queries.js';

/** A handoff's own row, and what hangs on it once. */
export interface HandoffGround {
  readonly id: string;
  readonly number: string;
  readonly stage: string;
  readonly clientId: string;
  readonly serviceTemplate: string;
  readonly dealType: string;
  readonly tier: string;
  readonly segment: string | null;
  readonly ownerId: string;
  readonly deliveryManagerId: string | null;
  readonly pendingContract: boolean;
  readonly termsRevision: number;
  readonly termsDigest: string;
  readonly openedAt: Date;
  readonly withdrawnAt: Date | null;
  readonly currency: string;
  /** The terms of the adopted snapshot, as text. */
  readonly terms: string;
  /** Of the live sign-off, else of the last one. */
  readonly signedOffAt: Date | null;
  readonly signOffLive: boolean;
  /** Of the date that stands, else of the kickoff that was held last. */
  readonly kickoffStartsAt: Date | null;
  readonly closedAt: Date | null;
}

const HANDOFFS = `select h.id, h.number, h.stage, h.client_id, h.service_template, h.deal_type, h.tier, h.segment, h.owner_id,
    h.delivery_manager_id, h.pending_contract, h.terms_revision, h.terms_digest, h.opened_at, h.withdrawn_at, s.currency, s.terms,
    (select f.signed_at from feasibility_sign_off f where f.tenant_id = $1 and f.handoff_id = h.id
      order by (f.state = 'LIVE') desc, f.signed_at desc, f.id desc limit 1) as signed_off_at,
    exists (select 1 from feasibility_sign_off f where f.tenant_id = $1 and f.handoff_id = h.id and f.state = 'LIVE') as sign_off_live,
    (select k.starts_at from kickoff k where k.tenant_id = $1 and k.handoff_id = h.id and k.state in ('SCHEDULED', 'HELD')
      order by (k.state = 'SCHEDULED') desc, k.scheduled_at desc, k.id desc limit 1) as kickoff_starts_at,
    (select min(b.given_at) from handoff_feedback b where b.tenant_id = $1 and b.handoff_id = h.id and b.closes) as closed_at
  from handoff h join deal_snapshot s on s.tenant_id = $1 and s.id = h.deal_snapshot_id
  where h.tenant_id = $1 and h.id = any($2)`;

function handoffs(ids: readonly string[]): Query<HandoffGround[]> {
  return sql(HANDOFFS, [ids], (rows) =>
    rows.map((row) => ({
      id: row.id as string,
      number: row.number as string,
      stage: row.stage as string,
      clientId: row.client_id as string,
      serviceTemplate: row.service_template as string,
      dealType: row.deal_type as string,
      tier: row.tier as string,
      segment: row.segment as string | null,
      ownerId: row.owner_id as string,
      deliveryManagerId: row.delivery_manager_id as string | null,
      pendingContract: row.pending_contract as boolean,
      termsRevision: row.terms_revision as number,
      termsDigest: row.terms_digest as string,
      openedAt: row.opened_at as Date,
      withdrawnAt: row.withdrawn_at as Date | null,
      currency: row.currency as string,
      terms: row.terms as string,
      signedOffAt: row.signed_off_at as Date | null,
      signOffLive: row.sign_off_live as boolean,
      kickoffStartsAt: row.kickoff_starts_at as Date | null,
      closedAt: row.closed_at as Date | null,
    })),
  );
}

/** A frozen score with its criteria, each with the points that a reviewer gave it last. */
export interface ScoreGround {
  readonly id: string;
  readonly handoffId: string;
  readonly cause: string;
  readonly ownerId: string;
  readonly deliveryManagerId: string | null;
  readonly scoredAt: Date;
  readonly criteria: readonly { readonly points: number; readonly most: number }[];
}

/** The scores of handoffs, each handoff's last one last. */
function scores(ids: readonly string[]): Query<ScoreGround[]> {
  const text = `select q.id, q.handoff_id, q.cause, q.owner_id, q.delivery_manager_id, q.scored_at,
      (select json_agg(json_build_object('most', c.most, 'points', coalesce(l.points, c.points)))
        from score_criterion c
        left join (select distinct on (a.criterion) a.criterion, a.points from score_amendment a
          where a.tenant_id = $1 and a.score_id = q.id order by a.criterion, a.id desc) l on l.criterion = c.criterion
        where c.tenant_id = $1 and c.score_id = q.id) as criteria
    from quality_score q where q.tenant_id = $1 and q.handoff_id = any($2) order by q.scored_at, q.id`;
  return sql(text, [ids], (rows) =>
    rows.map((row) => ({
      id: row.id as string,
      handoffId: row.handoff_id as string,
      cause: row.cause as string,
      ownerId: row.owner_id as string,
      deliveryManagerId: row.delivery_manager_id as string | null,
      scoredAt: row.scored_at as Date,
      criteria: (row.criteria ?? []) as ScoreGround['criteria'],
    })),
  );
}

/** A version of a budget baseline with its lines. */
export interface BudgetGround {
  readonly id: string;
  readonly handoffId: string;
  readonly version: number;
  readonly currency: string;
  readonly frozenAt: Date;
  readonly lines: readonly BaselineFigures[];
}

/** The versions of the baselines of handoffs, in order. */
function budgets(ids: readonly string[]): Query<BudgetGround[]> {
  const text = `select b.id, b.handoff_id, b.version, b.currency, b.created_at,
      (select json_agg(json_build_object('budgetType', l.budget_type, 'hours', l.hours, 'costMinor', l.cost_minor::text,
          'priceMinor', l.price_minor::text) order by l.position)
        from budget_baseline_line l where l.tenant_id = $1 and l.baseline_id = b.id) as lines
    from budget_baseline b where b.tenant_id = $1 and b.handoff_id = any($2) order by b.version`;
  return sql(text, [ids], (rows) =>
    rows.map((row) => ({
      id: row.id as string,
      handoffId: row.handoff_id as string,
      version: row.version as number,
      currency: row.currency as string,
      frozenAt: row.created_at as Date,
      lines: ((row.lines ?? []) as Text<BaselineFigures>[]).map((line) => ({
        ...line,
        costMinor: minor(line.costMinor),
        priceMinor: BigInt(line.priceMinor!),
      })),
    })),
  );
}

/** What was last read of a handoff's project. */
export interface ActualsGround {
  readonly handoffId: string;
  readonly takenAt: Date;
  readonly isClosed: boolean;
  readonly lines: readonly ActualFigures[];
}

function actuals(ids: readonly string[]): Query<ActualsGround[]> {
  const text = `select c.handoff_id, s.taken_at, s.closed_at is not null as is_closed,
      (select coalesce(json_agg(json_build_object('budgetTypes', l.budget_types::json, 'actualMinutes', l.actual_minutes,
          'remainingMinutes', l.remaining_minutes, 'actualCostMinor', l.actual_cost_minor::text) order by l.position), '[]')
        from actuals_line l where l.tenant_id = $1 and l.snapshot_id = s.id) as lines
    from actuals_cursor c join actuals_snapshot s on s.tenant_id = $1 and s.id = c.snapshot_id
    where c.tenant_id = $1 and c.handoff_id = any($2)`;
  return sql(text, [ids], (rows) => rows.map(actualsGround));
}

/** A promise of the sale. */
export interface CommitmentGround {
  readonly id: string;
  readonly handoffId: string;
  readonly channel: string;
  readonly state: string;
  readonly madeById: string;
  readonly madeOn: string;
  readonly dueOn: string | null;
  readonly recordedAt: Date;
}

function commitments(ids: readonly string[]): Query<CommitmentGround[]> {
  const text = `select c.id, c.handoff_id, c.channel, c.state, c.made_by, c.made_on, c.due_on, c.recorded_at
    from commitment c where c.tenant_id = $1 and c.handoff_id = any($2) order by c.id`;
  return sql(text, [ids], (rows) =>
    rows.map((row) => ({
      id: row.id as string,
      handoffId: row.handoff_id as string,
      channel: row.channel as string,
      state: row.state as string,
      madeById: row.made_by as string,
      madeOn: row.made_on as string,
      dueOn: row.due_on as string | null,
      recordedAt: row.recorded_at as Date,
    })),
  );
}

type Text<T> = { readonly [K in keyof T]: T[K] extends bigint | null ? string | null : T[K] };

const minor = (text: string | null): bigint | null => (text === null ? null : BigInt(text));

const actualsGround = (row: Row): ActualsGround => ({
  handoffId: row.handoff_id as string,
  takenAt: row.taken_at as Date,
  isClosed: row.is_closed as boolean,
  lines: (row.lines as Text<ActualFigures>[]).map((line) => ({
    ...line,
    actualCostMinor: minor(line.actualCostMinor),
  })),
});

/** Everything that the facts of these handoffs are computed from: as many statements, whatever the number of handoffs. */
export const projectionGround = (ids: readonly string[]) => ({
  handoffs: handoffs(ids),
  deadlines: groundsOf(ids),
  items: select(ChecklistItem, { handoffId: ids }, { orderBy: ['position', 'id'] }),
  evidence: select(Evidence, { handoffId: ids }, { orderBy: ['sequence', 'id'] }),
  scores: scores(ids),
  budgets: budgets(ids),
  actuals: actuals(ids),
  commitments: commitments(ids),
});
