import { createPrivateKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { StartupError } from '../startup-error.js';
import { type SigningKey, signingKey } from './note.js';

/** Under which name the keys of checkpoints are known in signatures and verifier keys. */
const KEY_NAME = 'countersign-ledger';

/** Where the keys that sign checkpoints stand. */
export interface LedgerKeySettings {
  /** PEM files of Ed25519 private keys; the first signs, the others are former ones. Empty when nothing says where. */
  readonly files: readonly string[];
  /** Whether a single file that is not there is made: the embedded mode alone, whose data folder holds everything. */
  readonly make: boolean;
}

/**
 * The keys of the ledger: the first signs, all are printed by `countersign ledger key`. StartupError, one sentence with
 * the remedy, when one cannot be read; it names files, never what stands in them.
 */
export function openLedgerKeys({ files, make }: LedgerKeySettings): readonly [SigningKey, ...SigningKey[]] {
  const [first, ...others] = files;
  if (first === undefined) {
    throw new StartupError(
      'LEDGER_KEY_FILE is not set: with an external database name a PEM file with an Ed25519 private key, such as `openssl genpkey -algorithm ed25519 -out ledger.pem` makes, that every worker reads and that the database does not hold.',
    );
  }
  if (make) makeOnce(first);
  return [readKey(first), ...others.map(readKey)];
}

function readKey(path: string): SigningKey {
  let text: Buffer;
  try {
    text = readFileSync(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new StartupError(`LEDGER_KEY_FILE names ${path}, which cannot be read (${code}): give the ledger's key.`);
  }
  let key: KeyObject;
  try {
    key = createPrivateKey(text);
  } catch {
    // The reason may quote the file: it is left out.
    throw new StartupError(`LEDGER_KEY_FILE names ${path}, which holds no private key in PEM: give the ledger's key.`);
  }
  if (key.asymmetricKeyType !== 'ed25519')
    throw new StartupError(`LEDGER_KEY_FILE names ${path}, which holds a key of another kind: it must be Ed25519.`);
  return signingKey(KEY_NAME, key);
}

/** Two first starts at once make one key: the file appears whole, and only where none stands. */
function makeOnce(path: string): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const temporary = `${path}.${process.pid}.part`;
  const pem = generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' });
  writeFileSync(temporary, pem, { mode: 0o600 });
  try {
    linkSync(temporary, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    rmSync(temporary, { force: true });
  }
}
