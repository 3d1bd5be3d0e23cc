import type { Commitment } from '../commitment/commitment.entity.js';
import { type Query, type Row, select, sql } from '../core/statement.js';
import { columnsOf, type EntityClass, hydrate, tableOf } from '../core/table.js';
import type { WrittenContent } from '../feasibility/accepted-content.rules.js';
import { Assumption, HandoffStatement, Risk, Stakeholder } from '../handoff/content.entity.js';
import { Handoff } from '../handoff/handoff.entity.js';
import { QualityScore, Remediation, ScoreAmendment, ScoreCriterion } from './score.entity.js';

const rowsOf = (table: string): string =>
  `(select coalesce(json_agg(x order by x.id), '[]') from ${table} x where x.tenant_id = $1 and x.handoff_id = h.id)`;

/** The content of these handoffs, by id. */
export function writtenContents(handoffIds: readonly string[]): Query<ReadonlyMap<string, WrittenContent>> {
  const text = `select ${columnsOf(Handoff, 'h')}, ${rowsOf('stakeholder')} as stakeholders, ${rowsOf('handoff_statement')} as statements,
      ${rowsOf('assumption')} as assumptions, ${rowsOf('risk')} as risks,
      (select coalesce(json_agg(json_build_object('id', x.id, 'state', x.state, 'recordedAt', x.recorded_at) order by x.id), '[]')
        from commitment x where x.tenant_id = $1 and x.handoff_id = h.id) as commitments,
      exists (select 1 from commitment_declaration x where x.tenant_id = $1 and x.handoff_id = h.id) as nothing_promised
    from handoff h where h.tenant_id = $1 and h.id = any($2)`;
  return sql(text, [handoffIds], (rows) => new Map(rows.map((row) => [row.id as string, contentOf(row)])));
}

function contentOf(row: Row): WrittenContent {
  const list = <T extends object>(entity: EntityClass<T>, rows: unknown): T[] =>
    (rows as Row[]).map((one) => hydrate(entity, one));
  const commitments = row.commitments as { id: string; state: Commitment['state']; recordedAt: string }[];
  return {
    handoff: hydrate(Handoff, row),
    stakeholders: list(Stakeholder, row.stakeholders),
    statements: list(HandoffStatement, row.statements),
    assumptions: list(Assumption, row.assumptions),
    risks: list(Risk, row.risks),
    commitments: commitments.map((one) => ({ ...one, recordedAt: new Date(one.recordedAt) })),
    nothingPromised: row.nothing_promised as boolean,
  };
}

/** A sign-off that has no score yet. */
export interface UnscoredSignOff {
  readonly signOffId: string;
  readonly handoffId: string;
  readonly signedAt: Date;
  /** The score was asked for and cannot be made: nothing waits for it. */
  readonly isStuck: boolean;
}

/** The name of the effect that freezes the score of a sign-off. */
export const SCORE_EFFECT = 'quality.score';

/** Sign-offs without a score, oldest first; at most so many. */
export function unscoredSignOffs(most: number): Query<UnscoredSignOff[]> {
  const text = `select s.id, s.handoff_id, s.signed_at, coalesce(e.state in ('DEAD', 'CANCELLED', 'PARKED'), false) as is_stuck
    from feasibility_sign_off s
    left join outbox_effect e on e.tenant_id = $1 and e.effect_key = '${SCORE_EFFECT}/' || s.id
    where s.tenant_id = $1 and not exists (select 1 from quality_score q
      where q.tenant_id = $1 and q.sign_off_id = s.id and q.cause = 'ACCEPTANCE')
    order by s.signed_at, s.id limit $2`;
  return sql(text, [most], (rows) =>
    rows.map((row) => ({
      signOffId: row.id as string,
      handoffId: row.handoff_id as string,
      signedAt: row.signed_at as Date,
      isStuck: row.is_stuck as boolean,
    })),
  );
}

/** The frozen scores of a handoff, oldest first. */
export const scoresOfHandoff = (handoffId: string): Query<QualityScore[]> =>
  select(QualityScore, { handoffId }, { orderBy: ['id'] });

/** The criteria of a score. */
export const criteriaOf = (scoreId: string): Query<ScoreCriterion[]> =>
  select(ScoreCriterion, { scoreId }, { orderBy: ['id'] });

/** What was amended of a score, oldest first. */
export const amendmentsOf = (scoreId: string): Query<ScoreAmendment[]> =>
  select(ScoreAmendment, { scoreId }, { orderBy: ['id'] });

/** What was amended of any score of a handoff, oldest first. */
export function amendmentsOfHandoff(handoffId: string): Query<ScoreAmendment[]> {
  const text = `select ${tableOf(ScoreAmendment).selection} from score_amendment where tenant_id = $1 and score_id in (
    select q.id from quality_score q where q.tenant_id = $1 and q.handoff_id = $2) order by id`;
  return sql(text, [handoffId], (rows) => rows.map((row) => hydrate(ScoreAmendment, row)));
}

/** Locks the handoff of a score, so that one amendment comes after the other; nothing without such a score. */
export const lockHandoffOfScore = (scoreId: string): Query<void> =>
  sql(
    `select id from handoff where tenant_id = $1 and id = (select q.handoff_id from quality_score q
      where q.tenant_id = $1 and q.id = $2) for update`,
    [scoreId],
    () => undefined,
  );

/** The remediation that a score opened, locked; null when it opened none. */
export const lockRemediationOf = (scoreId: string): Query<Remediation | null> => {
  const query = select(Remediation, { scoreId }, { lock: 'UPDATE' });
  return { ...query, read: (rows) => query.read(rows)[0] ?? null };
};

/** A frozen score as figures ask for it, with what reviewers amended. */
export interface CountedScore {
  readonly id: string;
  readonly handoffId: string;
  readonly ownerId: string;
  readonly deliveryManagerId: string | null;
  readonly serviceTemplate: string;
  readonly tier: string;
  readonly scoredAt: Date;
  readonly criteria: readonly {
    readonly criterion: string;
    readonly points: number;
    readonly most: number;
    readonly reasons: readonly string[];
  }[];
}

/**
 * The scores of acceptance of a period, with the newest amendment of each criterion; of a handoff that was accepted more
 * than once in it, the last. From the oldest on; at most 20,000.
 */
export function countedScores(from: Date, to: Date): Query<CountedScore[]> {
  const text = `select s.*, (select json_agg(json_build_object('criterion', c.criterion, 'most', c.most, 'reasons', c.reasons::json,
        'points', coalesce((select a.points from score_amendment a where a.tenant_id = $1 and a.score_id = s.id
          and a.criterion = c.criterion order by a.id desc limit 1), c.points)) order by c.id)
      from score_criterion c where c.tenant_id = $1 and c.score_id = s.id) as criteria
    from (select distinct on (q.handoff_id) q.id, q.handoff_id, q.owner_id, q.delivery_manager_id, q.service_template, q.tier, q.scored_at
      from quality_score q where q.tenant_id = $1 and q.cause = 'ACCEPTANCE' and q.scored_at >= $2 and q.scored_at < $3
      order by q.handoff_id, q.scored_at desc, q.id desc) s
    order by s.scored_at, s.id limit 20000`;
  return sql(text, [from, to], (rows) =>
    rows.map((row) => ({
      id: row.id as string,
      handoffId: row.handoff_id as string,
      ownerId: row.owner_id as string,
      deliveryManagerId: row.delivery_manager_id as string | null,
      serviceTemplate: row.service_template as string,
      tier: row.tier as string,
      scoredAt: row.scored_at as Date,
      criteria: row.criteria as CountedScore['criteria'],
    })),
  );
}
