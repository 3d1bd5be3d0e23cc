import { digestOf } from '../../../core/canonical.js';
import { command, done } from '../../../core/command.js';
import { selectFirst, update } from '../../../core/statement.js';
import { EvidenceDocument } from './evidence-document.entity.js';

/** Where a document was found that lay somewhere else before. */
export interface RecordDocumentMoveInput {
  readonly evidenceId: string;
  readonly driveId: string;
  readonly itemId: string;
  readonly webUrl: string;
}

/** Refreshes the link to a document that was moved or renamed; the ledger has digests of both links. The worker's alone. */
export const recordDocumentMove = command({
  name: 'recordDocumentMove',
  action: 'watch',
  subject: 'EvidenceDocument',
  facts: ({ evidenceId }: RecordDocumentMoveInput) => ({
    document: selectFirst(EvidenceDocument, { evidenceId }, { lock: 'UPDATE' }),
  }),
  decide: ({ document }, { evidenceId, driveId, itemId, webUrl }, { now }) => {
    const subject = { type: 'Evidence', id: evidenceId };
    if (!document || document.webUrl === webUrl)
      return done({ id: evidenceId, subject, body: { evidenceId, changed: false } });
    const { id, webUrl: from } = document;
    return done({
      id: evidenceId,
      subject,
      body: { evidenceId, changed: true, itemId, from: digestOf(from), to: digestOf(webUrl) },
      writes: [update(EvidenceDocument, { id }, { driveId, itemId, webUrl, movedAt: now, checkedAt: now })],
    });
  },
});
