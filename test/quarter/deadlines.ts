import { dayAfter, type OracleCalendar, type RawSetting, type Standstill } from './calendar.js';
import type { History, ToldDecision } from './history.js';
import type { Look } from './scenario.js';
import { type QuarterTenant, settingOf } from './tenants.js';

/** A step of a ladder that must have been taken, once. */
export interface ExpectedStep {
  /** The clock's key, or the number of the decision. */
  readonly of: string;
  /** When the clock began, or the day on which the decision was due. */
  readonly mark: string;
  readonly step: number;
  readonly person: string;
  readonly dueAt: number | null;
  readonly firesAt: number;
  readonly firedAt: number;
  readonly isNews: boolean;
  readonly endedAt: number | null;
}

/** Something that is due. */
interface Deadline {
  readonly of: string;
  readonly mark: string;
  /** As it was known at an instant: before a standstill has ended nobody knows where it moves anything to. */
  readonly remindAt: (known: number) => number | null;
  /** As it was known at an instant: a standstill that began later had not moved it yet. */
  readonly dueAt: (known: number) => number | null;
  readonly reminded: string;
  /** Since when somebody answers for it; null when nobody ever does. */
  readonly remindedSince: number | null;
  readonly ladder: readonly string[];
  readonly pauses: readonly Standstill[];
  /** Nothing of it is known before. */
  readonly since: number;
  /** When it ended, and since when that is known. */
  readonly end: { readonly at: number; readonly knownAt: number } | null;
  /** When it was replaced by another due date. */
  readonly until: number | null;
  /** When what it waits for happened; null when it did not, though the handoff may have ended. */
  readonly stoppedAt: number | null;
}

/** A run of a clock as it must read when the quarter is over. */
export interface ExpectedClock {
  readonly key: string;
  readonly startedAt: string;
  readonly remindAt: number | null;
  readonly dueAt: number | null;
  readonly stoppedAt: number | null;
  readonly state: 'MET' | 'BREACHED' | 'VOID' | 'PAUSED' | 'RUNNING';
}

const OF_SALES = ['INTRODUCTION', 'DOCUMENT_COMPLETE', 'RETURN_CORRECTION'];
const WORKING_DAY: RawSetting = { amount: 8, unit: 'BUSINESS_HOURS' };

/** Every step that the ladders of a handoff must have taken when the last worker has looked. */
export function expectedSteps(
  tenant: QuarterTenant,
  calendar: OracleCalendar,
  history: History,
  looks: readonly Look[],
): ExpectedStep[] {
  const deadlines = [...clocks(tenant, calendar, history), ...decisions(tenant, calendar, history)];
  return deadlines.flatMap((deadline) => stepsOf(deadline, tenant.every ?? WORKING_DAY, calendar, looks));
}

/** Every run of every clock of a handoff, as it must read at an instant after everything that was told. */
export function expectedClocks(
  tenant: QuarterTenant,
  calendar: OracleCalendar,
  history: History,
  now: number,
): ExpectedClock[] {
  return clocks(tenant, calendar, history).map(
    ({ of: key, mark: startedAt, remindAt, dueAt, stoppedAt, end, pauses }) => {
      const due = dueAt(now);
      const rest = pauses.some(({ to }) => to === null) ? 'PAUSED' : 'RUNNING';
      const inTime = stoppedAt !== null ? 'MET' : end ? 'VOID' : rest;
      const state = due !== null && due < (end?.at ?? now) ? 'BREACHED' : inTime;
      return { key, startedAt, remindAt: remindAt(now), dueAt: due, stoppedAt, state };
    },
  );
}

