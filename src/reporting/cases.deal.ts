import { endOfDay } from '../catalogue/calendar.rules.js';
import type { BusinessCalendar } from '../catalogue/configuration.js';
import { CommitmentState } from '../commitment/commitment.entity.js';
import { closedAt } from '../deal/close.rules.js';
import type { Clock } from '../escalation/clock.rules.js';
import type { CaseCommitment, CaseDraft, CaseGround } from './case.types.js';

/** What the rules of one KPI are given: the ground of a handoff, made ready. */
export interface CaseSubject {
  readonly ground: CaseGround;
  readonly calendar: BusinessCalendar;
  /** ISO 4217 code of the tenant's currency. */
  readonly currency: string;
  /** The clocks of the handoff. */
  readonly clocks: readonly Clock[];
  /** The same as if nothing had ever been paused. */
  readonly unpaused: readonly Clock[];
  /** The day of an instant. */
  readonly dayOf: (instant: Date) => string;
}

const MINUTE = 60_000;

/** Whole minutes from one instant to another, rounded down; none when the second is not later. */
export const minutesBetween = (from: Date, to: Date): number =>
  Math.max(0, Math.floor((to.getTime() - from.getTime()) / MINUTE));

export const later = (one: Date, other: Date): Date => (one > other ? one : other);

/** Completeness as of the won instant, as it was kept at the win. */
export function completenessCases({ ground, calendar }: CaseSubject): CaseDraft[] {
  const { handoff, deadlines, caseFacts } = ground;
  const { close } = deadlines.history;
  const { completeness } = caseFacts;
  if (close === null || completeness === null || completeness.applicableWeight === 0) return [];
  return [
    {
      kpiKey: 'COMPLETENESS_SCORE',
      sourceId: handoff.id,
      countsOn: close.wonOn,
      countsAt: closedAt(close, calendar),
      numerator: completeness.provenWeight,
      denominator: completeness.applicableWeight,
    },
  ];
}

/** Whether it passed the submit gate within DOCUMENT_COMPLETE, as soon as that is known. */
export function completionCases({ ground, clocks }: CaseSubject): CaseDraft[] {
  const { handoff, deadlines } = ground;
  const { close } = deadlines.history;
  const clock = clocks.find(({ key }) => key === 'DOCUMENT_COMPLETE');
  if (close === null || clock === undefined || handoff.withdrawnAt !== null) return [];
  const { startedAt, dueAt, stoppedAt } = clock;
  const isMet = stoppedAt !== null && (dueAt === null || stoppedAt <= dueAt);
  const knownAt = isMet ? later(startedAt, stoppedAt) : dueAt;
  if (knownAt === null) return [];
  return [
    {
      kpiKey: 'COMPLETION_RATE',
      sourceId: handoff.id,
      countsOn: close.wonOn,
      countsAt: knownAt,
      numerator: isMet ? 1 : 0,
      denominator: 1,
    },
  ];
}

/** From the close to whichever came first: delivery's first outreach, or the introduction of the client. */
export function firstTouchCases({ ground, calendar }: CaseSubject): CaseDraft[] {
  const { handoff, deadlines } = ground;
  const { close, introducedAt } = deadlines.history;
  if (close === null) return [];
  const closed = closedAt(close, calendar);
  const { wonAt = closed, contactAt = null } = deadlines.delivery.firstTouch ?? {};
  const touches = [contactAt, introducedAt].flatMap((at) => (at === null ? [] : [at.getTime()]));
  if (touches.length === 0) return [];
  const touchedAt = new Date(Math.min(...touches));
  return [
    {
      kpiKey: 'TIME_TO_FIRST_TOUCH',
      sourceId: handoff.id,
      countsOn: close.wonOn,
      countsAt: later(closed, touchedAt),
      numerator: minutesBetween(wonAt, touchedAt),
      denominator: 1,
    },
  ];
}

/** Promises of a won deal by the day on which they were due: kept when what they became was delivered by that day. */
export function promiseCases(subject: CaseSubject): CaseDraft[] {
  const { ground, calendar } = subject;
  const { handoff, deadlines, caseFacts } = ground;
  if (deadlines.history.close === null) return [];
  return caseFacts.commitments.flatMap((commitment): CaseDraft[] => {
    const dueOn = promisedFor(commitment, ground);
    if (dueOn === null) return [];
    const dueAt = endOfDay(calendar, dueOn);
    if (handoff.withdrawnAt !== null && handoff.withdrawnAt <= dueAt) return [];
    const deliveredAt = promiseDeliveredAt(commitment, ground);
    const isKept = deliveredAt !== null && subject.dayOf(deliveredAt) <= dueOn;
    return [
      {
        kpiKey: 'PROMISE_ACCURACY',
        sourceId: commitment.id,
        countsOn: dueOn,
        countsAt: dueAt,
        numerator: isKept ? 1 : 0,
        denominator: 1,
      },
    ];
  });
}

/** The day promised; without one, the day for which the task or the project that it became is planned. */
export function promisedFor({ state, dueOn, taskDueOn }: CaseCommitment, { caseFacts }: CaseGround): string | null {
  if (dueOn !== null) return dueOn;
  if (state === CommitmentState.TASK) return taskDueOn;
  return state === CommitmentState.SCOPE_LINE ? (caseFacts.project?.targetOn ?? null) : null;
}

/** A task is delivered when it is done, a line of the scope with the project; what was declined never is. */
export function promiseDeliveredAt({ state, taskDoneAt }: CaseCommitment, { caseFacts }: CaseGround): Date | null {
  if (state === CommitmentState.TASK) return taskDoneAt;
  return state === CommitmentState.SCOPE_LINE ? (caseFacts.project?.closedAt ?? null) : null;
}
