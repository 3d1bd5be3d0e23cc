import { existsSync } from 'node:fs';
import { chmod, chown, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { StartupError } from '../../core/startup-error.js';
import type { Binaries } from './binaries.js';
import { run } from './child.js';
import type { Home } from './home.js';

/** The cluster's superuser; the application never connects as it. */
export const SUPERUSER = 'postgres';

/**
 * Makes the data directory when there is none. It appears whole or not at all, so that a start that was killed half-way
 * leaves nothing which looks like data.
 * @throws StartupError when existing data are of another major version than the programs, or initdb fails.
 */
export async function ensureCluster(home: Home, binaries: Binaries, superuserPassword: string): Promise<void> {
  if (existsSync(home.data)) return refuseOtherVersion(home.data, binaries.version);
  const [draft, passwordFile] = [`${home.data}.new`, join(home.place, 'initdb-password')];
  await rm(draft, { recursive: true, force: true });
  await rm(passwordFile, { force: true });
  try {
    await mkdir(draft);
    await writeFile(passwordFile, superuserPassword, { mode: 0o600 });
    for (const path of [draft, passwordFile]) {
      if (home.identity) await chown(path, home.identity.uid, home.identity.gid);
    }
    await chmod(draft, 0o700);
    const args = [
      `--pgdata=${draft}`,
      `--username=${SUPERUSER}`,
      `--pwfile=${passwordFile}`,
      '--auth=scram-sha-256',
      '--encoding=UTF8',
      '--locale=C',
      '--data-checksums',
      '--no-instructions',
    ];
    const answer = await run(join(binaries.bin, 'initdb'), args, home.identity, home.place);
    if (answer.code !== 0) {
      throw new StartupError(`PostgreSQL could not make its data folder ${home.data}: ${reason(answer.output)}.`);
    }
    await rename(draft, home.data);
  } finally {
    await rm(passwordFile, { force: true });
    await rm(draft, { recursive: true, force: true });
  }
}

async function refuseOtherVersion(data: string, version: string): Promise<void> {
  const made = (await readFile(join(data, 'PG_VERSION'), 'utf8').catch(() => '')).trim();
  const major = version.split('.')[0];
  if (made === major) return;
  throw new StartupError(
    made === ''
      ? `The folder ${data} holds no PostgreSQL data: move it away and start again.`
      : `The data folder ${data} was made by PostgreSQL ${made} and cannot be opened by PostgreSQL ${version}: dump and reload it with version ${made}, or delete it to begin anew.`,
  );
}

/** initdb says what went wrong in a line with "error:", and after it what it has tidied up. */
function reason(output: string): string {
  const lines = output.trim().split('\n');
  return (lines.find((line) => line.includes('error:')) ?? lines.at(-1) ?? 'no reason given').replace(/\.$/, '');
}
