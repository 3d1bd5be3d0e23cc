import type { LedgerRead } from '../core/ledger/export.js';
import { sql } from '../core/statement.js';
import { type Control, CONTROLS } from './controls.js';
import type { Edition } from './edition.js';

/** Entries of the ledger that are counted as evidence: so many, up to the last sealed one. */
const COUNTED_ENTRIES = 100_000;

/** A control with where it was seen at work in the ledger. */
export interface ControlLine {
  readonly control: Control;
  readonly done: number;
  readonly refused: number;
  readonly denied: number;
  /** When it was seen last, and the number of that entry; null when it was not. */
  readonly lastAt: Date | null;
  readonly lastSeq: number | null;
}

/** Every control with its live evidence, and the entries of the ledger that were counted. */
export interface ControlFacts {
  readonly lines: readonly ControlLine[];
  readonly fromSeq: number;
  readonly toSeq: number;
}

interface Seen {
  readonly action: string;
  readonly outcome: string;
  readonly entries: number;
  readonly lastAt: Date;
  readonly lastSeq: number;
}

/** Counts the entries by action and outcome in one statement; numbers without gaps say exactly which were counted. */
export async function controlFacts(read: LedgerRead, { sealedSeq }: Edition): Promise<ControlFacts> {
  const fromSeq = Math.max(1, sealedSeq - COUNTED_ENTRIES + 1);
  const { seen } = await read({
    seen: sql(
      `select e.action, e.outcome, count(*)::int as entries, max(e.at) as last_at, max(s.seq) as last_seq
        from ledger_seal s join ledger_entry e on e.tenant_id = $1 and e.id = s.entry_id
        where s.tenant_id = $1 and s.seq between $2 and $3 group by e.action, e.outcome`,
      [fromSeq, sealedSeq],
      (rows) =>
        rows.map((row): Seen => ({
          action: row.action as string,
          outcome: row.outcome as string,
          entries: row.entries as number,
          lastAt: row.last_at as Date,
          lastSeq: Number(row.last_seq),
        })),
    ),
  });
  return { lines: CONTROLS.map((control) => lineOf(control, seen)), fromSeq, toSeq: sealedSeq };
}

function lineOf(control: Control, seen: readonly Seen[]): ControlLine {
  const own = seen.filter(({ action }) => control.actions.includes(action));
  const counted = (outcome: string): number =>
    own.reduce((sum, one) => sum + (one.outcome === outcome ? one.entries : 0), 0);
  const last = own.toSorted((a, b) => b.lastSeq - a.lastSeq)[0] ?? null;
  return {
    control,
    done: counted('DONE'),
    refused: counted('REFUSED'),
    denied: counted('DENIED'),
    lastAt: last?.lastAt ?? null,
    lastSeq: last?.lastSeq ?? null,
  };
}
