import type { Actor } from '../core/actor.js';
import type { Moment } from '../core/command.js';
import { insert, type Statement } from '../core/statement.js';
import type { VotingFacts } from './approval.rules.js';
import { afterHours } from './deadline.rules.js';
import type { ApprovalRequest } from './request.entity.js';
import { VoteLink } from './vote-link.entity.js';
import { APPROVE_PATH, makeVoteLinkToken } from './vote-link.token.js';
import { authoritiesOf } from './vote-findings.rules.js';

/** Working hours for which a link opens, never longer than the request can be decided: a working day. */
export const VOTE_LINK_HOURS = 8;

/** A link as it is sent. The path carries the secret: it goes into the one message and nowhere else. */
export interface IssuedLink {
  readonly id: string;
  readonly personId: string;
  /** `/approve/<tenant>.<link>.<secret>`, to be put behind the address under which people reach the product. */
  readonly path: string;
  readonly expiresAt: Date;
}

/**
 * A link by which one person opens a request, once, signed in as themselves (approvals rule 15). The request awaits
 * votes. Write the statement in the transaction that sends the message.
 */
export function newVoteLink(
  request: ApprovalRequest,
  personId: string,
  { now, newId, actor }: Pick<Moment, 'now' | 'newId' | 'actor'>,
): { readonly link: IssuedLink; readonly statement: Statement } {
  const id = newId();
  const { id: requestId, round, digest, contentRevision, workingTimes } = request;
  const { token, secretHash } = makeVoteLinkToken(actor.tenantId, id);
  const day = afterHours(workingTimes, VOTE_LINK_HOURS, now);
  const expiresAt = day < request.expiresAt ? day : request.expiresAt;
  return {
    link: { id, personId, path: `${APPROVE_PATH}${token}`, expiresAt },
    statement: insert(VoteLink, {
      id,
      requestId,
      round,
      digest,
      contentRevision,
      personId,
      secretHash,
      issuedAt: now,
      expiresAt,
      usedAt: null,
    }),
  };
}

/**
 * A link for everyone who may vote on a request now, for themselves or for whom they stand in for; none when it takes no
 * votes. Under lock: the facts are lockRequest and votingQueries.
 */
export function issueVoteLinks(
  facts: VotingFacts,
  moment: Pick<Moment, 'now' | 'newId' | 'actor'>,
): { readonly links: IssuedLink[]; readonly statements: Statement[] } {
  const { now, actor } = moment;
  const voters = facts.standing.people.filter(
    (personId) => authoritiesOf(facts, whoSignsIn(personId, actor.tenantId, now), now).length > 0,
  );
  const made = voters.map((personId) => newVoteLink(facts.request, personId, moment));
  return { links: made.map(({ link }) => link), statements: made.map(({ statement }) => statement) };
}

/** The person as they will be once they have signed in, which following the link asks of them. */
function whoSignsIn(id: string, tenantId: string, authTime: Date): Actor {
  return { kind: 'PERSON', tenantId, id, roles: [], scopes: [], authTime, accountId: id };
}
