import { createCipheriv, createDecipheriv, createHash, createHmac, randomBytes } from 'node:crypto';
import { AppError } from './error.js';

/**
 * Envelope encryption (reliability 6): every subject of data (a person, a deal, a connection) has a data key of its
 * own; texts are sealed under the data key, the data key is kept wrapped under the key-encrypting key (KEK), and the
 * KEK never stands in the database. Destroying a wrapped data key erases all that was sealed under it.
 */
export interface KeyRing {
  /** The id of the KEK that wraps now. */
  readonly currentId: string;
  /** Wraps a data key of 32 bytes under the current KEK. Works in memory: it runs between BEGIN and COMMIT. */
  wrap(dataKey: Buffer): Buffer;
  /** The data key again; KeyError NO_KEK when that KEK is not on the ring, DAMAGED when it does not fit. */
  unwrap(wrapped: Buffer, kekId: string): Buffer;
}

/** An unwrapped data key. Never stored, logged or put into an error. */
export interface DataKey {
  /** Stands in the sealed text and in its additional data. */
  readonly id: string;
  /** 32 bytes. */
  readonly bytes: Buffer;
}

/** Where a sealed text belongs; moved to any other place it does not open. */
export interface SealedPlace {
  readonly tenantId: string;
  /** The id of whose data it is: the person, the deal, the connection. */
  readonly subject: string;
  /** Which of their texts it is, such as `name` or `deal_payload.raw/<snapshot id>`. */
  readonly field: string;
}

/** NO_KEK: the KEK is not on the ring. DAMAGED: the bytes were changed or moved. */
export type KeyFault = 'NO_KEK' | 'DAMAGED';

/** A text or key that cannot be opened. Names ids only, never a key or a text. */
export class KeyError extends AppError {
  constructor(
    readonly fault: KeyFault,
    message: string,
    remedy: string,
  ) {
    super('UNAVAILABLE', message, { reason: fault, remedy });
    this.name = 'KeyError';
  }
}

const CIPHER = 'aes-256-gcm';
const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const PREFIX = 'sealed:v1:';

/** A fresh data key: 32 random bytes. */
export const newKeyBytes = (): Buffer => randomBytes(KEY_BYTES);

/** A ring of KEKs in memory: the first wraps, all unwrap. A KEK's id is made of its digest, so that it follows the key. */
export class MemoryKeyRing implements KeyRing {
  readonly currentId: string;
  private readonly keks: ReadonlyMap<string, Buffer>;

  constructor(keks: readonly Buffer[]) {
    const [first] = keks;
    if (!first || keks.some((kek) => kek.length !== KEY_BYTES)) throw new Error('A KEK is exactly 32 bytes');
    this.keks = new Map(keks.map((kek) => [kekIdOf(kek), kek]));
    this.currentId = kekIdOf(first);
  }

  wrap(dataKey: Buffer): Buffer {
    return encrypt(this.keks.get(this.currentId)!, wrapContext(this.currentId), dataKey);
  }

  unwrap(wrapped: Buffer, kekId: string): Buffer {
    const kek = this.keks.get(kekId);
    if (!kek) {
      throw new KeyError(
        'NO_KEK',
        `The key-encrypting key ${kekId} is not here, so what is sealed under it cannot be opened.`,
        'Give the file that holds it to KEK_FILE again (several files, separated by commas), or restore it from its backup.',
      );
    }
    const dataKey = decrypt(kek, wrapContext(kekId), wrapped);
    if (dataKey?.length !== KEY_BYTES) throw damaged('A wrapped data key');
    return dataKey;
  }
}

/** `sealed:v1:<key id>:<base64url of nonce, ciphertext and tag>`; a fresh nonce every time. */
export function seal(key: DataKey, place: SealedPlace, text: string): string {
  return `${PREFIX}${key.id}:${encrypt(key.bytes, context(key.id, place), Buffer.from(text, 'utf8')).toString('base64url')}`;
}

/** The text again; KeyError DAMAGED when a bit was flipped, or when it stood for another tenant, subject, field or key. */
export function unseal(key: DataKey, place: SealedPlace, sealed: string): string {
  const id = sealedUnder(sealed);
  const text =
    id === key.id
      ? decrypt(key.bytes, context(key.id, place), canonicalBytes(sealed.slice(PREFIX.length + key.id.length + 1)))
      : null;
  if (text === null) throw damaged('A sealed text');
  return text.toString('utf8');
}

/** The id of the data key that a text is sealed under; null for what is no sealed text. */
export function sealedUnder(text: string): string | null {
  return /^sealed:v1:([A-Za-z0-9-]{1,64}):[A-Za-z0-9_-]+$/.exec(text)?.[1] ?? null;
}

/**
 * A keyed commitment to a text: HMAC-SHA256 in lower-case hex. Without the key nobody can try candidate names against
 * it, so that it says nothing any more once the key is destroyed (EDPB guidelines 02/2025 on immutable records).
 */
export function commitTo(key: DataKey, place: SealedPlace, text: string): string {
  return createHmac('sha256', key.bytes)
    .update(`commit|${context(key.id, place)}|`)
    .update(text, 'utf8')
    .digest('hex');
}

/** The id of a KEK: the first 16 hex digits of a digest of its bytes, domain-separated from every other use. */
function kekIdOf(kek: Buffer): string {
  return createHash('sha256').update('countersign-kek|').update(kek).digest('hex').slice(0, 16);
}

const wrapContext = (kekId: string): string => `v1|kek|${kekId}`;

function context(keyId: string, { tenantId, subject, field }: SealedPlace): string {
  return `v1|${tenantId}|${subject}|${field}|${keyId}`;
}

function encrypt(key: Buffer, additional: string, plain: Buffer): Buffer {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv(CIPHER, key, nonce, { authTagLength: TAG_BYTES });
  cipher.setAAD(Buffer.from(additional, 'utf8'));
  return Buffer.concat([nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
}

/** Null when the tag does not fit: which bit was wrong is nobody's business. */
function decrypt(key: Buffer, additional: string, bytes: Buffer | null): Buffer | null {
  if (!bytes || bytes.length < NONCE_BYTES + TAG_BYTES) return null;
  const decipher = createDecipheriv(CIPHER, key, bytes.subarray(0, NONCE_BYTES), { authTagLength: TAG_BYTES });
  decipher.setAAD(Buffer.from(additional, 'utf8'));
  decipher.setAuthTag(bytes.subarray(-TAG_BYTES));
  try {
    return Buffer.concat([decipher.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES)), decipher.final()]);
  } catch {
    return null;
  }
}

/** Base64url has spare bits in its last digit: only the one canonical spelling is taken. */
function canonicalBytes(text: string): Buffer | null {
  const bytes = Buffer.from(text, 'base64url');
  return bytes.toString('base64url') === text ? bytes : null;
}

function damaged(what: string): KeyError {
  return new KeyError(
    'DAMAGED',
    `${what} does not open: it was changed, or moved from where it belongs.`,
    'Restore the row from a backup, and find out who changed it.',
  );
}
