import { publicMarkdown } from '../brief/brief.markdown.js';
import { sealBrief } from '../brief/brief.personal.js';
import type { DocumentKind } from '../catalogue/configuration.documents.js';
import { digestOf, sha256Hex } from '../core/canonical.js';
import type { Moment } from '../core/command.js';
import type { OutboxMessage } from '../core/outbox/message.js';
import { insert, type Statement, update } from '../core/statement.js';
import type { PersonalKey } from '../core/vault.js';
import { IssuedDocument } from './document.entity.js';
import type { ComposedDocument } from './document.rules.js';
import type { DocumentNow } from './document.view.js';

/** The kind of the effect that stores the files of an issued document. */
export const STORE_DOCUMENT = 'document.store';

/** The kind of the effect that writes the files of a handoff's documents again, without who was erased. */
export const ERASE_DOCUMENTS = 'document.erase';

/** The next issue of a document: its row, the statements that add it, and the effect that stores its files. */
export interface IssueEffects {
  readonly issue: Omit<IssuedDocument, 'tenantId'>;
  readonly statements: readonly Statement[];
  readonly messages: readonly OutboxMessage[];
}

/** Whether the content is another than that of an issue; names count as long as the issue has digests with them. */
function saysAnother(
  { contentSha256, sectionDigests }: Pick<IssuedDocument, 'contentSha256' | 'sectionDigests'>,
  composed: ComposedDocument,
): boolean {
  if (contentSha256 !== composed.contentSha256) return true;
  return sectionDigests !== null && digestOf(sectionDigests) !== digestOf(composed.sectionDigests);
}

/** Issues a document as it reads now, and archives the issue before it. */
export function issueOf(
  now: DocumentNow,
  about: {
    readonly handoffId: string;
    readonly kind: DocumentKind;
    readonly stakeholderKeys: readonly PersonalKey[];
  },
  moment: Moment,
): IssueEffects {
  const { template, composed, number, latest } = now;
  const { handoffId, kind, stakeholderKeys } = about;
  const id = moment.newId();
  const { stored: document, writes } = sealBrief(composed.document, id, stakeholderKeys, moment);
  const markdown = publicMarkdown(document);
  const issue: Omit<IssuedDocument, 'tenantId'> = {
    id,
    handoffId,
    kind,
    number,
    templateVersion: template.version,
    templateDate: template.date,
    document,
    markdown,
    markdownHash: sha256Hex(markdown),
    contentSha256: composed.contentSha256,
    sectionDigests: [...composed.sectionDigests],
    missing: [...composed.missing],
    isChanged: latest !== null && saysAnother(latest, composed),
    sources: [...composed.sources],
    issuedBy: moment.actor.id,
    issuedAt: moment.now,
    archivedAt: null,
    markdownPath: null,
    markdownFileHash: null,
    docxPath: null,
    docxHash: null,
    storedAt: null,
  };
  const archived = latest ? [update(IssuedDocument, { id: latest.id }, { archivedAt: moment.now })] : [];
  const message: OutboxMessage = {
    kind: STORE_DOCUMENT,
    aggregate: { type: 'Handoff', id: handoffId },
    effectKey: `document:${handoffId}:${kind}:${number}`,
    payload: { documentId: id, markdownHash: issue.markdownHash },
  };
  return { issue, statements: [...writes, ...archived, insert(IssuedDocument, issue)], messages: [message] };
}
