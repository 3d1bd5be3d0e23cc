import { byOf } from '../caller.js';
import { invalidRequest, itemNotFound, Refusal } from '../exchange.js';
import type { ItemCall, Route } from '../graph-call.js';
import type { By, Item, Version } from '../records.js';
import type { MicrosoftWorld } from '../world.js';
import { requireAccess } from './access.js';
import { assertMatch, assertUnlocked, fileOf } from './item-call.js';
import { itemAnswer, makeFolder, nameTaken, newItem } from './items.js';
import { assertName, assertPathLength, freeName } from './names.js';
import { asStored } from './office.js';
import { quickXorHash } from './quick-xor.js';
import { downloadUrlOf } from './views.js';

/** The bytes of a file: simple upload up to 250 MB and the 302 to a pre-authenticated address. */
export const CONTENT_ROUTES: readonly Route<ItemCall>[] = [
  { operation: 'content.put', method: 'PUT', path: '/content', units: 2, run: putContent },
  { operation: 'content.get', method: 'GET', path: '/content', units: 1, run: getContent },
];

/** Where a write goes: a name in a folder, and what bears that name already. */
export interface Place {
  readonly parent: Item;
  readonly name: string;
  readonly existing: Item | undefined;
}

/** Where an upload by path or id goes, the right to write checked first. Throws 403, 404 and 400 for a bad name. */
export function placeOf(call: ItemCall): Place {
  requireAccess(call, call.tree.site(call.library), 'write', call.library);
  const base = call.tree.item(call.library, call.base);
  if (call.names === null) {
    if (base.parentId === null) throw invalidRequest('The root has no content.');
    return { parent: call.tree.item(call.library, base.parentId), name: base.name, existing: base };
  }
  const name = call.names.at(-1) ?? '';
  assertName(name);
  const parent = parentOf(call, base, call.names.slice(0, -1));
  assertPathLength([...call.tree.names(parent), name], call.world.settings.pathLength);
  return { parent, name, existing: call.tree.child(parent.id, name) };
}

function parentOf(call: ItemCall, base: Item, names: readonly string[]): Item {
  const found = call.tree.walk(base, names);
  if (found?.kind === 'folder') return found;
  if (found || !call.world.settings.pathUploadMakesFolders) throw itemNotFound('The parent folder does not exist.');
  let at = base;
  for (const name of names) {
    assertName(name);
    at = call.tree.child(at.id, name) ?? makeFolder(call, at, name);
  }
  return at;
}

/** Writes bytes to a place: a new file, or a new version of the one that is there. Throws 409 and 423. */
export function writeFile(
  call: ItemCall,
  place: Place,
  behaviour: string,
  bytes: Buffer,
): { item: Item; status: number } {
  const { parent, existing } = place;
  const by = byOf(call.world, call.caller);
  if (existing && behaviour !== 'rename') {
    if (behaviour === 'fail' || existing.kind === 'folder') throw nameTaken();
    assertUnlocked(call, existing);
    return { item: call.tree.put(withVersion(call.world, existing, bytes, by)), status: 200 };
  }
  const isTaken = (name: string): boolean => call.tree.child(parent.id, name) !== undefined;
  const name = existing ? freeName(place.name, isTaken) : place.name;
  const fresh = newItem(call, parent, name);
  const item = call.tree.put({ ...fresh, versions: [versionOf(call.world, fresh, '1.0', bytes, by)] });
  call.world.did('file.created', item.id);
  return { item, status: 201 };
}

/** An item with one more version of its content. */
export function withVersion(world: MicrosoftWorld, item: Item, bytes: Buffer, by: By): Item {
  const version = versionOf(world, item, nextLabel(item), bytes, by);
  world.did('version.created', `${item.id}/${version.id}`);
  return {
    ...item,
    eTag: item.eTag + 1,
    cTag: item.cTag + 1,
    modifiedAt: version.at,
    modifiedBy: by,
    versions: [version, ...item.versions].slice(0, world.settings.keptVersions),
  };
}

/** The label after the newest one: `4.0` after `3.0`. */
export function nextLabel(item: Item): string {
  return `${Number.parseInt(item.versions[0]?.id ?? '0', 10) + 1}.0`;
}

function versionOf(world: MicrosoftWorld, item: Item, id: string, bytes: Buffer, by: By): Version {
  const stored = asStored(item.name, bytes, item.guid);
  return { id, at: world.stamp(), by, size: stored.length, blob: world.store.keep(stored), hash: quickXorHash(stored) };
}

function putContent(call: ItemCall) {
  const { world, exchange } = call;
  const place = placeOf(call);
  if (exchange.body.length > world.settings.simpleUploadBytes) {
    throw new Refusal(413, 'invalidRequest', 'The request is too large; use an upload session.');
  }
  if (world.settings.putHonoursIfMatch) assertMatch(call, place.existing);
  const behaviour = exchange.query.get('@microsoft.graph.conflictBehavior') ?? 'replace';
  if (!['fail', 'replace', 'rename'].includes(behaviour)) throw invalidRequest('The conflictBehavior is not known.');
  const { item, status } = writeFile(call, place, behaviour, exchange.body);
  return itemAnswer(call, item, status);
}

function getContent(call: ItemCall) {
  const item = fileOf(call, 'read');
  const location = downloadUrlOf(call.tree.site(call.library), call.world, item, item.versions[0]!);
  return { status: 302, headers: { location } };
}
