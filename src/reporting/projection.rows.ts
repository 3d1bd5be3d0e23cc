import { erosionOf, forecastOf, minutesOf } from '../actuals/forecast.rules.js';
import { configurationOf } from '../catalogue/catalogue.queries.js';
import type { ChecklistItem } from '../checklist/checklist.entity.js';
import { completeness } from '../checklist/checklist.rules.js';
import type { Evidence } from '../checklist/evidence.entity.js';
import { evidenceContext } from '../checklist/status.rules.js';
import { marginBps } from '../core/basis-points.js';
import { localDay } from '../core/local-day.js';
import { closedAt } from '../deal/close.rules.js';
import { contractValue, type NormalisedTerms } from '../deal/terms.rules.js';
import type { Clock } from '../escalation/clock.rules.js';
import { type DeliveryCause, deliveryDeadlines } from '../escalation/delivery.rules.js';
import type { DeadlineGround } from '../escalation/escalation.queries.js';
import { EscalationCause } from '../escalation/escalation.entity.js';
import { totalOf } from '../quality/score.rules.js';
import type { CaseGround } from './case.types.js';
import { promisedFor, promiseDeliveredAt } from './cases.deal.js';
import { derivedId } from './derived-id.js';
import { clocksOfGround } from './ground-clocks.js';
import type {
  ActualsGround,
  BudgetGround,
  CommitmentGround,
  HandoffGround,
  ScoreGround,
} from './projection.queries.js';

/** Everything that the computed facts of one handoff follow from; nothing of it depends on the present. */
export interface FactGround {
  readonly handoff: HandoffGround;
  readonly deadlines: DeadlineGround;
  readonly items: readonly ChecklistItem[];
  readonly evidence: readonly Evidence[];
  /** The last one last. */
  readonly scores: readonly ScoreGround[];
  /** In order of their versions. */
  readonly budgets: readonly BudgetGround[];
  readonly actuals: ActualsGround | null;
  readonly commitments: readonly CommitmentGround[];
}

/** A row of a fact by property: the dataset's columns as camelCase. */
export type FactRow = Readonly<Record<string, unknown>>;

const earliest = (instants: readonly (Date | null)[]): Date | null => {
  const times = instants.flatMap((instant) => (instant === null ? [] : [instant.getTime()]));
  return times.length === 0 ? null : new Date(Math.min(...times));
};

/** The row of fact_handoff. Days and clocks follow the configuration that the handoff was opened under, as its clocks do. */
export function handoffRow(ground: FactGround): FactRow {
  const { handoff, deadlines, scores } = ground;
  const { history, delivery, version } = deadlines;
  const { calendar } = configurationOf(version);
  const { revenueMinor, costMinor } = contractValue((JSON.parse(handoff.terms) as NormalisedTerms).lines);
  const score = scores.at(-1);
  return {
    ...handoff,
    serviceTemplateKey: handoff.serviceTemplate,
    dealTypeKey: handoff.dealType,
    tierKey: handoff.tier,
    revenueMinor,
    marginMinor: costMinor === null ? null : revenueMinor - costMinor,
    marginBps: costMinor === null ? null : marginBps(revenueMinor, costMinor),
    completenessBps: completenessOf(ground),
    wonOn: history.close?.wonOn ?? null,
    wonAt: history.close && closedAt(history.close, calendar),
    submittedAt: history.submissions.at(-1) ?? null,
    firstSubmittedAt: history.submissions[0] ?? null,
    submissions: history.submissions.length,
    returns: history.returns.length,
    kickoffScheduledAt: history.kickoffScheduledAt,
    kickoffHeldAt: history.kickoffHeldAt,
    firstTouchAt: earliest([history.introducedAt, delivery.firstTouch?.contactAt ?? null]),
    firstDeliverableAt: delivery.deliverable?.doneAt ?? null,
    firstDeliverableDueOn: delivery.deliverable?.targetOn ?? null,
    qualityScore: score ? totalOf(score.criteria).total : null,
  };
}

/** Before every document: at this instant no proof has grown old. */
const AGELESS = new Date(0);

/** Completeness by what was verified; the age of proof depends on the day on which one asks, and is left out. */
function completenessOf({ handoff, deadlines, items, evidence }: FactGround): number {
  const { timeZone } = configurationOf(deadlines.version).tenant;
  const ground = { handoff, snapshot: { terms: handoff.terms }, items, evidence, stakeholders: [], timeZone };
  return completeness(items, evidence, evidenceContext(ground, AGELESS));
}

