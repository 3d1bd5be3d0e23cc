import { votingQueries } from '../approval/approval.queries.js';
import type { VotingFacts } from '../approval/approval.rules.js';
import { ApprovalRequest } from '../approval/request.entity.js';
import { standingOf } from '../approval/standing.rules.js';
import { authoritiesOf } from '../approval/vote-findings.rules.js';
import { type Answers, type Query, sql } from '../core/statement.js';
import { hydrate, tableOf } from '../core/table.js';
import { NoticeTemplate } from './notice.entity.js';
import type { Wanted } from './notice.events.js';

const MOST = 200;

/** Requests that await votes in a round of which nobody has been told yet. */
export function untoldRequests(now: Date): Query<ApprovalRequest[]> {
  return sql(
    `select ${tableOf(ApprovalRequest).selection} from approval_request r
     where r.tenant_id = $1 and r.state = 'PENDING' and r.expires_at > $2
       and not exists (select 1 from notice n where n.tenant_id = $1 and n.subject_id = r.id and n.template = 'APPROVAL_ASKED'
         and n.event_key = 'APPROVAL_ASKED/' || r.id || '/round/' || r.round)
     order by r.id limit ${MOST}`,
    [now],
    (rows) => rows.map((row) => hydrate(ApprovalRequest, row)),
  );
}

/**
 * Everyone who may answer a request now, for themselves or for whom they stand in for, once a round: the same rule as
 * castVote's, so that nobody is asked who would be refused. `voting` answers votingQueries(request.id).
 */
export function wantedOfRequest(
  request: ApprovalRequest,
  voting: Answers<ReturnType<typeof votingQueries>>,
  tenantId: string,
  now: Date,
): Wanted[] {
  const { people, merged, ...known } = voting;
  const standing = standingOf(people, merged);
  const facts: VotingFacts = { ...known, request, standing };
  // As they will be once they have signed in, which voting asks of them.
  const signedIn = { kind: 'PERSON' as const, tenantId, roles: [], scopes: [], authTime: now };
  return standing.people
    .filter((id) => authoritiesOf(facts, { ...signedIn, id, accountId: id }, now).length > 0)
    .map((personId) => ({
      template: NoticeTemplate.APPROVAL_ASKED,
      subjectType: 'ApprovalRequest',
      subjectId: request.id,
      eventKey: `${NoticeTemplate.APPROVAL_ASKED}/${request.id}/round/${request.round}`,
      personId,
    }));
}
