import { createHash } from 'node:crypto';
import { NIL_ID } from '../id.js';
import type { SourceReference } from '../source.js';
import { type Answers, type Queries, type Query, select, sql } from '../statement.js';
import {
  endText,
  EXPORT_FORMAT,
  type ExportLine,
  FORMAT_VERSION,
  type HeaderLine,
  sourceKey,
  sourcesIn,
  type SourcesLine,
  type SourceStatus,
} from './format.js';
import { canonicalValue, lineText } from './lines.js';
import { type SigningKey, signNote } from './note.js';
import { LedgerHead } from './seal.entity.js';
import { CHAIN_START, frontierEnds } from './tree.js';

/** Reads in one tenant, all of one call in one snapshot: Gateway.read bound to it, or a snapshot of the caller's. */
export type LedgerRead = <Q extends Queries>(queries: Q) => Promise<Answers<Q>>;

/** The versions and hashes that records of one kind have now, by id; a record that is gone is not in it. */
export type SourceChecker = (
  ids: readonly string[],
) => Query<ReadonlyMap<string, { readonly version: string; readonly hash: string }>>;

export interface ExportRequest {
  readonly tenantId: string;
  readonly read: LedgerRead;
  /** Signs the end; the checkpoints are signed already. */
  readonly key: SigningKey;
  /** From (inclusive) and to (exclusive) by the time of the entries; null for the ledger's own beginning and end. */
  readonly period: { readonly from: Date | null; readonly to: Date | null };
  /** How to look at what stands behind decisions, by the kind of source: core knows no domain. */
  readonly checkers: Readonly<Record<string, SourceChecker>>;
  readonly now: Date;
}

/** Entries a page; also how many a line of sources speaks of at most. */
const PAGE = 500;
/** Rows that one statement of a count looks at, so that none comes near the time limit. */
const WINDOW = 20_000;
/** Ids of unsealed entries that a header names. */
const MOST_NAMED = 100;
const CLOCK = 'PostgreSQL clock_timestamp(), UTC, milliseconds';

/**
 * The lines of an export, each with its line break, in flat memory. Cover the ledger with a checkpoint first
 * (Sealer.cover). A period ends at the first checkpoint that covers its last entry, so that a signature covers the end.
 * Answers nothing when the period has no entry.
 */
export async function* exportLedger(request: ExportRequest): AsyncGenerator<string> {
  const header = await headerOf(request);
  if (!header) return;
  const digest = createHash('sha256');
  let lines = 0;
  const line = (value: ExportLine): string => {
    const text = lineText(value);
    digest.update(text);
    lines += 1;
    return text;
  };
  yield line(header);
  for (let after = header.from - 1; after < header.to;) {
    const until = Math.min(after + PAGE, header.to);
    for await (const value of page(request, after, until)) yield line(value);
    after = until;
  }
  const note = signNote(endText(request.tenantId, lines, digest.digest()), request.key);
  yield lineText({ type: 'end', lines, note });
}

/** The entries after one number up to another, with their checkpoints and sources. */
async function* page({ read, checkers }: ExportRequest, after: number, until: number): AsyncGenerator<ExportLine> {
  const { entries, checkpoints } = await read({
    entries: sql(
      `select s.seq, s.leaf_hash, s.chain_hash, e.content from ledger_seal s
        join ledger_entry e on e.tenant_id = $1 and e.id = s.entry_id
        where s.tenant_id = $1 and s.seq > $2 and s.seq <= $3 order by s.seq`,
      [after, until],
      (rows) =>
        rows.map((row) => ({
          type: 'entry' as const,
          seq: Number(row.seq),
          content: row.content as string,
          leaf: row.leaf_hash as string,
          chain: row.chain_hash as string,
        })),
    ),
    checkpoints: sql(
      'select size, note from ledger_checkpoint where tenant_id = $1 and size > $2 and size <= $3',
      [after, until],
      (rows) => new Map(rows.map((row) => [Number(row.size), row.note as string])),
    ),
  });
  const sources = await sourcesOf(entries, read, checkers);
  for (const [index, entry] of entries.entries()) {
    yield entry;
    if (index === entries.length - 1 && sources.length > 0)
      yield { type: 'sources', to: entry.seq, references: sources };
    const note = checkpoints.get(entry.seq);
    if (note !== undefined) yield { type: 'checkpoint', size: entry.seq, note };
  }
}

