import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { type FileHandle, mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import { dirname, join, sep } from 'node:path';
import { StartupError } from '../core/startup-error.js';

/** A file's size in bytes and SHA-256 in lower-case hex. */
export interface Tallied {
  readonly bytes: number;
  readonly sha256: string;
}

/** What a store has not finished writing (brief.store.ts); never part of an export. */
const UNFINISHED = '.part';

/** Every file below a folder, by its path with `/`, sorted; nothing when there is no such folder. No links, no devices. */
export async function filesUnder(folder: string): Promise<string[]> {
  try {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true });
    return entries
      .filter((entry) => entry.isFile() && !entry.name.endsWith(UNFINISHED))
      .map((entry) => join(entry.parentPath, entry.name).slice(join(folder, sep).length).replaceAll(sep, '/'))
      .toSorted();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

/** Whether a path of a manifest stays below the folder that it is put into. */
export function isSafePath(path: string): boolean {
  const segments = path.split('/');
  return segments.every((one) => one !== '' && one !== '.' && one !== '..' && !/[\\\0:]/.test(one));
}

/** Reads a file through, in flat memory. */
export async function fileTally(path: string): Promise<Tallied> {
  return throughFile(path, () => Promise.resolve());
}

/** Makes a file that only its owner may read, and syncs it when `work` has written it. */
export async function writeNew<T>(path: string, work: (file: FileHandle) => Promise<T>): Promise<T> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const file = await open(path, 'w', 0o600);
  try {
    const answer = await work(file);
    await file.sync();
    return answer;
  } finally {
    await file.close();
  }
}

/** A file appears whole or not at all. */
export async function writeWhole(path: string, text: string): Promise<void> {
  await writeNew(`${path}${UNFINISHED}`, (file) => file.writeFile(text));
  await rename(`${path}${UNFINISHED}`, path);
}

/** Copies a file, whole or not at all; answers what was copied. */
export async function copyWhole(from: string, to: string): Promise<Tallied> {
  const tally = await writeNew(`${to}${UNFINISHED}`, (file) => throughFile(from, (chunk) => file.appendFile(chunk)));
  await rename(`${to}${UNFINISHED}`, to);
  return tally;
}

async function throughFile(path: string, take: (chunk: Buffer) => Promise<void>): Promise<Tallied> {
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const chunk of createReadStream(path)) {
    hash.update(chunk as Buffer);
    bytes += (chunk as Buffer).length;
    await take(chunk as Buffer);
  }
  return { bytes, sha256: hash.digest('hex') };
}

/** What marks a folder as ours until its manifest is written. */
export const BEGUN = 'unfinished';

/**
 * Makes the folder of an export: new, empty, or what an export that did not finish has left, which goes.
 * @throws StartupError for a folder with anything else in it.
 */
export async function beginFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const names = await readdir(folder);
  if (names.length > 0 && !names.includes(BEGUN))
    throw new StartupError(`${folder} is not empty: give a folder that is, or that is not there yet.`);
  for (const name of names.filter((one) => one !== BEGUN)) await rm(join(folder, name), { recursive: true });
  await writeNew(join(folder, BEGUN), (file) => file.writeFile('This export did not finish; it may be deleted.\n'));
}

/** The export is whole. */
export async function finishFolder(folder: string): Promise<void> {
  await rm(join(folder, BEGUN), { force: true });
}
