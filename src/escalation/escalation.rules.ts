import { closingTime, endOfDay, isBusinessDay, workingTimesOn } from '../catalogue/calendar.rules.js';
import { configurationOf } from '../catalogue/catalogue.queries.js';
import type { BusinessCalendar, RuledConfiguration } from '../catalogue/configuration.js';
import type { ClockKey } from '../catalogue/configuration.words.js';
import { escalationLadder } from '../catalogue/selection.rules.js';
import { clocksOf } from './clock.rules.js';
import { deliveryDeadlines } from './delivery.rules.js';
import type { Escalation } from './escalation.entity.js';
import { EscalationCause } from './escalation.entity.js';
import type { DeadlineGround, DecisionDeadline } from './escalation.queries.js';
import {
  climbedBy,
  DEFAULT_EVERY,
  type Deadline,
  endOf,
  type Ladder,
  type LadderStep,
  peopleOf,
  stepsDue,
} from './ladder.rules.js';
import type { Pause } from './running.rules.js';

/** Whom ladders may name. */
export interface Members {
  /** Active members by the key that the configuration calls them by. */
  readonly idByKey: ReadonlyMap<string, string>;
  /** Those who hold a role. */
  readonly active: ReadonlySet<string>;
}

/** What is to be recorded of a handoff's deadlines now. */
export interface Due {
  readonly steps: readonly Omit<Escalation, 'tenantId' | 'id' | 'handoffId' | 'firedAt'>[];
  readonly ended: readonly { readonly id: string; readonly endedAt: Date }[];
  /** Whether the handoff has ended, so that nothing of it is due any more. */
  readonly settles: boolean;
}

/** A deadline with its name and its ladder. */
interface Named extends Deadline {
  readonly cause: EscalationCause;
  readonly clock: ClockKey | null;
  readonly decisionId: string | null;
  readonly checkpointId: string | null;
  readonly mark: string;
  readonly ladder: Ladder;
  readonly pauses: readonly Pause[];
}

/** The clocks that sales answers for; delivery answers for the others. */
const OF_SALES: readonly ClockKey[] = ['INTRODUCTION', 'DOCUMENT_COMPLETE', 'HANDOFF_MEETING', 'RETURN_CORRECTION'];

/**
 * What is due of a handoff's clocks, decisions, checkpoints and of delivery, and was not recorded yet. Its clocks and calendar are
 * those that it was opened under; who is told, the ruling configuration says.
 */
export function escalationsDue(ground: DeadlineGround, ruling: RuledConfiguration, members: Members, now: Date): Due {
  const { calendar } = configurationOf(ground.version);
  const deadlines = deadlinesOf(ground, ruling, members);
  const taken = new Set(ground.taken.map(({ of, mark, step }) => keyOf(of, mark, step)));
  const steps = deadlines.flatMap((deadline) => {
    const due = stepsDue(deadline, deadline.ladder, calendar, deadline.pauses, now);
    const fresh = due.filter(({ step }) => !taken.has(keyOf(nameOf(deadline), deadline.mark, step)));
    return fresh.map((step) => rowOf(deadline, step, due));
  });
  const ended = ground.taken.flatMap(({ id, of, mark, isOpen }) => {
    if (!isOpen) return [];
    const deadline = deadlines.find((one) => nameOf(one) === of && one.mark === mark);
    // Nothing waits for it any more, such as a deliverable that another plan leaves out.
    const endedAt = deadline === undefined ? now : endOf(deadline);
    return endedAt === null ? [] : [{ id, endedAt }];
  });
  // A deliverable is owed beyond the close of its handoff.
  const isOwed = deadlines.some((one) => one.cause === EscalationCause.FIRST_DELIVERABLE && endOf(one) === null);
  return { steps, ended, settles: ground.history.endedAt !== null && !isOwed };
}

