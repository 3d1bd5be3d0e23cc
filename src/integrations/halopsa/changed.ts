import type { HaloClient, HaloQuery } from './halopsa.client.js';
import { type HaloRecord, textOf } from './halopsa.record.js';
import { timeOf } from './opportunity.rules.js';

/** Changes so long before the watermark are looked at again: clocks and lists may lag. */
const OVERLAP_MS = 600_000;

/**
 * The records of a list that changed since the watermark, less the overlap; all of them without one. The list is asked
 * for from the latest change on; where it does not come in that order, all of its pages are read.
 */
export async function changedSince(
  client: HaloClient,
  path: string,
  watermark: string | null,
  filter: HaloQuery = {},
): Promise<readonly HaloRecord[]> {
  const from = watermark === null ? null : timeOf(watermark) - OVERLAP_MS;
  const isOld = (row: HaloRecord): boolean => from !== null && timeOf(textOf(row, 'last_update')) < from;
  const query = { ...filter, order: 'last_update', orderdesc: true };
  const rows = await client.list(path, query, (page) => isDescending(page) && page.some(isOld));
  return rows.filter((row) => !isOld(row));
}

/** The latest change of some records and what was seen before, by HaloPSA's clock; null for none at all. */
export function latestChange(rows: readonly HaloRecord[], watermark: string | null): string | null {
  const times = [...rows.map((row) => textOf(row, 'last_update')), watermark ?? ''].filter((time) => time !== '');
  return (
    times
      .toSorted((a, b) => timeOf(a) - timeOf(b))
      .at(-1)
      ?.slice(0, 80) ?? null
  );
}

function isDescending(rows: readonly HaloRecord[]): boolean {
  const times = rows.map((row) => timeOf(textOf(row, 'last_update')));
  return times.every((time, index) => index === 0 || time <= times[index - 1]!);
}
