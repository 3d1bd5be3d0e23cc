import { notFound } from '../error.js';
import { mapQuery, type Query, select, selectFirst, sql } from '../statement.js';
import { type Checkpoint, openCheckpoint } from './checkpoint.js';
import { LedgerEntry } from './entry.js';
import type { LedgerRead } from './export.js';
import {
  type ConsistencyLine,
  FORMAT_VERSION,
  type InclusionLine,
  isLine,
  PROOF_FORMAT,
  type ProofLine,
} from './format.js';
import { canonicalValue, linesOf, lineValue } from './lines.js';
import type { TrustedKey } from './note.js';
import { LedgerCheckpoint, LedgerSeal } from './seal.entity.js';
import { consistencyPath, inclusionPath, isConsistent, isIncluded, type KeptHashes, leafOf } from './tree.js';

/** The newest checkpoint of the tenant, or null before the first. */
export function lastCheckpoint(): Query<LedgerCheckpoint | null> {
  return mapQuery(select(LedgerCheckpoint, {}, { orderBy: ['-size'], limit: 1 }), (found) => found[0] ?? null);
}

/**
 * Proves that an entry stands in the ledger: its path to the root that the newest checkpoint signs. Null while no
 * checkpoint covers it yet (at most CHECKPOINT_SECONDS and the unsealed window after it was written).
 * @throws NOT_FOUND when there is no such entry here.
 */
export async function proveEntry(tenantId: string, read: LedgerRead, entryId: string): Promise<InclusionLine | null> {
  const { entry, seal, checkpoint } = await read({
    entry: selectFirst(LedgerEntry, { id: entryId }),
    seal: selectFirst(LedgerSeal, { entryId }),
    checkpoint: lastCheckpoint(),
  });
  if (!entry) throw notFound('LedgerEntry', entryId);
  if (!seal || !checkpoint || seal.seq > checkpoint.size) return null;
  const { seq, leafHash } = seal;
  const path = await withKept(read, (kept) => inclusionPath(seq - 1, checkpoint.size, kept));
  return {
    type: 'inclusion',
    format: PROOF_FORMAT,
    version: FORMAT_VERSION,
    tenant: tenantId,
    seq,
    content: entry.content,
    leaf: leafHash,
    path: path.map((hash) => hash.toString('hex')),
    checkpoint: checkpoint.note,
  };
}

/** Proves that a checkpoint which was kept elsewhere is the beginning of what the newest one signs. */
export async function proveConsistency(
  tenantId: string,
  read: LedgerRead,
  older: { readonly size: number; readonly note: string },
): Promise<ConsistencyLine | null> {
  const { checkpoint } = await read({ checkpoint: lastCheckpoint() });
  if (!checkpoint || checkpoint.size < older.size) return null;
  const path = await withKept(read, (kept) => consistencyPath(older.size, checkpoint.size, kept));
  return {
    type: 'consistency',
    format: PROOF_FORMAT,
    version: FORMAT_VERSION,
    tenant: tenantId,
    older: older.note,
    newer: checkpoint.note,
    path: path.map((hash) => hash.toString('hex')),
  };
}

/** Runs a calculation twice: once to learn which kept hashes it asks for, and again with them, read in one query. */
export async function withKept<T>(read: LedgerRead, calculate: (kept: KeptHashes) => T): Promise<T> {
  const asked = new Set<number>();
  const note = (position: number): Buffer => {
    asked.add(position);
    return Buffer.alloc(32);
  };
  calculate({ leafAt: note, subtreeAt: note });
  const { rows } = await read({
    rows: sql(
      'select seq, leaf_hash, tree_hash from ledger_seal where tenant_id = $1 and seq = any($2)',
      [[...asked]],
      (found) => new Map(found.map((row) => [Number(row.seq), row])),
    ),
  });
  const hash = (position: number, column: 'leaf_hash' | 'tree_hash'): Buffer =>
    Buffer.from(rows.get(position)![column] as string, 'hex');
  return calculate({
    leafAt: (position) => hash(position, 'leaf_hash'),
    subtreeAt: (position) => hash(position, 'tree_hash'),
  });
}

