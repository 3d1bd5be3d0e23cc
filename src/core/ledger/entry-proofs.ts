import { LedgerEntry } from './entry.js';
import type { LedgerRead } from './export.js';
import { FORMAT_VERSION, type InclusionLine, PROOF_FORMAT } from './format.js';
import { lastCheckpoint, withKept } from './proof.js';
import { LedgerCheckpoint, LedgerSeal } from './seal.entity.js';
import { inclusionPath } from './tree.js';
import { select, sql } from '../statement.js';
import { hydrate, tableOf } from '../table.js';

/** Proofs of entries under one checkpoint, and the entries that none covers yet. */
export interface Proofs {
  readonly lines: readonly InclusionLine[];
  readonly unproven: readonly LedgerEntry[];
}

/**
 * Proves that entries stand in the ledger, all under one checkpoint: the one given, else the oldest that covers them, so
 * that the same entries have the same proof however much is written later.
 */
export async function proveEntries(
  tenantId: string,
  read: LedgerRead,
  entryIds: readonly string[],
  under: LedgerCheckpoint | null = null,
): Promise<Proofs> {
  if (entryIds.length === 0) return { lines: [], unproven: [] };
  const { entries, seals, covering, last } = await read({
    entries: select(LedgerEntry, { id: [...entryIds] }, { orderBy: ['id'] }),
    seals: select(LedgerSeal, { entryId: [...entryIds] }, { orderBy: ['seq'] }),
    covering: sql(
      `select ${tableOf(LedgerCheckpoint).selection} from ledger_checkpoint where tenant_id = $1
        and size >= (select max(s.seq) from ledger_seal s where s.tenant_id = $1 and s.entry_id = any($2::uuid[]))
        order by size limit 1`,
      [entryIds],
      (rows) => (rows[0] ? hydrate(LedgerCheckpoint, rows[0]) : null),
    ),
    last: lastCheckpoint(),
  });
  const checkpoint = under ?? covering ?? last;
  const proven = checkpoint ? seals.filter(({ seq }) => seq <= checkpoint.size) : [];
  const ids = new Set(proven.map(({ entryId }) => entryId));
  const unproven = entries.filter(({ id }) => !ids.has(id));
  if (!checkpoint || proven.length === 0) return { lines: [], unproven };
  const { size, note } = checkpoint;
  const paths = await withKept(read, (kept) => proven.map(({ seq }) => inclusionPath(seq - 1, size, kept)));
  const contents = new Map(entries.map(({ id, content }) => [id, content]));
  const lines = proven.map(({ seq, entryId, leafHash }, index) => ({
    type: 'inclusion' as const,
    format: PROOF_FORMAT,
    version: FORMAT_VERSION,
    tenant: tenantId,
    seq,
    content: contents.get(entryId)!,
    leaf: leafHash,
    path: paths[index]!.map((hash) => hash.toString('hex')),
    checkpoint: note,
  }));
  return { lines, unproven };
}
