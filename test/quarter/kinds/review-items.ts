import { DAY } from '../calendar.js';
import { stalledClocks } from '../deadlines.js';
import type { Kind, Told } from '../kinds.js';
import { at, NO_WORKER, numberOf } from './lines.js';
import { type Period, periodsOf } from './reviews.js';

const daysBetween = (from: number, to: number): number => Math.max(0, Math.floor((to - from) / DAY));

/** Actions that were open when the period ended, and how many days they were overdue. */
function carried({ actions, calendar }: Told, { kind, name, to }: Period): string[] {
  return actions
    .filter(({ openedAt, doneAt }) => openedAt < to && (doneAt === null || doneAt >= to))
    .map((action) => {
      const { dueOn } = action;
      const dueAt = calendar.isWorked(dueOn) ? calendar.closing(dueOn) : calendar.at(dueOn, '24:00');
      return [kind, name, 'CARRIED_ACTION', action.name, daysBetween(dueAt, to)].join(' ');
    });
}

/** Deadlines that had passed when the week ended and were not met, and handoffs that were returned in it. */
function ofWeek(told: Told, period: Period): string[] {
  const { kind, name, from, to } = period;
  if (kind !== 'WEEKLY') return [];
  return told.histories.flatMap((history) => {
    const number = numberOf(history.tale);
    const known = period.openedAt;
    return [
      ...stalledClocks(told.tenant, told.calendar, history, { at: to, known }).map(({ key, dueAt }) =>
        [kind, name, 'STALLED_STEP', number, key, daysBetween(dueAt, to)].join(' '),
      ),
      ...history.returns
        .filter((returnedAt) => returnedAt >= from && returnedAt < to)
        .map((returnedAt) => [kind, name, 'RETURNED', number, at(returnedAt)].join(' ')),
    ];
  });
}

/** What the reviews show: what carries over, what stalls, what was returned, as it stood when the period ended. */
export const reviewItems: Kind = {
  ...NO_WORKER,
  name: 'review items',
  expected: (told) => periodsOf(told).flatMap((period) => [...carried(told, period), ...ofWeek(told, period)]),
  found: async ({ world }) => {
    const rows = await world.rows(
      `select r.kind, r.period, i.topic, i.label, i.figures, h.number as handoff, b.returned_at, a.text as action
       from review_item i join quality_review r on r.tenant_id = $1 and r.id = i.review_id
       left join handoff h on h.tenant_id = $1 and h.id = i.handoff_id
       left join handoff_return b on b.tenant_id = $1 and b.id = i.subject_id
       left join review_action a on a.tenant_id = $1 and a.id = i.subject_id
       where i.tenant_id = $1 and i.topic in ('CARRIED_ACTION', 'STALLED_STEP', 'RETURNED')`,
    );
    return rows.map(({ kind, period, topic, label, figures, handoff, returned_at, action }) => {
      const { daysOverdue, daysLate } = JSON.parse(figures as string) as Record<string, number>;
      const rest: Record<string, readonly unknown[]> = {
        CARRIED_ACTION: [action, daysOverdue],
        STALLED_STEP: [handoff, label, daysLate],
        RETURNED: [handoff, returned_at instanceof Object ? at(returned_at as Date) : '-'],
      };
      return [kind, period, topic, ...rest[topic as string]!].join(' ');
    });
  },
};
