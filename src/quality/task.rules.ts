import type { BusinessCalendar, ClockSetting } from '../catalogue/configuration.js';
import { climbedBy, stepsDue } from '../escalation/ladder.rules.js';
import type { QualityStep, TaskType } from './step.entity.js';

/** Something that somebody does by an instant. */
export interface Task {
  readonly type: TaskType;
  readonly id: string;
  readonly responsibleId: string | null;
  readonly openedAt: Date;
  readonly dueAt: Date;
  readonly endedAt: Date | null;
  readonly taken: readonly {
    readonly id: string;
    readonly step: number;
    readonly personId: string;
    readonly isOpen: boolean;
  }[];
}

/** Who is told when a task is overdue, and how long each has. */
export interface TaskLadder {
  /** Active members, each once. */
  readonly people: readonly string[];
  readonly every: ClockSetting;
  readonly calendar: BusinessCalendar;
}

/** What is to be recorded of tasks now. */
export interface StepsDue {
  readonly steps: readonly Omit<QualityStep, 'tenantId' | 'id' | 'firedAt'>[];
  readonly ended: readonly { readonly id: string; readonly endedAt: Date }[];
}

/**
 * The steps of tasks whose time has come and that were not taken yet: whoever is responsible is told when a task is given,
 * the ladder when it is overdue. The same at every later time, so that downtime changes nothing but when they are taken.
 */
export function taskSteps(tasks: readonly Task[], { people, every, calendar }: TaskLadder, now: Date): StepsDue {
  const steps = tasks.flatMap(({ type, id, responsibleId, openedAt, dueAt, endedAt, taken }) => {
    const deadline = { remindAt: openedAt, dueAt, stoppedAt: endedAt, voidedAt: null };
    const wanted = people.filter((person) => person !== responsibleId);
    const ladder = { responsibleId, people: climbedBy(taken, wanted), every };
    const due = stepsDue(deadline, ladder, calendar, [], now);
    return due
      .filter(({ step }) => taken.every((earlier) => earlier.step !== step))
      .map(({ step, firesAt, personId }) => ({
        subjectType: type,
        subjectId: id,
        step,
        personId,
        dueAt,
        firesAt,
        isNews: endedAt === null && due.every((other) => other.step <= step),
        endedAt,
      }));
  });
  const ended = tasks.flatMap(({ endedAt, taken }) =>
    endedAt === null ? [] : taken.filter(({ isOpen }) => isOpen).map(({ id }) => ({ id, endedAt })),
  );
  return { steps, ended };
}
