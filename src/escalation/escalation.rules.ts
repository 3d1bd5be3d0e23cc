import { closingTime, endOfDay, isBusinessDay, workingTimesOn } from '../catalogue/calendar.rules.js';
import { configurationOf } from '../catalogue/catalogue.queries.js';
import type { BusinessCalendar, RuledConfiguration } from '../catalogue/configuration.js';
import type { ClockKey } from '../catalogue/configuration.words.js';
import { escalationLadder } from '../catalogue/selection.rules.js';
import { clocksOf } from './clock.rules.js';
import type { Escalation } from './escalation.entity.js';
import { EscalationCause } from './escalation.entity.js';
import type { DeadlineGround, DecisionDeadline } from './escalation.queries.js';
import { DEFAULT_EVERY, type Deadline, type Ladder, type LadderStep, peopleOf, stepsDue } from './ladder.rules.js';
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
  readonly mark: string;
  readonly ladder: Ladder;
  readonly pauses: readonly Pause[];
}

/** The clocks that sales answers for; delivery answers for the others. */
const OF_SALES: readonly ClockKey[] = ['INTRODUCTION', 'DOCUMENT_COMPLETE', 'RETURN_CORRECTION'];

/**
 * What is due of a handoff's clocks and decisions and was not recorded yet. Its clocks and calendar are those that it was
 * opened under; who is told, the ruling configuration says.
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
    // A decision whose due date was moved has another deadline now.
    const endedAt = deadline === undefined ? now : endOf(deadline);
    return endedAt === null ? [] : [{ id, endedAt }];
  });
  return { steps, ended, settles: ground.history.endedAt !== null };
}

function deadlinesOf(ground: DeadlineGround, ruling: RuledConfiguration, members: Members): Named[] {
  const { history, ownerId, deliveryManagerId } = ground;
  const configuration = configurationOf(ground.version);
  const every = ruling.slaProfile.escalateEvery ?? DEFAULT_EVERY;
  const leads = peopleOf(escalationLadder(ruling, 'SLA'), members.idByKey, members.active);
  const clocks = clocksOf(history, configuration).map((clock): Named => {
    const responsibleId = OF_SALES.includes(clock.key) ? ownerId : deliveryManagerId;
    return {
      ...clock,
      cause: EscalationCause.CLOCK,
      clock: clock.key,
      decisionId: null,
      mark: clock.startedAt.toISOString(),
      ladder: { responsibleId, people: leads.filter((id) => id !== responsibleId), every },
      pauses: history.pauses,
    };
  });
  const decisions = ground.decisions.map((decision): Named => {
    const { id, ownerId: responsibleId, contactId, dueOn, decidedAt } = decision;
    const further = peopleOf(escalationLadder(ruling, 'DECISION'), members.idByKey, members.active, [
      responsibleId,
      contactId,
    ]);
    return {
      ...instantsOf(decision, configuration.calendar),
      stoppedAt: decidedAt,
      voidedAt: decidedAt === null ? history.endedAt : null,
      cause: EscalationCause.DECISION,
      clock: null,
      decisionId: id,
      mark: dueOn,
      ladder: { responsibleId, people: [contactId, ...further], every },
      pauses: [],
    };
  });
  return [...clocks, ...decisions];
}

/** A decision may be taken until its day is over: its working time, or the whole day when it is not worked. */
function instantsOf(
  { dueOn, openedAt }: DecisionDeadline,
  calendar: BusinessCalendar,
): Pick<Deadline, 'remindAt' | 'dueAt'> {
  const isWorked = isBusinessDay(calendar, dueOn);
  const opening = workingTimesOn(calendar, dueOn)[0]?.from ?? null;
  return {
    remindAt: opening !== null && opening < openedAt ? openedAt : opening,
    dueAt: isWorked ? closingTime(calendar, dueOn) : endOfDay(calendar, dueOn),
  };
}

function rowOf(
  deadline: Named,
  { step, firesAt, personId }: LadderStep,
  due: readonly LadderStep[],
): Due['steps'][number] {
  const { cause, clock, decisionId, mark, dueAt } = deadline;
  const endedAt = endOf(deadline);
  const isNews = endedAt === null && due.every((other) => other.step <= step);
  return { cause, clock, decisionId, mark, step, personId, dueAt, firesAt, isNews, endedAt };
}

const endOf = ({ stoppedAt, voidedAt }: Deadline): Date | null => stoppedAt ?? voidedAt;
const nameOf = ({ clock, decisionId }: Named): string => clock ?? decisionId!;
const keyOf = (of: string, mark: string, step: number): string => `${of}|${mark}|${step}`;
