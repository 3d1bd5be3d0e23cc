import { type Query, select, sql } from '../core/statement.js';
import { Introduction } from './introduction.entity.js';
import type { IntroductionFacts } from './introduction.rules.js';

/** The approvals of a handoff's introduction, oldest first. */
export const introductionsOf = (handoffId: string): Query<Introduction[]> =>
  select(Introduction, { handoffId }, { orderBy: ['id'] });

/** What the introductions of these handoffs are drafted from, by the handoff's id. */
export function introductionFacts(handoffIds: readonly string[]): Query<ReadonlyMap<string, IntroductionFacts>> {
  const text = `select h.id, c.name as client, d.title as deal, h.start_on,
      (select s.name from stakeholder s where s.tenant_id = $1 and s.handoff_id = h.id and s.side = 'CLIENT'
        and s.role = 'PRIMARY_CONTACT' order by s.id limit 1) as contact,
      (select p.name from person p where p.tenant_id = $1 and p.id = h.owner_id) as sales_owner,
      (select p.name from person p where p.tenant_id = $1 and p.id = h.delivery_manager_id) as delivery_manager
    from handoff h
    join client c on c.tenant_id = $1 and c.id = h.client_id
    join deal d on d.tenant_id = $1 and d.id = h.deal_id
    where h.tenant_id = $1 and h.id = any($2)`;
  return sql(text, [handoffIds], (rows) => {
    return new Map(
      rows.map((row) => [
        row.id as string,
        {
          client: row.client as string,
          deal: row.deal as string,
          contact: row.contact as string | null,
          salesOwner: row.sales_owner as string | null,
          deliveryManager: row.delivery_manager as string | null,
          startOn: row.start_on as string | null,
        },
      ]),
    );
  });
}
