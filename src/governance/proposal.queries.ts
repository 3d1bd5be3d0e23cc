import { ApprovalRequest } from '../approval/request.entity.js';
import { type Query, sql } from '../core/statement.js';
import { hydrate, tableOf } from '../core/table.js';
import { CONFIGURATION_CHANGE } from './proposal.rules.js';

/**
 * The requests about every version that is written down as PROPOSED, locked in the order of their ids. Whoever settles
 * proposals locks the versions first (lockVersions) and then these.
 */
export function lockProposalRequests(): Query<ApprovalRequest[]> {
  const text = `select ${tableOf(ApprovalRequest).selection} from approval_request where tenant_id = $1 and kind = $2
    and subject_id in (select v.id from configuration_version v where v.tenant_id = $1 and v.state = 'PROPOSED')
    order by id for update`;
  return sql(text, [CONFIGURATION_CHANGE], (rows) => rows.map((row) => hydrate(ApprovalRequest, row)));
}
