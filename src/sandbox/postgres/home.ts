import { createHash } from 'node:crypto';
import { existsSync, lstatSync, readFileSync } from 'node:fs';
import { chmod, mkdir, realpath, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { StartupError } from '../../core/startup-error.js';
import { canReach, chooseIdentity, type Identity, isRoot, ownerOf } from './identity.js';

/** Where one project's PostgreSQL stands, and as whom it runs. */
export interface Home {
  /** The project's data root, a real path. */
  dataRoot: string;
  /** `postgres/` in the data root: passwords, port and log, which only this process reads and writes. */
  settings: string;
  /** What PostgreSQL itself must reach: the same folder, or one outside where an unprivileged user can pass. */
  place: string;
  /** The data directory, in the place; it may not exist yet. */
  data: string;
  /** Where the private copies of the programs are kept. */
  binaries: string;
  /** Undefined for "as this process". */
  identity: Identity | undefined;
}

/** Persistent ones first: what stands in the last does not outlive a reboot on every system. */
const SHARED_ROOTS = ['/var/lib/countersign', '/var/tmp/countersign', join(tmpdir(), 'countersign')];

/** Names, inside a place outside the project, the data root that it belongs to. */
const OWNER_FILE = 'project';

/**
 * Decides where the data stand. A plain user's stand in the data root. Root's do too if the unprivileged user can pass
 * there; otherwise in a folder of a shared root named by the data root's path, so that a later start finds them.
 */
export async function findHome(
  wishedRoot: string,
  wishedIdentity: Identity | undefined,
  sharedRoots: string[] = SHARED_ROOTS,
): Promise<Home> {
  // Traversable for PostgreSQL's user when made by root; nobody else can list it, whatever the umask.
  const mode = isRoot() ? 0o711 : 0o700;
  await makeDirectory(wishedRoot, mode);
  const dataRoot = await realpath(wishedRoot);
  const settings = join(dataRoot, 'postgres');
  await makeDirectory(settings, mode);

  const inside = join(settings, 'data');
  if (existsSync(inside)) {
    const identity = ownerOf(inside);
    if (canReach(settings, identity)) return home(dataRoot, settings, settings, settings, identity);
    throw new StartupError(
      `The user ${identity?.uid}, as which PostgreSQL runs, cannot pass through the folders above ${inside}: open them for that user, or move the data root where they are open.`,
    );
  }
  const identity = chooseIdentity(wishedIdentity);
  const pointed = pointedPlace(dataRoot);
  if (pointed === undefined && canReach(settings, identity)) {
    return home(dataRoot, settings, settings, settings, identity);
  }
  const shared = pointed === undefined ? await sharedRoot(sharedRoots, identity) : dirname(pointed);
  const place = pointed ?? freePlace(shared, dataRoot);
  await makeDirectory(place, 0o711);
  // Again, as a start that was killed in between may have left it closed.
  await chmod(place, 0o711);
  const data = join(place, 'data');
  return home(dataRoot, settings, place, shared, existsSync(data) ? ownerOf(data) : identity);
}

/**
 * Ties a place outside the project to its data root, in both directions. Data found there although the data root does
 * not point to them are from before somebody deleted the data root: the last such are set aside, not served and not destroyed.
 * To be called by the holder of the place's lock.
 */
export async function claimPlace(home: Home, log: (line: string) => void): Promise<void> {
  if (home.place === home.settings) return;
  if (pointedPlace(home.dataRoot) === undefined && existsSync(home.data)) {
    const aside = `${home.data}.set-aside`;
    await rm(aside, { recursive: true, force: true });
    await rename(home.data, aside);
    log(`Found data of a deleted ${home.dataRoot}; they are set aside in ${aside}.`);
  }
  await writeFile(join(home.place, OWNER_FILE), `${home.dataRoot}\n`);
  await writeFile(pointerFile(home.dataRoot), `${home.place}\n`);
  log(`The data stand in ${home.place}, because the user PostgreSQL runs as cannot reach ${home.dataRoot}.`);
}

function home(dataRoot: string, settings: string, place: string, shared: string, identity: Identity | undefined): Home {
  return { dataRoot, settings, place, data: join(place, 'data'), binaries: join(shared, 'binaries'), identity };
}

/** The place that the data root points to, unless it has since gone or belongs to the project this one is a copy of. */
function pointedPlace(dataRoot: string): string | undefined {
  const place = read(pointerFile(dataRoot));
  return place === undefined || !existsSync(place) || isOfAnother(place, dataRoot) ? undefined : place;
}

/** The same place for the same data root, but never that of a project which stood at this path before it was moved. */
function freePlace(shared: string, dataRoot: string): string {
  for (let attempt = 0; ; attempt += 1) {
    const digest = createHash('sha256').update(`${dataRoot}\0${attempt}`).digest('hex');
    const place = join(shared, digest.slice(0, 16));
    if (!isOfAnother(place, dataRoot)) return place;
  }
}

function isOfAnother(place: string, dataRoot: string): boolean {
  const owner = read(join(place, OWNER_FILE));
  return owner !== undefined && owner !== dataRoot && read(pointerFile(owner)) === place;
}

function pointerFile(dataRoot: string): string {
  return join(dataRoot, 'postgres.location');
}

function read(file: string): string | undefined {
  return existsSync(file) ? readFileSync(file, 'utf8').trim() : undefined;
}

async function sharedRoot(candidates: string[], identity: Identity | undefined): Promise<string> {
  for (const candidate of candidates) {
    if (await isOurs(candidate)) {
      await chmod(candidate, 0o755);
      if (canReach(candidate, identity)) return realpath(candidate);
    }
  }
  throw new StartupError(
    `None of ${candidates.join(', ')} can hold the data where the user ${identity?.uid}, as which PostgreSQL runs, can reach them.`,
  );
}

/** Makes the folder if it can; one that somebody else made first, or may write to, is not trusted. */
async function isOurs(directory: string): Promise<boolean> {
  await mkdir(directory).catch(() => undefined);
  const status = lstatSync(directory, { throwIfNoEntry: false });
  return (
    status !== undefined && status.isDirectory() && status.uid === process.geteuid?.() && (status.mode & 0o022) === 0
  );
}

/** Sets the mode only of what it makes itself: an existing folder's mode is its owner's will. */
async function makeDirectory(path: string, mode: number): Promise<void> {
  if (existsSync(path)) return;
  await mkdir(dirname(path), { recursive: true });
  await mkdir(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error;
  });
  await chmod(path, mode);
}
