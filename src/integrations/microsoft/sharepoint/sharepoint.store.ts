import { createHash } from 'node:crypto';
import type { DocumentStore, StoredDocument } from '../../../brief/brief.store.js';
import { newId } from '../../../core/id.js';
import type { EffectTools } from '../../../core/outbox/handler.js';
import { VendorError } from '../../../core/outbox/vendor-error.js';
import { insert, type Query, type Statement } from '../../../core/statement.js';
import { type GraphClient, type GraphRecord, partOf, recordIn, textIn } from '../graph.client.js';
import { type DriveItem, isRewritten } from './drive-item.js';
import { folderAt, itemById, itemInFolder } from './folders.js';
import { folderName } from './names.rules.js';
import type { Place, Places } from './place.js';
import { quickXorHash } from './quick-xor-hash.js';
import { type BriefPlace, folderOf } from './sharepoint.queries.js';
import { FileFormat, FileState, StoredFile, StoredFolder } from './stored-file.entity.js';
import { upload, UPLOAD_LIMITS, type UploadLimits } from './upload.js';

/** The folder below the library's root in which everything lies, where the connection names none. */
export const ROOT_FOLDER = 'Handoffs';

/** Whose files they are: a brief's own, or those that the issues of a document share. */
export interface StoredRecord {
  readonly place: BriefPlace;
  readonly files: () => Query<StoredFile[]>;
  /** What names the files in their rows. */
  readonly of: Pick<StoredFile, 'briefId' | 'documentId' | 'handoffId' | 'documentKind'>;
}

/** What a store works with for one brief or document in one attempt. */
export interface SharePointStoreOptions {
  readonly graph: GraphClient;
  readonly places: Places;
  readonly record: StoredRecord;
  readonly tools: Pick<EffectTools, 'read' | 'now'>;
  readonly limits?: UploadLimits;
}

/**
 * The files of a brief or document in the tenant's library, in `<folder>/<client>/<handoff>/`. Found by their recorded
 * ids first and by name otherwise; text that an earlier attempt has put, whose answer was lost, is not put again.
 */
export class SharePointStore implements DocumentStore {
  constructor(private readonly options: SharePointStoreOptions) {}

  async put(path: string, content: Buffer, _contentType: string): Promise<StoredDocument> {
    const { graph, places } = this.options;
    return places.use(graph, (place) => this.putIn(place, path.split('/').at(-1)!, content));
  }

  private async putIn(place: Place, name: string, content: Buffer): Promise<StoredDocument> {
    const { graph, record, tools, limits = UPLOAD_LIMITS } = this.options;
    const { files } = await tools.read({ files: record.files() });
    const format = isRewritten(name) ? FileFormat.DOCX : FileFormat.MARKDOWN;
    const row = files.find((file) => file.format === format && file.driveId === place.driveId) ?? null;
    const folder = await this.folder(place, record.place);
    const existing =
      (row && (await itemById(graph, place, row.itemId))) ?? (await itemInFolder(graph, place, folder.id, [name]));
    const isThere = existing !== null && isThisContent(existing, name, content);
    const item = isThere
      ? existing
      : await upload(graph, place, { folderId: folder.id, name, content, existing }, limits);
    assertIntact(item, name, content);
    const sha256 = createHash('sha256').update(content).digest('hex');
    await fillColumns(graph, place, item, { ...record.place, sha256 });
    const fresh = {
      ...record.of,
      format,
      integrationId: graph.connection.id,
      driveId: place.driveId,
      itemId: item.id,
      name: item.name,
      webUrl: item.webUrl,
      shareUrl: await this.link(place, item),
      version: await versionOf(graph, place, item),
      cTag: item.cTag,
      quickXorHash: item.quickXorHash,
      sha256,
      state: FileState.SOUND,
      storedAt: tools.now,
      checkedAt: tools.now,
    };
    return { location: item.webUrl, sha256, writes: [folder.write, storedFile(fresh)] };
  }

