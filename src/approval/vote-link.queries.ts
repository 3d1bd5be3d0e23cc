import { type Query, selectFirst, sql } from '../core/statement.js';
import { hydrate, tableOf } from '../core/table.js';
import { ApprovalRequest } from './request.entity.js';
import { VoteLink } from './vote-link.entity.js';
import type { VoteLinkParts } from './vote-link.token.js';

type Shown = Pick<VoteLinkParts, 'linkId' | 'secretHash'>;

/**
 * The link with this id and this secret, locked until the transaction ends, so that of two who open it at once one comes
 * too late. Null for a wrong secret as for a wrong id: neither is told from the other, by what is read neither.
 */
export const lockVoteLink = ({ linkId: id, secretHash }: Shown): Query<VoteLink | null> =>
  selectFirst(VoteLink, { id, secretHash }, { lock: 'UPDATE' });

/** The request that such a link leads to, or null. */
export function requestOfVoteLink({ linkId, secretHash }: Shown): Query<ApprovalRequest | null> {
  const text = `select ${tableOf(ApprovalRequest).selection} from approval_request where tenant_id = $1
    and id = (select l.request_id from vote_link l where l.tenant_id = $1 and l.id = $2 and l.secret_hash = $3)`;
  return sql(text, [linkId, secretHash], (rows) => (rows[0] ? hydrate(ApprovalRequest, rows[0]) : null));
}
