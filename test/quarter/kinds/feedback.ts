import { expectedFeedback } from '../deadlines.js';
import type { Kind } from '../kinds.js';
import { at, NO_WORKER, numberOf } from './lines.js';

/** Who was asked what delivery thinks of a handoff, two weeks after its sign-off, and who was told that nothing was said. */
export const feedback: Kind = {
  ...NO_WORKER,
  name: 'feedback',
  expected: ({ tenant, calendar, histories, looks }) =>
    histories.flatMap((history) =>
      expectedFeedback(tenant, calendar, history, looks).map((one) => {
        const what = [numberOf(history.tale), one.mark, one.step, one.person, at(one.firesAt)].join(' ');
        return `${what} | ${[at(one.firedAt), one.isNews, at(one.dueAt), at(one.endedAt)].join(' ')}`;
      }),
    ),
  found: async ({ world }) => {
    const rows = await world.rows(
      `select h.number as handoff, s.signed_at, e.step, p.handle, e.fires_at, e.fired_at, e.is_news, e.due_at, e.ended_at
       from escalation e join handoff h on h.tenant_id = $1 and h.id = e.handoff_id
       join person p on p.tenant_id = $1 and p.id = e.person_id
       join feasibility_sign_off s on s.tenant_id = $1 and s.id::text = e.mark
       where e.tenant_id = $1 and e.cause = 'FEEDBACK'`,
    );
    return rows.map((row) => {
      const what = [row.handoff, at(row.signed_at as Date), row.step, row.handle, at(row.fires_at as Date)].join(' ');
      const when = [at(row.fired_at as Date), row.is_news, at(row.due_at as Date), at(row.ended_at as Date | null)];
      return `${what} | ${when.join(' ')}`;
    });
  },
  timeless: (text) => text.split(' | ')[0]!,
};
