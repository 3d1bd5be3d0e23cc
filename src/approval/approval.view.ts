import type { Reader } from '../core/reader.js';
import { eligiblePeople } from '../identity/identity.queries.js';
import { mergedPeople } from './approval.queries.js';
import { standingOf, type Standing, type VotingFacts } from './approval.rules.js';
import type { ApprovalRequest } from './request.entity.js';
import { ApprovalParticipant, ApprovalVote, Contribution } from './vote.entity.js';

const standings = new WeakMap<Reader, Promise<Standing>>();

/** Who may what, asked once an operation, whatever the size of the page. */
function standingFor(reader: Reader): Promise<Standing> {
  const known = standings.get(reader);
  if (known) return known;
  const asked = Promise.all([reader.ask(eligiblePeople()), reader.ask(mergedPeople())]);
  const standing = asked.then(([people, merged]) => standingOf(people, merged));
  standings.set(reader, standing);
  return standing;
}

/** The facts of a vote on a request, batched over a page. */
export async function votingFactsFor(
  reader: Reader,
  request: ApprovalRequest,
): Promise<VotingFacts & { readonly now: Date }> {
  const [standing, now, votes, participants, contributions] = await Promise.all([
    standingFor(reader),
    reader.now(),
    reader.many(ApprovalVote, 'requestId', request.id),
    reader.many(ApprovalParticipant, 'requestId', request.id, ['round', 'personId']),
    reader.many(Contribution, 'subjectId', request.subjectId),
  ]);
  const contributors = contributions
    .filter(({ subjectType }) => subjectType === request.subjectType)
    .map(({ personId }) => personId);
  return { request, votes, participants, contributors, standing, now };
}