/** The clocks that had run out at an instant and not ended, by what was known at another: their keys and when they were due. */
export function stalledClocks(
  tenant: QuarterTenant,
  calendar: OracleCalendar,
  history: History,
  { at, known }: { readonly at: number; readonly known: number },
): { readonly key: string; readonly dueAt: number }[] {
  if (history.openedAt >= at) return [];
  return clocks(tenant, calendar, history).flatMap(({ of: key, since, dueAt, end }) => {
    const due = dueAt(known);
    const hasEnded = end !== null && end.knownAt <= known && end.at < at;
    return since > known || due === null || due >= at || hasEnded ? [] : [{ key, dueAt: due }];
  });
}

function clocks(tenant: QuarterTenant, calendar: OracleCalendar, history: History): Deadline[] {
  const { tale, close, submissions, returns, signOffs, introduction, kickoffs, heldAt, endedAt, pauses } = history;
  const firstFrom = (instants: readonly number[], start: number): number | null =>
    instants.toSorted((a, b) => a - b).find((instant) => instant >= start) ?? null;
  const clock = (key: string, start: number, since: number, stop: number | null, knownAt = stop): Deadline[] => {
    if (endedAt !== null && start >= endedAt) return [];
    const setting = settingOf(tenant, key, tale.dealType);
    const ofSales = OF_SALES.includes(key);
    const over = stop ?? endedAt;
    return [
      {
        of: key,
        mark: new Date(start).toISOString(),
        remindAt: (known) => calendar.remind(setting, start, asKnown(pauses, known)),
        dueAt: (known) => calendar.due(setting, start, asKnown(pauses, known)),
        reminded: ofSales ? tale.owner : tale.manager,
        remindedSince: ofSales ? since : history.managerSince,
        ladder: tenant.ladders.SLA,
        pauses,
        since,
        end: over === null ? null : { at: over, knownAt: (stop === null ? endedAt : knownAt)! },
        until: null,
        stoppedAt: stop,
      },
    ];
  };
  const submitted = [...returns, ...signOffs.map(({ signedAt }) => signedAt)];
  const rounds = [
    ...submissions.flatMap((at) => clock('PREPARATION', at, at, firstFrom(submitted, at))),
    ...returns.flatMap((at) => clock('RETURN_CORRECTION', at, at, firstFrom(submissions, at))),
  ];
  if (!close) return rounds;
  const { wonAt, importedAt } = close;
  const wonOn = calendar.dateOf(wonAt);
  const start = calendar.dateOf(importedAt) <= wonOn ? importedAt : calendar.at(wonOn, '24:00');
  return [
    ...clock('INTRODUCTION', start, importedAt, introduction?.sentAt ?? null, introduction?.recordedAt ?? null),
    ...clock('DOCUMENT_COMPLETE', start, importedAt, submissions[0] ?? null),
    ...clock('KICKOFF_SCHEDULED', start, importedAt, kickoffs[0]?.scheduledAt ?? null),
    ...clock('KICKOFF_HELD', start, importedAt, heldAt),
    ...clock('KICKOFF_HARD_BREACH', start, importedAt, heldAt),
    ...rounds,
  ];
}

function decisions(tenant: QuarterTenant, calendar: OracleCalendar, history: History): Deadline[] {
  return history.decisions.flatMap((decision: ToldDecision) =>
    decision.dues.map(({ on, since }, index): Deadline => {
      const { number: of, owner, contact, openedAt, decidedAt } = decision;
      const isWorked = calendar.isWorked(on);
      const endOfDay = calendar.at(on, '24:00');
      const closing = isWorked ? calendar.closing(on) : endOfDay;
      const dueAt = closing > openedAt ? closing : endOfDay;
      const over = decidedAt ?? history.endedAt;
      return {
        of,
        mark: on,
        remindAt: () => (isWorked ? Math.max(openedAt, calendar.opening(on)) : null),
        dueAt: () => dueAt,
        reminded: owner,
        remindedSince: since,
        ladder: [contact, ...tenant.ladders.DECISION.filter((key) => key !== owner && key !== contact)],
        pauses: [],
        since,
        end: over === null ? null : { at: over, knownAt: over },
        until: decision.dues[index + 1]?.since ?? null,
        stoppedAt: decidedAt,
      };
    }),
  );
}

