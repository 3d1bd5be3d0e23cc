import { ESCALATE_EFFECT, escalateHandler } from '../../../src/escalation/escalation.handler.js';
import { EscalationPlanner } from '../../../src/escalation/escalation.planner.js';
import { expectedSteps } from '../deadlines.js';
import type { Kind } from '../kinds.js';
import { at, numberOf } from './lines.js';

const line = (parts: readonly unknown[], when: readonly unknown[]): string => `${parts.join(' ')} | ${when.join(' ')}`;

/** Who was told of which deadline: clock or decision, its run, step, person, and when it was due and taken. */
export const escalations: Kind = {
  name: 'escalations',
  planners: (options) => [new EscalationPlanner(options)],
  handlers: { [ESCALATE_EFFECT]: escalateHandler },
  expected: ({ tenant, calendar, histories, looks }) =>
    histories.flatMap((history) =>
      expectedSteps(tenant, calendar, history, looks).map((one) =>
        line(
          [numberOf(history.tale), one.of, one.mark, one.step, one.person, at(one.firesAt)],
          [at(one.firedAt), one.isNews, at(one.dueAt), at(one.endedAt)],
        ),
      ),
    ),
  found: async ({ world }) => {
    const rows = await world.rows(
      `select h.number as handoff, coalesce(e.clock, d.number) as of, e.mark, e.step, p.handle, e.fires_at, e.fired_at,
         e.is_news, e.due_at, e.ended_at
       from escalation e join handoff h on h.tenant_id = $1 and h.id = e.handoff_id
       join person p on p.tenant_id = $1 and p.id = e.person_id
       left join decision d on d.tenant_id = $1 and d.id = e.decision_id
       where e.tenant_id = $1 and e.cause in ('CLOCK', 'DECISION')`,
    );
    return rows.map((row) =>
      line(
        [row.handoff, row.of, row.mark, row.step, row.handle, at(row.fires_at as Date)],
        [at(row.fired_at as Date), row.is_news, at(row.due_at as Date | null), at(row.ended_at as Date | null)],
      ),
    );
  },
  timeless: (text) => text.split(' | ')[0]!,
};
