import { addBusinessDays, dateOf, isBusinessDay, isWithinHours, workingTimesOn } from '../catalogue/calendar.rules.js';
import type { BusinessCalendar } from '../catalogue/configuration.js';
import { agendaMinutes, type MeetingPlan } from '../catalogue/meeting.rules.js';
import { badInput } from '../core/error.js';
import { type Finding, finding } from '../core/finding.js';
import { dayAfter, daysBetween } from '../core/local-day.js';
import { type HandoffMeeting, MeetingState, type Part } from './meeting.entity.js';

const HOUR = 3_600_000;

/** The states in which a date is still to come. */
export const OPEN_STATES: readonly MeetingState[] = [MeetingState.TENTATIVE, MeetingState.SCHEDULED];

/** The date that is still to come, of all dates of a handoff; null when there is none. */
export const openMeeting = (meetings: readonly HandoffMeeting[]): HandoffMeeting | null =>
  meetings.find(({ state }) => OPEN_STATES.includes(state)) ?? null;

/**
 * When the participants are told the agenda (document 004: 24 hours ahead): so many elapsed hours before the meeting, or,
 * when nobody works then, at the beginning of the last working day before.
 */
export function agendaDueAt(startsAt: Date, leadHours: number, calendar: BusinessCalendar): Date {
  const instant = new Date(startsAt.getTime() - leadHours * HOUR);
  if (isWithinHours(calendar, instant)) return instant;
  const day = dateOf(calendar, instant);
  const opening = isBusinessDay(calendar, day) ? workingTimesOn(calendar, day)[0]!.from : null;
  if (opening !== null && opening <= instant) return opening;
  return workingTimesOn(calendar, addBusinessDays(calendar, day, -1))[0]!.from;
}

/** A date that somebody asks for. */
export interface AskedDate {
  readonly startsAt: Date;
  readonly durationMinutes: number;
  /** As whoever asks says, in per cent; null when it was not said. */
  readonly probabilityPercent: number | null;
}

/** What is wrong with a date: past, too short, or held before the close without the probability for it. */
export function dateFindings(asked: AskedDate, plan: MeetingPlan, isWon: boolean, now: Date): Finding[] {
  const { startsAt, durationMinutes } = asked;
  const findings: Finding[] = [];
  if (startsAt <= now)
    findings.push(
      finding({
        code: 'DATE_IN_THE_PAST',
        path: 'startsAt',
        message: 'The meeting would lie in the past.',
        facts: { startsAt: startsAt.toISOString() },
        remedy: 'Give a later instant; a meeting that took place is recorded with recordHandoffMeeting.',
      }),
    );
  if (durationMinutes < plan.leastMinutes)
    findings.push(
      finding({
        code: 'MEETING_TOO_SHORT',
        path: 'durationMinutes',
        message: `A handoff meeting takes at least ${plan.leastMinutes} minutes.`,
        facts: { durationMinutes, leastMinutes: plan.leastMinutes },
        remedy: `Plan ${plan.leastMinutes} minutes or more.`,
      }),
    );
  return isWon ? findings : [...findings, ...holdFindings(asked, plan)];
}

/** Before the close a date is only held, and only once the deal is probable enough (document 004: 90 %). */
function holdFindings({ probabilityPercent }: AskedDate, { holdFromPercent }: MeetingPlan): Finding[] {
  if (probabilityPercent !== null && probabilityPercent >= holdFromPercent) return [];
  return [
    finding({
      code: 'DEAL_NOT_PROBABLE_ENOUGH',
      path: 'probabilityPercent',
      message: `The deal is not won: a date is held before the close from a probability of ${holdFromPercent} % on.`,
      facts: { probabilityPercent, leastPercent: holdFromPercent },
      remedy: 'Wait until it is that probable or won, and say its probability (probabilityPercent).',
    }),
  ];
}

/** A finding when there is a date already. */
export function alreadyFindings(open: HandoffMeeting | null): Finding[] {
  if (open === null) return [];
  return [
    finding({
      code: 'MEETING_ALREADY_SCHEDULED',
      path: 'handoff.meeting',
      message: 'The handoff has a date for its meeting already.',
      facts: { meetingId: open.id, state: open.state, startsAt: open.startsAt.toISOString() },
      remedy: 'Move it with moveHandoffMeeting, or cancel it first.',
    }),
  ];
}

/** A finding when there is no date that anything could be done with. */
export function noMeeting(): Finding {
  return finding({
    code: 'NO_OPEN_MEETING',
    path: 'handoff.meeting',
    message: 'The handoff has no date for its meeting that is still to come or to be recorded.',
    facts: {},
    remedy: 'Schedule it with scheduleHandoffMeeting.',
  });
}

/** What is in the way of confirming a date that was held before the close. */
export function confirmFindings({ state }: HandoffMeeting, isWon: boolean): Finding[] {
  const findings: Finding[] = [];
  if (state !== MeetingState.TENTATIVE)
    findings.push(
      finding({
        code: 'ALREADY_CONFIRMED',
        path: 'handoff.meeting.state',
        message: 'The date stands already.',
        facts: { state },
        remedy: 'There is nothing to do.',
      }),
    );
  if (!isWon)
    findings.push(
      finding({
        code: 'DEAL_NOT_WON',
        path: 'handoff.deal',
        message: 'The PSA does not say that the deal is won.',
        facts: {},
        remedy: 'Confirm the date once it is, within a day of the close.',
      }),
    );
  return findings;
}