const FEEDBACK_AFTER_DAYS = 14;
const FEEDBACK_WITHIN: RawSetting = { amount: 3, unit: 'BUSINESS_DAYS' };

/**
 * Every step that asking delivery for its feedback must have taken (document 003: two weeks after the handoff): about the
 * sign-off that is live, or under which the kickoff was held. One that ended is not asked about any more.
 */
export function expectedFeedback(
  tenant: QuarterTenant,
  calendar: OracleCalendar,
  history: History,
  looks: readonly Look[],
): ExpectedStep[] {
  const { tale, signOffs, closedAt, endedAt } = history;
  return signOffs.flatMap(({ signedAt, ended }) => {
    const day = dayAfter(calendar.dateOf(signedAt), FEEDBACK_AFTER_DAYS);
    const asked = calendar.opening(calendar.isWorked(day) ? day : calendar.workedDayAfter(day, 1));
    const over = closedAt ?? endedAt;
    const deadline: Deadline = {
      of: 'FEEDBACK',
      mark: new Date(signedAt).toISOString(),
      remindAt: () => asked,
      dueAt: () => calendar.due(FEEDBACK_WITHIN, asked, []),
      reminded: tale.manager,
      remindedSince: signedAt,
      ladder: [tale.manager, ...tenant.ladders.SLA.filter((key) => key !== tale.manager)],
      pauses: [],
      since: signedAt,
      end: over === null ? null : { at: over, knownAt: over },
      until: ended?.at ?? null,
      stoppedAt: closedAt,
    };
    return stepsOf(deadline, tenant.every ?? WORKING_DAY, calendar, looks);
  });
}

function stepsOf(
  deadline: Deadline,
  every: RawSetting,
  calendar: OracleCalendar,
  looks: readonly Look[],
): ExpectedStep[] {
  const { of, mark, remindAt, reminded, remindedSince, ladder, pauses, end, until, since } = deadline;
  const last = looks.at(-1)!.at;
  const dueAt = deadline.dueAt(last);
  const onLadder = ladder.map((person, index) => {
    const firesAt =
      dueAt === null || index === 0 ? dueAt : calendar.due({ ...every, amount: every.amount * index }, dueAt, pauses);
    return { step: index + 1, person, knownAt: since, fires: () => firesAt };
  });
  const planned = [
    ...(remindedSince === null ? [] : [{ step: 0, person: reminded, knownAt: remindedSince, fires: remindAt }]),
    ...onLadder,
  ];
  const found = planned.flatMap(({ fires, knownAt, ...one }) => {
    const look = looks.find(({ at }) => at >= Math.max(knownAt, since) && (fires(at) ?? Infinity) <= at)?.at;
    if (look === undefined) return [];
    const firesAt = fires(look)!;
    if (until !== null && firesAt >= until) return [];
    // What had ended by then is recorded all the same, unless it ended before the step was due.
    if (end && end.knownAt <= look && firesAt >= end.knownAt) return [];
    return [{ ...one, firesAt, look }];
  });
  return found.map(({ step, person, firesAt, look }) => {
    const isOver = (end !== null && end.knownAt <= look) || (until !== null && until <= look);
    const isHighest = found.every((other) => other.step <= step || other.look > look);
    const endedAt = until !== null && until <= last ? until : end && end.knownAt <= last ? end.knownAt : null;
    return {
      of,
      mark,
      step,
      person,
      dueAt: deadline.dueAt(look),
      firesAt,
      firedAt: look,
      isNews: !isOver && isHighest,
      endedAt,
    };
  });
}

/** The standstills as they were known at an instant. */
export function asKnown(pauses: readonly Standstill[], known: number): Standstill[] {
  return pauses
    .filter(({ from }) => from <= known)
    .map(({ from, to }) => ({ from, to: to !== null && to > known ? null : to }));
}