/** The rows of fact_budget: one a version; what became of the newest one stands there. */
export function budgetRows({ budgets, actuals }: FactGround): FactRow[] {
  return budgets.map(({ lines, ...budget }, index) => {
    const inForce = index === budgets.length - 1;
    const read = inForce ? actuals : null;
    const forecast = forecastOf(lines, read?.lines ?? [], read?.isClosed ?? false);
    const erosion = erosionOf(lines, forecast);
    const { revenueMinor, baselineMarginMinor, baselineMarginBps } = erosion;
    return {
      ...budget,
      inForce,
      plannedMinutes: lines.reduce((sum, { hours }) => sum + minutesOf(hours), 0),
      revenueMinor,
      costMinor: baselineMarginMinor === null ? null : revenueMinor - baselineMarginMinor,
      marginMinor: baselineMarginMinor,
      marginBps: baselineMarginBps,
      actualMinutes: read && forecast.actualMinutes,
      remainingMinutes: read && forecast.remainingMinutes,
      forecastMarginMinor: read && erosion.forecastMarginMinor,
      erosionMinor: read && erosion.erosionMinor,
      erosionBps: read && erosion.erosionBps,
      actualsAt: read?.takenAt ?? null,
    };
  });
}

/** A clock, or a deadline of delivery, as a row of fact_sla_event tells it. */
interface Run extends Pick<Clock, 'startedAt' | 'dueAt' | 'stoppedAt' | 'voidedAt'> {
  readonly clock: string;
  /** What the steps of its ladder are marked with. */
  readonly mark: string;
}

/** The rows of fact_sla_event: every run of every clock, and what is due of delivery. */
export function slaRows({ deadlines }: FactGround): FactRow[] {
  const { handoffId, history, taken } = deadlines;
  return runsOf(deadlines).map(({ mark, ...run }) => {
    const { clock, startedAt, dueAt } = run;
    const end = run.stoppedAt ?? run.voidedAt;
    return {
      id: derivedId('fact_sla_event', handoffId, clock, mark),
      handoffId,
      ...run,
      late: dueAt !== null && end !== null && dueAt < end,
      clientCaused: history.pauses.some(
        ({ from, to }) => (end === null || from < end) && (to === null || to > startedAt),
      ),
      escalations: taken.filter((step) => step.of === clock && step.mark === mark && step.step > 0).length,
    };
  });
}

function runsOf(deadlines: DeadlineGround): Run[] {
  const { history, delivery, version } = deadlines;
  const configuration = configurationOf(version);
  const clocks = clocksOfGround(deadlines).map(({ key, startedAt, dueAt, stoppedAt, voidedAt }) => ({
    clock: key,
    mark: startedAt.toISOString(),
    startedAt,
    dueAt,
    stoppedAt,
    voidedAt,
  }));
  const signed = new Map(delivery.acceptances.map(({ signOffId, signedAt }) => [signOffId, signedAt]));
  const startOf: Record<DeliveryCause, (mark: string) => Date | undefined> = {
    [EscalationCause.FEEDBACK]: (mark) => signed.get(mark),
    [EscalationCause.FIRST_DELIVERABLE]: () => history.signOffs[0],
    [EscalationCause.FIRST_TOUCH]: () => delivery.firstTouch?.wonAt,
  };
  const due = deliveryDeadlines(delivery, history, configuration).map(({ cause, mark, dueAt, stoppedAt, voidedAt }) => {
    return { clock: cause, mark, startedAt: startOf[cause](mark)!, dueAt, stoppedAt, voidedAt };
  });
  return [...clocks, ...due];
}

/** The rows of fact_quality_score; the last one counts. */
export function scoreRows({ scores }: FactGround): FactRow[] {
  return scores.map(({ criteria, ...score }, index) => {
    const { total, band } = totalOf(criteria);
    return { ...score, total, band, counts: index === scores.length - 1 };
  });
}

/** The rows of fact_commitment: delivered and kept as the KPI of promises counts them. */
export function commitmentRows(ground: CaseGround): FactRow[] {
  const { timeZone } = configurationOf(ground.deadlines.version).tenant;
  const became = new Map(ground.caseFacts.commitments.map((one) => [one.id, one]));
  return ground.commitments.map((commitment) => {
    const promise = became.get(commitment.id);
    const deliveredAt = promise ? promiseDeliveredAt(promise, ground) : null;
    const promisedOn = promise ? promisedFor(promise, ground) : null;
    const asStated = deliveredAt && promisedOn ? localDay(timeZone, deliveredAt) <= promisedOn : null;
    return { ...commitment, deliveredAt, asStated };
  });
}
