import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

/** A fast hash is enough: the secret has 256 random bits. */
export const hashOfSecret = (secret: string): string => createHash('sha256').update(secret).digest('hex');

/** The address of a file under `path`, which is kept nowhere, and the hash of the secret in it, which is. */
export function makeDownloadAddress(
  path: string,
  id: string,
  random: Buffer = randomBytes(32),
): { readonly address: string; readonly secretHash: string } {
  const secret = random.toString('base64url');
  return { address: `${path}${id}?secret=${secret}`, secretHash: hashOfSecret(secret) };
}

/** Whether a secret is the one whose hash is kept; as fast for a wrong one. */
export function isSecretOf(keptHash: string, shownHash: string): boolean {
  return timingSafeEqual(Buffer.from(keptHash, 'hex'), Buffer.from(shownHash, 'hex'));
}
