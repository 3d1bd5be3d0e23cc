import { createHmac, timingSafeEqual } from 'node:crypto';
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { badRequest } from './odata.error.js';
import type { OptionTexts } from './query/options.js';
import type { Position } from './query/statement.js';

/** Everything that the next page needs: the query as it was asked, and where the last page ended. */
export interface Continuation {
  /** The entity set. */
  readonly set: string;
  /** The options as they were written. */
  readonly texts: OptionTexts;
  /** Rows that $top still allows; null without one. */
  readonly left: number | null;
  /** Rows a page. */
  readonly size: number;
  /** The count of the whole, as it was at the first page; null when it was not asked for. */
  readonly count: string | null;
  readonly after: Position;
  readonly asked: Asked;
}

/** Whose question a page belongs to. */
export interface Asked {
  /** The reader's id. */
  readonly by: string;
  /** When it was put on record, in ISO 8601; null when it was not. */
  readonly at: string | null;
}

/** How long the pages that follow belong to the question that began them, in milliseconds (decision 45). */
const QUESTION_LASTS = 3_600_000;

/** Whether what this reader reads on is on record already, by their own question of the last hour. */
export const isOnRecord = (asked: Asked | null, by: string, now: Date): asked is Asked =>
  asked !== null && asked.by === by && asked.at !== null && now.getTime() - Date.parse(asked.at) <= QUESTION_LASTS;

const MAC_BYTES = 32;
/** No continuation that we sign is larger when it is unpacked. */
const LARGEST = 64 * 1024;
const VERSION = 2;

/**
 * A $skiptoken: the continuation, packed, under an HMAC-SHA256 that takes in the tenant, by the tenant's own secret.
 */
export function sealToken(secret: Buffer, tenantId: string, continuation: Continuation): string {
  const packed = deflateRawSync(Buffer.from(JSON.stringify({ version: VERSION, ...continuation }), 'utf8'));
  return Buffer.concat([mac(secret, tenantId, packed), packed]).toString('base64url');
}

/** The continuation in a token; 400 for one that we did not sign for this tenant. Nothing is unpacked before that is known. */
export function openToken(secret: Buffer, tenantId: string, token: string): Continuation {
  const refusal = badRequest('This $skiptoken is not one of ours: follow the nextLink as it was given', '$skiptoken');
  if (!/^[A-Za-z0-9_-]+$/.test(token)) throw refusal;
  const bytes = Buffer.from(token, 'base64url');
  const packed = bytes.subarray(MAC_BYTES);
  if (bytes.length <= MAC_BYTES || !timingSafeEqual(bytes.subarray(0, MAC_BYTES), mac(secret, tenantId, packed)))
    throw refusal;
  const { version, ...continuation } = JSON.parse(
    inflateRawSync(packed, { maxOutputLength: LARGEST }).toString('utf8'),
  ) as Continuation & { version: number };
  if (version !== VERSION)
    throw badRequest('This $skiptoken has expired: read the set from its beginning', '$skiptoken');
  return continuation;
}

function mac(secret: Buffer, tenantId: string, packed: Buffer): Buffer {
  return createHmac('sha256', secret).update(`countersign-skiptoken|${tenantId}|`).update(packed).digest();
}
