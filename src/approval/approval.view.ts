import { databaseClock } from '../core/clock.js';
import type { Reader } from '../core/reader.js';
import { eligiblePeople } from '../identity/identity.queries.js';
import { mergedPeople } from './approval.queries.js';
import { standingOf, type Standing, type VotingFacts } from './approval.rules.js';
import type { ApprovalRequest } from './request.entity.js';
import { ApprovalParticipant, ApprovalVote, Contribution } from './vote.entity.js';

/** What every request on a page is judged by: asked once an operation, whatever the size of the page. */
interface Situation {
  readonly standing: Standing;
  readonly now: Date;
}

const situations = new WeakMap<Reader, Promise<Situation>>();

/** Who may what, and the time, for the fields of one operation. */
export function situationFor(reader: Reader): Promise<Situation> {
  const known = situations.get(reader);
  if (known) return known;
  const asked = Promise.all([
    reader.ask(eligiblePeople()),
    reader.ask(mergedPeople()),
    reader.ask(databaseClock.now()),
  ]);
  const situation = asked.then(([people, merged, now]) => ({ standing: standingOf(people, merged), now }));
  situations.set(reader, situation);
  return situation;
}

/** The facts of a vote on a request, batched over a page. */
export async function votingFactsFor(
  reader: Reader,
  request: ApprovalRequest,
): Promise<VotingFacts & { readonly now: Date }> {
  const [{ standing, now }, votes, participants, contributions] = await Promise.all([
    situationFor(reader),
    reader.many(ApprovalVote, 'requestId', request.id),
    reader.many(ApprovalParticipant, 'requestId', request.id, ['round', 'personId']),
    reader.many(Contribution, 'subjectId', request.subjectId),
  ]);
  const contributors = contributions
    .filter(({ subjectType }) => subjectType === request.subjectType)
    .map(({ personId }) => personId);
  return { request, votes, participants, contributors, standing, now };
}
