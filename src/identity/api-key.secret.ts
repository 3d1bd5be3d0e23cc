import { createHash, randomBytes } from 'node:crypto';

const KEY = /^cs_([0-9a-f]{32})_([0-9a-f]{32})_([A-Za-z0-9_-]{43})$/;

const plain = (uuid: string): string => uuid.replaceAll('-', '');
const dashed = (hex: string): string => hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');

/** The parts of an API key's text: it carries its tenant, since nothing else tells it before sign-in (design 4). */
export interface ApiKeyParts {
  readonly tenantId: string;
  readonly keyId: string;
  readonly secretHash: string;
}

/** A fast hash is enough: the secret has 256 random bits. */
const hash = (secret: string): string => createHash('sha256').update(secret).digest('hex');

/** A new key's text, shown once, and the hash that is kept. */
export function makeApiKey(
  tenantId: string,
  keyId: string,
  random: Buffer = randomBytes(32),
): { text: string; secretHash: string } {
  const secret = random.toString('base64url');
  return { text: `cs_${plain(tenantId)}_${plain(keyId)}_${secret}`, secretHash: hash(secret) };
}

/** The parts of a key's text, or null when it is not one. */
export function parseApiKey(text: string): ApiKeyParts | null {
  const match = KEY.exec(text);
  if (!match) return null;
  return { tenantId: dashed(match[1]!), keyId: dashed(match[2]!), secretHash: hash(match[3]!) };
}