/** The distinct sources of some entries, each looked at now. */
async function sourcesOf(
  entries: readonly { readonly content: string }[],
  read: LedgerRead,
  checkers: ExportRequest['checkers'],
): Promise<SourcesLine['references']> {
  const distinct = new Map<string, SourceReference>();
  for (const { content } of entries)
    for (const source of sourcesIn(canonicalValue(content))) distinct.set(sourceKey(source), source);
  const references = [...distinct.values()];
  const kinds = [...new Set(references.map(({ type }) => type))].filter((type) => checkers[type]);
  const idsOf = (kind: string): string[] => [
    ...new Set(references.filter(({ type }) => type === kind).map(({ id }) => id)),
  ];
  const present =
    kinds.length === 0 ? {} : await read(Object.fromEntries(kinds.map((kind) => [kind, checkers[kind]!(idsOf(kind))])));
  return references.map((reference) => {
    const { type, id, version, hash } = reference;
    const records = (present as Record<string, ReadonlyMap<string, { version: string; hash: string }>>)[type];
    return { type, id, version, hash, status: statusOf(reference, records) };
  });
}

function statusOf(
  { id, version, hash }: SourceReference,
  records: ReadonlyMap<string, { readonly version: string; readonly hash: string }> | undefined,
): SourceStatus {
  if (!records) return 'UNCHECKED';
  const record = records.get(id);
  if (!record) return 'MISSING';
  return record.version === version && record.hash === hash ? 'UNCHANGED' : 'CHANGED';
}

async function headerOf(request: ExportRequest): Promise<HeaderLine | null> {
  const { tenantId, read, period, now } = request;
  const { heads } = await read({ heads: select(LedgerHead) });
  const covered = heads[0]?.checkpointSize ?? 0;
  const range = await rangeOf(request, covered);
  if (!range) return null;
  const { from, to } = range;
  const ends = frontierEnds(from - 1);
  const { chain, frontier } = await read({
    chain: sql('select chain_hash from ledger_seal where tenant_id = $1 and seq = $2', [from - 1], (rows) =>
      rows[0] ? (rows[0].chain_hash as string) : CHAIN_START.toString('hex'),
    ),
    frontier: sql(
      'select tree_hash from ledger_seal where tenant_id = $1 and seq = any($2) order by seq',
      [ends],
      (rows) => rows.map((row) => row.tree_hash as string),
    ),
  });
  return {
    type: 'header',
    format: EXPORT_FORMAT,
    version: FORMAT_VERSION,
    tenant: tenantId,
    from,
    to,
    entries: to - from + 1,
    period: { from: period.from?.toISOString() ?? null, to: period.to?.toISOString() ?? null },
    start: { chain, frontier },
    unsealed: await unsealedEntries(read),
    clock: CLOCK,
    exportedAt: now.toISOString(),
  };
}

/** First and last number of the period; its end moves on to the next checkpoint. Null when it has no entry. */
async function rangeOf(
  { read, period }: ExportRequest,
  covered: number,
): Promise<{ readonly from: number; readonly to: number } | null> {
  if (covered === 0) return null;
  if (period.from === null && period.to === null) return { from: 1, to: covered };
  let from = Infinity;
  let last = 0;
  for (let after = 0; after < covered; after += WINDOW) {
    const { found } = await read({
      found: sql(
        `select min(s.seq) as first, max(s.seq) as last from ledger_seal s
          join ledger_entry e on e.tenant_id = $1 and e.id = s.entry_id
          where s.tenant_id = $1 and s.seq > $2 and s.seq <= $3
            and ($4::timestamptz is null or e.at >= $4) and ($5::timestamptz is null or e.at < $5)`,
        [after, Math.min(after + WINDOW, covered), period.from, period.to],
        (rows) => rows[0]!,
      ),
    });
    if (found.first === null) continue;
    from = Math.min(from, Number(found.first));
    last = Math.max(last, Number(found.last));
  }
  if (last === 0) return null;
  if (period.to === null) return { from, to: covered };
  const { to } = await read({
    to: sql('select min(size) as size from ledger_checkpoint where tenant_id = $1 and size >= $2', [last], (rows) =>
      Number(rows[0]!.size),
    ),
  });
  return { from, to };
}

/**
 * Entries that are neither sealed nor waiting: the sealer will never find them, because somebody deleted the row by
 * which they wait.
 */
export async function unsealedEntries(read: LedgerRead): Promise<string[]> {
  const found: string[] = [];
  for (let after: string | null = NIL_ID; after !== null && found.length < MOST_NAMED;) {
    const { window }: { window: { last: string | null; ids: string[] } } = await read({
      window: sql(
        `with looked as (select id from ledger_entry where tenant_id = $1 and id > $2 order by id limit ${WINDOW})
          select (select id from looked order by id desc limit 1) as last, array(select e.id from looked e
            where not exists (select 1 from ledger_seal s where s.tenant_id = $1 and s.entry_id = e.id)
              and not exists (select 1 from ledger_pending p where p.tenant_id = $1 and p.id = e.id)
            order by e.id limit ${MOST_NAMED}) as ids`,
        [after],
        (rows) => ({ last: (rows[0]?.last ?? null) as string | null, ids: (rows[0]?.ids ?? []) as string[] }),
      ),
    });
    found.push(...window.ids);
    after = window.last;
  }
  return found.slice(0, MOST_NAMED);
}
