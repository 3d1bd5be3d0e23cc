import { ActualsMarkKind } from '../../actuals/actuals.entity.js';
import { minutesOf } from '../../actuals/forecast.rules.js';
import type { ActualsReading, ReadLine, ReadMark } from '../../actuals/reading.rules.js';
import { MilestoneState, TaskState } from '../../project/project.entity.js';
import { haloError, type HaloRecord, idOf, listOf, plain, textOf } from './halopsa.record.js';
import type { HaloSettings } from './halopsa.settings.js';
import { instantOf } from './opportunity.rules.js';
import { milestoneId, objectOf, type ProjectFacts } from './project-content.rules.js';

/** Where a reading of HaloPSA comes from. */
export const HALOPSA_SOURCE = 'HALOPSA';

/** The most minutes that a figure may have: what a database integer holds. */
const MOST_MINUTES = 2_000_000_000;

/** What was read in HaloPSA of one project. */
export interface HaloReading {
  readonly facts: ProjectFacts;
  readonly settings: HaloSettings;
  /** The project, with its details. */
  readonly there: HaloRecord;
  /** The rows of its tasks. */
  readonly tasks: readonly HaloRecord[];
  /** What is known from before: a milestone without tasks keeps the time at which it was first seen done. */
  readonly marks: readonly ReadMark[];
  readonly touch: Touch;
  readonly readAt: Date;
}

/** Close of the deal and first contact with the client, both by HaloPSA's clock. */
export interface Touch {
  readonly wonAt: Date | null;
  readonly firstContactAt: Date | null;
}

/**
 * HaloPSA's figures as the domain takes them: booked and remaining hours by budget, closed tasks, milestones whose tasks
 * are all closed, to-dos. HaloPSA says no cost: `actual_money` is time at the charge rate of the budget. Throws a
 * VendorError on a figure that no project has.
 */
export function readingOf({ facts, settings, there, tasks, marks, touch, readAt }: HaloReading): ActualsReading {
  const todos = listOf(there, 'todo_list');
  const takenAt = instantOf(there, 'last_update') ?? readAt;
  const done = tasksDone(facts, settings, tasks);
  return {
    handoffId: facts.handoff.id,
    source: HALOPSA_SOURCE,
    sourceId: plain(there.id),
    takenAt,
    readAt,
    closedAt: instantOf(there, 'dateclosed'),
    ...touch,
    todosDone: todos.filter((todo) => todo.done === true).length,
    todosTotal: todos.length,
    currency: facts.baseline.currency,
    lines: linesOf(facts, settings, there),
    marks: [...done, ...milestonesDone(facts, there, done, { marks, takenAt })],
  };
}

function linesOf({ baselineLines }: ProjectFacts, { budgetTypeIds }: HaloSettings, there: HaloRecord): ReadLine[] {
  const budgeted = new Set(baselineLines.map(({ budgetType }) => budgetType));
  const budgets = listOf(there, 'budgets').toSorted(
    (a, b) => (idOf(a, 'budgettype_id') ?? 0) - (idOf(b, 'budgettype_id') ?? 0),
  );
  return budgets.flatMap((budget) => {
    const type = idOf(budget, 'budgettype_id');
    const budgetTypes = [...budgetTypeIds].filter(([key, id]) => id === type && budgeted.has(key)).map(([key]) => key);
    const actualMinutes = minutesIn(budget, 'actual_hours');
    const remainingMinutes =
      plain(budget.remaining_hours) === ''
        ? minutesIn(budget, 'hours') - actualMinutes
        : minutesIn(budget, 'remaining_hours');
    const isEmpty = actualMinutes === 0 && remainingMinutes === 0;
    // A budget that is not ours and holds nothing says nothing.
    if (budgetTypes.length === 0 && isEmpty) return [];
    return [{ budgetTypes, actualMinutes, remainingMinutes, actualCostMinor: null }];
  });
}

function minutesIn(record: HaloRecord, name: string): number {
  const text = plain(record[name]);
  if (text === '') return 0;
  const minutes = readMinutes(text);
  if (minutes !== null && Math.abs(minutes) <= MOST_MINUTES) return minutes;
  throw haloError(
    'REFUSED',
    'HALOPSA_FIGURE_UNREADABLE',
    `HaloPSA says ${name} is ${text.slice(0, 40)}.`,
    'Correct the hours of the budget in HaloPSA; it is read again when the project changes.',
  );
}

function readMinutes(hours: string): number | null {
  try {
    return minutesOf(hours);
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

/** Our tasks that are closed there; one that was closed as cancelled is not done. */
function tasksDone(facts: ProjectFacts, settings: HaloSettings, rows: readonly HaloRecord[]): ReadMark[] {
  const cancelled = settings.projectStatusIds.get('CANCELLED');
  return facts.tasks.flatMap((task) => {
    const remoteId = objectOf(facts, task.id)?.remoteId ?? null;
    const row = remoteId === null ? undefined : rows.find((one) => plain(one.id) === remoteId);
    const doneAt = row ? instantOf(row, 'dateclosed') : null;
    if (!doneAt || task.state === TaskState.CANCELLED || idOf(row!, 'status_id') === cancelled) return [];
    return [{ kind: ActualsMarkKind.TASK, ownId: task.id, doneAt }];
  });
}

/** HaloPSA says no date for a milestone: it is done with the last of its tasks, or where it is marked as complete. */
function milestonesDone(
  facts: ProjectFacts,
  there: HaloRecord,
  tasks: readonly ReadMark[],
  known: { readonly marks: readonly ReadMark[]; readonly takenAt: Date },
): ReadMark[] {
  return facts.milestones.flatMap((milestone) => {
    if (milestone.state === MilestoneState.CANCELLED) return [];
    const { id: ownId } = milestone;
    const own = facts.tasks.filter(({ milestoneId: of, state }) => of === ownId && state !== TaskState.CANCELLED);
    const done = tasks.filter((mark) => own.some(({ id }) => id === mark.ownId));
    const remote = milestoneId(milestone, there, facts);
    const isMarked = listOf(there, 'milestones').some((one) => idOf(one) === remote && one['_complete'] === true);
    if (!isMarked && (own.length === 0 || done.length < own.length)) return [];
    const last = done
      .map(({ doneAt }) => doneAt.getTime())
      .toSorted((a, b) => a - b)
      .at(-1);
    const before = known.marks.find((mark) => mark.ownId === ownId)?.doneAt;
    const doneAt = last === undefined ? (before ?? known.takenAt) : new Date(last);
    return [{ kind: ActualsMarkKind.MILESTONE, ownId, doneAt }];
  });
}

/**
 * The first outbound contact with the client after the win: a mail to them, or an outcome that the connection maps as a
 * contact. Hidden actions reach no client; without a date of the win nothing is after it.
 */
export function firstContact(
  actions: readonly HaloRecord[],
  wonAt: Date | null,
  { contactOutcomeIds }: Pick<HaloSettings, 'contactOutcomeIds'>,
): Date | null {
  const times = actions.flatMap((action) => {
    const direction = textOf(action, 'emaildirection').toUpperCase();
    const isMail = direction === '' ? textOf(action, 'emailto') !== '' : direction.startsWith('O');
    const isContact = isMail || contactOutcomeIds.includes(idOf(action, 'outcome_id') ?? 0);
    const at = instantOf(action, 'datetime');
    return isContact && action.hiddenfromuser !== true && at !== null && wonAt !== null && at >= wonAt
      ? [at.getTime()]
      : [];
  });
  return times.length === 0 ? null : new Date(times.reduce((a, b) => Math.min(a, b)));
}