/** What came of checking proofs; `told` has one line for a person for each proof. */
export type ProofVerdict =
  | { readonly kind: 'sound'; readonly told: readonly string[] }
  | { readonly kind: 'tampered'; readonly line: number; readonly what: string }
  | { readonly kind: 'unreadable'; readonly what: string };

/** Checks a file of proofs, one a line, from its bytes and the trusted keys alone. */
export async function checkProofs(chunks: AsyncIterable<Buffer>, keys: readonly TrustedKey[]): Promise<ProofVerdict> {
  const told: string[] = [];
  let line = 0;
  for await (const { bytes } of linesOf(chunks)) {
    line += 1;
    const value = lineValue(bytes) as ProofLine;
    const isProof = isLine<InclusionLine>(value, 'inclusion') || isLine<ConsistencyLine>(value, 'consistency');
    if (!isProof || value.format !== PROOF_FORMAT || value.version !== FORMAT_VERSION)
      return { kind: 'unreadable', what: `Line ${line} is no proof of format version ${FORMAT_VERSION}.` };
    const found = value.type === 'inclusion' ? checkInclusion(value, keys) : checkConsistency(value, keys);
    if (!found.ok) return { kind: 'tampered', line, what: found.what };
    told.push(found.told);
  }
  return line === 0 ? { kind: 'unreadable', what: 'The file is empty.' } : { kind: 'sound', told };
}

type Check = { readonly ok: true; readonly told: string } | { readonly ok: false; readonly what: string };

function checkInclusion(line: InclusionLine, keys: readonly TrustedKey[]): Check {
  const signed = signedBy(line.checkpoint, line.tenant, keys);
  if (!signed.ok) return signed;
  const { size, root, at } = signed.checkpoint;
  const leaf = leafOf(line.content);
  if (leaf.toString('hex') !== line.leaf) return { ok: false, what: 'the content does not match its leaf hash' };
  const said = canonicalValue(line.content) as { tenant?: unknown; id?: unknown } | undefined;
  if (said?.tenant !== line.tenant) return { ok: false, what: 'the content is of another tenant, or not canonical' };
  const path = line.path.map((hash) => Buffer.from(hash, 'hex'));
  if (!isIncluded(leaf, { index: line.seq - 1, size, path, root }))
    return { ok: false, what: `the entry is not number ${line.seq} of the ledger that the checkpoint signs` };
  return { ok: true, told: `entry ${String(said.id)} is number ${line.seq} of ${size}, signed at ${at.toISOString()}` };
}

function checkConsistency(line: ConsistencyLine, keys: readonly TrustedKey[]): Check {
  const older = signedBy(line.older, line.tenant, keys);
  if (!older.ok) return older;
  const newer = signedBy(line.newer, line.tenant, keys);
  if (!newer.ok) return newer;
  const [first, second] = [older.checkpoint, newer.checkpoint];
  const path = line.path.map((hash) => Buffer.from(hash, 'hex'));
  if (!isConsistent(first, second, path))
    return { ok: false, what: `the ledger of ${first.size} entries is not the beginning of that of ${second.size}` };
  return { ok: true, told: `the first ${first.size} of ${second.size} entries are those of ${first.at.toISOString()}` };
}

function signedBy(
  note: string,
  tenant: string,
  keys: readonly TrustedKey[],
): { readonly ok: true; readonly checkpoint: Checkpoint } | { readonly ok: false; readonly what: string } {
  const opened = openCheckpoint(note, keys);
  if (!opened.ok) return { ok: false, what: `the checkpoint is not to be trusted: ${opened.why}` };
  if (opened.checkpoint.tenantId !== tenant) return { ok: false, what: 'the checkpoint is of another tenant' };
  return opened;
}
