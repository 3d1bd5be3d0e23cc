import { PRESENT } from '../clock.js';
import { type Query, sql } from '../statement.js';

/** How much of something waits, and how long the oldest of it has, in seconds; 0 when nothing does. */
export interface Lag {
  readonly entries: number;
  readonly oldestSeconds: number;
}

/** Reads a Lag from columns `entries` and `oldest`. */
export const lagOf = ([row]: readonly Readonly<Record<string, unknown>>[]): Lag => ({
  entries: row!.entries as number,
  oldestSeconds: Math.max(0, row!.oldest as number),
});

/** The entries of a tenant that are committed and not sealed yet. */
export const sealLag = (): Query<Lag> =>
  sql(
    `select count(*)::int as entries, coalesce(extract(epoch from ${PRESENT} - min(e.at)), 0)::float8 as oldest
     from ledger_pending p join ledger_entry e on e.tenant_id = $1 and e.id = p.id where p.tenant_id = $1`,
    [],
    lagOf,
  );
