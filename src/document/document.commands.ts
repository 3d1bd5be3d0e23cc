import { command, done, refused } from '../core/command.js';
import { type Finding, finding } from '../core/finding.js';
import { lockHandoff } from '../handoff/handoff.queries.js';
import { changeHandoff, checkRevision, endedFindings, handoffSubject } from '../handoff/handoff.rules.js';
import { issueOf } from './document.effects.js';
import type { IssueDocumentInput } from './document.input.js';
import { documentFactsOf, documentGround } from './document.queries.js';
import { type DocumentNow, documentNow } from './document.view.js';

/** Issues a document of a handoff as the data stands: a numbered issue that never changes, filed by the worker. */
export const issueDocument = command({
  name: 'issueDocument',
  action: 'issue',
  subject: 'IssuedDocument',
  services: false,
  facts: ({ handoffId }: IssueDocumentInput) => ({ handoff: lockHandoff(handoffId), ...documentGround(handoffId) }),
  decide: (ground, { expectedRevision, kind }, moment) => {
    const { handoff } = ground;
    checkRevision(handoff, expectedRevision);
    const subject = handoffSubject(handoff.id);
    const facts = documentFactsOf(ground, moment.now);
    const now = documentNow(ground, facts, kind, moment.now);
    const findings = [...endedFindings(handoff), ...currentFindings(now)];
    if (findings.length > 0) return refused(findings, { subject });
    const about = { handoffId: handoff.id, kind, stakeholderKeys: facts.stakeholderKeys };
    const { issue, statements, messages } = issueOf(now, about, moment);
    const { id, number, templateVersion, markdownHash, contentSha256, sources } = issue;
    return done({
      id,
      subject,
      body: { documentId: id, kind, number, templateVersion, markdownHash, contentSha256 },
      sources,
      messages,
      writes: [...statements, changeHandoff(handoff)],
    });
  },
});

/** The same again would be another number for nothing. */
function currentFindings({ latest, outdated }: DocumentNow): Finding[] {
  if (latest === null || outdated.length > 0) return [];
  return [
    finding({
      code: 'DOCUMENT_CURRENT',
      path: 'kind',
      message: `Issue ${latest.number} is current: nothing has changed since.`,
      facts: { document: latest.id, number: latest.number },
      remedy: 'Use that issue.',
    }),
  ];
}
