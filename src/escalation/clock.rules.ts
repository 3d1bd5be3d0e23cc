import type { ClockSetting, TenantConfiguration } from '../catalogue/configuration.js';
import type { ClockKey, DealType, Tier } from '../catalogue/configuration.words.js';
import { meetingPlan } from '../catalogue/meeting.rules.js';
import { hasSlaClock, slaClock } from '../catalogue/selection.rules.js';
import { closedAt, type DealClose } from '../deal/close.rules.js';
import { dueWithPauses, isPausedAt, type Pause, remindWithPauses } from './running.rules.js';

/** What has become of a clock at some instant. */
export enum ClockState {
  RUNNING = 'RUNNING',
  PAUSED = 'PAUSED',
  MET = 'MET',
  BREACHED = 'BREACHED',
  VOID = 'VOID',
}

/** What happened to a handoff and when, as far as clocks ask. Instants in order. */
export interface HandoffHistory {
  readonly dealType: DealType;
  readonly tier: Tier;
  /** When the deal was closed as won; null before. */
  readonly close: DealClose | null;
  /** When it passed the submit gate. */
  readonly submissions: readonly Date[];
  /** When sales handed it to delivery: through the submit gate, or through the same gate before the signature. */
  readonly handovers: readonly Date[];
  readonly returns: readonly Date[];
  readonly signOffs: readonly Date[];
  readonly introducedAt: Date | null;
  /** When somebody said so, which may be later; null before. */
  readonly introductionRecordedAt: Date | null;
  /** When the internal handoff meeting was held; the first of several. */
  readonly meetingHeldAt: Date | null;
  readonly kickoffScheduledAt: Date | null;
  readonly kickoffHeldAt: Date | null;
  /** When it was withdrawn or closed; null before. */
  readonly endedAt: Date | null;
  readonly pauses: readonly Pause[];
}

/** One run of a clock: a handoff that is returned twice has RETURN_CORRECTION twice. */
export interface Clock {
  readonly key: ClockKey;
  readonly setting: ClockSetting;
  /** Where in the handoff's configuration the setting stands. */
  readonly path: string;
  readonly startedAt: Date;
  /** When whoever is responsible is reminded. */
  readonly remindAt: Date | null;
  /** Null while a pause keeps it from being due. */
  readonly dueAt: Date | null;
  /** When what it waits for happened. */
  readonly stoppedAt: Date | null;
  /** When that was recorded. */
  readonly recordedAt: Date | null;
  /** When it ended without that: the handoff was withdrawn or closed. */
  readonly voidedAt: Date | null;
}

type Profile = Pick<TenantConfiguration, 'slaProfile' | 'calendar' | 'meetingPolicy'>;

/** A run of a clock before it is timed. */
interface Run {
  readonly key: ClockKey;
  readonly startedAt: Date;
  readonly stoppedAt: Date | null;
  /** When that was recorded, where it was later. */
  readonly recordedAt?: Date | null;
}

/**
 * Every run of every clock of a handoff, oldest first. It follows from what happened and from the configuration alone:
 * no process has to be alive for a clock to run (issue 5). From the close run INTRODUCTION, DOCUMENT_COMPLETE (until the
 * first submission), HANDOFF_MEETING where the tier needs the meeting and the tenant has that clock, and the kickoff's
 * three; PREPARATION from each submission until delivery signs off or returns it;
 * RETURN_CORRECTION from each return until it is submitted again, before the signature or after it (requirements sections 3
 * and 5).
 */
export function clocksOf(history: HandoffHistory, configuration: Profile): Clock[] {
  return distinct(runsOf(history, configuration))
    .filter(({ startedAt }) => history.endedAt === null || startedAt < history.endedAt)
    .map((run) => timed(run, history, configuration))
    .toSorted((a, b) => a.startedAt.getTime() - b.startedAt.getTime() || (a.key < b.key ? -1 : 1));
}

