import { createHash, randomBytes } from 'node:crypto';

/** Where HaloPSA's webhooks come in; the tenant and the part that nobody can guess follow. */
export const HALOPSA_HOOKS = '/webhooks/halopsa';

/** The user name of the Basic credentials: the password alone is secret. */
export const HOOK_USER = 'countersign';

/** A fast hash is enough: path and password have 256 random bits each. */
export const hashOf = (secret: string): string => createHash('sha256').update(secret).digest('hex');

/** A webhook's secrets as they are shown once, and their hashes. */
export interface WebhookSecret {
  /** Path and password, joined by a space. */
  readonly text: string;
  readonly pathHash: string;
  readonly passwordHash: string;
}

/** New secrets for the webhook of a connection. */
export function makeWebhookSecret(tenantId: string): WebhookSecret {
  const path = randomBytes(32).toString('base64url');
  const password = randomBytes(32).toString('base64url');
  const text = `${HALOPSA_HOOKS}/${tenantId}/${path} ${password}`;
  return { text, pathHash: hashOf(path), passwordHash: hashOf(password) };
}
