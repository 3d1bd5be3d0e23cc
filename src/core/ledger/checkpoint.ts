import { type OpenedNote, openNote, type SigningKey, signNote, type TrustedKey } from './note.js';

/**
 * What the key signs every few seconds (https://c2sp.org/tlog-checkpoint): so many entries, this root of their tree,
 * and as extension lines the last link of the chain and the time.
 */
export interface Checkpoint {
  readonly tenantId: string;
  /** How many entries it covers: those with the sequence numbers 1 to size. */
  readonly size: number;
  /** Root of the RFC 6962 tree over their leaves. */
  readonly root: Buffer;
  /** The link of the chain at the entry number `size`. */
  readonly chain: Buffer;
  readonly at: Date;
}

const TEXT =
  /^countersign\/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\n([1-9][0-9]{0,15})\n([A-Za-z0-9+/]{43}=)\nchain ([0-9a-f]{64})\nat (\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z)\n$/;

/** The text that is signed. */
export function checkpointText({ tenantId, size, root, chain, at }: Checkpoint): string {
  return `countersign/${tenantId}\n${size}\n${root.toString('base64')}\nchain ${chain.toString('hex')}\nat ${at.toISOString()}\n`;
}

/** The checkpoint as a signed note. */
export function signCheckpoint(checkpoint: Checkpoint, key: SigningKey): string {
  return signNote(checkpointText(checkpoint), key);
}

/** What a note says that a trusted key has signed, or why it says nothing. */
export type OpenedCheckpoint =
  | { readonly ok: true; readonly checkpoint: Checkpoint; readonly keyId: string }
  | Extract<OpenedNote, { readonly ok: false }>;

/** Reads a signed checkpoint. Text that would be written otherwise is refused: each checkpoint has one spelling. */
export function openCheckpoint(note: string, keys: readonly TrustedKey[]): OpenedCheckpoint {
  const opened = openNote(note, keys);
  if (!opened.ok) return opened;
  const match = TEXT.exec(opened.text);
  if (!match) return { ok: false, why: 'its text is no checkpoint' };
  const [, tenantId, size, root, chain, at] = match as unknown as [string, string, string, string, string, string];
  const checkpoint = {
    tenantId,
    size: Number(size),
    root: Buffer.from(root, 'base64'),
    chain: Buffer.from(chain, 'hex'),
    at: new Date(at),
  };
  const isItself = !Number.isNaN(checkpoint.at.getTime()) && checkpointText(checkpoint) === opened.text;
  return isItself ? { ok: true, checkpoint, keyId: opened.keyId } : { ok: false, why: 'its text is no checkpoint' };
}
