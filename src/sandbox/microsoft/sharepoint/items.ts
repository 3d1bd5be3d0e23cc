import { byOf } from '../caller.js';
import { invalidRequest, notSimulated, Refusal } from '../exchange.js';
import { type ItemCall, page, type Route, selected } from '../graph-call.js';
import type { Item } from '../records.js';
import { exactly, text } from '../request-schema.js';
import { assertMatch, assertUnlocked, itemOf } from './item-call.js';
import { assertName, assertPathLength, freeName } from './names.js';
import { driveItem, eTagOf, fieldValues, listItem } from './views.js';

const BEHAVIOUR = { enum: ['fail', 'replace', 'rename'] };
const FOLDER_BODY = exactly({ name: text(400), folder: exactly({}), '@microsoft.graph.conflictBehavior': BEHAVIOUR }, [
  'name',
  'folder',
]);
const UPDATE_BODY = exactly({
  name: text(400),
  parentReference: exactly({ id: text(200), driveId: text(200) }),
});

/** Items: reading, folders, renaming, moving, deleting. */
export const ITEM_ROUTES: readonly Route<ItemCall>[] = [
  { operation: 'item.get', method: 'GET', path: '', units: 1, run: getItem },
  { operation: 'item.update', method: 'PATCH', path: '', units: 2, schema: UPDATE_BODY, run: patchItem },
  { operation: 'item.delete', method: 'DELETE', path: '', units: 2, run: deleteItem },
  { operation: 'item.children', method: 'GET', path: '/children', units: 2, run: getChildren },
  { operation: 'folder.create', method: 'POST', path: '/children', units: 2, schema: FOLDER_BODY, run: postFolder },
];

/** An item as the call wants it: `$select`, `$expand=listItem($expand=fields)`. */
export function itemAnswer(call: ItemCall, item: Item, status = 200) {
  const expand = call.exchange.query.get('$expand');
  const view = selected(call, driveItem(call.world, call.tree, call.library, item));
  if (expand === null) return { status, body: view };
  if (!/^listItem(\(\$expand=fields\))?$/i.test(expand)) throw notSimulated(`$expand=${expand}`);
  const record = listItem(call.world, call.tree, call.library, item);
  const fields = expand.includes('(') ? { fields: fieldValues(item) } : {};
  return { status, body: { ...view, listItem: { ...record, ...fields } } };
}

function getItem(call: ItemCall) {
  const item = itemOf(call, 'read');
  if (call.exchange.headers['if-none-match'] === eTagOf(item)) return { status: 304 };
  return itemAnswer(call, item);
}

function getChildren(call: ItemCall) {
  const children = call.tree.children(itemOf(call, 'read').id);
  const view = (item: Item) => selected(call, driveItem(call.world, call.tree, call.library, item));
  return page(call, children, view, 200);
}

function postFolder(call: ItemCall) {
  const parent = itemOf(call, 'write');
  if (parent.kind !== 'folder') throw invalidRequest('The parent is not a folder.');
  const body = call.body as { name: string; '@microsoft.graph.conflictBehavior'?: string };
  assertName(body.name);
  const behaviour = body['@microsoft.graph.conflictBehavior'] ?? 'fail';
  const existing = call.tree.child(parent.id, body.name);
  if (existing && behaviour !== 'rename') {
    if (behaviour === 'fail' || existing.kind === 'file') throw nameTaken();
    return itemAnswer(call, existing, 200);
  }
  const name = existing ? freeName(body.name, (one) => call.tree.child(parent.id, one) !== undefined) : body.name;
  return itemAnswer(call, makeFolder(call, parent, name), 201);
}

/** Makes a folder; its names must have been checked for being free. */
export function makeFolder(call: ItemCall, parent: Item, name: string): Item {
  const { world, tree } = call;
  assertPathLength([...tree.names(parent), name], world.settings.pathLength);
  const folder = tree.put({ ...newItem(call, parent, name), kind: 'folder' });
  world.did('folder.created', folder.id);
  return folder;
}

/** What is the same for a new folder and a new file. */
export function newItem(call: ItemCall, parent: Item, name: string): Item {
  const { world } = call;
  const by = byOf(world, call.caller);
  const at = world.stamp();
  return {
    id: world.newItemId(),
    driveId: call.library.id,
    parentId: parent.id,
    guid: world.newGuid(),
    name,
    kind: 'file',
    createdAt: at,
    createdBy: by,
    modifiedAt: at,
    modifiedBy: by,
    eTag: 1,
    cTag: 1,
    versions: [],
    fields: {},
    links: [],
    checkedOutBy: null,
    openBy: null,
    deleted: false,
    shownFrom: new Date(world.now().getTime() + world.settings.freshItemDelayMs).toISOString(),
    change: 0,
    number: world.store.all('item').filter((item) => item.driveId === call.library.id).length,
  };
}

function patchItem(call: ItemCall) {
  const item = itemOf(call, 'write');
  assertMatch(call, item);
  assertUnlocked(call, item);
  if (item.parentId === null) throw invalidRequest('The root cannot be changed.');
  const { name = item.name, parentReference } = call.body as { name?: string; parentReference?: { id?: string } };
  assertName(name);
  const parent = call.tree.item(call.library, parentReference?.id ?? item.parentId);
  if (parent.kind !== 'folder') throw invalidRequest('The parent is not a folder.');
  if (parent.id === item.id || isInside(call, parent, item))
    throw invalidRequest('A folder cannot be moved into itself.');
  assertPathLength([...call.tree.names(parent), name], call.world.settings.pathLength);
  const taken = call.tree.child(parent.id, name);
  if (taken && taken.id !== item.id) throw nameTaken();
  const changed = call.tree.put({
    ...item,
    name,
    parentId: parent.id,
    eTag: item.eTag + 1,
    modifiedAt: call.world.stamp(),
    modifiedBy: byOf(call.world, call.caller),
  });
  call.world.did('item.updated', item.id);
  return itemAnswer(call, changed);
}

function deleteItem(call: ItemCall) {
  const item = itemOf(call, 'write');
  assertMatch(call, item);
  assertUnlocked(call, item);
  if (item.parentId === null) throw accessToRoot();
  call.tree.put({ ...item, deleted: true });
  call.world.did('item.deleted', item.id);
  return { status: 204 };
}

/** 409, the answer to `conflictBehavior=fail`. */
export function nameTaken(): Refusal {
  return new Refusal(409, 'nameAlreadyExists', 'An item with the same name already exists under the parent');
}

function accessToRoot(): Refusal {
  return new Refusal(403, 'notAllowed', 'The root of a library cannot be deleted.');
}

function isInside(call: ItemCall, item: Item, folder: Item): boolean {
  if (item.parentId === null) return false;
  if (item.parentId === folder.id) return true;
  return isInside(call, call.tree.item(call.library, item.parentId), folder);
}
