import { RecentlyUsed } from '../core/recently-used.js';
import { type Query, select, selectFirst, selectRequired, sql } from '../core/statement.js';
import { hydrate, tableOf } from '../core/table.js';
import type { DealWin } from './close.rules.js';
import { Client, Deal, DealSnapshot, QuoteLine } from './deal.entity.js';
import type { NormalisedTerms } from './terms.rules.js';

/** The one source of deals so far. */
export const HALOPSA = 'HALOPSA';

/** The deal by its id in the PSA, locked until the transaction ends, or null: the first fact of an import. */
export const lockDealByExternal = (source: string, externalId: string): Query<Deal | null> =>
  selectFirst(Deal, { source, externalId }, { lock: 'UPDATE' });

/** The client by its id in the PSA; a prospect (no id) by its name; null when it is new. */
export const clientByExternal = (externalId: string | null, name: string): Query<Client | null> =>
  selectFirst(Client, externalId === null ? { externalId: null, name } : { externalId });

const SNAPSHOT_COLUMNS = tableOf(DealSnapshot)
  .columns.map((column) => `s.${column.name}`)
  .join(', ');

/** A snapshot by id, or NOT_FOUND. */
export const snapshotById = (id: string): Query<DealSnapshot> => selectRequired(DealSnapshot, id);

/** The current snapshot of a deal, or null when there is no such deal. */
export function currentSnapshot(dealId: string): Query<DealSnapshot | null> {
  return snapshot('d.id = $2 and s.id = d.current_snapshot_id', [dealId]);
}

/** The current snapshot of a deal by its id in the PSA, or null when it was never imported. */
export function currentSnapshotByExternal(source: string, externalId: string): Query<DealSnapshot | null> {
  return snapshot('d.source = $2 and d.external_id = $3 and s.id = d.current_snapshot_id', [source, externalId]);
}

/** The person who imported the deal's current snapshot, by the deal's id in the PSA; null when a program did, or nobody. */
export function importerByExternal(source: string, externalId: string): Query<string | null> {
  return sql(
    `select p.id from deal d join deal_snapshot s on s.tenant_id = $1 and s.id = d.current_snapshot_id
      join person p on p.tenant_id = $1 and p.id::text = s.imported_by
      where d.tenant_id = $1 and d.source = $2 and d.external_id = $3`,
    [source, externalId],
    (rows) => (rows[0]?.id as string | undefined) ?? null,
  );
}

/** The win that stands of a deal by its id in the PSA; null when its current snapshot has no day of winning. */
export function winByExternal(source: string, externalId: string): Query<DealWin | null> {
  return sql(
    `select s.id, s.won_on, s.imported_at from deal d join deal_snapshot s on s.tenant_id = $1 and s.deal_id = d.id
      where d.tenant_id = $1 and d.source = $2 and d.external_id = $3 and s.revision > coalesce((select max(o.revision)
        from deal_snapshot o where o.tenant_id = $1 and o.deal_id = d.id and o.won_on is null), 0)
      order by s.revision limit 1`,
    [source, externalId],
    ([row]) =>
      row ? { snapshotId: row.id as string, wonOn: row.won_on as string, importedAt: row.imported_at as Date } : null,
  );
}

/** The lines of a snapshot, in the order of the quotation. */
export const linesOf = (snapshotId: string): Query<QuoteLine[]> =>
  select(QuoteLine, { dealSnapshotId: snapshotId }, { orderBy: ['position'] });

function snapshot(condition: string, values: readonly unknown[]): Query<DealSnapshot | null> {
  return sql(
    `select ${SNAPSHOT_COLUMNS} from deal d join deal_snapshot s on s.tenant_id = $1 and s.deal_id = d.id
      where d.tenant_id = $1 and ${condition}`,
    values,
    (rows) => (rows[0] ? hydrate(DealSnapshot, rows[0]) : null),
  );
}

/** By digest. */
const parsed = new RecentlyUsed<string, NormalisedTerms>(500);

/** The terms of a snapshot; the same digest is the same content, so they are parsed once a process. */
export function termsOf(of: Pick<DealSnapshot, 'terms' | 'termsDigest'>): NormalisedTerms {
  const known = parsed.get(of.termsDigest);
  if (known) return known;
  const terms = JSON.parse(of.terms) as NormalisedTerms;
  parsed.set(of.termsDigest, terms);
  return terms;
}
