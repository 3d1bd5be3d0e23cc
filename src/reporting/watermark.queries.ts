import { PRESENT, PRESENT_OF_STATEMENT } from '../core/clock.js';
import { LedgerHead } from '../core/ledger/seal.entity.js';
import { NIL_ID } from '../core/id.js';
import { mapQuery, type Query, selectFirst, sql, type Statement } from '../core/statement.js';
import { hydrate, tableOf } from '../core/table.js';
import { ReportingProgress } from './reporting.entity.js';

/** How far a projection has come, save when. */
export type Progress = Pick<ReportingProgress, 'projectedSeq' | 'modelVersion' | 'rebuiltTo' | 'dimensions'>;

/** How far the projection of the tenant has come; null before its first. */
export const reportingProgress = (): Query<ReportingProgress | null> => selectFirst(ReportingProgress, {});

/** The number of the last sealed entry of the ledger; 0 before the first. */
export const sealedSeq = (): Query<number> => mapQuery(selectFirst(LedgerHead, {}), (head) => head?.seq ?? 0);

/** Makes the progress of a tenant that has none: nothing was projected, by no version of the model. */
export const madeProgress = (): Statement => ({
  text: `insert into reporting_progress (tenant_id, projected_seq, projected_at, model_version, dimensions)
    values ($1, 0, ${PRESENT}, 0, '') on conflict do nothing`,
  values: [],
});

/** The statement that says how far the projection has come, and when that was. */
export const movedProgress = ({ projectedSeq, modelVersion, rebuiltTo, dimensions }: Progress): Statement => ({
  text: `update reporting_progress set projected_seq = $2, model_version = $3, rebuilt_to = $4, dimensions = $5, projected_at = ${PRESENT_OF_STATEMENT}
    where tenant_id = $1`,
  values: [projectedSeq, modelVersion, rebuiltTo, dimensions],
});

/**
 * The progress under lock, or null when somebody else projects this tenant or it has none. Whoever holds it is the only
 * one who writes the tenant's facts: what they read after it is at least as new as what anybody wrote before.
 */
export function lockedProgress(): Query<ReportingProgress | null> {
  const text = `select ${tableOf(ReportingProgress).selection} from reporting_progress where tenant_id = $1
    for update skip locked`;
  return sql(text, [], (rows) => (rows[0] ? hydrate(ReportingProgress, rows[0]) : null));
}

/** The same, waiting for whoever holds it: nobody projects while a decision relies on the facts. */
export const awaitedProgress = (): Query<ReportingProgress | null> =>
  selectFirst(ReportingProgress, {}, { lock: 'UPDATE' });

/** An entry of the ledger, as far as it says which records it is about. */
export interface NamingEntry {
  readonly seq: number;
  /** Ids that its subject and its body name, each once. */
  readonly ids: readonly string[];
}

const UUID = '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}';

/**
 * The ids that an entry `e` names. A denied attempt changed nothing, and a question that was put on record neither: they
 * name nothing.
 */
const NAMED = `case when e.outcome = 'DENIED' or e.subject_type = 'Operation' then '{}'::text[] else array(
    select distinct m[1] from regexp_matches(
      coalesce(e.subject_id, '') || ' ' || coalesce((e.content::json)->>'body', ''), '${UUID}', 'g') m) end`;

/** The sealed entries after a number, in the order of the ledger; at most so many. */
export function sealedAfter(seq: number, most: number): Query<NamingEntry[]> {
  const text = `select s.seq, ${NAMED} as ids from ledger_seal s join ledger_entry e on e.tenant_id = $1 and e.id = s.entry_id
    where s.tenant_id = $1 and s.seq > $2 order by s.seq limit $3`;
  return sql(text, [seq, most], (rows) => {
    return rows.map((row) => ({ seq: Number(row.seq), ids: row.ids as string[] }));
  });
}

/** The ids that entries name which are not projected yet: sealed after a number, or not sealed yet. */
export function namedLater(seq: number): Query<string[]> {
  const text = `select distinct x.id from (
      select unnest(${NAMED}) as id from ledger_seal s join ledger_entry e on e.tenant_id = $1 and e.id = s.entry_id
        where s.tenant_id = $1 and s.seq > $2
      union all
      select unnest(${NAMED}) from ledger_pending p join ledger_entry e on e.tenant_id = $1 and e.id = p.id
        where p.tenant_id = $1) x`;
  return sql(text, [seq], (rows) => rows.map(({ id }) => id as string));
}

/** The next handoffs after an id, in the order of their ids; null for the first ones. */
export const handoffsAfter = (after: string | null, most: number): Query<string[]> =>
  sql('select id from handoff where tenant_id = $1 and id > $2 order by id limit $3', [after ?? NIL_ID, most], (rows) =>
    rows.map(({ id }) => id as string),
  );
