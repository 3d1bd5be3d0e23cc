import { setFlagsFromString } from 'node:v8';

/** By how much of what is alive the heap may grow before all of it is collected, in percent; V8 lets it become fourfold. */
const GROWTH_PERCENT = 50;

/** After how long without work V8 may collect to be small rather than fast, in milliseconds; of itself after eight seconds. */
const SMALL_AFTER_MS = 86_400_000;

/**
 * Fits V8's heap to a server (docs/decisions/0059, 0061). It would collect the rows of old answers only when they are some
 * three hundred megabytes, which a machine of many processes does not have; and after some seconds without requests it
 * would drop the hidden classes that nobody holds at that moment, and with them the compiled code of most functions. V8
 * reads both settings each time that it needs them, so they may come after the start.
 */
export function tuneHeap(): void {
  setFlagsFromString(`--heap-growing-percent=${GROWTH_PERCENT}`);
  setFlagsFromString(`--gc-memory-reducer-start-delay-ms=${SMALL_AFTER_MS}`);
}
