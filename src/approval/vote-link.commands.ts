import { command, done, refused } from '../core/command.js';
import { update } from '../core/statement.js';
import { subjectOf } from './approval.commands.js';
import { lockRequest, mergedPeople, votingQueries } from './approval.queries.js';
import { standingOf } from './standing.rules.js';
import { issueVoteLinks } from './vote-link.effects.js';
import { VoteLink } from './vote-link.entity.js';
import type { OpenVoteLinkInput } from './vote-link.input.js';
import { lockVoteLink, requestOfVoteLink } from './vote-link.queries.js';
import { voteLinkFindings } from './vote-link.rules.js';
import { parseVoteLinkToken, type VoteLinkParts } from './vote-link.token.js';

const NO_LINK: Pick<VoteLinkParts, 'linkId' | 'secretHash'> = {
  linkId: '00000000-0000-0000-0000-000000000000',
  secretHash: '',
};

/**
 * Opens a request by the link of a message: the link is used up, and nothing else happens (approvals rule 15). Refused
 * and recorded: LINK_UNKNOWN, LINK_NOT_YOURS, LINK_USED, LINK_EXPIRED, LINK_STALE. A wrong token runs the same
 * statements as a right one.
 */
export const openVoteLink = command({
  name: 'openVoteLink',
  action: 'vote',
  subject: 'ApprovalRequest',
  services: false,
  facts: ({ token }: OpenVoteLinkInput, { tenantId }) => {
    const parts = parseVoteLinkToken(token);
    const shown = parts?.tenantId === tenantId ? parts : NO_LINK;
    return { link: lockVoteLink(shown), request: requestOfVoteLink(shown), merged: mergedPeople() };
  },
  decide: ({ link, request, merged }, _input, { actor, now }) => {
    const { canonicalOf } = standingOf([], merged);
    const findings = voteLinkFindings({ link, request }, actor.id, canonicalOf, now);
    if (findings.length > 0 || !link || !request)
      return refused(findings, request ? { subject: subjectOf(request.id) } : {});
    return done({
      id: request.id,
      subject: subjectOf(request.id),
      body: { linkId: link.id, round: link.round, digest: link.digest, contentRevision: link.contentRevision },
      writes: [update(VoteLink, { id: link.id }, { usedAt: now })],
    });
  },
});

/** A message that is about to ask for votes. */
export interface SendVoteLinksInput {
  readonly requestId: string;
  /** Names the attempt: each sends links of its own, and those of a message that never arrived run out by themselves. */
  readonly attempt: string;
}

/**
 * Makes a link for everyone who may vote on a request now, before the message with them goes out. The answer's secret is
 * JSON of IssuedLink[]: it is told once and kept nowhere; a request that takes no votes has none.
 */
export const sendVoteLinks = command({
  name: 'sendVoteLinks',
  action: 'send',
  subject: 'VoteLink',
  facts: ({ requestId }: SendVoteLinksInput) => ({ request: lockRequest(requestId), ...votingQueries(requestId) }),
  decide: ({ request, people, merged, ...rows }, _input, moment) => {
    const standing = standingOf(people, merged);
    const { links, statements } = issueVoteLinks({ request, standing, ...rows }, moment);
    return done({
      id: request.id,
      subject: subjectOf(request.id),
      body: { round: request.round, links: links.map(({ id, personId }) => ({ id, personId })) },
      writes: statements,
      secret: JSON.stringify(links),
    });
  },
});
