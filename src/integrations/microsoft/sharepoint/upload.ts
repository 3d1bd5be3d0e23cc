import { VendorError } from '../../../core/outbox/vendor-error.js';
import { type GraphClient, recordIn, textIn } from '../graph.client.js';
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
    const done = await sendRanges(graph, textIn(recordIn(answer), 'uploadUrl'), file.content, limits.rangeBytes);
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

/** Sends what is missing, in order, until all is there; null when the session is gone. */
async function sendRanges(
  graph: GraphClient,
  uploadUrl: string,
  content: Buffer,
  rangeBytes: number,
): Promise<DriveItem | null> {
  let start = 0;
  let faults = 0;
  while (start < content.length) {
    const end = Math.min(start + rangeBytes, content.length);
    try {
      const answer = await graph.plain('PUT', uploadUrl, {
        // A view of the same memory would do for undici; a copy costs little and is what is sent.
        body: Buffer.from(content.subarray(start, end)),
        headers: { 'content-range': `bytes ${start}-${end - 1}/${content.length}` },
        accept: [404, 416],
        isRepeatable: true,
      });
      if (answer.status === 404) return null;
      if (answer.status === 200 || answer.status === 201) return driveItem(recordIn(answer));
      start = answer.status === 416 ? ((await nextByte(graph, uploadUrl)) ?? -1) : end;
    } catch (error) {
      if (!(error instanceof VendorError) || error.kind !== 'RETRY' || ++faults > MOST_FAULTS) throw error;
      // The range may have arrived: the session itself says what is missing.
      start = (await nextByte(graph, uploadUrl)) ?? -1;
    }
    if (start < 0) return null;
  }
  return null;
}

/** The first byte that the session waits for; null when it is gone. */
async function nextByte(graph: GraphClient, uploadUrl: string): Promise<number | null> {
  const answer = await graph.plain('GET', uploadUrl, { accept: [404] });
  if (answer.status === 404) return null;
  const { nextExpectedRanges } = recordIn(answer);
  const [first] = Array.isArray(nextExpectedRanges) ? (nextExpectedRanges as unknown[]) : [];
  return typeof first === 'string' ? Number.parseInt(first, 10) : null;
}
