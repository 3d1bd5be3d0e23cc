import { VendorError } from '../../../core/outbox/vendor-error.js';
import { type GraphClient, type GraphRecord, partOf, textIn } from '../graph.client.js';

/** A column of the library that people made for us: metadata is written where they want it, and nowhere else. */
export interface LibraryColumn {
  readonly name: string;
  readonly isNumber: boolean;
}

/** The document library of a connection, found once and then used by its ids. */
export interface Place {
  readonly siteId: string;
  readonly driveId: string;
  /** Those of ours that the library has. */
  readonly columns: readonly LibraryColumn[];
}

interface Kept {
  readonly place: Promise<Place>;
  /** On the monotonic clock. */
  readonly endsAt: number;
}

/** Columns that are filled in when a site owner has made them (internal names). */
export const COLUMNS = ['CountersignHandoff', 'CountersignVersion', 'CountersignDigest'] as const;

/** People rename libraries and make columns: what was found is looked up again after this time. */
const KEEP_MS = 600_000;
const MOST = 1000;

/** Finds each connection's library by the address of its site and the library's name, and remembers it for a while. */
export class Places {
  private readonly kept = new Map<string, Kept>();

  /** The library; VendorError DISCONNECTED that names the step that is missing. */
  async of(graph: GraphClient): Promise<Place> {
    const key = keyOf(graph);
    const known = this.kept.get(key);
    if (known && known.endsAt > performance.now()) return known.place;
    const place = findPlace(graph);
    this.kept.delete(key);
    this.kept.set(key, { place, endsAt: performance.now() + KEEP_MS });
    const [oldest] = this.kept.keys();
    if (this.kept.size > MOST && oldest !== undefined) this.kept.delete(oldest);
    place.catch(() => this.kept.delete(key));
    return place;
  }

  /**
   * Works in the library. Where something is not found or not allowed, the library itself is looked up anew: a deleted
   * site or a revoked grant says so by its own remedy, instead of by a missing file.
   */
  async use<T>(graph: GraphClient, work: (place: Place) => Promise<T>): Promise<T> {
    try {
      return await work(await this.of(graph));
    } catch (error) {
      if (error instanceof VendorError && (error.status === 403 || error.status === 404)) {
        this.kept.delete(keyOf(graph));
        await this.of(graph);
      }
      throw error;
    }
  }
}

const keyOf = ({ connection: { id, secretVersion, baseUrl, settings } }: GraphClient): string =>
  [id, secretVersion, baseUrl, settings.directoryId ?? '', settings.library ?? ''].join('\n');

/** The site, its library by name (or the site's own), and our columns of it. */
export async function findPlace(graph: GraphClient): Promise<Place> {
  const { baseUrl, settings } = graph.connection;
  const { hostname, pathname } = new URL(baseUrl);
  const path = pathname.replace(/\/+$/, '');
  const site = await graph.find(`/sites/${hostname}${path === '' ? '' : `:${path}`}?$select=id`);
  if (!site)
    throw missing(
      'SHAREPOINT_SITE_MISSING',
      'The SharePoint site does not exist (any more).',
      'Restore the site, or set the address of another with updateIntegrationSettings, then test the connection.',
    );
  const siteId = textIn(site, 'id');
  const drive = await driveOf(graph, siteId, settings.library);
  const list = await graph.get(`/drives/${drive}/list?$select=id`);
  const columns = await graph.list(`/sites/${siteId}/lists/${encodeURIComponent(textIn(list, 'id'))}/columns`);
  return { siteId, driveId: drive, columns: columns.filter(isOurs).map(columnOf) };
}

async function driveOf(graph: GraphClient, siteId: string, library: string | undefined): Promise<string> {
  if (library === undefined) return textIn(await graph.get(`/sites/${siteId}/drive?$select=id`), 'id');
  const drives = await graph.list(`/sites/${siteId}/drives?$select=id,name`);
  const drive = drives.find((one) => textIn(one, 'name').toLowerCase() === library.toLowerCase());
  if (drive) return textIn(drive, 'id');
  throw missing(
    'SHAREPOINT_LIBRARY_MISSING',
    'The site has no document library of this name.',
    'Set `library` to the name of a document library of the site with updateIntegrationSettings, then test the connection.',
  );
}

const isOurs = (column: GraphRecord): boolean => (COLUMNS as readonly string[]).includes(textIn(column, 'name'));

const columnOf = (column: GraphRecord): LibraryColumn => ({
  name: textIn(column, 'name'),
  isNumber: Object.keys(partOf(column, 'number')).length > 0 || 'number' in column,
});

function missing(code: string, message: string, remedy: string): VendorError {
  return new VendorError('DISCONNECTED', { code, message, remedy, status: 404 });
}