function deadlinesOf(ground: DeadlineGround, ruling: RuledConfiguration, members: Members): Named[] {
  const { history, ownerId, deliveryManagerId } = ground;
  const configuration = configurationOf(ground.version);
  const every = ruling.slaProfile.escalateEvery ?? DEFAULT_EVERY;
  const leads = peopleOf(escalationLadder(ruling, 'SLA'), members.idByKey, members.active);
  const clocks = clocksOf(history, configuration).map((clock): Named => {
    const responsibleId = OF_SALES.includes(clock.key) ? ownerId : deliveryManagerId;
    const mark = clock.startedAt.toISOString();
    return {
      ...clock,
      cause: EscalationCause.CLOCK,
      clock: clock.key,
      decisionId: null,
      checkpointId: null,
      mark,
      ladder: { responsibleId, people: climbedOn(ground, clock.key, mark, leads), every },
      pauses: history.pauses,
    };
  });
  const decisions = ground.decisions.flatMap(duesOf).map((decision): Named => {
    const { id, ownerId: responsibleId, contactId, dueOn, decidedAt, until } = decision;
    const further = peopleOf(escalationLadder(ruling, 'DECISION'), members.idByKey, members.active, [
      responsibleId,
      contactId,
    ]);
    const wanted = members.active.has(contactId) ? [contactId, ...further] : further;
    return {
      ...instantsOf(decision, configuration.calendar),
      stoppedAt: decidedAt,
      voidedAt: decidedAt === null ? (until ?? history.endedAt) : null,
      cause: EscalationCause.DECISION,
      clock: null,
      decisionId: id,
      checkpointId: null,
      mark: dueOn,
      ladder: { responsibleId, people: climbedOn(ground, id, dueOn, wanted), every },
      pauses: [],
    };
  });
  const acceptanceEnded = ground.delivery.acceptances.at(-1)?.endedAt ?? null;
  const checkpoints = ground.checkpoints.map((checkpoint): Named => {
    const { id, dueOn, acceptedAt } = checkpoint;
    return {
      ...instantsOf(checkpoint, configuration.calendar),
      stoppedAt: acceptedAt,
      // Nobody may judge it while no sign-off stands; the next one gives it another day.
      voidedAt: acceptedAt === null ? (acceptanceEnded ?? history.endedAt) : null,
      cause: EscalationCause.CHECKPOINT,
      clock: null,
      decisionId: null,
      checkpointId: id,
      mark: dueOn,
      ladder: { responsibleId: deliveryManagerId, people: climbedOn(ground, id, dueOn, leads), every },
      pauses: [],
    };
  });
  return [...clocks, ...decisions, ...checkpoints, ...ofDelivery(ground, ruling, members)];
}

/**
 * Delivery answers for these. Of feedback it is reminded itself before the ladder is told; of a late deliverable and a
 * client whom nobody has called the original rep is told second (document 003: team lead, account manager, original rep).
 */
function ofDelivery(ground: DeadlineGround, ruling: RuledConfiguration, members: Members): Named[] {
  const { history, ownerId, deliveryManagerId: responsibleId, delivery, version } = ground;
  const every = ruling.slaProfile.escalateEvery ?? DEFAULT_EVERY;
  const own = escalationLadder(ruling, 'DELIVERY');
  const keys = own.length > 0 ? own : escalationLadder(ruling, 'SLA');
  const leads = peopleOf(keys, members.idByKey, members.active, [responsibleId]);
  const active = (id: string | null): string[] => (id !== null && members.active.has(id) ? [id] : []);
  return deliveryDeadlines(delivery, history, configurationOf(version)).map((deadline): Named => {
    const { cause, mark } = deadline;
    const wanted =
      cause === EscalationCause.FEEDBACK
        ? [...active(responsibleId), ...leads]
        : [...leads.slice(0, 1), ...active(ownerId), ...leads.slice(1)];
    const people = climbedOn(ground, cause, mark, wanted);
    const names = { clock: null, decisionId: null, checkpointId: null };
    return { ...deadline, ...names, ladder: { responsibleId, people, every }, pauses: [] };
  });
}

/** Who is told of one deadline of a handoff, step by step. */
const climbedOn = ({ taken }: DeadlineGround, of: string, mark: string, wanted: readonly string[]): string[] =>
  climbedBy(
    taken.filter((one) => one.of === of && one.mark === mark),
    wanted,
  );

/** A decision by each day on which it was due, until it was given another; one that it was given again counts once. */
function duesOf(decision: DecisionDeadline): (DecisionDeadline & { readonly until: Date | null })[] {
  const { dueOn, earlierDues } = decision;
  const earlier = earlierDues.filter(
    (one, index) => one.dueOn !== dueOn && earlierDues.findLastIndex((other) => other.dueOn === one.dueOn) === index,
  );
  return [...earlier.map((one) => ({ ...decision, ...one, decidedAt: null })), { ...decision, until: null }];
}

/**
 * A decision or checkpoint may be settled until its day is over: its working time, or the whole day when it is not
 * worked, or when the question came up after work.
 */
function instantsOf(
  { dueOn, openedAt }: Pick<DecisionDeadline, 'dueOn' | 'openedAt'>,
  calendar: BusinessCalendar,
): Pick<Deadline, 'remindAt' | 'dueAt'> {
  const closing = isBusinessDay(calendar, dueOn) ? closingTime(calendar, dueOn) : null;
  const opening = workingTimesOn(calendar, dueOn)[0]?.from ?? null;
  return {
    remindAt: opening !== null && opening < openedAt ? openedAt : opening,
    dueAt: closing !== null && closing > openedAt ? closing : endOfDay(calendar, dueOn),
  };
}

function rowOf(
  deadline: Named,
  { step, firesAt, personId }: LadderStep,
  due: readonly LadderStep[],
): Due['steps'][number] {
  const { cause, clock, decisionId, checkpointId, mark, dueAt } = deadline;
  const endedAt = endOf(deadline);
  const isNews = endedAt === null && due.every((other) => other.step <= step);
  return { cause, clock, decisionId, checkpointId, mark, step, personId, dueAt, firesAt, isNews, endedAt };
}

const nameOf = ({ clock, decisionId, checkpointId, cause }: Named): string =>
  clock ?? decisionId ?? checkpointId ?? cause;
const keyOf = (of: string, mark: string, step: number): string => `${of}|${mark}|${step}`;
