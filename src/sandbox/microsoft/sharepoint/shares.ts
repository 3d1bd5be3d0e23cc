import { invalidRequest, itemNotFound } from '../exchange.js';
import { type GraphCall, type Route, selected } from '../graph-call.js';
import type { Item, Library } from '../records.js';
import { requireAccess } from './access.js';
import { driveItem } from './views.js';

const SHARING_LINK = /^\/:[a-z]:\/s\/(?:[^/]+\/)?([0-9a-f-]{36})$/;

/** Items by the address that people have of them (learn.microsoft.com/graph/api/shares-get). */
export const SHARE_ROUTES: readonly Route[] = [
  { operation: 'share.item', method: 'GET', path: '/shares/:id/driveItem', units: 1, run: getShared },
];

/** `u!` and the address in base64url. Throws 400 for another form, 403 without access, 404 for what is not there. */
function getShared(call: GraphCall) {
  const { world, tree } = call;
  const encoded = /^u!([A-Za-z0-9_-]+)$/.exec(call.params.id ?? '')?.[1];
  const address = encoded === undefined ? '' : Buffer.from(encoded, 'base64url').toString('utf8');
  if (!URL.canParse(address)) throw invalidRequest('The sharing URL is not valid.');
  const url = new URL(address);
  const library = libraryOf(call, url);
  if (!library) throw itemNotFound('The sharing link no longer exists, or you do not have permission to access it.');
  requireAccess(call, tree.site(library), 'read', library);
  const item = itemAt(call, library, url);
  if (!item) throw itemNotFound();
  return { status: 200, body: selected(call, driveItem(world, tree, library, item)) };
}

function libraryOf({ world }: GraphCall, { hostname, pathname }: URL): Library | undefined {
  return world.store.all('library').find((library) => {
    const site = world.store.get('site', library.siteId);
    if (site?.host !== hostname) return false;
    const link = SHARING_LINK.exec(pathname)?.[1];
    if (link === undefined) return pathname.startsWith(`/${site.path}/${encodeURIComponent(library.folder)}/`);
    return world.store.all('item').some((item) => item.driveId === library.id && hasLink(item, link));
  });
}

function itemAt({ world, tree }: GraphCall, library: Library, { pathname }: URL): Item | undefined {
  const link = SHARING_LINK.exec(pathname)?.[1];
  if (link !== undefined)
    return world.store.all('item').find((item) => item.driveId === library.id && hasLink(item, link) && !item.deleted);
  const site = world.store.get('site', library.siteId)!;
  const names = pathname.slice(`/${site.path}/${encodeURIComponent(library.folder)}/`.length).split('/');
  const root = world.store.get('item', library.rootId);
  return root && tree.walk(root, names.map(decodeURIComponent));
}

const hasLink = (item: Item, id: string): boolean => item.links.some((link) => link.id === id);
