import type { Budget } from '../http/budget.js';
import type { PowerBiPush } from './powerbi.entity.js';
import { PUSH_LIMITS } from './push.model.js';

/** Changes are gathered for so long before they go out, in milliseconds. */
export const PUSH_EVERY_MS = 900_000;

/** What a look at one connection's pushes leads to. */
export type PushStep =
  | { readonly kind: 'NOTHING' }
  /** Begins the tables anew, as the definition is now. */
  | { readonly kind: 'MAKE' }
  /** Looks for rows that have changed. */
  | { readonly kind: 'LOOK' };

/** What decides the next step. */
export interface PushFacts {
  readonly push: PowerBiPush | null;
  /** SHA-256 of workspace and definition, as they should be. */
  readonly wanted: string;
  /** Effects of this connection that will still go out, or wait for a person. */
  readonly open: number;
  readonly modelState: string | null;
  /** Rows of the largest table since the tables began. */
  readonly largest: number;
  readonly now: Date;
}

/** One step at a time: the dataset first, then batch after batch, each round when the one before is through. */
export function nextStep({ push, wanted, open, modelState, largest, now }: PushFacts): PushStep {
  if (push === null || push.askedDigest !== wanted) return { kind: 'MAKE' };
  if (push.schemaDigest !== wanted || open > 0) return { kind: 'NOTHING' };
  // Old versions of rows fill a table: it begins anew with what is, before it is full.
  if (largest > PUSH_LIMITS.rowsPerTable * 0.98) return { kind: 'MAKE' };
  if (push.hasMore) return { kind: 'LOOK' };
  if (modelState === null || modelState === push.modelState) return { kind: 'NOTHING' };
  // Tables that began anew are filled at once.
  if (push.modelState === null || push.plannedAt === null) return { kind: 'LOOK' };
  const isDue = now.getTime() - push.plannedAt.getTime() >= PUSH_EVERY_MS;
  return { kind: isDue ? 'LOOK' : 'NOTHING' };
}

/** Posts to one dataset: 120 a minute, and as many an hour once a table is large; each with a burst within that. */
export function postBudget(tenantId: string, datasetId: string, largest: number): Budget {
  const instance = `api.powerbi.com/datasets/${datasetId}`;
  const isLarge = largest >= PUSH_LIMITS.largeTable;
  return isLarge
    ? { tenantId, instance: `${instance}/hour`, perMinute: 1.8, burst: 10 }
    : { tenantId, instance, perMinute: PUSH_LIMITS.postsPerMinute - 20, burst: 20 };
}

/** How long a post waits so that no more than a million rows an hour are added, in milliseconds; 0 when it may go. */
export function waitForHourMs(lastHour: number, rows: number): number {
  return lastHour + rows > PUSH_LIMITS.rowsPerHour ? 600_000 : 0;
}
