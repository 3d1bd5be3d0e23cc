import { generateKeyPair, randomUUID } from 'node:crypto';
import { chmod, link, mkdir, readFile, unlink, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { promisify } from 'node:util';
import type { JWK } from 'oidc-provider';
import { StartupError } from '../../core/startup-error.js';

/** A private JSON Web Key Set (RFC 7517). */
export interface PrivateKeySet {
  keys: JWK[];
}

/**
 * The sandbox's signing keys (one RSA key of 2048 bits for RS256), read from `keyFile`, or made and written there with
 * mode 0600 on the first start, so that tokens and a verifier's cached keys outlive a restart.
 *
 * Throws `StartupError` with the remedy when the file cannot be read, written or understood.
 */
export async function sandboxKeys(keyFile: string): Promise<PrivateKeySet> {
  try {
    return (await readKeys(keyFile)) ?? (await createKeys(keyFile));
  } catch (error) {
    if (error instanceof StartupError) throw error;
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown fault';
    throw new StartupError(`The sandbox's key file ${keyFile} cannot be read or written (${code}): check its rights.`);
  }
}

async function readKeys(keyFile: string): Promise<PrivateKeySet | null> {
  let text: string;
  try {
    text = await readFile(keyFile, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
  const keys = parseKeys(text);
  if (!keys) throw new StartupError(`The sandbox's key file ${keyFile} is damaged: delete it, and a new one is made.`);
  // A copy or a restore may have opened it to others.
  await chmod(keyFile, 0o600);
  return { keys };
}

function parseKeys(text: string): JWK[] | null {
  try {
    const { keys } = JSON.parse(text) as { keys?: unknown };
    if (!Array.isArray(keys) || keys.length === 0) return null;
    const fit = keys.every((key: JWK | null) => key?.kty === 'RSA' && typeof key.d === 'string' && key.kid);
    return fit ? (keys as JWK[]) : null;
  } catch {
    return null;
  }
}

async function createKeys(keyFile: string): Promise<PrivateKeySet> {
  const { privateKey } = await promisify(generateKeyPair)('rsa', { modulusLength: 2048 });
  const jwk = { ...privateKey.export({ format: 'jwk' }), kid: randomUUID(), use: 'sig', alg: 'RS256' } as JWK;
  await mkdir(dirname(keyFile), { recursive: true });
  const draft = `${keyFile}.${randomUUID()}`;
  await writeFile(draft, `${JSON.stringify({ keys: [jwk] })}\n`, { mode: 0o600, flag: 'wx' });
  try {
    // A link, not a rename: of two processes that start at once the second takes the first one's keys.
    await link(draft, keyFile);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    await unlink(draft);
  }
  const kept = await readKeys(keyFile);
  if (!kept) throw new StartupError(`The sandbox's key file ${keyFile} vanished while it was made: start again.`);
  return kept;
}
