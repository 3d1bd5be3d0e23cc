import { codeIn } from '../../http/fault.rules.js';
import { VendorError } from '../../../core/outbox/vendor-error.js';
import { type GraphClient, recordIn } from '../graph.client.js';
import { type DriveItem, driveItem, ITEM_SELECT } from './drive-item.js';
import { encodedPath } from './names.rules.js';
import type { Place } from './place.js';

/** The item with this id, wherever people have moved it; null when it is gone. */
export async function itemById(graph: GraphClient, { driveId }: Place, id: string): Promise<DriveItem | null> {
  const found = await graph.find(addressOf(driveId, id));
  return found && driveItem(found);
}

/**
 * The same in a library that the connection led to before. That it may not be read any more is a finding: a 403 from
 * there says nothing of the present one.
 */
export async function formerItem(
  graph: GraphClient,
  driveId: string,
  id: string,
): Promise<DriveItem | null | 'NOT_GRANTED'> {
  const answer = await graph.call('GET', addressOf(driveId, id), { accept: [403, 404] });
  if (answer.status === 403) return 'NOT_GRANTED';
  return answer.status === 404 ? null : driveItem(recordIn(answer));
}

const addressOf = (driveId: string, id: string): string =>
  `/drives/${driveId}/items/${encodeURIComponent(id)}?${ITEM_SELECT}`;

/** The item of this name in a folder; null when there is none. */
export async function itemInFolder(
  graph: GraphClient,
  { driveId }: Place,
  folderId: string,
  names: readonly string[],
): Promise<DriveItem | null> {
  const found = await graph.find(
    `/drives/${driveId}/items/${encodeURIComponent(folderId)}:/${encodedPath(names)}?${ITEM_SELECT}`,
  );
  return found && driveItem(found);
}

/** The folder at this path, made where it is missing, one level a call; two who make it at once make one. */
export async function folderAt(graph: GraphClient, place: Place, names: readonly string[]): Promise<DriveItem> {
  let folder = driveItem(await graph.get(`/drives/${place.driveId}/root?${ITEM_SELECT}`));
  for (const name of names) {
    folder = (await itemInFolder(graph, place, folder.id, [name])) ?? (await makeFolder(graph, place, folder.id, name));
  }
  return folder;
}

async function makeFolder(graph: GraphClient, place: Place, parentId: string, name: string): Promise<DriveItem> {
  const answer = await graph.call('POST', `/drives/${place.driveId}/items/${encodeURIComponent(parentId)}/children`, {
    json: { name, folder: {}, '@microsoft.graph.conflictBehavior': 'fail' },
    accept: [409],
    // Made twice it is there once: the second answers 409.
    isRepeatable: true,
  });
  if (answer.status !== 409) return driveItem(recordIn(answer));
  const found = await itemInFolder(graph, place, parentId, [name]);
  if (found) return found;
  throw new VendorError('RETRY', {
    code: 'SHAREPOINT_FOLDER_UNSEEN',
    message: `SharePoint has the folder and does not show it yet (${codeIn(answer.json()) ?? '409'}).`,
    remedy: 'It is tried again by itself.',
    status: 409,
  });
}
