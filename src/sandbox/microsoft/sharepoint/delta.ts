import { Refusal } from '../exchange.js';
import type { ItemCall, Route } from '../graph-call.js';
import { itemOf } from './item-call.js';
import { deletedItem, driveItem } from './views.js';

const PAGE = 200;

/** Changes of a library since a token (learn.microsoft.com/graph/api/driveitem-delta). */
export const DELTA_ROUTES: readonly Route<ItemCall>[] = [
  { operation: 'drive.delta', method: 'GET', path: '/delta', units: 1, run: getDelta },
];

/** A page may be short and still have a next link; the last one has a delta link. 410 when the token is too old. */
function getDelta(call: ItemCall) {
  itemOf(call, 'read');
  const { world, tree, library, exchange } = call;
  const token = exchange.query.get('token') ?? '';
  const address = `https://graph.microsoft.com${exchange.path}`;
  const link = (since: number): string => `${address}?token=${encode(world.deltaEpoch, since)}`;
  const items = world.store
    .all('item')
    .filter((item) => item.driveId === library.id)
    .sort((a, b) => a.change - b.change);
  if (token === 'latest')
    return { status: 200, body: { value: [], '@odata.deltaLink': link(items.at(-1)?.change ?? 0) } };
  const [epoch, since] = token ? decode(token) : [world.deltaEpoch, 0];
  if (epoch !== world.deltaEpoch) {
    throw new Refusal(410, 'resyncRequired', 'Resync required. Replace any local items with the server version.', {
      headers: { location: address },
    });
  }
  const changed = items.filter((item) => item.change > since && tree.isShown(item) && (token !== '' || !item.deleted));
  const value = changed
    .slice(0, PAGE)
    .map((item) => (item.deleted ? deletedItem(library, item) : driveItem(world, tree, library, item)));
  const last = changed[Math.min(changed.length, PAGE) - 1]?.change ?? since;
  const kind = changed.length > PAGE ? '@odata.nextLink' : '@odata.deltaLink';
  return { status: 200, body: { value, [kind]: link(last) } };
}

function encode(epoch: number, since: number): string {
  return Buffer.from(`${epoch}:${since}`).toString('base64url');
}

function decode(token: string): [number, number] {
  const [epoch = '', since = ''] = Buffer.from(token, 'base64url').toString('utf8').split(':');
  return [Number(epoch), Number(since)];
}
