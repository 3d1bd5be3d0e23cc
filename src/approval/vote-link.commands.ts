import { command, done, refused } from '../core/command.js';
import { update } from '../core/statement.js';
import { subjectOf } from './approval.commands.js';
import { mergedPeople } from './approval.queries.js';
import { standingOf } from './standing.rules.js';
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
