import { PRESENT } from '../core/clock.js';
import { type Lag, lagOf } from '../core/ledger/sounding.js';
import { type Query, sql } from '../core/statement.js';

/** The sealed entries of a tenant that the reporting model does not have yet. */
export const reportingLag = (): Query<Lag> =>
  sql(
    `select greatest(coalesce(h.seq, 0) - coalesce(p.projected_seq, 0), 0)::int as entries,
       coalesce(extract(epoch from ${PRESENT} - s.sealed_at), 0)::float8 as oldest
     from (select $1::uuid as tenant) one
     left join ledger_head h on h.tenant_id = $1
     left join reporting_progress p on p.tenant_id = $1
     left join ledger_seal s on s.tenant_id = $1 and s.seq = coalesce(p.projected_seq, 0) + 1`,
    [],
    lagOf,
  );