/** A warning when the segments of an agenda take longer than the meeting (requirements section 6: 50 of 45 minutes). */
export function agendaFindings({ segments }: Pick<MeetingPlan, 'segments'>, durationMinutes: number): Finding[] {
  const minutes = agendaMinutes(segments);
  if (minutes <= durationMinutes) return [];
  return [
    finding({
      code: 'AGENDA_TOO_LONG',
      severity: 'WARNING',
      path: 'handoff.meetingAgenda',
      message: `The segments take ${minutes} minutes, the meeting is planned for ${durationMinutes}.`,
      facts: { agendaMinutes: minutes, durationMinutes },
      remedy: 'Plan a longer meeting, or shorten segments in the configuration (meetingPolicy.segments).',
    }),
  ];
}

/** The most days of meetings that are looked at together. */
export const MOST_DAYS = 92;

/**
 * The days between two, both counted; null when neither is said. One that is left out is 92 days away from the other.
 * BAD_USER_INPUT when the second comes first or is further away.
 */
export function daysAsked(fromOn: string | null, toOn: string | null): string[] | null {
  if (fromOn === null && toOn === null) return null;
  const from = fromOn ?? dayAfter(toOn!, -MOST_DAYS);
  const to = toOn ?? dayAfter(from, MOST_DAYS);
  const days = daysBetween(from, to);
  if (days < 0) throw badInput('toOn', `is ${to}, before ${from}`, 'Give the same day as fromOn or a later one.');
  if (days > MOST_DAYS)
    throw badInput('toOn', `is ${days} days after fromOn`, `Ask for ${MOST_DAYS} days at most, and go on from there.`);
  return Array.from({ length: days + 1 }, (_day, index) => dayAfter(from, index));
}

/** What a date stands on as it is now. */
export interface Standing {
  readonly participants: readonly {
    readonly personId: string;
    readonly parts: readonly Part[];
    /** Whether they are an active member now. */
    readonly isActive: boolean;
  }[];
  /** Since when the deal is known as won; null while it is not. */
  readonly wonAt: Date | null;
  readonly calendar: BusinessCalendar;
  readonly now: Date;
}

/** What is wrong with a date that is still to come, as things are now: it stops nothing, and is shown. */
export function standingFindings(meeting: HandoffMeeting, standing: Standing): Finding[] {
  const { plan, startsAt, durationMinutes, state, scheduledAt } = meeting;
  if (!OPEN_STATES.includes(state)) return [];
  const { participants, wonAt, calendar, now } = standing;
  const warning = (parts: Omit<Parameters<typeof finding>[0], 'severity'>): Finding =>
    finding({ severity: 'WARNING', ...parts });
  const taken = new Set(participants.filter(({ isActive }) => isActive).flatMap(({ parts }) => parts));
  const findings = [
    ...participants
      .filter(({ isActive }) => !isActive)
      .map(({ personId, parts }) =>
        warning({
          code: 'PARTICIPANT_LEFT',
          path: 'handoff.meeting.participants',
          message: 'Somebody who is invited is no active member any more.',
          facts: { personId, parts: [...parts] },
          remedy: 'Move the meeting with moveHandoffMeeting, and invite who has taken over.',
        }),
      ),
    ...plan.required
      .filter((part) => !taken.has(part))
      .map((part) =>
        warning({
          code: 'REQUIRED_PART_OPEN',
          path: 'handoff.meeting.participants',
          message: `Nobody who could come takes the part ${part}.`,
          facts: { part },
          remedy: 'Move the meeting with moveHandoffMeeting, and invite who takes it.',
        }),
      ),
    ...plan.recommended
      .filter((part) => !taken.has(part))
      .map((part) =>
        warning({
          code: 'RECOMMENDED_PART_OPEN',
          path: 'handoff.meeting.participants',
          message: `Nobody who is invited takes the part ${part}.`,
          facts: { part },
          remedy: 'Invite who takes it, if there is somebody.',
        }),
      ),
    ...agendaFindings(plan, durationMinutes),
  ];
  if (!isWithinHours(calendar, startsAt))
    findings.push(
      warning({
        code: 'MEETING_OUTSIDE_HOURS',
        path: 'handoff.meeting.startsAt',
        message: "The meeting begins outside the tenant's business hours.",
        facts: { startsAt: startsAt.toISOString() },
        remedy: 'Move it, unless the participants work then.',
      }),
    );
  if (startsAt.getTime() - scheduledAt.getTime() < plan.agendaLeadHours * HOUR)
    findings.push(
      warning({
        code: 'AGENDA_LATE',
        path: 'handoff.meeting.agendaDueAt',
        message: `It was made less than ${plan.agendaLeadHours} hours ahead: the agenda is told at once.`,
        facts: { scheduledAt: scheduledAt.toISOString(), startsAt: startsAt.toISOString() },
        remedy: 'Give the participants time to prepare where you can.',
      }),
    );
  if (state === MeetingState.TENTATIVE && wonAt !== null && now.getTime() > wonAt.getTime() + plan.confirmHours * HOUR)
    findings.push(
      warning({
        code: 'MEETING_NOT_CONFIRMED',
        path: 'handoff.meeting.state',
        message: `The deal was won more than ${plan.confirmHours} hours ago, and the date is still only held.`,
        facts: { wonAt: wonAt.toISOString() },
        remedy: 'Confirm it with confirmHandoffMeeting, or move it.',
      }),
    );
  return findings;
}
