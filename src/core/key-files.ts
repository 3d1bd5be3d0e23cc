import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { type KeyRing, MemoryKeyRing, newKeyBytes } from './keys.js';
import { StartupError } from './startup-error.js';

/** Where the key-encrypting keys (KEKs) stand. */
export interface KekSettings {
  /** One file a key, 32 bytes each; the first wraps, all unwrap. Empty when nothing says where. */
  readonly files: readonly string[];
  /** Whether a single file that is not there is made: the embedded mode alone, whose data folder holds everything. */
  readonly make: boolean;
}

/** Reads the ring of KEKs; StartupError, one sentence with the remedy, when that cannot be. */
export function openKeyRing({ files, make }: KekSettings): KeyRing {
  if (files.length === 0) {
    throw new StartupError(
      'KEK_FILE is not set: with an external database name a file of 32 random bytes, such as `head -c 32 /dev/urandom > kek` makes, that every api and worker process reads and that is backed up apart from the database.',
    );
  }
  if (make && files.length === 1) makeOnce(files[0]!);
  return new MemoryKeyRing(files.map(readKek));
}

function readKek(path: string): Buffer {
  let bytes: Buffer;
  try {
    bytes = readFileSync(path);
  } catch (error) {
    throw new StartupError(`KEK_FILE names ${path}, which cannot be read: give the file of the key-encrypting key.`, {
      cause: error,
    });
  }
  if (bytes.length !== 32)
    throw new StartupError(`KEK_FILE names ${path}, which has ${bytes.length} bytes: a key-encrypting key has 32.`);
  return bytes;
}

/** Two first starts at once make one key: the file appears whole, and only where none stands. */
function makeOnce(path: string): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const temporary = `${path}.${process.pid}.part`;
  writeFileSync(temporary, newKeyBytes(), { mode: 0o600 });
  try {
    linkSync(temporary, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    rmSync(temporary, { force: true });
  }
}
