import { createHash, randomBytes } from 'node:crypto';

const USER = /^csf_([0-9a-f]{32})_([0-9a-f]{32})$/;
const SECRET = /^[A-Za-z0-9_-]{43}$/;

const plain = (uuid: string): string => uuid.replaceAll('-', '');
const dashed = (hex: string): string => hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
/** A fast hash is enough: the secret has 256 random bits. */
const hash = (secret: string): string => createHash('sha256').update(secret).digest('hex');

/** The parts of a feed key's credentials: the user carries the tenant, since nothing else tells it before sign-in (design 4). */
export interface FeedKeyParts {
  readonly tenantId: string;
  readonly keyId: string;
  readonly secretHash: string;
}

/** The user of Basic authentication that stands for a key. */
export const userOfKey = (tenantId: string, keyId: string): string => `csf_${plain(tenantId)}_${plain(keyId)}`;

/** A new secret, shown once, and the hash that is kept. */
export function makeFeedSecret(random: Buffer = randomBytes(32)): {
  readonly secret: string;
  readonly secretHash: string;
} {
  const secret = random.toString('base64url');
  return { secret, secretHash: hash(secret) };
}

/** The key that a user and a password stand for, or null when they cannot. */
export function parseCredentials(user: string, password: string): FeedKeyParts | null {
  const match = USER.exec(user);
  if (!match || !SECRET.test(password)) return null;
  return { tenantId: dashed(match[1]!), keyId: dashed(match[2]!), secretHash: hash(password) };
}

/** User and password of an `Authorization: Basic` header (RFC 7617); null for another scheme or a malformed one. */
export function parseBasic(header: string): { readonly user: string; readonly password: string } | null {
  const encoded = /^basic +([A-Za-z0-9+/_-]+=*) *$/i.exec(header)?.[1];
  if (encoded === undefined || header.length > 1_000) return null;
  const pair = Buffer.from(encoded, 'base64').toString('utf8');
  const colon = pair.indexOf(':');
  return colon === -1 ? null : { user: pair.slice(0, colon), password: pair.slice(colon + 1) };
}

/** A new secret to sign $skiptokens by: 32 random bytes in base64url. */
export const makeSigningSecret = (): string => randomBytes(32).toString('base64url');
