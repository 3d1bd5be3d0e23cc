import { type HaloRecord, idOf, plain, textOf } from './halopsa.record.js';
import type { HaloSettings } from './halopsa.settings.js';
import { isHistory, judge } from './opportunity.rules.js';
import { type PsaDeal, PsaDealState } from './psa-sync.entity.js';

const HOUR_MS = 3_600_000;
/** One page of a list, and so one request a sweep. */
const MOST_CHECKS = 100;
/** Each costs some four requests of the six hundred in five minutes; where the filter is ignored, most seem gone. */
const MOST_READS = 10;

/** What a sweep knows beside the rows of HaloPSA. */
export interface SweepFacts {
  /** The opportunities that were read before. */
  readonly known: readonly PsaDeal[];
  /** The ids in HaloPSA of the deals whose handoff has not ended, also of those that a person imported. */
  readonly live: ReadonlySet<string>;
  readonly settings: HaloSettings;
  /** By HaloPSA's clock, when the connection began to look; null at its first look. */
  readonly since: string | null;
}

/**
 * What is not as it was read last, and concerns us: won, early enough, known already, or lost although it has a handoff,
 * as when a person imported it. Deals that were won before the connection was made are history, and not handed over by it.
 */
export function news(rows: readonly HaloRecord[], { known, live, settings, since }: SweepFacts): readonly string[] {
  const byId = new Map(known.map((deal) => [deal.externalId, deal]));
  return rows.flatMap((row) => {
    const id = plain(row.id);
    const before = byId.get(id);
    if (idOf(row) === null || before?.lastUpdate === textOf(row, 'last_update')) return [];
    const judged = judge(row, settings);
    const isNewlyWon = judged?.state === PsaDealState.WON && since !== null && !isHistory(row, since);
    const isLost = judged?.state === PsaDealState.LOST && live.has(id);
    return judged && (before || isLost || judged.isEarly || isNewlyWon) ? [id] : [];
  });
}

/** Of the opportunities with a handoff that has not ended, those that nobody has looked at for an hour, longest first. */
export function dueChecks({ known, live }: Pick<SweepFacts, 'known' | 'live'>, now: Date): readonly PsaDeal[] {
  return known
    .filter(({ externalId, checkedAt }) => live.has(externalId) && now.getTime() - checkedAt.getTime() >= HOUR_MS)
    .toSorted((a, b) => a.checkedAt.getTime() - b.checkedAt.getTime())
    .slice(0, MOST_CHECKS);
}

/** What of a check was looked at, and what of that is to be read again, as ids in HaloPSA. */
export interface Checked {
  readonly looked: readonly string[];
  readonly reads: readonly string[];
}

/** Compares what is due with what HaloPSA has of it now: what is gone, or another than was read last, is read, a few at a time. */
export function checkedBy(due: readonly PsaDeal[], rows: readonly HaloRecord[]): Checked {
  const now = new Map(rows.map((row) => [plain(row.id), textOf(row, 'last_update')]));
  const isSame = ({ externalId, lastUpdate }: PsaDeal): boolean => now.get(externalId) === lastUpdate;
  const reads = due.filter((deal) => !isSame(deal)).slice(0, MOST_READS);
  const ids = (deals: readonly PsaDeal[]): readonly string[] => deals.map(({ externalId }) => externalId);
  return { looked: ids([...due.filter(isSame), ...reads]), reads: ids(reads) };
}
