import type { Exchange } from './exchange.js';
import type { GraphCall, ItemCall, Route } from './graph-call.js';
import { MAIL_ROUTES } from './mail.js';
import { CONTENT_ROUTES } from './sharepoint/content.js';
import { DELTA_ROUTES } from './sharepoint/delta.js';
import { FIELD_ROUTES } from './sharepoint/fields.js';
import { type ItemAddress, itemAddress } from './sharepoint/item-address.js';
import { ITEM_ROUTES } from './sharepoint/items.js';
import { LINK_ROUTES } from './sharepoint/links.js';
import { SHARE_ROUTES } from './sharepoint/shares.js';
import { SITE_ROUTES } from './sharepoint/sites.js';
import { SUBSCRIPTION_ROUTES } from './sharepoint/subscriptions.js';
import { UPLOAD_ROUTES } from './sharepoint/upload-session.js';
import { VERSION_ROUTES } from './sharepoint/versions.js';
import { CHANNEL_ROUTES } from './teams/channel-routes.js';

/** Calls about anything but an item of a drive. */
export const GRAPH_ROUTES: readonly Route[] = [
  ...SITE_ROUTES,
  ...SHARE_ROUTES,
  ...CHANNEL_ROUTES,
  ...MAIL_ROUTES,
  ...SUBSCRIPTION_ROUTES,
];

/** Calls about one item of a drive; paths are below the item. */
export const DRIVE_ITEM_ROUTES: readonly Route<ItemCall>[] = [
  ...ITEM_ROUTES,
  ...CONTENT_ROUTES,
  ...UPLOAD_ROUTES,
  ...VERSION_ROUTES,
  ...FIELD_ROUTES,
  ...LINK_ROUTES,
  ...DELTA_ROUTES,
];

/** A route that fits a request, with what its path names. */
export type Found =
  | { readonly kind: 'graph'; readonly route: Route; readonly params: Record<string, string> }
  | {
      readonly kind: 'item';
      readonly route: Route<ItemCall>;
      readonly params: Record<string, string>;
      readonly driveId: string;
      readonly address: ItemAddress;
    };

const VERSION = '/v1.0';
const SITE_BY_PATH = /^\/sites\/([^/:]+):(\/[^:]+?)(?::(\/.*)?)?$/;
const IN_DRIVE = /^\/drives\/([^/]+)\/(.+)$/;

/** The route of a call of Graph v1.0; null for what is not simulated, broken percent-encoding too. */
export function findRoute(exchange: Exchange): Found | null {
  if (!exchange.path.startsWith(`${VERSION}/`) || !isEncoded(exchange.path)) return null;
  const path = exchange.path.slice(VERSION.length);
  const [, driveId, inside] = IN_DRIVE.exec(path) ?? [];
  const address = inside === undefined ? null : itemAddress(inside);
  if (driveId !== undefined && address) {
    const found = match(DRIVE_ITEM_ROUTES, exchange.method, address.rest && `/${address.rest}`);
    return found && { kind: 'item', ...found, driveId: decodeURIComponent(driveId), address };
  }
  const found = match(GRAPH_ROUTES, exchange.method, withSiteAsSegment(path));
  return found && { kind: 'graph', ...found };
}

/** `/sites/{host}:/{path}` holds slashes: it becomes one segment. */
function withSiteAsSegment(path: string): string {
  const [, host, sitePath, rest = ''] = SITE_BY_PATH.exec(path) ?? [];
  if (host === undefined || sitePath === undefined) return path;
  return `/sites/${encodeURIComponent(`${host}:${decodeURIComponent(sitePath)}`)}${rest}`;
}

function match<C extends GraphCall>(
  routes: readonly Route<C>[],
  method: string,
  path: string,
): { route: Route<C>; params: Record<string, string> } | null {
  const given = path.split('/');
  for (const route of routes) {
    const wanted = route.path.split('/');
    if (route.method !== method || wanted.length !== given.length) continue;
    const fits = wanted.every((part, at) => (part.startsWith(':') ? given[at] !== '' : part === given[at]));
    if (!fits) continue;
    const named = wanted.flatMap((part, at) =>
      part.startsWith(':') ? [[part.slice(1), decodeURIComponent(given[at]!)]] : [],
    );
    return { route, params: Object.fromEntries(named) as Record<string, string> };
  }
  return null;
}

function isEncoded(path: string): boolean {
  try {
    decodeURIComponent(path);
    return true;
  } catch {
    return false;
  }
}
