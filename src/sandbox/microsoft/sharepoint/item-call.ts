import { byOf } from '../caller.js';
import { itemNotFound, Refusal } from '../exchange.js';
import type { ItemCall } from '../graph-call.js';
import type { Item } from '../records.js';
import { requireAccess, type Need } from './access.js';
import { cTagOf, eTagOf } from './views.js';

/** The item that a call is about, the right to it checked first. Throws 403 and 404. */
export function itemOf(call: ItemCall, need: Need): Item {
  requireAccess(call, call.tree.site(call.library), need, call.library);
  const base = call.tree.item(call.library, call.base);
  const item = call.names === null ? base : call.tree.walk(base, call.names);
  if (!item) throw itemNotFound();
  return item;
}

/** As `itemOf`, for a file. Throws 400 for a folder. */
export function fileOf(call: ItemCall, need: Need): Item {
  const item = itemOf(call, need);
  if (item.kind === 'folder') throw new Refusal(400, 'invalidRequest', 'The item is a folder.');
  return item;
}

/** Throws 412 when `If-Match` names neither the item's eTag nor its cTag, byte for byte, quotes included. */
export function assertMatch(call: ItemCall, item: Item | undefined): void {
  const wanted = call.exchange.headers['if-match'];
  if (wanted === undefined || (wanted === '*' && item)) return;
  if (item && [eTagOf(item), cTagOf(item)].includes(wanted)) return;
  throw new Refusal(
    412,
    'resourceModified',
    'The resource has changed since the caller last read it; usually an eTag mismatch',
  );
}

/** Throws 423 when somebody else has the file checked out or open. */
export function assertUnlocked(call: ItemCall, item: Item): void {
  const me = byOf(call.world, call.caller).id;
  const holder = item.checkedOutBy ?? item.openBy;
  if (holder && holder.id !== me) {
    throw new Refusal(423, 'resourceLocked', `The file is locked for editing by ${holder.name}.`);
  }
}
