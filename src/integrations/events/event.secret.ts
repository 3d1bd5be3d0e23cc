import { randomBytes } from 'node:crypto';
import { Webhook } from 'standardwebhooks';
import { seal, type SealedPlace, unseal } from '../../core/keys.js';
import type { Vault } from '../../core/vault.js';
import { EventSecret } from './endpoint.entity.js';

/** How long a secret signs beside its successor, in milliseconds: the time that a receiver has to change over. */
export const OVERLAP_MS = 24 * 3_600_000;

/** A new signing secret: `whsec_` and the base64 of 256 random bits (Standard Webhooks asks for 192 to 512). */
export function newSigningSecret(random: Buffer = randomBytes(32)): string {
  return `whsec_${random.toString('base64')}`;
}

const placeOf = (tenantId: string, endpointId: string, version: number): SealedPlace => ({
  tenantId,
  subject: endpointId,
  field: `event_secret/${version}`,
});

/** The row that keeps a secret, sealed under a data key of its own. */
export function sealedEventSecret(
  vault: Vault,
  of: { readonly tenantId: string; readonly endpointId: string; readonly version: number },
  secret: string,
  { id, now }: { readonly id: string; readonly now: Date },
): Partial<EventSecret> {
  const { tenantId, endpointId, version } = of;
  const { key, wrapped, kekId } = vault.mint(id);
  const sealed = seal(key, placeOf(tenantId, endpointId, version), secret);
  return { id, endpointId, version, wrapped, kekId, sealed, createdAt: now, expiresAt: null };
}

/** The secret in clear; KeyError when the KEK is not here or the row was moved. */
export function openEventSecret(vault: Vault, row: EventSecret): string {
  return unseal(vault.open(row)!, placeOf(row.tenantId, row.endpointId, row.version), row.sealed);
}

/** What is sent beside the body. */
export interface SignedHeaders {
  readonly 'webhook-id': string;
  readonly 'webhook-timestamp': string;
  readonly 'webhook-signature': string;
}

/**
 * The headers of one attempt (Standard Webhooks 1.0.0): the time of this attempt, and a signature by each secret, the
 * newest first, so that a receiver that knows any of them can verify.
 */
export function signedHeaders(secrets: readonly string[], eventId: string, payload: string, now: Date): SignedHeaders {
  return {
    'webhook-id': eventId,
    'webhook-timestamp': String(Math.floor(now.getTime() / 1000)),
    'webhook-signature': secrets.map((secret) => new Webhook(secret).sign(eventId, now, payload)).join(' '),
  };
}
