import { itemNotFound, Refusal } from '../exchange.js';
import { requirePermission } from '../caller.js';
import { type GraphCall, page, type Route, selected } from '../graph-call.js';
import type { Column, Grant, Library, Site } from '../records.js';
import { exactly, text } from '../request-schema.js';
import { requireAccess } from './access.js';
import { columnView, driveView, siteView } from './views.js';

const IDENTITIES = {
  type: 'array',
  minItems: 1,
  items: exactly({ application: exactly({ id: text(36, 36), displayName: text(256) }, ['id']) }, ['application']),
};
const GRANT_BODY = exactly(
  {
    roles: { type: 'array', minItems: 1, items: { enum: ['read', 'write', 'owner', 'fullcontrol'] } },
    grantedToIdentities: IDENTITIES,
    grantedToIdentitiesV2: IDENTITIES,
  },
  ['roles'],
);
const COLUMN_BODY = exactly(
  {
    name: { type: 'string', pattern: '^[A-Za-z_][A-Za-z0-9_]{0,31}$' },
    displayName: text(255),
    description: text(255),
    indexed: { type: 'boolean' },
    required: { type: 'boolean' },
    hidden: { type: 'boolean' },
    enforceUniqueValues: { type: 'boolean' },
    text: exactly({
      allowMultipleLines: { type: 'boolean' },
      appendChangesToExistingText: { type: 'boolean' },
      linesForEditing: { type: 'integer' },
      maxLength: { type: 'integer' },
    }),
    number: exactly({ decimalPlaces: text(20), displayAs: text(20) }),
    boolean: exactly({}),
    dateTime: exactly({ displayAs: text(20), format: text(20) }),
    choice: exactly({
      allowTextEntry: { type: 'boolean' },
      choices: { type: 'array', items: text(255) },
      displayAs: text(30),
    }),
  },
  ['name'],
);

/** Sites, their libraries and columns, and the grants of `Sites.Selected`. */
export const SITE_ROUTES: readonly Route[] = [
  { operation: 'site.get', method: 'GET', path: '/sites/:site', units: 1, run: getSite },
  { operation: 'site.drive', method: 'GET', path: '/sites/:site/drive', units: 1, run: getDrive },
  { operation: 'site.drives', method: 'GET', path: '/sites/:site/drives', units: 2, run: getDrives },
  { operation: 'site.grants', method: 'GET', path: '/sites/:site/permissions', units: 5, run: getGrants },
  {
    operation: 'site.grant',
    method: 'POST',
    path: '/sites/:site/permissions',
    units: 5,
    schema: GRANT_BODY,
    run: postGrant,
  },
  { operation: 'site.revoke', method: 'DELETE', path: '/sites/:site/permissions/:grant', units: 5, run: deleteGrant },
  { operation: 'drive.get', method: 'GET', path: '/drives/:drive', units: 1, run: getDriveById },
  { operation: 'drive.list', method: 'GET', path: '/drives/:drive/list', units: 1, run: getList },
  { operation: 'column.list', method: 'GET', path: '/sites/:site/lists/:list/columns', units: 2, run: getColumns },
  {
    operation: 'column.create',
    method: 'POST',
    path: '/sites/:site/lists/:list/columns',
    units: 2,
    schema: COLUMN_BODY,
    run: postColumn,
  },
];

/** `{host},{guid},{guid}` or `{host}:/{path}`, as Graph addresses a site. Throws 404. */
function siteOf(call: GraphCall): Site {
  const { site: key = '' } = call.params;
  const [host, path] = key.split(':');
  const found = call.world.store
    .all('site')
    .find((site) =>
      path === undefined ? site.id === key : site.host === host && `/${site.path}` === path.toLowerCase(),
    );
  if (!found || found.tid !== call.caller.tid) throw itemNotFound('Requested site could not be found');
  return found;
}

function libraryOf(call: GraphCall, site: Site): Library {
  const library = librariesOf(call, site).find((one) => one.listId === call.params.list);
  if (!library) throw itemNotFound('The specified list was not found');
  return library;
}

function librariesOf(call: GraphCall, site: Site): Library[] {
  return call.world.store.all('library').filter((library) => library.siteId === site.id);
}

function getSite(call: GraphCall) {
  const site = siteOf(call);
  requireAccess(call, site, 'read', librariesOf(call, site)[0]);
  return { status: 200, body: selected(call, siteView(call.world, site)) };
}

function getDrive(call: GraphCall) {
  const site = siteOf(call);
  const [library] = librariesOf(call, site);
  requireAccess(call, site, 'read', library);
  if (!library) throw itemNotFound();
  return { status: 200, body: selected(call, driveView(call.world, site, library)) };
}

