import type { DriveItem } from '../sharepoint/drive-item.js';
import { DocumentState, type EvidenceDocument } from './evidence-document.entity.js';

/** Why a document cannot be looked at. */
export type Unreadable = 'NOT_GRANTED' | 'NOT_FOUND' | 'NOT_A_FILE';

/** What is kept of a document, beside whose it is. */
export type DocumentNow = Pick<
  EvidenceDocument,
  'state' | 'reason' | 'driveId' | 'itemId' | 'cTag' | 'quickXorHash' | 'webUrl' | 'movedAt'
>;

/** A file as it was found, with the library that it lies in. */
export type FoundFile = DriveItem & { readonly driveId: string };

/** The address of a document in the form that Graph resolves (learn.microsoft.com/graph/api/shares-get). */
export const shareId = (address: string): string => `u!${Buffer.from(address, 'utf8').toString('base64url')}`;

/** A document that was read: the first time it is what it is; afterwards its content must be the same, wherever it lies. */
export function read(known: DocumentNow | null, file: FoundFile, now: Date): DocumentNow {
  const { driveId, id: itemId, cTag, quickXorHash, webUrl } = file;
  const place = { driveId, itemId, webUrl };
  if (known === null || known.cTag === null)
    return { state: DocumentState.SOUND, reason: null, ...place, cTag, quickXorHash, movedAt: null };
  const movedAt = known.webUrl === webUrl ? known.movedAt : now;
  if (!isSame(known, file)) return { ...known, ...place, state: DocumentState.CHANGED, reason: null, movedAt };
  return { state: DocumentState.SOUND, reason: null, ...place, cTag, quickXorHash, movedAt };
}

/** The same content: by the cTag, or by the hash where something else has changed the cTag. */
function isSame({ cTag, quickXorHash }: Pick<DocumentNow, 'cTag' | 'quickXorHash'>, file: FoundFile): boolean {
  return cTag === file.cTag || (quickXorHash !== null && quickXorHash === file.quickXorHash);
}

/** A document that cannot be read is not known to be worthless: what was kept of it stays, to be compared again. */
export function unread(known: DocumentNow | null, reason: Unreadable): DocumentNow {
  const nothing = { driveId: null, itemId: null, cTag: null, quickXorHash: null, webUrl: null, movedAt: null };
  return { ...(known ?? nothing), state: DocumentState.UNCHECKED, reason };
}

/** A document that was read before, and is gone while its library can be read. */
export const gone = (known: DocumentNow): DocumentNow => ({ ...known, state: DocumentState.DELETED, reason: null });
