import type { UploadResult } from '@microsoft/microsoft-graph-client';
import { VendorError } from '../../../core/outbox/vendor-error.js';
import { type GraphClient, type GraphRecord, recordIn, textIn } from '../graph.client.js';
import { type DriveItem, driveItem } from './drive-item.js';
import { itemInFolder } from './folders.js';
import { encodedPath } from './names.rules.js';
import type { Place } from './place.js';

/** How large files go up: one request, or an upload session in ranges. */
export interface UploadLimits {
  /** From this size on by session, in bytes. */
  readonly sessionFrom: number;
  /** Bytes a range: a multiple of 320 KiB below 60 MiB (learn.microsoft.com/graph/api/driveitem-createuploadsession). */
  readonly rangeBytes: number;
}

/** One request up to 10 MB; ranges of 10 MiB above. */
export const UPLOAD_LIMITS: UploadLimits = { sessionFrom: 10_000_000, rangeBytes: 32 * 327_680 };

/** A file to put. */
export interface Upload {
  readonly folderId: string;
  readonly name: string;
  readonly content: Buffer;
  /** What stands there; its content is replaced as a new version, also where people have renamed it. */
  readonly existing: DriveItem | null;
}

const MOST_SESSIONS = 3;
const MOST_FAULTS = 5;

/** Puts a file: a new one, or the next version of the one that is there. */
export async function upload(
  graph: GraphClient,
  place: Place,
  file: Upload,
  limits: UploadLimits = UPLOAD_LIMITS,
): Promise<DriveItem> {
  if (file.content.length >= limits.sessionFrom) return uploadInRanges(graph, place, file, limits);
  const query = file.existing ? '' : '?@microsoft.graph.conflictBehavior=replace';
  const answer = await graph.call('PUT', `${addressOf(place, file)}/content${query}`, {
    body: file.content,
    headers: { 'content-type': 'application/octet-stream' },
    isRepeatable: true,
  });
  return driveItem(recordIn(answer));
}

function addressOf({ driveId }: Place, { folderId, name, existing }: Upload): string {
  if (existing) return `/drives/${driveId}/items/${encodeURIComponent(existing.id)}`;
  return `/drives/${driveId}/items/${encodeURIComponent(folderId)}:/${encodedPath([name])}:`;
}

/** A lost session begins anew, except where its last range has arrived and only the answer is missing. */
async function uploadInRanges(
  graph: GraphClient,
  place: Place,
  file: Upload,
  limits: UploadLimits,
): Promise<DriveItem> {
  for (let session = 1; session <= MOST_SESSIONS; session++) {
    const answer = await graph.call('POST', `${addressOf(place, file)}/createUploadSession`, {
      json: { item: { '@microsoft.graph.conflictBehavior': 'replace' } },
      isRepeatable: true,
    });
    const done = await sendRanges(graph, textIn(recordIn(answer), 'uploadUrl'), file, limits.rangeBytes);
    if (done) return done;
    const now = await itemInFolder(graph, place, file.folderId, [file.existing?.name ?? file.name]);
    const { clientId } = graph.connection.credentials;
    if (now && now.cTag !== file.existing?.cTag && now.modifiedByApplication === clientId) return now;
  }
  throw new VendorError('RETRY', {
    code: 'SHAREPOINT_UPLOAD_LOST',
    message: `SharePoint forgot ${MOST_SESSIONS} upload sessions.`,
    remedy: 'It is tried again by itself; look at the service health of Microsoft 365 if it lasts.',
  });
}

/**
 * Sends what is missing, in order, by the SDK's task for large files, until all is there; null when the session is gone.
 * After a fault the session itself says what is missing: the range may have arrived.
 */
async function sendRanges(
  graph: GraphClient,
  url: string,
  { name, content }: Upload,
  rangeBytes: number,
): Promise<DriveItem | null> {
  const ranges = Math.ceil(content.length / rangeBytes);
  const { FileUpload, LargeFileUploadTask } = await import('@microsoft/microsoft-graph-client');
  const transport = await graph.sdk([404, 416], ranges + 2 * MOST_FAULTS + 2);
  const task = new LargeFileUploadTask(
    transport.client,
    // Buffers, not other views: the SDK would send the whole memory behind one of those.
    new FileUpload(content, name, content.length),
    { url, expiry: new Date(0), isCancelled: false },
    { rangeSize: rangeBytes },
  );
  for (let faults = 0; ; faults++) {
    try {
      const result = await transport.task(() => (faults === 0 ? task.upload() : task.resume()));
      return driveItem((result as UploadResult).responseBody as GraphRecord);
    } catch (error) {
      // Nothing is missing any more, and the file was not in the answer: it is looked up.
      const isOver = transport.answer?.status === 404 || (error as Error).name === 'Invalid Session';
      if (isOver) return null;
      const isLasting = error instanceof VendorError && error.kind !== 'RETRY';
      if (isLasting || faults >= MOST_FAULTS) throw lost(error);
    }
  }
}

/** What the SDK could not read of an answer is the vendor's fault, and not ours. */
function lost(error: unknown): VendorError {
  if (error instanceof VendorError) return error;
  return new VendorError('RETRY', {
    code: 'VENDOR_ANSWER_UNREADABLE',
    message: 'SharePoint answered a range of an upload, but not with what its interface promises.',
    remedy: 'It is tried again by itself; look at the service health of Microsoft 365 if it lasts.',
  });
}
