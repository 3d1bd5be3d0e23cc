import { type Query, sql } from '../../../core/statement.js';
import type { Mentioned } from './card.js';
import { mentioned, oidOf } from './teams.queries.js';

/** What a card about an approval request says. Figures and the reason are of a class that no channel sees. */
export interface ApprovalFacts {
  readonly kind: string;
  readonly state: string;
  readonly round: number;
  /** When it counts as denied. */
  readonly expiresAt: Date;
  readonly requester: Mentioned;
  /** Null for a request that is not about a handoff. */
  readonly handoff: { readonly id: string; readonly number: string; readonly client: string } | null;
}

/** A request with whoever asked; null when it does not exist. */
export const approvalFacts = (id: string): Query<ApprovalFacts | null> =>
  sql(
    `select r.kind, r.state, r.round, r.expires_at, p.name as requester, ${oidOf('p.id')} as requester_oid,
       h.id as handoff_id, h.number as handoff, c.name as client
     from approval_request r
     join person p on p.tenant_id = $1 and p.id = r.requester_id
     left join scope_change s on s.tenant_id = $1 and s.id = r.subject_id and r.subject_type = 'ScopeChange'
     left join handoff h on h.tenant_id = $1 and h.id = case r.subject_type when 'Handoff' then r.subject_id else s.handoff_id end
     left join client c on c.tenant_id = $1 and c.id = h.client_id
     where r.tenant_id = $1 and r.id = $2`,
    [id],
    ([row]) =>
      row
        ? {
            kind: row.kind as string,
            state: row.state as string,
            round: row.round as number,
            expiresAt: row.expires_at as Date,
            requester: mentioned(row.requester, row.requester_oid),
            handoff:
              row.handoff_id === null
                ? null
                : { id: row.handoff_id as string, number: row.handoff as string, client: row.client as string },
          }
        : null,
  );
