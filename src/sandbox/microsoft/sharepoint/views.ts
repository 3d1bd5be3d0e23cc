import { identitySet } from '../caller.js';
import type { Column, Item, Library, Site, Version } from '../records.js';
import type { MicrosoftWorld } from '../world.js';
import { mimeType } from './office.js';
import { downloadTicket } from './tickets.js';
import type { Tree } from './tree.js';

/** The eTag with its own quotes, as it must come back in `If-Match`. */
export function eTagOf(item: Item): string {
  return `"{${item.guid.toUpperCase()}},${item.eTag}"`;
}

/** The cTag: changes with content alone. */
export function cTagOf(item: Item): string {
  return `"c:{${item.guid.toUpperCase()}},${item.cTag}"`;
}

/** `https://<host>/<site>/<library>/<path>`: for people's browsers. */
export function webUrlOf(world: MicrosoftWorld, tree: Tree, library: Library, item: Item): string {
  const site = tree.site(library);
  const parts = [...site.path.split('/'), library.folder, ...tree.names(item)].map(encodeURIComponent);
  return `${world.webOrigin(site.host)}/${parts.join('/')}`;
}

/** A short-lived address of the bytes that needs no token. */
export function downloadUrlOf(site: Site, world: MicrosoftWorld, item: Item, version: Version): string {
  const query = new URLSearchParams({
    UniqueId: item.guid,
    Translate: 'false',
    tempauth: downloadTicket(world, version.blob, item.name),
    ApiVersion: '2.0',
  });
  return `https://${site.host}/${site.path}/_layouts/15/download.aspx?${query.toString()}`;
}

/** Graph's driveItem. */
export function driveItem(world: MicrosoftWorld, tree: Tree, library: Library, item: Item): Record<string, unknown> {
  const site = tree.site(library);
  const parent = item.parentId === null ? null : world.store.get('item', item.parentId);
  const [version] = item.versions;
  const times = { createdDateTime: item.createdAt, lastModifiedDateTime: item.modifiedAt };
  return {
    ...(version ? { '@microsoft.graph.downloadUrl': downloadUrlOf(site, world, item, version) } : {}),
    id: item.id,
    name: item.name,
    ...times,
    createdBy: identitySet(item.createdBy),
    lastModifiedBy: identitySet(item.modifiedBy),
    eTag: eTagOf(item),
    cTag: cTagOf(item),
    size: version?.size ?? 0,
    webUrl: webUrlOf(world, tree, library, item),
    parentReference: {
      driveType: 'documentLibrary',
      driveId: library.id,
      siteId: site.id,
      ...(parent ? { id: parent.id, name: parent.name, path: pathOf(tree, library, parent) } : {}),
    },
    fileSystemInfo: times,
    ...(version
      ? { file: { mimeType: mimeType(item.name), hashes: { quickXorHash: version.hash } } }
      : { folder: { childCount: tree.children(item.id).length } }),
    ...(parent ? {} : { root: {} }),
  };
}

/** What a delta page says of an item that is gone. */
export function deletedItem(library: Library, item: Item): Record<string, unknown> {
  return {
    id: item.id,
    deleted: { state: 'deleted' },
    parentReference: { driveId: library.id, ...(item.parentId === null ? {} : { id: item.parentId }) },
  };
}

/** Graph's fieldValueSet: the columns with the library's own ones. */
export function fieldValues(item: Item): Record<string, unknown> {
  return {
    '@odata.etag': eTagOf(item),
    id: String(item.number),
    FileLeafRef: item.name,
    Created: item.createdAt,
    Modified: item.modifiedAt,
    _UIVersionString: item.versions[0]?.id ?? '1.0',
    ...item.fields,
  };
}

/** Graph's listItem of a drive item. */
export function listItem(world: MicrosoftWorld, tree: Tree, library: Library, item: Item): Record<string, unknown> {
  return {
    id: String(item.number),
    eTag: eTagOf(item),
    createdDateTime: item.createdAt,
    lastModifiedDateTime: item.modifiedAt,
    webUrl: webUrlOf(world, tree, library, item),
    parentReference: { id: library.listId, siteId: library.siteId },
  };
}

/** Graph's driveItemVersion. */
export function versionView(version: Version): Record<string, unknown> {
  return {
    id: version.id,
    lastModifiedDateTime: version.at,
    size: version.size,
    lastModifiedBy: identitySet(version.by),
  };
}

/** Graph's site. */
export function siteView(world: MicrosoftWorld, site: Site): Record<string, unknown> {
  return {
    id: site.id,
    name: site.path.split('/').at(-1),
    displayName: site.name,
    createdDateTime: site.createdAt,
    lastModifiedDateTime: site.createdAt,
    webUrl: `${world.webOrigin(site.host)}/${site.path}`,
    root: {},
    siteCollection: { hostname: site.host },
  };
}

/** Graph's drive. */
export function driveView(world: MicrosoftWorld, site: Site, library: Library): Record<string, unknown> {
  return {
    id: library.id,
    name: library.name,
    driveType: 'documentLibrary',
    createdDateTime: library.createdAt,
    lastModifiedDateTime: library.createdAt,
    webUrl: `${world.webOrigin(site.host)}/${site.path}/${encodeURIComponent(library.folder)}`,
    quota: { deleted: 0, remaining: 27_487_790_694_400, state: 'normal', total: 27_487_790_694_400, used: 0 },
  };
}

/** Graph's columnDefinition. */
export function columnView(column: Column): Record<string, unknown> {
  const facet = column.kind === 'choice' ? { choices: column.choices } : {};
  return {
    id: column.id,
    name: column.name,
    displayName: column.displayName,
    indexed: column.indexed,
    hidden: false,
    readOnly: false,
    required: false,
    [column.kind]: facet,
  };
}

function pathOf(tree: Tree, library: Library, folder: Item): string {
  const names = tree.names(folder).map((name) => `/${encodeURIComponent(name)}`);
  return `/drives/${library.id}/root:${names.join('')}`;
}
