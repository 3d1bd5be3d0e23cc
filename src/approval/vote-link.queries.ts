import { type Query, selectFirst, sql } from '../core/statement.js';
import { hydrate, tableOf } from '../core/table.js';
import { ApprovalRequest } from './request.entity.js';
import { VoteLink } from './vote-link.entity.js';

/** The link, locked until the transaction ends, so that of two who open it at once one comes too late; or null. */
export const lockVoteLink = (id: string): Query<VoteLink | null> => selectFirst(VoteLink, { id }, { lock: 'UPDATE' });

/** The request that a link leads to, or null without such a link. */
export function requestOfVoteLink(id: string): Query<ApprovalRequest | null> {
  const text = `select ${tableOf(ApprovalRequest).selection} from approval_request where tenant_id = $1
    and id = (select l.request_id from vote_link l where l.tenant_id = $1 and l.id = $2)`;
  return sql(text, [id], (rows) => (rows[0] ? hydrate(ApprovalRequest, rows[0]) : null));
}
