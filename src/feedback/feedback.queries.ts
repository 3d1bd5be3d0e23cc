import { type Query, type Row, sql } from '../core/statement.js';
import type { GapCategory } from '../passage/gate.entity.js';

/** What came of one handoff after it was handed over: what its scores and its rep's and template's are made of. */
export interface HandoffSignals {
  readonly handoffId: string;
  /** Whose it is; records that were merged are one person. */
  readonly ownerId: string;
  readonly serviceTemplate: string;
  readonly tier: string;
  /** When delivery first accepted it; null before. */
  readonly acceptedAt: Date | null;
  /** Returns of all kinds, and those that refused it outright among them. */
  readonly returns: number;
  readonly rejections: number;
  /** The kinds of gaps of all returns, each as often as it was named. */
  readonly gapCategories: readonly GapCategory[];
  /** What delivery said last; null while it has not. */
  readonly feedback: {
    readonly accurate: boolean;
    readonly surprised: boolean;
    readonly expectationsMet: boolean;
    readonly givenAt: Date;
  } | null;
  readonly repeatAsks: number;
  /** The newest score of the client, 0 to 10; null without one. */
  readonly surveyScore: number | null;
  /** Minutes from the close to the first outreach, by the delivery system's clock; null until both are known. */
  readonly firstTouchMinutes: number | null;
  /** The milestone that is due first; null for a plan without one. `isLate` as far as a deadline for it has passed. */
  readonly firstDeliverable: { readonly targetOn: string; readonly isLate: boolean } | null;
}

const count = (table: string, condition = ''): string =>
  `(select count(*)::int from ${table} x where x.tenant_id = $1 and x.handoff_id = h.id ${condition})`;

const SIGNALS = `select h.id, coalesce(p.merged_into, p.id) as owner_id, h.service_template, h.tier,
    (select min(s.signed_at) from feasibility_sign_off s where s.tenant_id = $1 and s.handoff_id = h.id) as accepted_at,
    ${count('handoff_return')} as returns, ${count('handoff_return', "and x.verdict = 'REJECTED'")} as rejections,
    (select coalesce(json_agg(r.gaps order by r.id), '[]') from handoff_return r
      where r.tenant_id = $1 and r.handoff_id = h.id) as gaps,
    (select json_build_object('accurate', f.accurate, 'surprised', f.surprises <> '', 'expectationsMet', f.expectations_met,
        'givenAt', f.given_at) from handoff_feedback f
      where f.tenant_id = $1 and f.handoff_id = h.id order by f.given_at desc, f.id desc limit 1) as feedback,
    ${count('repeat_ask')} as repeat_asks,
    (select c.score from client_survey c where c.tenant_id = $1 and c.handoff_id = h.id
      order by c.answered_on desc, c.id desc limit 1) as survey_score,
    (select greatest(0, floor(extract(epoch from s.first_contact_at - s.won_at) / 60))::int from actuals_cursor c
      join actuals_snapshot s on s.tenant_id = $1 and s.id = c.snapshot_id
      where c.tenant_id = $1 and c.handoff_id = h.id) as first_touch_minutes,
    (select json_build_object('targetOn', m.target_on, 'isLate', exists (select 1 from escalation e
        where e.tenant_id = $1 and e.handoff_id = h.id and e.cause = 'FIRST_DELIVERABLE' and e.step > 0
          and e.mark = m.id || '/' || m.target_on))
      from project_milestone m where m.tenant_id = $1 and m.handoff_id = h.id and m.state = 'PLANNED'
      order by m.target_on, m.position limit 1) as first_deliverable
  from handoff h join person p on p.tenant_id = $1 and p.id = h.owner_id
  where h.tenant_id = $1`;

/** The signals of these handoffs, by id. */
export function signalsOf(handoffIds: readonly string[]): Query<ReadonlyMap<string, HandoffSignals>> {
  return sql(`${SIGNALS} and h.id = any($2)`, [handoffIds], (rows) => {
    return new Map(rows.map((row) => [row.id as string, signalOf(row)]));
  });
}

/** The signals of the handoffs that delivery first accepted from an instant on and before another, in the order of their ids. */
export function signalsBetween(from: Date, to: Date): Query<HandoffSignals[]> {
  const first = '(select min(s.signed_at) from feasibility_sign_off s where s.tenant_id = $1 and s.handoff_id = h.id)';
  return sql(`${SIGNALS} and ${first} >= $2 and ${first} < $3 order by h.id`, [from, to], (rows) => rows.map(signalOf));
}

function signalOf(row: Row): HandoffSignals {
  const feedback = row.feedback as
    (Omit<NonNullable<HandoffSignals['feedback']>, 'givenAt'> & { givenAt: string }) | null;
  const gaps = (row.gaps as string[]).flatMap((text) => JSON.parse(text) as { readonly category?: GapCategory }[]);
  return {
    handoffId: row.id as string,
    ownerId: row.owner_id as string,
    serviceTemplate: row.service_template as string,
    tier: row.tier as string,
    acceptedAt: row.accepted_at as Date | null,
    returns: row.returns as number,
    rejections: row.rejections as number,
    gapCategories: gaps.flatMap(({ category }) => (category ? [category] : [])),
    feedback: feedback && { ...feedback, givenAt: new Date(feedback.givenAt) },
    repeatAsks: row.repeat_asks as number,
    surveyScore: row.survey_score as number | null,
    firstTouchMinutes: row.first_touch_minutes as number | null,
    firstDeliverable: row.first_deliverable as HandoffSignals['firstDeliverable'],
  };
}

/** What delivery and clients say of some handoffs together; small numbers are shown as they are. */
export interface FeedbackFigures {
  readonly handoffs: number;
  /** Handoffs that came back at least once. */
  readonly returned: number;
  readonly rejected: number;
  readonly answered: number;
  readonly accurate: number;
  readonly expectationsMet: number;
  readonly surprised: number;
  readonly repeatAsks: number;
  readonly surveys: number;
  readonly surveySum: number;
}

/** The figures of handoffs by what `keyOf` says of each, such as its owner or its template. */
export function figuresBy(
  signals: readonly HandoffSignals[],
  keyOf: (signal: HandoffSignals) => string,
): ReadonlyMap<string, FeedbackFigures> {
  const groups = new Map<string, HandoffSignals[]>();
  for (const signal of signals) groups.set(keyOf(signal), [...(groups.get(keyOf(signal)) ?? []), signal]);
  return new Map([...groups].map(([key, group]) => [key, figuresOf(group)]));
}

function figuresOf(signals: readonly HandoffSignals[]): FeedbackFigures {
  const has = (test: (signal: HandoffSignals) => boolean): number => signals.filter(test).length;
  const sum = (of: (signal: HandoffSignals) => number): number => signals.reduce((total, one) => total + of(one), 0);
  return {
    handoffs: signals.length,
    returned: has(({ returns }) => returns > 0),
    rejected: has(({ rejections }) => rejections > 0),
    answered: has(({ feedback }) => feedback !== null),
    accurate: has(({ feedback }) => feedback?.accurate === true),
    expectationsMet: has(({ feedback }) => feedback?.expectationsMet === true),
    surprised: has(({ feedback }) => feedback?.surprised === true),
    repeatAsks: sum(({ repeatAsks }) => repeatAsks),
    surveys: has(({ surveyScore }) => surveyScore !== null),
    surveySum: sum(({ surveyScore }) => surveyScore ?? 0),
  };
}
