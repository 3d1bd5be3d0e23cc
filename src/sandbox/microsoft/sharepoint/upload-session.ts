import { byOf } from '../caller.js';
import { type Answer, type Exchange, invalidRequest, itemNotFound, jsonOf, Refusal } from '../exchange.js';
import type { ItemCall, Route } from '../graph-call.js';
import type { UploadSession } from '../records.js';
import { exactly, text } from '../request-schema.js';
import type { MicrosoftWorld } from '../world.js';
import { placeOf, writeFile } from './content.js';
import { assertMatch } from './item-call.js';
import { nameTaken } from './items.js';
import type { Tree } from './tree.js';
import { driveItem } from './views.js';

const FRAGMENT = 327_680;
const LARGEST_RANGE = 60 * 1024 * 1024;
const SESSION_BODY = exactly({
  item: exactly({
    '@odata.type': text(100),
    '@microsoft.graph.conflictBehavior': { enum: ['fail', 'replace', 'rename'] },
    name: text(400),
    description: text(1000),
    fileSize: { type: 'integer', minimum: 0 },
  }),
  deferCommit: { type: 'boolean' },
});

/** Starting a resumable upload (learn.microsoft.com/graph/api/driveitem-createuploadsession). */
export const UPLOAD_ROUTES: readonly Route<ItemCall>[] = [
  {
    operation: 'session.create',
    method: 'POST',
    path: '/createUploadSession',
    units: 2,
    schema: SESSION_BODY,
    run: create,
  },
];

function create(call: ItemCall): Answer {
  const { world, library } = call;
  const place = placeOf(call);
  assertMatch(call, place.existing);
  const { item = {}, deferCommit = false } = (call.body ?? {}) as {
    item?: Record<string, string>;
    deferCommit?: boolean;
  };
  if (item.name !== undefined && item.name !== place.name) throw invalidRequest('The name does not match the path.');
  const session: UploadSession = {
    id: world.newSecret(),
    driveId: library.id,
    parentId: place.parent.id,
    name: place.name,
    itemId: place.existing?.id ?? null,
    // Unlike the simple upload, a session fails by default on a name that is taken.
    behaviour: item['@microsoft.graph.conflictBehavior'] ?? 'fail',
    deferCommit,
    by: byOf(world, call.caller),
    expiresAt: new Date(world.now().getTime() + world.settings.uploadSessionMinutes * 60_000).toISOString(),
    parts: [],
    total: null,
  };
  world.store.put('session', session);
  world.did('session.created', session.id);
  const { host, path } = call.tree.site(library);
  const uploadUrl = `https://${host}/${path}/_api/v2.0/drives/${library.id}/uploadSession?guid=${session.id}`;
  return { status: 200, body: { uploadUrl, expirationDateTime: session.expiresAt } };
}

/**
 * The upload address on SharePoint's own host: ranges by PUT, state by GET, cancelling by DELETE, an empty POST to commit
 * a deferred one. It is pre-authenticated and refuses a token.
 */
export function uploadAddress(world: MicrosoftWorld, tree: Tree, exchange: Exchange): Answer {
  if (exchange.headers.authorization !== undefined) {
    throw new Refusal(401, 'unauthenticated', 'The upload address takes no Authorization header.');
  }
  const session = world.store.get('session', exchange.query.get('guid') ?? '');
  if (!session || new Date(session.expiresAt) <= world.now()) throw itemNotFound('The upload session was not found.');
  if (exchange.method === 'GET') return { status: 200, body: stateOf(session) };
  if (exchange.method === 'DELETE') {
    world.store.drop('session', session.id);
    world.did('session.cancelled', session.id);
    return { status: 204 };
  }
  if (exchange.method === 'POST') {
    jsonOf(exchange.body);
    if (received(session) !== session.total) throw invalidRequest('Ranges are missing.');
    return commit(world, tree, session, exchange);
  }
  return takeRange(world, tree, session, exchange);
}

function takeRange(world: MicrosoftWorld, tree: Tree, session: UploadSession, exchange: Exchange): Answer {
  const match = /^bytes (\d+)-(\d+)\/(\d+)$/.exec(exchange.headers['content-range'] ?? '');
  if (!match) throw invalidRequest('Content-Range is missing or malformed.');
  const [first, last, total] = match.slice(1).map(Number) as [number, number, number];
  if (last - first + 1 !== exchange.body.length || last >= total)
    throw invalidRequest('Content-Range does not fit the body.');
  if (exchange.body.length >= LARGEST_RANGE) throw invalidRequest('A range must be smaller than 60 MiB.');
  if (session.total !== null && session.total !== total) throw invalidRequest('The total differs from the one before.');
  if (first !== received(session)) {
    throw new Refusal(416, 'invalidRange', 'The range was uploaded already, or one before it is missing.');
  }
  const part = { blob: world.store.keep(exchange.body), size: exchange.body.length };
  const grown: UploadSession = { ...session, total, parts: [...session.parts, part] };
  world.store.put('session', grown);
  world.did('range.received', `${session.id}/${first}`);
  if (received(grown) < total || session.deferCommit) return { status: 202, body: stateOf(grown) };
  return commit(world, tree, grown, exchange);
}

/** Ranges that are no multiples of 320 KiB are noticed only here, as at Microsoft. */
function commit(world: MicrosoftWorld, tree: Tree, session: UploadSession, exchange: Exchange): Answer {
  if (session.parts.slice(0, -1).some((part) => part.size % FRAGMENT !== 0)) {
    throw invalidRequest('Each range except the last must be a multiple of 320 KiB.');
  }
  const library = world.store.get('library', session.driveId);
  if (!library) throw itemNotFound();
  const parent = tree.item(library, session.parentId);
  const existing = tree.child(parent.id, session.name);
  if (existing && session.behaviour === 'fail') throw nameTaken();
  const caller = {
    tid: tree.site(library).tid,
    appId: session.by.id,
    resource: 'graph' as const,
    roles: [],
    scopes: [],
    user: session.by.kind === 'user' ? { oid: session.by.id, name: session.by.name } : null,
    issuedAt: world.now(),
    expiresAt: world.now(),
  };
  const call: ItemCall = {
    world,
    tree,
    exchange,
    caller,
    params: {},
    body: undefined,
    library,
    base: parent.id,
    names: null,
  };
  const bytes = Buffer.concat(session.parts.map((part) => world.store.bytes(part.blob)));
  const { item, status } = writeFile(call, { parent, name: session.name, existing }, session.behaviour, bytes);
  world.store.drop('session', session.id);
  return { status, body: driveItem(world, tree, library, item) };
}

function received(session: UploadSession): number {
  return session.parts.reduce((sum, part) => sum + part.size, 0);
}

function stateOf(session: UploadSession): Record<string, unknown> {
  const at = received(session);
  const nextExpectedRanges = at === session.total ? [] : [`${at}-${session.total === null ? '' : session.total - 1}`];
  return { expirationDateTime: session.expiresAt, nextExpectedRanges };
}
