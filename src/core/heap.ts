import { setFlagsFromString } from 'node:v8';

/** By how much of what is alive the heap may grow before all of it is collected, in percent; V8 lets it become fourfold. */
const GROWTH_PERCENT = 50;

/**
 * Keeps a process small: V8 would collect the rows of old answers only when they are some three hundred megabytes, which a
 * machine of many processes does not have. V8 reads the setting before each collection, so it may come after the start
 * (docs/decisions/0059).
 */
export function boundHeapGrowth(): void {
  setFlagsFromString(`--heap-growing-percent=${GROWTH_PERCENT}`);
}
