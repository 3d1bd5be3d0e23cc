import { erosionOf, forecastOf } from '../actuals/forecast.rules.js';
import { endOfDay } from '../catalogue/calendar.rules.js';
import { daysBetween } from '../core/local-day.js';
import { ScoreCause } from '../quality/score.entity.js';
import { totalOf } from '../quality/score.rules.js';
import { type CaseSubject, later } from './cases.deal.js';
import type { CaseDraft } from './case.types.js';

/** The kickoff by the deadline that it would have had without a pause: what the client held up counts, and is flagged. */
export function kickoffCases({ ground, unpaused, dayOf }: CaseSubject): CaseDraft[] {
  const clock = unpaused.find(({ key }) => key === 'KICKOFF_HELD');
  if (!clock || clock.dueAt === null) return [];
  const { startedAt, dueAt, stoppedAt, voidedAt } = clock;
  if (voidedAt !== null && voidedAt <= dueAt) return [];
  const isLate = stoppedAt === null || stoppedAt > dueAt;
  const wasPaused = ground.deadlines.history.pauses.some(
    ({ from, to }) => from < dueAt && (to === null || to > startedAt),
  );
  return [
    {
      kpiKey: 'KICKOFF_DELAY_RATE',
      sourceId: ground.handoff.id,
      countsOn: dayOf(dueAt),
      countsAt: dueAt,
      numerator: isLate ? 1 : 0,
      denominator: 1,
      clientCaused: isLate && wasPaused,
    },
  ];
}

/** Scope changes, times 30, over the days on which the project was active: the days are a span of their own. */
export function scopeChangeCases({ ground, dayOf }: CaseSubject): CaseDraft[] {
  const { scopeChanges } = ground.caseFacts;
  return [
    ...scopeChanges.flatMap(({ id, raisedAt, isIncident }): CaseDraft[] => {
      const raised = { sourceId: id, countsOn: dayOf(raisedAt), countsAt: raisedAt };
      return [
        { kpiKey: 'SCOPE_CHANGE_FREQUENCY', ...raised, numerator: 30, denominator: 0 },
        { kpiKey: 'SCOPE_CHANGE_INCIDENTS', ...raised, numerator: isIncident ? 1 : 0, denominator: 1 },
      ];
    }),
    ...activeSpan(ground, dayOf),
  ];
}

function activeSpan(
  { handoff, deadlines, caseFacts }: CaseSubject['ground'],
  dayOf: (at: Date) => string,
): CaseDraft[] {
  const [signedAt] = deadlines.history.signOffs;
  const { project } = caseFacts;
  if (!project || signedAt === undefined) return [];
  const fromOn = dayOf(signedAt);
  const ends = [project.closedAt, handoff.withdrawnAt].flatMap((at) => (at === null ? [] : [dayOf(at)]));
  const toOn = ends.toSorted()[0] ?? null;
  if (toOn !== null && toOn < fromOn) return [];
  return [
    {
      kpiKey: 'SCOPE_CHANGE_FREQUENCY',
      sourceId: project.id,
      countsOn: fromOn,
      countsAt: signedAt,
      numerator: 0,
      denominator: 1,
      span: { fromOn, toOn },
    },
  ];
}

/** What of the baseline's margin is lost by the last actuals; of a closed project on the day of its close. */
export function erosionCases({ ground, currency, dayOf }: CaseSubject): CaseDraft[] {
  const { budgets, actuals, caseFacts } = ground;
  const budget = budgets.at(-1);
  const { project } = caseFacts;
  if (!budget || !actuals || !project?.readAt) return [];
  const { erosionMinor, erosionBps } = erosionOf(
    budget.lines,
    forecastOf(budget.lines, actuals.lines, actuals.isClosed),
  );
  const common = {
    sourceId: project.id,
    countsOn: dayOf(project.closedAt ?? actuals.takenAt),
    countsAt: project.readAt,
    denominator: 1,
  };
  const points = erosionBps === null ? [] : [{ kpiKey: 'MARGIN_EROSION_POINTS', ...common, numerator: erosionBps }];
  const money =
    erosionMinor === null || budget.currency !== currency
      ? []
      : [{ kpiKey: 'MARGIN_EROSION_MONEY', ...common, numerator: erosionMinor }];
  return [...points, ...money];
}

/** The first deliverable by its target day, as soon as that is over and delivery has accepted. */
export function deliverableCases({ ground, calendar, dayOf }: CaseSubject): CaseDraft[] {
  const { handoff, deadlines } = ground;
  const { deliverable } = deadlines.delivery;
  const [signedAt] = deadlines.history.signOffs;
  if (deliverable === null || signedAt === undefined) return [];
  const { milestoneId, targetOn, doneAt } = deliverable;
  const dueAt = later(endOfDay(calendar, targetOn), signedAt);
  if (doneAt === null && handoff.withdrawnAt !== null && handoff.withdrawnAt <= dueAt) return [];
  return [
    {
      kpiKey: 'FIRST_DELIVERABLE_LATENESS',
      sourceId: milestoneId,
      countsOn: targetOn,
      countsAt: dueAt,
      numerator: doneAt !== null && dayOf(doneAt) <= targetOn ? 0 : 1,
      denominator: 1,
    },
  ];
}

/** Days from the close to the first deliverable. */
export function firstValueCases({ ground, dayOf }: CaseSubject): CaseDraft[] {
  const { deliverable } = ground.deadlines.delivery;
  const { close } = ground.deadlines.history;
  if (close === null || !deliverable?.doneAt) return [];
  const { milestoneId, doneAt } = deliverable;
  const doneOn = dayOf(doneAt);
  return [
    {
      kpiKey: 'TIME_TO_FIRST_VALUE',
      sourceId: milestoneId,
      countsOn: doneOn,
      countsAt: doneAt,
      numerator: Math.max(0, daysBetween(close.wonOn, doneOn)),
      denominator: 1,
    },
  ];
}

/** The last score of acceptance, with what reviewers amended. */
export function qualityCases({ ground, dayOf }: CaseSubject): CaseDraft[] {
  const score = ground.scores.findLast(({ cause }) => (cause as ScoreCause) === ScoreCause.ACCEPTANCE);
  if (!score) return [];
  return [
    {
      kpiKey: 'QUALITY_SCORE',
      sourceId: score.id,
      countsOn: dayOf(score.scoredAt),
      countsAt: score.scoredAt,
      numerator: totalOf(score.criteria).total,
      denominator: 1,
    },
  ];
}

/** Whether the client was asked again, of each handoff with feedback; and every answer to the survey. */
export function clientCases({ ground, dayOf }: CaseSubject): CaseDraft[] {
  const { handoff, caseFacts } = ground;
  const { feedback, clientAskedAgain, surveys } = caseFacts;
  const asked: CaseDraft[] =
    feedback === null
      ? []
      : [
          {
            kpiKey: 'REPEAT_ASK_RATE',
            sourceId: handoff.id,
            countsOn: dayOf(feedback.givenAt),
            countsAt: feedback.givenAt,
            numerator: clientAskedAgain ? 1 : 0,
            denominator: 1,
          },
        ];
  const answered = surveys.map(({ id, score, answeredOn, recordedAt }): CaseDraft => {
    return {
      kpiKey: 'CLIENT_SURVEY_SCORE',
      sourceId: id,
      countsOn: answeredOn,
      countsAt: recordedAt,
      numerator: score,
      denominator: 1,
    };
  });
  return [...asked, ...answered];
}