  private async folder(
    place: Place,
    { handoffId, number, client }: BriefPlace,
  ): Promise<{ readonly id: string; readonly write: Statement }> {
    const { graph, tools } = this.options;
    const { known } = await tools.read({ known: folderOf(handoffId, place.driveId) });
    const kept = known && (await itemById(graph, place, known.itemId));
    const root = graph.connection.settings.folder ?? ROOT_FOLDER;
    const { id } = kept ?? (await folderAt(graph, place, [root, client, number].map(folderName)));
    return {
      id,
      write: insert(
        StoredFolder,
        { id: newId(), handoffId, driveId: place.driveId, itemId: id },
        'on conflict (tenant_id, handoff_id, drive_id) do update set item_id = excluded.item_id',
      ),
    };
  }

  /** A link for the organisation, where the connection asks for it; null where the sharing policy forbids it. */
  private async link({ driveId }: Place, { id }: DriveItem): Promise<string | null> {
    const { graph } = this.options;
    if (graph.connection.settings.links !== 'ORGANIZATION') return null;
    const answer = await graph.call('POST', `/drives/${driveId}/items/${encodeURIComponent(id)}/createLink`, {
      json: { type: 'view', scope: 'organization' },
      accept: [403],
      isRepeatable: true,
    });
    return answer.status === 403 ? null : textIn(partOf(recordIn(answer), 'link'), 'webUrl') || null;
  }
}

/**
 * An Office file cannot be compared, so it never is: what stands there may be an earlier attempt's, with somebody who
 * was erased since, or an earlier issue's.
 */
const isThisContent = ({ quickXorHash: hash }: DriveItem, name: string, content: Buffer): boolean =>
  !isRewritten(name) && hash === quickXorHash(content);

/** Everything but the key is what the file is now. */
function storedFile(row: Omit<StoredFile, 'id' | 'tenantId'>): Statement {
  const set = ['integration_id', 'drive_id', 'item_id', 'name', 'web_url', 'share_url', 'version', 'c_tag']
    .concat(['quick_xor_hash', 'sha256', 'state', 'stored_at', 'checked_at', 'document_id'])
    .map((column) => `${column} = excluded.${column}`);
  return insert(
    StoredFile,
    { id: newId(), ...row },
    `on conflict (tenant_id, ${row.briefId === null ? 'handoff_id, document_kind' : 'brief_id'}, format) do update set ${set.join(', ')}`,
  );
}

/** What is not rewritten must have arrived as it was sent. */
function assertIntact(item: DriveItem, name: string, content: Buffer): void {
  if (isRewritten(name) || isThisContent(item, name, content)) return;
  throw new VendorError('BUSY', {
    code: 'SHAREPOINT_FILE_DIFFERS',
    message: 'The file in SharePoint is not what was sent.',
    remedy: 'It is sent again by itself for a day; look whether somebody or a flow changes it, then retry it.',
  });
}

/** Fills in our columns where they differ: every change of them is a version of its own. */
async function fillColumns(
  graph: GraphClient,
  { driveId, columns }: Place,
  { id }: DriveItem,
  { number, version, sha256 }: BriefPlace & { readonly sha256: string },
): Promise<void> {
  if (columns.length === 0) return;
  const values: Readonly<Record<string, string | number>> = {
    CountersignHandoff: number,
    CountersignVersion: version,
    CountersignDigest: sha256,
  };
  const item = `/drives/${driveId}/items/${encodeURIComponent(id)}/listItem`;
  const current: GraphRecord = await graph.get(`${item}/fields`);
  const wanted = columns.filter(({ name }) => String(current[name]) !== String(values[name]));
  if (wanted.length === 0) return;
  const json = Object.fromEntries(
    wanted.map(({ name, isNumber }) => [name, isNumber ? Number(values[name]) : String(values[name])]),
  );
  await graph.call('PATCH', `${item}/fields`, { json, isRepeatable: true });
}

/** SharePoint's number of the newest version. */
async function versionOf(graph: GraphClient, { driveId }: Place, { id }: DriveItem): Promise<string> {
  const { value } = await graph.get(`/drives/${driveId}/items/${encodeURIComponent(id)}/versions?$top=1`);
  const [newest] = Array.isArray(value) ? (value as GraphRecord[]) : [];
  return newest ? textIn(newest, 'id') : '1.0';
}
