import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { StartupError } from '../../core/startup-error.js';

/** The passwords of the cluster's three roles. */
export interface Credentials {
  superuser: string;
  owner: string;
  app: string;
}

/**
 * Reads the passwords from `file`, or makes them when there are no data yet that they must fit.
 * @throws StartupError when data exist but their passwords do not.
 */
export async function credentialsIn(file: string, dataDirectory: string): Promise<Credentials> {
  if (existsSync(file)) return JSON.parse(await readFile(file, 'utf8')) as Credentials;
  if (existsSync(dataDirectory)) {
    throw new StartupError(
      `The passwords of the data in ${dataDirectory} are missing: restore ${file}, or delete the data to begin anew.`,
    );
  }
  const made: Credentials = { superuser: password(), owner: password(), app: password() };
  await writeFile(`${file}.new`, `${JSON.stringify(made, null, 2)}\n`, { mode: 0o600 });
  await rename(`${file}.new`, file);
  return made;
}

function password(): string {
  return randomBytes(24).toString('base64url');
}