function getDrives(call: GraphCall) {
  const site = siteOf(call);
  requireAccess(call, site, 'read');
  return page(call, librariesOf(call, site), (library) => selected(call, driveView(call.world, site, library)), 200);
}

function getDriveById(call: GraphCall) {
  const library = call.tree.library(call.params.drive ?? '', call.caller.tid);
  const site = call.tree.site(library);
  requireAccess(call, site, 'read', library);
  return { status: 200, body: selected(call, driveView(call.world, site, library)) };
}

function getList(call: GraphCall) {
  const library = call.tree.library(call.params.drive ?? '', call.caller.tid);
  const site = call.tree.site(library);
  requireAccess(call, site, 'read', library);
  const body = {
    id: library.listId,
    name: library.folder,
    displayName: library.name,
    createdDateTime: library.createdAt,
    lastModifiedDateTime: library.createdAt,
    webUrl: `${call.world.webOrigin(site.host)}/${site.path}/${encodeURIComponent(library.folder)}`,
    list: { template: 'documentLibrary', hidden: false, contentTypesEnabled: false },
  };
  return { status: 200, body: selected(call, body) };
}

/** Granting needs `Sites.FullControl.All`: the product's app cannot grant itself. */
function postGrant(call: GraphCall) {
  const site = siteOf(call);
  requirePermission(call.caller, ['Sites.FullControl.All'], 'accessDenied');
  const { roles, grantedToIdentities, grantedToIdentitiesV2 } = call.body as {
    roles: string[];
    grantedToIdentities?: { application: { id: string } }[];
    grantedToIdentitiesV2?: { application: { id: string } }[];
  };
  const appId = (grantedToIdentitiesV2 ?? grantedToIdentities)?.[0]?.application.id;
  if (!appId) throw new Refusal(400, 'invalidRequest', 'grantedToIdentities must name an application.');
  const grant: Grant = {
    id: call.world.newGuid(),
    siteId: site.id,
    listId: null,
    appId,
    roles,
    from: call.world.stamp(),
  };
  call.world.store.put('grant', grant);
  call.world.did('grant.created', grant.id);
  return { status: 201, body: grantView(grant) };
}

function getGrants(call: GraphCall) {
  const site = siteOf(call);
  requirePermission(call.caller, ['Sites.FullControl.All'], 'accessDenied');
  const grants = call.world.store.all('grant').filter((grant) => grant.siteId === site.id && grant.listId === null);
  return page(call, grants, grantView, 200);
}

function deleteGrant(call: GraphCall) {
  const site = siteOf(call);
  requirePermission(call.caller, ['Sites.FullControl.All'], 'accessDenied');
  const grant = call.world.store.get('grant', call.params.grant ?? '');
  if (grant?.siteId !== site.id) throw itemNotFound();
  call.world.store.drop('grant', grant.id);
  call.world.did('grant.deleted', grant.id);
  return { status: 204 };
}

function grantView(grant: Grant) {
  const identity = { application: { id: grant.appId } };
  return { id: grant.id, roles: grant.roles, grantedToIdentities: [identity], grantedToIdentitiesV2: [identity] };
}

function getColumns(call: GraphCall) {
  const site = siteOf(call);
  const library = libraryOf(call, site);
  requireAccess(call, site, 'read', library);
  const columns = call.world.store.all('column').filter((column) => column.listId === library.listId);
  return page(call, columns, columnView, 200);
}

function postColumn(call: GraphCall) {
  const site = siteOf(call);
  const library = libraryOf(call, site);
  requireAccess(call, site, 'columns', library);
  const body = call.body as { name: string; displayName?: string; indexed?: boolean; choice?: { choices?: string[] } };
  const kind = (['text', 'number', 'boolean', 'dateTime', 'choice'] as const).filter((name) => name in body);
  if (kind.length !== 1) throw new Refusal(400, 'invalidRequest', 'A column has exactly one type.');
  const taken = call.world.store.all('column').some((one) => one.listId === library.listId && one.name === body.name);
  if (taken) throw new Refusal(409, 'nameAlreadyExists', 'A column with this name already exists.');
  const column: Column = {
    id: call.world.newGuid(),
    listId: library.listId,
    name: body.name,
    displayName: body.displayName ?? body.name,
    kind: kind[0]!,
    choices: body.choice?.choices ?? [],
    indexed: body.indexed ?? false,
  };
  call.world.store.put('column', column);
  call.world.did('column.created', column.name);
  return { status: 201, body: columnView(column) };
}
