import { byOf } from '../caller.js';
import { itemNotFound } from '../exchange.js';
import { type ItemCall, page, type Route } from '../graph-call.js';
import type { Item, Version } from '../records.js';
import { exactly, text } from '../request-schema.js';
import { withVersion } from './content.js';
import { assertUnlocked, fileOf } from './item-call.js';
import { downloadUrlOf, versionView } from './views.js';

const CHECKIN_BODY = exactly({ comment: text(1023), checkInAs: text(20) });

/** Versions of a file, newest first, and check-out. */
export const VERSION_ROUTES: readonly Route<ItemCall>[] = [
  { operation: 'version.list', method: 'GET', path: '/versions', units: 2, run: getVersions },
  { operation: 'version.content', method: 'GET', path: '/versions/:version/content', units: 1, run: getContent },
  { operation: 'version.restore', method: 'POST', path: '/versions/:version/restoreVersion', units: 2, run: restore },
  { operation: 'item.checkout', method: 'POST', path: '/checkout', units: 2, run: checkOut },
  { operation: 'item.checkin', method: 'POST', path: '/checkin', units: 2, schema: CHECKIN_BODY, run: checkIn },
];

function getVersions(call: ItemCall) {
  return page(call, fileOf(call, 'read').versions, versionView, 200);
}

function versionOf(call: ItemCall, item: Item): Version {
  const version = item.versions.find(({ id }) => id === call.params.version);
  if (!version) throw itemNotFound();
  return version;
}

function getContent(call: ItemCall) {
  const item = fileOf(call, 'read');
  const location = downloadUrlOf(call.tree.site(call.library), call.world, item, versionOf(call, item));
  return { status: 302, headers: { location } };
}

function restore(call: ItemCall) {
  const item = fileOf(call, 'write');
  assertUnlocked(call, item);
  const bytes = call.world.store.bytes(versionOf(call, item).blob);
  call.tree.put(withVersion(call.world, item, bytes, byOf(call.world, call.caller)));
  return { status: 204 };
}

function checkOut(call: ItemCall) {
  const item = fileOf(call, 'write');
  assertUnlocked(call, item);
  call.tree.put({ ...item, checkedOutBy: byOf(call.world, call.caller) });
  call.world.did('item.checkedOut', item.id);
  return { status: 204 };
}

function checkIn(call: ItemCall) {
  const item = fileOf(call, 'write');
  assertUnlocked(call, item);
  call.tree.put({ ...item, checkedOutBy: null });
  call.world.did('item.checkedIn', item.id);
  return { status: 204 };
}
