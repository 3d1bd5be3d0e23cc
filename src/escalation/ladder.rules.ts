import type { BusinessCalendar, ClockSetting } from '../catalogue/configuration.js';
import { dueWithPauses, type Pause } from './running.rules.js';

/** A clock as the ladder sees it: of a handoff, or the due date of a decision. */
export interface Deadline {
  readonly remindAt: Date | null;
  readonly dueAt: Date | null;
  readonly stoppedAt: Date | null;
  /** When that was recorded, where it was later: whoever asked in between was told of it as open. */
  readonly recordedAt?: Date | null;
  readonly voidedAt: Date | null;
}

/** When a deadline ended, as far as ladders ask: when it was known. Null while it is open. */
export const endOf = ({ stoppedAt, recordedAt, voidedAt }: Deadline): Date | null =>
  (stoppedAt && (recordedAt ?? stoppedAt)) ?? voidedAt;

/** Who is told of a deadline: first whoever is responsible, as a reminder, then the ladder. */
export interface Ladder {
  readonly responsibleId: string | null;
  /** Active members, each once. */
  readonly people: readonly string[];
  /** How long each has before the next is told. */
  readonly every: ClockSetting;
}

/** A step that was to be taken: 0 is the reminder, 1 the first of the ladder, who is told when the deadline has passed. */
export interface LadderStep {
  readonly step: number;
  /** When it was to be taken, whether or not a process was alive then. */
  readonly firesAt: Date;
  readonly personId: string;
}

/** How long each person of a ladder has before the next is told, where the configuration does not say: a working day. */
export const DEFAULT_EVERY: ClockSetting = { amount: 8, unit: 'BUSINESS_HOURS' };

/**
 * The steps whose time has come by `now` and that the clock did not forestall by stopping before (002 "escalation path",
 * 003 "a specific person"). The same at every later time, so a worker that was down for a day takes exactly the steps
 * that it missed.
 */
export function stepsDue(
  deadline: Deadline,
  { responsibleId, people, every }: Ladder,
  calendar: BusinessCalendar,
  pauses: readonly Pause[],
  now: Date,
): LadderStep[] {
  const { remindAt, dueAt } = deadline;
  const end = endOf(deadline);
  const isDue = ({ firesAt }: LadderStep): boolean => firesAt <= now && (end === null || firesAt < end);
  const reminder =
    remindAt !== null && responsibleId !== null ? [{ step: 0, firesAt: remindAt, personId: responsibleId }] : [];
  const climbed = people.flatMap((personId, index) => {
    if (dueAt === null) return [];
    const firesAt =
      index === 0 ? dueAt : dueWithPauses({ ...every, amount: every.amount * index }, dueAt, calendar, pauses);
    return firesAt === null ? [] : [{ step: index + 1, firesAt, personId }];
  });
  return [...reminder, ...climbed].filter(isDue);
}

/**
 * Who is told of a deadline, step by step: those who were told keep their steps, whoever has left or joined since; then
 * those whom nobody has told yet. Otherwise a change of the members would move people to steps that were taken, and they
 * would never be told.
 */
export function climbedBy(
  taken: readonly { readonly step: number; readonly personId: string }[],
  wanted: readonly string[],
): string[] {
  const told = taken.filter(({ step }) => step > 0).toSorted((a, b) => a.step - b.step);
  return [...new Set([...told.map(({ personId }) => personId), ...wanted])];
}

/** Of a ladder of people by key, the active members, each once and in order; `besides` are not told again. */
export function peopleOf(
  keys: readonly string[],
  idByKey: ReadonlyMap<string, string>,
  active: ReadonlySet<string>,
  besides: readonly (string | null)[] = [],
): string[] {
  const ids = keys.map((key) => idByKey.get(key)).filter((id) => id !== undefined);
  return [...new Set(ids)].filter((id) => active.has(id) && !besides.includes(id));
}
