import { NIL_ID } from '../id.js';
import { sql } from '../statement.js';
import { hydrate, tableOf } from '../table.js';
import { LedgerEntry, leafHash, type LedgerOutcome } from './entry.js';
import { type LedgerRead, unsealedEntries } from './export.js';
import { EMPTY_HEAD, type Head, seal } from './seal.rules.js';
import { LedgerSeal } from './seal.entity.js';
import { rootOf } from './tree.js';

const PAGE = 1000;

/** What a look at a tenant's own tables found. */
export interface LedgerAudit {
  readonly entries: number;
  readonly sealed: number;
  /** One sentence for each thing that was tampered with. */
  readonly tampered: readonly string[];
}

/**
 * Checks a ledger in the database itself: every entry's hash and columns, every seal's number, link and subtree, every
 * checkpoint's root, and that nothing is missing. Signatures are the export's matter: whoever can write here can also
 * re-calculate, and is found by what was signed and kept elsewhere.
 */
export async function auditLedger(read: LedgerRead): Promise<LedgerAudit> {
  const entries = await auditEntries(read);
  const seals = await auditSeals(read);
  const unsealed = await unsealedEntries(read);
  return {
    entries: entries.count,
    sealed: seals.count,
    tampered: [
      ...entries.faults,
      ...seals.faults,
      ...unsealed.map((id) => `entry ${id} was kept from the sealer: it is neither sealed nor waiting`),
    ],
  };
}

interface Found {
  readonly count: number;
  readonly faults: readonly string[];
}

async function auditEntries(read: LedgerRead): Promise<Found> {
  const faults: string[] = [];
  let count = 0;
  for (let after = NIL_ID; ;) {
    const { page } = await read({
      page: sql(
        `select ${tableOf(LedgerEntry).selection} from ledger_entry where tenant_id = $1 and id > $2 order by id limit ${PAGE}`,
        [after],
        (rows) => rows.map((row) => hydrate(LedgerEntry, row)),
      ),
    });
    const last = page.at(-1);
    if (!last) return { count, faults };
    count += page.length;
    after = last.id;
    faults.push(...page.filter((entry) => !isSound(entry)).map((entry) => `entry ${entry.id} does not match its hash`));
  }
}

/** The content hashes to the leaf, and the row's columns say what the content says. */
function isSound(entry: LedgerEntry): boolean {
  if (leafHash(entry.content) !== entry.leafHash) return false;
  const said = JSON.parse(entry.content) as {
    tenant: string;
    id: string;
    at: string;
    actor: { kind: string; id: string };
    action: string;
    outcome: LedgerOutcome;
    subject: { type: string; id: string | null };
  };
  return (
    said.tenant === entry.tenantId &&
    said.id === entry.id &&
    said.at === entry.at.toISOString() &&
    said.actor.kind === entry.actorKind &&
    said.actor.id === entry.actorId &&
    said.action === entry.action &&
    said.outcome === entry.outcome &&
    said.subject.type === entry.subjectType &&
    said.subject.id === entry.subjectId
  );
}

/** Seals everything anew in memory and compares; stops at the first fault, since all after it would differ. */
async function auditSeals(read: LedgerRead): Promise<Found> {
  let head: Head = EMPTY_HEAD;
  for (;;) {
    const { page, roots, ends } = await sealsAfter(read, head.seq);
    if (page.length === 0) return { count: head.seq, faults: missingAfter(head, ends) };
    for (const row of page) {
      const { seq, entryId: id, leafHash: kept, entryHash } = row;
      const step = seal(head, [{ id, leafHash: entryHash ?? kept }], row.sealedAt);
      const [expected] = step.seals;
      if (seq !== expected!.seq)
        return { count: head.seq, faults: [`entry number ${expected!.seq} of the ledger is missing`] };
      if (entryHash !== kept)
        return { count: head.seq, faults: [`entry ${id} (number ${seq}) is not what was sealed`] };
      if (row.chainHash !== expected!.chainHash || row.treeHash !== expected!.treeHash)
        return { count: head.seq, faults: [`the chain is broken at number ${seq} (entry ${id})`] };
      head = step.head;
      const root = roots.get(seq);
      if (root !== undefined && root !== rootOf(head.frontier.map((hash) => Buffer.from(hash, 'hex'))).toString('hex'))
        return { count: head.seq, faults: [`the checkpoint of ${seq} entries signs others than are sealed`] };
    }
  }
}

interface SealedRow extends LedgerSeal {
  /** The entry's own hash now; null when the entry is gone. */
  readonly entryHash: string | null;
}

/** What the head and the newest checkpoint count; 0 without one. */
interface Ends {
  readonly head: number;
  readonly signed: number;
}

/** The next seals, with the ends as they are in the same snapshot: a sealer at work may have moved on by the next read. */
async function sealsAfter(
  read: LedgerRead,
  after: number,
): Promise<{ page: SealedRow[]; roots: ReadonlyMap<number, string>; ends: Ends }> {
  const columns = tableOf(LedgerSeal)
    .columns.map(({ name }) => `s.${name}`)
    .join(', ');
  return read({
    page: sql(
      `select ${columns}, e.leaf_hash as entry_hash from ledger_seal s
        left join ledger_entry e on e.tenant_id = $1 and e.id = s.entry_id
        where s.tenant_id = $1 and s.seq > $2 order by s.seq limit ${PAGE}`,
      [after],
      (rows) => rows.map((row) => ({ ...hydrate(LedgerSeal, row), entryHash: row.entry_hash as string | null })),
    ),
    roots: sql(
      'select size, root_hash from ledger_checkpoint where tenant_id = $1 and size > $2 and size <= $3',
      [after, after + PAGE],
      (rows) => new Map(rows.map((row) => [Number(row.size), row.root_hash as string])),
    ),
    ends: sql(
      `select (select seq from ledger_head where tenant_id = $1) as head,
        (select max(size) from ledger_checkpoint where tenant_id = $1) as signed`,
      [],
      (rows) => ({ head: Number(rows[0]?.head ?? 0), signed: Number(rows[0]?.signed ?? 0) }),
    ),
  });
}

/** The head and every checkpoint end where the seals end, or before. */
function missingAfter({ seq }: Head, ends: Ends): string[] {
  const most = Math.max(ends.head, ends.signed);
  if (most > seq) return [`entries ${seq + 1} to ${most} of the ledger are missing`];
  return ends.head === seq ? [] : [`${seq} entries are sealed, but the head counts ${ends.head}`];
}
