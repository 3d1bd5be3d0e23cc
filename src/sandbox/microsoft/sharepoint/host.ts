import { type Answer, type Exchange, itemNotFound, Refusal } from '../exchange.js';
import type { Item, Library } from '../records.js';
import type { MicrosoftWorld } from '../world.js';
import { mimeType } from './office.js';
import { redeemTicket } from './tickets.js';
import type { Tree } from './tree.js';
import { uploadAddress } from './upload-session.js';

const UPLOAD = /\/_api\/v2\.0\/drives\/[^/]+\/uploadSession$/;
const DOWNLOAD = /\/_layouts\/15\/download\.aspx$/;

/** How the log names a request to SharePoint's own host. */
export function sharePointOperation(exchange: Exchange): string {
  if (UPLOAD.test(exchange.path)) {
    const verbs: Readonly<Record<string, string>> = { PUT: 'range', GET: 'state', DELETE: 'cancel', POST: 'commit' };
    return `session.${verbs[exchange.method] ?? 'unknown'}`;
  }
  return DOWNLOAD.test(exchange.path) ? 'content.download' : 'web.view';
}

/** SharePoint's own host: upload and download addresses, and what a person's browser sees under a `webUrl`. */
export function answerSharePointHost(world: MicrosoftWorld, tree: Tree, exchange: Exchange): Answer {
  if (UPLOAD.test(exchange.path)) return uploadAddress(world, tree, exchange);
  if (exchange.method !== 'GET') throw new Refusal(405, 'methodNotAllowed', 'The method is not allowed.');
  if (!DOWNLOAD.test(exchange.path)) return view(world, tree, exchange);
  const ticket = redeemTicket(world, exchange.query.get('tempauth') ?? '');
  if (!ticket) throw new Refusal(401, 'unauthenticated', 'The download address has expired.');
  return file(ticket.name, world.store.bytes(ticket.blob));
}

/** The sandbox lets everybody see every file: nobody is signed in to SharePoint here. */
function view(world: MicrosoftWorld, tree: Tree, exchange: Exchange): Answer {
  for (const library of world.store.all('library')) {
    const names = namesIn(world, library, exchange);
    const root = names && world.store.get('item', library.rootId);
    const item: Item | undefined = root ? tree.walk(root, names) : undefined;
    const [version] = item?.versions ?? [];
    if (item && version) return file(item.name, world.store.bytes(version.blob));
  }
  throw itemNotFound();
}

function namesIn(world: MicrosoftWorld, library: Library, exchange: Exchange): string[] | null {
  const site = world.store.get('site', library.siteId);
  if (site?.host !== exchange.host) return null;
  const start = `/${site.path}/${encodeURIComponent(library.folder)}/`;
  if (!exchange.path.startsWith(start)) return null;
  return exchange.path.slice(start.length).split('/').map(decodeURIComponent);
}

/** Always as a download: what somebody put into a document never runs as a page of this origin. */
function file(name: string, bytes: Buffer): Answer {
  return {
    status: 200,
    headers: {
      'content-type': mimeType(name),
      'content-disposition': `attachment; filename*=UTF-8''${encodeURIComponent(name)}`,
      'x-content-type-options': 'nosniff',
      'content-security-policy': "default-src 'none'; sandbox",
    },
    body: bytes,
  };
}
