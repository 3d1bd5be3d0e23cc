import { readFileSync, realpathSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { StartupError } from '../../core/startup-error.js';

/** The user and group, by number, that PostgreSQL runs as. */
export interface Identity {
  uid: number;
  gid: number;
}

/** Whether this process is root, as which PostgreSQL refuses to run. */
export function isRoot(): boolean {
  return process.geteuid?.() === 0;
}

/**
 * Who PostgreSQL is to run as: undefined for "as this process" (a plain user), otherwise the wished identity or the
 * system's `nobody`. An existing user it must be: initdb looks its number up.
 * @throws StartupError when the wish is root itself.
 */
export function chooseIdentity(wish: Identity | undefined): Identity | undefined {
  if (!isRoot()) return undefined;
  const identity = wish ?? nobody();
  if (identity.uid === 0) throw new StartupError('PostgreSQL refuses to run as root: give it an unprivileged user.');
  return identity;
}

/** Who owns an existing data folder; PostgreSQL serves data only as their owner. Undefined for "as this process". */
export function ownerOf(dataDirectory: string): Identity | undefined {
  if (!isRoot()) return undefined;
  const { uid, gid } = statSync(dataDirectory);
  if (uid === 0) {
    throw new StartupError(`The data folder ${dataDirectory} belongs to root, as which PostgreSQL refuses to run.`);
  }
  return { uid, gid };
}

/**
 * Whether an identity may pass through an existing directory and everything above it, by the permission bits alone:
 * an access list can only make the answer too careful, as it never grants what the group's bits (its mask) do not show.
 */
export function canReach(directory: string, identity: Identity | undefined): boolean {
  if (!identity) return true;
  for (let at = realpathSync(directory); ; at = dirname(at)) {
    const { uid, gid, mode } = statSync(at);
    const bit = uid === identity.uid ? 0o100 : gid === identity.gid ? 0o010 : 0o001;
    if ((mode & bit) === 0) return false;
    if (at === dirname(at)) return true;
  }
}

function nobody(): Identity {
  const entry = /^nobody:[^:]*:(\d+):(\d+):/m.exec(readFileSync('/etc/passwd', 'utf8'));
  return entry ? { uid: Number(entry[1]), gid: Number(entry[2]) } : { uid: 65534, gid: 65534 };
}
