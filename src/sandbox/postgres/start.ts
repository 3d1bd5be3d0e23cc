import type { ChildProcess } from 'node:child_process';
import { dirname, join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { StartupError } from '../../core/startup-error.js';
import { type Binaries, findPackage, prepareBinaries } from './binaries.js';
import { SUPERUSER, ensureCluster } from './cluster.js';
import { connected } from './connection.js';
import { type Credentials, credentialsIn } from './credentials.js';
import { type Home, claimPlace, findHome } from './home.js';
import { type Identity, isRoot } from './identity.js';
import { takeLock } from './instance-lock.js';
import { choosePort, rememberPort } from './port.js';
import { clearLeftovers, halt, lastComplaint, launch, saysReady } from './postmaster.js';
import { type DatabaseUrls, ensureRolesAndDatabase, urlsOf } from './roles.js';

/** How to start the embedded PostgreSQL. */
export interface EmbeddedPostgresOptions {
  /** The folder `.countersign`; made when it is missing. */
  dataRoot: string;
  /** Whose `node_modules` hold the programs; by default the folder that the data root stands in. */
  projectRoot?: string;
  /** The package with the programs, when it is not the one that the project has for this platform. */
  packageDir?: string;
  /** By default that of the last start, or any free one. */
  port?: number;
  /** Whom a start by root runs PostgreSQL as when it makes the data; later starts run it as the data's owner. */
  runAs?: Identity;
  /** Folders, the first usable of which holds data that PostgreSQL's user could not reach in the data root. */
  sharedRoots?: string[];
  /** Told in a line what a person may want to know about the start. */
  log?: (line: string) => void;
  /** PostgreSQL's settings by name; those that keep the server private and its data safe cannot be changed. */
  settings?: Record<string, string>;
}

/** A running embedded PostgreSQL, held by this process alone. */
export interface EmbeddedPostgres extends DatabaseUrls {
  port: number;
  /** Such as "18.4". */
  version: string;
  dataDirectory: string;
  /** Stops the server, waits for its end and frees the data folder; a second call waits for the first. */
  stop(): Promise<void>;
}

/** Crash recovery comes before the first connection and may take its time. */
const READY_WITHIN = 120_000;

const ERRNO_REASONS: Record<string, string> = {
  EACCES: 'permission denied',
  EPERM: 'operation not permitted',
  ENOSPC: 'no space is left',
  EROFS: 'the file system is read-only',
  ENOTDIR: 'it is not a folder',
  EEXIST: 'it is not a folder',
  ELOOP: 'too many symbolic links',
};

/**
 * Starts a real PostgreSQL on 127.0.0.1 from the programs of an npm package, with its data under the data root, and
 * provides the database `countersign` with its two roles. A server that a killed process left running is stopped
 * first; its data are found again.
 * @throws StartupError, in one sentence, when another instance holds the data, they are of another major version, the
 * wished port is taken, or a folder cannot be used.
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  try {
    return await start(options);
  } catch (error) {
    const { code, path, syscall, message } = error as NodeJS.ErrnoException;
    if (error instanceof StartupError || syscall === undefined || code === undefined) throw error;
    // What spawn says when a container or user namespace knows no other user than root.
    if (isRoot() && syscall.startsWith('spawn') && (code === 'EINVAL' || code === 'EPERM')) {
      throw new StartupError(
        `PostgreSQL refuses to run as root, and this system lets root become no other user (${code}): start as a plain user, or set DATABASE_URL and DATABASE_OWNER_URL.`,
        { cause: error },
      );
    }
    throw new StartupError(
      `The embedded PostgreSQL cannot use ${path ?? options.dataRoot}: ${ERRNO_REASONS[code] ?? message}.`,
      { cause: error },
    );
  }
}

async function start(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  if (process.platform === 'win32') {
    throw new StartupError(
      'The embedded PostgreSQL runs on Linux and macOS: on Windows set DATABASE_URL and DATABASE_OWNER_URL.',
    );
  }
  const dataRoot = resolve(options.dataRoot);
  const packageDirectory = options.packageDir ?? findPackage(options.projectRoot ?? dirname(dataRoot));
  const home = await findHome(dataRoot, options.runAs, options.sharedRoots);
  const lock = await takeLock(join(home.place, 'instance.lock'));
  if (!lock.held) {
    throw new StartupError(
      `Another Countersign (process ${lock.holder}) is using the data folder ${home.dataRoot}: stop it first, or choose another folder.`,
    );
  }
  try {
    return await serve(home, packageDirectory, options, () => lock.release());
  } catch (error) {
    await lock.release();
    throw error;
  }
}

/** The part of a start that only the holder of the lock may do. */
async function serve(
  home: Home,
  packageDirectory: string,
  options: EmbeddedPostgresOptions,
  release: () => Promise<void>,
): Promise<EmbeddedPostgres> {
  const log = options.log ?? (() => undefined);
  await clearLeftovers(home.data, log);
  await claimPlace(home, log);
  const passwords = await credentialsIn(join(home.settings, 'credentials.json'), home.data);
  const binaries = await prepareBinaries(packageDirectory, home.binaries, home.identity);
  await ensureCluster(home, binaries, passwords.superuser);
  const { pid, port, urls } = await listen(home, binaries, options, passwords);
  try {
    await ensureRolesAndDatabase(urls, passwords);
    log(`PostgreSQL ${binaries.version} listens on 127.0.0.1:${port}; its data are in ${home.data}.`);
    let stopping: Promise<void> | undefined;
    const stop = (): Promise<void> => (stopping ??= halt(pid, home.data).then(release));
    return { ...urls, port, version: binaries.version, dataDirectory: home.data, stop };
  } catch (error) {
    await halt(pid, home.data);
    throw error;
  }
}

/** Brings the server up; another port is tried when somebody took the free one between the choice and the start. */
async function listen(
  home: Home,
  binaries: Binaries,
  options: EmbeddedPostgresOptions,
  passwords: Credentials,
): Promise<{ pid: number; port: number; urls: DatabaseUrls }> {
  const logFile = join(home.settings, 'server.log');
  const portFile = join(home.settings, 'port');
  for (let attempt = 1; ; attempt += 1) {
    const port = await choosePort(options.port, portFile);
    const child = await launch(home, binaries, port, options.settings ?? {}, logFile);
    const pid = child.pid ?? 0;
    const urls = urlsOf(port, SUPERUSER, passwords);
    try {
      if (await comesUp(child, home.data, urls.superuserUrl)) {
        await rememberPort(port, portFile);
        return { pid, port, urls };
      }
    } catch (error) {
      await halt(pid, home.data);
      throw error;
    }
    const complaint = lastComplaint(logFile);
    if (!complaint.includes('could not create any TCP/IP sockets') || attempt === 3) {
      throw new StartupError(`PostgreSQL did not start: ${complaint} (see ${logFile}).`);
    }
  }
}

/** True when a connection has been made, false when the server has ended instead. */
async function comesUp(child: ChildProcess, data: string, superuserUrl: string): Promise<boolean> {
  const deadline = performance.now() + READY_WITHIN;
  while (child.exitCode === null && child.signalCode === null) {
    // Until then whatever answers on this port may be another server, to which our password is not to be sent.
    if (saysReady(data, child.pid ?? 0)) {
      await connected(superuserUrl, (client) => client.query('SELECT')).catch((cause: Error) => {
        throw new StartupError(`PostgreSQL runs, but refuses its superuser: ${cause.message}.`, { cause });
      });
      return true;
    }
    if (performance.now() > deadline) {
      throw new StartupError(`PostgreSQL on ${data} takes no connections after ${READY_WITHIN / 1000} s.`);
    }
    await pause(20);
  }
  return false;
}
