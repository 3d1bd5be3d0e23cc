import { acceptancePolicy } from '../catalogue/acceptance.rules.js';
import {
  addBusinessDays,
  closingTime,
  dateOf,
  due,
  endOfDay,
  isBusinessDay,
  workingTimesOn,
} from '../catalogue/calendar.rules.js';
import type { BusinessCalendar, RuledConfiguration } from '../catalogue/configuration.js';
import { redFlagThresholds } from '../catalogue/quality.rules.js';
import { dayAfter } from '../core/local-day.js';
import { EscalationCause } from './escalation.entity.js';
import type { Deadline } from './ladder.rules.js';

/** What happened to a handoff after delivery accepted it, as far as deadlines ask. */
export interface DeliveryGround {
  /** Acceptances, oldest first, up to the one under which the kickoff was held: that one stands whatever comes later. */
  readonly acceptances: readonly {
    readonly signOffId: string;
    readonly signedAt: Date;
    readonly endedAt: Date | null;
  }[];
  /** When delivery said what it thinks of the handoff, oldest first. */
  readonly feedback: readonly Date[];
  /** The milestone that is due first; null for a plan without one. */
  readonly deliverable: {
    readonly milestoneId: string;
    readonly targetOn: string;
    readonly doneAt: Date | null;
  } | null;
  /** The close and the first outreach by the delivery system's clock; null where it does not say when the deal was won. */
  readonly firstTouch: { readonly wonAt: Date; readonly contactAt: Date | null } | null;
  readonly withdrawnAt: Date | null;
}

/** The causes of these deadlines. */
export type DeliveryCause = EscalationCause.FEEDBACK | EscalationCause.FIRST_DELIVERABLE | EscalationCause.FIRST_TOUCH;

/** A deadline of delivery before anybody is named for it. */
export interface DeliveryDeadline extends Deadline {
  readonly cause: DeliveryCause;
  readonly mark: string;
}

interface Since {
  readonly signOffs: readonly Date[];
  readonly introducedAt: Date | null;
  readonly endedAt: Date | null;
}

const HOUR = 3_600_000;

/**
 * What is due of delivery: feedback two weeks after the acceptance (document 003), the first deliverable on its day
 * (document 003), the first outreach within 48 hours (document 001). Like the clocks they follow from what happened alone.
 */
export function deliveryDeadlines(
  ground: DeliveryGround,
  since: Since,
  configuration: RuledConfiguration,
): DeliveryDeadline[] {
  return [
    ...feedbackDeadlines(ground, since, configuration),
    ...deliverableDeadline(ground, since, configuration.calendar),
    ...touchDeadline(ground, since, configuration),
  ];
}

/**
 * Asked in the morning of the first business day from the day on; due when the time to answer is over. Of an acceptance
 * that has ended nobody is asked any more, and what was said before an acceptance says nothing of it.
 */
function feedbackDeadlines(
  { acceptances, feedback }: DeliveryGround,
  since: Since,
  configuration: RuledConfiguration,
): DeliveryDeadline[] {
  const { calendar } = configuration;
  const { feedbackAfterDays, feedbackWithin } = acceptancePolicy(configuration);
  return acceptances.map(({ signOffId, signedAt, endedAt }) => {
    const day = addBusinessDays(calendar, dayAfter(dateOf(calendar, signedAt), feedbackAfterDays), 0);
    const remindAt = workingTimesOn(calendar, day)[0]!.from;
    const stoppedAt = endedAt === null ? (feedback.find((givenAt) => givenAt >= signedAt) ?? null) : null;
    return {
      cause: EscalationCause.FEEDBACK,
      mark: signOffId,
      remindAt,
      dueAt: due(feedbackWithin, remindAt, calendar),
      stoppedAt,
      voidedAt: stoppedAt === null ? (endedAt ?? since.endedAt) : null,
    };
  });
}

/**
 * Late when its day is over, but no earlier than delivery accepted: before, nobody delivers. Another day of a moved plan
 * is another deadline. It outlives the close of the handoff, since the client still waits for it.
 */
function deliverableDeadline(
  { deliverable, withdrawnAt }: DeliveryGround,
  { signOffs }: Since,
  calendar: BusinessCalendar,
): DeliveryDeadline[] {
  const acceptedAt = signOffs[0];
  if (deliverable === null || acceptedAt === undefined) return [];
  const { milestoneId, targetOn, doneAt } = deliverable;
  const opening = workingTimesOn(calendar, targetOn)[0]?.from ?? null;
  const end = isBusinessDay(calendar, targetOn) ? closingTime(calendar, targetOn) : endOfDay(calendar, targetOn);
  const later = (instant: Date): Date => (instant > acceptedAt ? instant : acceptedAt);
  return [
    {
      cause: EscalationCause.FIRST_DELIVERABLE,
      mark: `${milestoneId}/${targetOn}`,
      remindAt: opening && later(opening),
      dueAt: later(end),
      stoppedAt: doneAt,
      voidedAt: doneAt === null ? withdrawnAt : null,
    },
  ];
}

/** Reminded when three quarters of the hours have run; the introduction is an outreach, too. */
function touchDeadline(
  { firstTouch }: DeliveryGround,
  { introducedAt, endedAt }: Since,
  configuration: RuledConfiguration,
): DeliveryDeadline[] {
  if (firstTouch === null) return [];
  const { wonAt, contactAt } = firstTouch;
  const { firstTouchHours } = redFlagThresholds(configuration);
  const touches = [contactAt, introducedAt].flatMap((instant) => (instant ? [instant.getTime()] : []));
  const stoppedAt = touches.length > 0 ? new Date(Math.min(...touches)) : null;
  return [
    {
      cause: EscalationCause.FIRST_TOUCH,
      mark: wonAt.toISOString(),
      remindAt: new Date(wonAt.getTime() + firstTouchHours * HOUR * 0.75),
      dueAt: new Date(wonAt.getTime() + firstTouchHours * HOUR),
      stoppedAt,
      voidedAt: stoppedAt === null ? endedAt : null,
    },
  ];
}
