import { VendorError } from '../../../core/outbox/vendor-error.js';
import type { VendorAnswer } from '../../http/client.js';
import { type GraphClient, type GraphRecord, partOf, recordIn, textIn } from '../graph.client.js';
import { driveItem } from '../sharepoint/drive-item.js';
import { type DocumentNow, type FoundFile, gone, read, shareId, unread } from './evidence.rules.js';

const SELECT = '$select=id,name,webUrl,cTag,file,folder,parentReference,lastModifiedBy';

type Look =
  { readonly kind: 'FILE'; readonly file: FoundFile } | { readonly kind: 'NOT_GRANTED' | 'NOT_FOUND' | 'NOT_A_FILE' };

/**
 * Looks at the document behind evidence: by the ids that were kept, wherever people have moved it, and by its link the
 * first time, or when another file has taken its place. It is called deleted only while its library can be read.
 */
export async function look(
  graph: GraphClient,
  link: string,
  known: DocumentNow | null,
  now: Date,
): Promise<DocumentNow> {
  const byLink = (): Promise<Look> => lookAt(graph, `/shares/${shareId(link)}/driveItem?${SELECT}`);
  if (known === null || known.driveId === null || known.itemId === null) {
    const first = await byLink();
    return first.kind === 'FILE' ? read(known, first.file, now) : unread(known, first.kind);
  }
  const { driveId, itemId } = known;
  const again = await lookAt(graph, `/drives/${driveId}/items/${encodeURIComponent(itemId)}?${SELECT}`);
  if (again.kind === 'FILE') return read(known, again.file, now);
  if (again.kind !== 'NOT_FOUND') return unread(known, again.kind);
  const instead = await byLink();
  if (instead.kind === 'FILE') return read(known, instead.file, now);
  if (instead.kind !== 'NOT_FOUND') return unread(known, instead.kind);
  const library = await answerOf(graph, `/drives/${driveId}/root?$select=id`);
  return library.status === 200 ? gone(known) : unread(known, library.status === 403 ? 'NOT_GRANTED' : 'NOT_FOUND');
}

async function lookAt(graph: GraphClient, path: string): Promise<Look> {
  const answer = await answerOf(graph, path);
  if (answer.status === 403) return { kind: 'NOT_GRANTED' };
  if (answer.status !== 200) return { kind: 'NOT_FOUND' };
  const record: GraphRecord = recordIn(answer);
  if (!('file' in record)) return { kind: 'NOT_A_FILE' };
  const driveId = textIn(partOf(record, 'parentReference'), 'driveId');
  const item = driveItem(record);
  // A file without these could never be compared: rather looked at again than called sound.
  if (driveId === '' || item.id === '' || item.cTag === '') throw unreadable();
  return { kind: 'FILE', file: { ...item, driveId } };
}

/** 400 is Graph's answer to a link that is none, 403 and 404 are findings; everything else is a fault. */
const answerOf = (graph: GraphClient, path: string): Promise<VendorAnswer> =>
  graph.call('GET', path, { accept: [400, 403, 404] });

function unreadable(): VendorError {
  return new VendorError('RETRY', {
    code: 'VENDOR_ANSWER_UNREADABLE',
    message: 'SharePoint described a file without its id, library or cTag.',
    remedy: 'It is tried again by itself; look at the service health of Microsoft 365 if it lasts.',
  });
}
