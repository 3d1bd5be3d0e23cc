import { type Query, sql } from '../core/statement.js';
import type { TaskType } from './step.entity.js';
import type { Task } from './task.rules.js';

/** What was settled longer ago is not looked at again: a worker that was down for longer takes no step of it any more. */
export const SETTLED_DAYS = 60;

const TASKS = `
  select 'QualityReview' as type, r.id, r.owner_id as responsible_id, r.opened_at, r.due_at, r.held_at as ended_at
    from quality_review r where r.tenant_id = $1
  union all
  select 'ReviewAction', a.id, a.owner_id, a.opened_at, a.due_at, a.done_at from review_action a where a.tenant_id = $1
  union all
  select 'Remediation', m.id, m.owner_id, m.opened_at, m.due_at, m.settled_at from remediation m where m.tenant_id = $1
  union all
  select 'SpotCheck', s.id, s.reviewer_id, s.opened_at, s.due_at, s.checked_at from spot_check s where s.tenant_id = $1
  union all
  select 'RedFlag', f.id, f.owner_id, f.raised_at, f.due_at, f.acknowledged_at from red_flag f where f.tenant_id = $1`;

/** The tasks of quality that are open or were settled since an instant, with the steps that were taken, by their ids. */
export function tasksSince(since: Date): Query<Task[]> {
  const text = `select t.*, (select coalesce(json_agg(json_build_object('id', s.id, 'step', s.step, 'personId', s.person_id, 'isOpen', s.ended_at is null)
        order by s.step), '[]') from quality_step s where s.tenant_id = $1 and s.subject_id = t.id) as taken
    from (${TASKS}) t where t.ended_at is null or t.ended_at >= $2 order by t.id`;
  return sql(text, [since], (rows) =>
    rows.map((row) => ({
      type: row.type as TaskType,
      id: row.id as string,
      responsibleId: row.responsible_id as string | null,
      openedAt: row.opened_at as Date,
      dueAt: row.due_at as Date,
      endedAt: row.ended_at as Date | null,
      taken: row.taken as Task['taken'],
    })),
  );
}
