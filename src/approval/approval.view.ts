import type { Reader } from '../core/reader.js';
import { eligiblePeople } from '../identity/identity.queries.js';
import { delegationsOfTenant, mergedPeople } from './approval.queries.js';
import type { VotingFacts } from './approval.rules.js';
import type { Delegation } from './delegation.entity.js';
import type { ApprovalRequest } from './request.entity.js';
import { standingOf, type Standing } from './standing.rules.js';
import { ApprovalParticipant, ApprovalRevocation, ApprovalVote, Contribution } from './vote.entity.js';

interface TenantFacts {
  readonly standing: Standing;
  readonly delegations: readonly Delegation[];
}

/** Who may what and who stands in for whom, asked once an operation, whatever the size of the page. */
function tenantFacts(reader: Reader): Promise<TenantFacts> {
  return reader.workedOut('facts of the tenant for votes', async () => {
    const [people, merged, delegations] = await Promise.all([
      reader.ask(eligiblePeople()),
      reader.ask(mergedPeople()),
      reader.ask(delegationsOfTenant()),
    ]);
    return { standing: standingOf(people, merged), delegations };
  });
}

/** The facts of a vote on a request, batched over a page. */
export async function votingFactsFor(
  reader: Reader,
  request: ApprovalRequest,
): Promise<VotingFacts & { readonly now: Date }> {
  const [tenant, now, votes, revocations, participants, contributions] = await Promise.all([
    tenantFacts(reader),
    reader.now(),
    reader.many(ApprovalVote, 'requestId', request.id),
    reader.many(ApprovalRevocation, 'requestId', request.id),
    reader.many(ApprovalParticipant, 'requestId', request.id, ['round', 'personId']),
    reader.many(Contribution, 'subjectId', request.subjectId),
  ]);
  const contributors = contributions
    .filter(({ subjectType }) => subjectType === request.subjectType)
    .map(({ personId }) => personId);
  return { request, votes, revocations, participants, contributors, ...tenant, now };
}
