import { createHash, createPublicKey, type KeyObject, sign, verify } from 'node:crypto';

/**
 * Signed notes as C2SP writes them (https://c2sp.org/signed-note): a text that ends with a line break, an empty line,
 * and one line a signature: `— <key name> <base64 of key hash and signature>`. Ed25519 alone (signature type 0x01).
 */

const ED25519 = Buffer.of(1);
const HASH_BYTES = 4;
/** What stands before the 32 bytes of an Ed25519 public key in its SPKI form (RFC 8410). */
const SPKI = Buffer.from('302a300506032b6570032100', 'hex');
const SIGNATURE_LINE = /^— ([^\s+]+) ([A-Za-z0-9+/]+={0,2})$/;

/** A key that signs. The private half stays in the KeyObject: no field of this can be printed by mistake. */
export interface SigningKey {
  readonly name: string;
  /** Eight hex digits that a signature names its key by. */
  readonly id: string;
  /** The public half as one line: `name+hash+base64(0x01 || public key)`. */
  readonly verifierKey: string;
  readonly privateKey: KeyObject;
}

/** The public half of a key that somebody trusts. */
export interface TrustedKey {
  readonly name: string;
  readonly id: string;
  readonly publicKey: KeyObject;
}

/** A signing key under a name, from an Ed25519 private key. */
export function signingKey(name: string, privateKey: KeyObject): SigningKey {
  const raw = createPublicKey(privateKey).export({ type: 'spki', format: 'der' }).subarray(SPKI.length);
  const id = keyId(name, raw);
  return { name, id, privateKey, verifierKey: `${name}+${id}+${Buffer.concat([ED25519, raw]).toString('base64')}` };
}

/** Reads a verifier key line; null when it is none, or its hash is not that of its key. */
export function trustedKey(line: string): TrustedKey | null {
  const match = /^([^\s+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/]+={0,2})$/.exec(line.trim());
  if (!match) return null;
  const [, name, id, text] = match as unknown as [string, string, string, string];
  const bytes = Buffer.from(text, 'base64');
  if (bytes.length !== 33 || bytes[0] !== ED25519[0] || keyId(name, bytes.subarray(1)) !== id) return null;
  const publicKey = createPublicKey({ key: Buffer.concat([SPKI, bytes.subarray(1)]), format: 'der', type: 'spki' });
  return { name, id, publicKey };
}

/** The note of a text, which ends with a line break. */
export function signNote(text: string, key: SigningKey): string {
  const signature = sign(null, Buffer.from(text, 'utf8'), key.privateKey);
  return `${text}\n— ${key.name} ${Buffer.concat([Buffer.from(key.id, 'hex'), signature]).toString('base64')}\n`;
}

/** What came of opening a note: its text and the trusted key that signed it, or why it cannot be trusted. */
export type OpenedNote =
  { readonly ok: true; readonly text: string; readonly keyId: string } | { readonly ok: false; readonly why: string };

/**
 * The text of a note that a trusted key has signed. Signatures of keys that nobody here knows are passed over, as the
 * format says; one of a trusted key that does not match makes the note worthless.
 */
export function openNote(note: string, keys: readonly TrustedKey[]): OpenedNote {
  const end = note.lastIndexOf('\n\n');
  if (end === -1 || !note.endsWith('\n')) return { ok: false, why: 'it is no signed note' };
  const text = note.slice(0, end + 1);
  let signer: string | null = null;
  const unknown: string[] = [];
  for (const line of note.slice(end + 2, -1).split('\n')) {
    const match = SIGNATURE_LINE.exec(line);
    const bytes = Buffer.from(match?.[2] ?? '', 'base64');
    // Base64 has spare bits: only the one spelling counts, so that no two notes are the same one.
    if (!match || bytes.toString('base64') !== match[2]) return { ok: false, why: 'a signature line is malformed' };
    const id = bytes.subarray(0, HASH_BYTES).toString('hex');
    const key = keys.find((known) => known.name === match[1] && known.id === id);
    if (!key) unknown.push(`${match[1]}+${id}`);
    else if (!verify(null, Buffer.from(text, 'utf8'), key.publicKey, bytes.subarray(HASH_BYTES)))
      return { ok: false, why: `the signature of ${key.name}+${id} does not match` };
    else signer = id;
  }
  if (signer === null) return { ok: false, why: `no trusted key has signed it, only ${unknown.join(', ')}` };
  return { ok: true, text, keyId: signer };
}

/** The first four bytes of SHA-256 over name, line break, signature type and public key, as hex. */
function keyId(name: string, raw: Buffer): string {
  return createHash('sha256')
    .update(`${name}\n`)
    .update(ED25519)
    .update(raw)
    .digest()
    .subarray(0, HASH_BYTES)
    .toString('hex');
}
