import { type Finding, finding } from '../core/finding.js';
import type { ApprovalRequest } from './request.entity.js';
import type { VoteLink } from './vote-link.entity.js';

/** A link that was shown, and what it leads to. */
export interface ShownLink {
  /** The link of the token's id and secret in this tenant; null when there is none. */
  readonly link: VoteLink | null;
  readonly request: Pick<ApprovalRequest, 'id' | 'round' | 'digest' | 'contentRevision'> | null;
}

/**
 * Everything that keeps a person from opening a link (approvals rule 15). A forged token, an unknown one and one of
 * another tenant are told apart by nothing; to whom a link belongs is said before how it stands. Whether the person may
 * vote is castVote's to say.
 */
export function voteLinkFindings(
  { link, request }: ShownLink,
  actorId: string,
  canonicalOf: (personId: string) => string,
  now: Date,
): Finding[] {
  if (!link || !request) {
    return [
      refusal(
        'LINK_UNKNOWN',
        'There is no such link.',
        'Copy the whole address out of the message, or open the request in your inbox (approvalInbox).',
      ),
    ];
  }
  if (canonicalOf(actorId) !== canonicalOf(link.personId)) {
    return [
      refusal(
        'LINK_NOT_YOURS',
        'The link was made for somebody else; a link gives nobody the right to vote.',
        'Sign in as the person who got the message, or open your own inbox (approvalInbox).',
        { linkId: link.id },
      ),
    ];
  }
  const findings: Finding[] = [];
  if (link.usedAt !== null) {
    findings.push(
      refusal('LINK_USED', 'The link has been opened before; it opens once.', 'Open the request in your inbox.', {
        usedAt: link.usedAt.toISOString(),
        requestId: link.requestId,
      }),
    );
  }
  if (link.expiresAt <= now) {
    findings.push(
      refusal('LINK_EXPIRED', 'The time of the link has run out.', 'Open the request in your inbox.', {
        expiresAt: link.expiresAt.toISOString(),
        requestId: link.requestId,
      }),
    );
  }
  const { round, digest, contentRevision } = request;
  if (link.round !== round || link.digest !== digest || link.contentRevision !== contentRevision) {
    findings.push(
      refusal(
        'LINK_STALE',
        'The content was changed since the link was sent.',
        'Open the request in your inbox and look at what changed (changesSinceLastVote).',
        { linkRound: link.round, currentRound: round, requestId: link.requestId },
      ),
    );
  }
  return findings;
}

function refusal(code: string, message: string, remedy: string, facts: Finding['facts'] = {}): Finding {
  return finding({ code, path: 'token', message, remedy, facts });
}
