import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { type KeyRing, MemoryKeyRing, newKeyBytes } from './keys.js';
import type { Kek, WrappedKek } from './served-keys.js';
import { StartupError } from './startup-error.js';
import { isVaultKey, type VaultKeySettings } from './vault-key-settings.js';

/** Where the key-encrypting keys (KEKs) stand. */
export interface KekSettings {
  /** One file a key, 32 bytes each; the first wraps, all unwrap. Empty when nothing says where. */
  readonly files: readonly string[];
  /** Whether a single file that is not there is made: the embedded mode alone, whose data folder holds everything. */
  readonly make: boolean;
  /** The key of a key service under which the files are wrapped; null when they hold keys in clear. */
  readonly vault?: VaultKeySettings | null;
}

/** Reads a ring of KEKs in clear; StartupError, one sentence with the remedy, when that cannot be. */
export function openKeyRing(settings: KekSettings): KeyRing {
  const { files, make } = settings;
  assertNamed(settings);
  if (make && files.length === 1) writeOnce(files[0]!, newKeyBytes());
  const keks = files.map((path) => {
    const kek = readKek(path);
    if (kek.kind === 'CLEAR') return kek.bytes;
    throw new StartupError(
      `KEK_FILE names ${path}, which a key service has wrapped: set KEK_VAULT_KEY and how to sign in to it.`,
    );
  });
  return new MemoryKeyRing(keks);
}

/** StartupError when no file is named. */
export function assertNamed({ files, vault }: KekSettings): void {
  if (files.length > 0) return;
  throw new StartupError(
    vault
      ? 'KEK_FILE is not set: with an external database name the file that `countersign keys make <file>` wrote, which every api and worker process reads and which is backed up.'
      : 'KEK_FILE is not set: with an external database name a file of 32 random bytes, such as `head -c 32 /dev/urandom > kek` makes, that every api and worker process reads and that is backed up apart from the database.',
  );
}

/** The text of a file that holds a wrapped KEK. */
export const wrappedKekText = (kek: WrappedKek): string => `${JSON.stringify({ countersign: 'kek/v1', ...kek })}\n`;

/** Reads one file of KEK_FILE: 32 bytes, or what a key service has wrapped. */
export function readKek(path: string): Kek {
  let bytes: Buffer;
  try {
    bytes = readFileSync(path);
  } catch (error) {
    throw new StartupError(`KEK_FILE names ${path}, which cannot be read: give the file of the key-encrypting key.`, {
      cause: error,
    });
  }
  if (bytes.length === 32) return { kind: 'CLEAR', bytes };
  const kek = wrappedKekIn(bytes);
  if (kek) return { kind: 'WRAPPED', kek };
  throw new StartupError(`KEK_FILE names ${path}, which has ${bytes.length} bytes: a key-encrypting key has 32.`);
}

function wrappedKekIn(bytes: Buffer): WrappedKek | null {
  let read: unknown;
  try {
    read = JSON.parse(bytes.toString('utf8'));
  } catch {
    return null;
  }
  const { countersign, key, wrapped } = (read ?? {}) as Readonly<Record<string, unknown>>;
  const isOne = countersign === 'kek/v1' && typeof key === 'string' && isVaultKey(key) && typeof wrapped === 'string';
  return isOne && /^[A-Za-z0-9_-]{100,2000}$/.test(wrapped) ? { key, wrapped } : null;
}

/** Two first starts at once make one key: the file appears whole, and only where none stands. */
export function writeOnce(path: string, content: Buffer | string): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const temporary = `${path}.${process.pid}.part`;
  writeFileSync(temporary, content, { mode: 0o600 });
  try {
    linkSync(temporary, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    rmSync(temporary, { force: true });
  }
}
