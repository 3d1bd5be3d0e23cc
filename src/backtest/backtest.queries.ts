import type { ConfigurationVersion } from '../catalogue/configuration-version.entity.js';
import { versionColumns, versionsBy } from '../catalogue/version-rows.js';
import { notFound } from '../core/error.js';
import { mapQuery, type Query, type Row, select, sql } from '../core/statement.js';
import { tableOf } from '../core/table.js';
import { Backtest, BacktestDeal } from './backtest.entity.js';
import type { Outcome } from './backtest.figures.js';

/** The back-test, locked until the transaction ends, or NOT_FOUND: deals are added one call after another. */
export const lockBacktest = (id: string): Query<Backtest> =>
  mapQuery(select(Backtest, { id }, { lock: 'UPDATE' }), ([backtest]) => {
    if (!backtest) throw notFound('Backtest', id);
    return backtest;
  });

const OF_BACKTEST = `select ${versionColumns('$3')}
  from backtest b join configuration_version v on v.tenant_id = $1 and v.id = b.configuration_version_id
  where b.tenant_id = $1 and b.id = $2`;

/** The configuration that a back-test judges by: the one that ruled when it was started. */
export const configurationOfBacktest = (id: string): Query<ConfigurationVersion> =>
  versionsBy(OF_BACKTEST, [id], ([found]) => {
    if (!found) throw notFound('Backtest', id);
    return found.version;
  });

const OUTCOME =
  'backtest_id, external_id, raw_digest, judged, won_on, required_weight, proven_weight, complete, below_floor';

/** An outcome with the opportunity that it is of. */
export type KnownDeal = Outcome & Pick<BacktestDeal, 'externalId'>;

const read = (row: Row): KnownDeal => ({
  externalId: row.external_id as string | null,
  rawDigest: row.raw_digest as string,
  judged: row.judged as boolean,
  wonOn: row.won_on as string | null,
  requiredWeight: row.required_weight as number,
  provenWeight: row.proven_weight as number,
  complete: row.complete as boolean,
  belowFloor: row.below_floor as boolean | null,
});

/** What the deals of a back-test came to, without their items and findings. */
export const outcomesOf = (id: string): Query<KnownDeal[]> =>
  mapQuery(outcomesByBacktest([id]), (all) => [...(all.get(id) ?? [])]);

/** The same of several back-tests at once. */
export function outcomesByBacktest(ids: readonly string[]): Query<ReadonlyMap<string, readonly KnownDeal[]>> {
  const text = `select ${OUTCOME} from ${tableOf(BacktestDeal).name}
    where tenant_id = $1 and backtest_id = any($2::uuid[]) order by id`;
  return sql(text, [ids], (rows) => {
    const all = new Map<string, KnownDeal[]>(ids.map((id) => [id, []]));
    for (const row of rows) all.get(row.backtest_id as string)?.push(read(row));
    return all;
  });
}