function runsOf(history: HandoffHistory, configuration: Profile): Run[] {
  const { close, submissions, handovers, returns, signOffs, meetingHeldAt } = history;
  const { introducedAt, introductionRecordedAt, kickoffScheduledAt, kickoffHeldAt } = history;
  const rounds: Run[] = [
    ...submissions.map((startedAt): Run => {
      const stoppedAt = firstFrom([...returns, ...signOffs], startedAt);
      return { key: 'PREPARATION', startedAt, stoppedAt };
    }),
    ...returns.map((startedAt): Run => {
      return { key: 'RETURN_CORRECTION', startedAt, stoppedAt: firstFrom(handovers, startedAt) };
    }),
  ];
  if (close === null) return rounds;
  const startedAt = closedAt(close, configuration.calendar);
  return [
    { key: 'INTRODUCTION', startedAt, stoppedAt: introducedAt, recordedAt: introductionRecordedAt },
    { key: 'DOCUMENT_COMPLETE', startedAt, stoppedAt: submissions[0] ?? null },
    ...(hasMeetingClock(history, configuration)
      ? [{ key: 'HANDOFF_MEETING' as const, startedAt, stoppedAt: meetingHeldAt }]
      : []),
    { key: 'KICKOFF_SCHEDULED', startedAt, stoppedAt: kickoffScheduledAt },
    { key: 'KICKOFF_HELD', startedAt, stoppedAt: kickoffHeldAt },
    { key: 'KICKOFF_HARD_BREACH', startedAt, stoppedAt: kickoffHeldAt },
    ...rounds,
  ];
}

/** The tier needs the meeting, and the configuration of the handoff measures it. */
function hasMeetingClock({ tier, dealType }: HandoffHistory, configuration: Profile): boolean {
  return meetingPlan(configuration, tier).needed && hasSlaClock(configuration, 'HANDOFF_MEETING', dealType);
}

/** Two that began in the same instant are one run. */
function distinct(runs: readonly Run[]): Run[] {
  return [...new Map(runs.map((run) => [`${run.key} ${run.startedAt.getTime()}`, run])).values()];
}

function timed(run: Run, { dealType, pauses, endedAt }: HandoffHistory, configuration: Profile): Clock {
  const { path, amount, unit } = slaClock(configuration, run.key, dealType);
  const setting = { amount, unit };
  const { calendar } = configuration;
  return {
    ...run,
    setting,
    path,
    remindAt: remindWithPauses(setting, run.startedAt, calendar, pauses),
    dueAt: dueWithPauses(setting, run.startedAt, calendar, pauses),
    recordedAt: run.recordedAt ?? run.stoppedAt,
    voidedAt: run.stoppedAt === null ? endedAt : null,
  };
}

/** A history as it was known at an instant: what was recorded later is left out of it. */
export function historyAt(history: HandoffHistory, at: Date): HandoffHistory {
  const known = (instant: Date | null): Date | null => (instant !== null && instant <= at ? instant : null);
  const those = (instants: readonly Date[]): Date[] => instants.filter((instant) => instant <= at);
  const { close, introducedAt, introductionRecordedAt } = history;
  return {
    ...history,
    close: close && close.importedAt <= at ? close : null,
    submissions: those(history.submissions),
    handovers: those(history.handovers),
    returns: those(history.returns),
    signOffs: those(history.signOffs),
    introducedAt: introductionRecordedAt && introductionRecordedAt <= at ? introducedAt : null,
    introductionRecordedAt: known(introductionRecordedAt),
    meetingHeldAt: known(history.meetingHeldAt),
    kickoffScheduledAt: known(history.kickoffScheduledAt),
    kickoffHeldAt: known(history.kickoffHeldAt),
    endedAt: known(history.endedAt),
    pauses: history.pauses.filter(({ from }) => from <= at).map(({ from, to }) => ({ from, to: known(to) })),
  };
}

/** What has become of a clock at an instant: it is breached once the instant at which it was due has passed. */
export function stateOf(clock: Clock, pauses: readonly Pause[], now: Date): ClockState {
  const { dueAt, stoppedAt, voidedAt } = clock;
  if (dueAt !== null && dueAt < (stoppedAt ?? voidedAt ?? now)) return ClockState.BREACHED;
  if (stoppedAt !== null) return ClockState.MET;
  if (voidedAt !== null) return ClockState.VOID;
  return isPausedAt(pauses, now) ? ClockState.PAUSED : ClockState.RUNNING;
}

function firstFrom(instants: readonly Date[], start: Date): Date | null {
  const later = instants.filter((instant) => instant >= start).map((instant) => instant.getTime());
  return later.length === 0 ? null : new Date(Math.min(...later));
}
