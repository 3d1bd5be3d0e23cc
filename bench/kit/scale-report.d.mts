/** A promise of the growth benchmark and what was found of it. */
export interface Verdict {
  readonly what: string;
  readonly found: string;
  readonly isKept: boolean;
}

/** What was measured of one operation at one size. */
export interface Measured {
  /** Pages that one request reads. */
  readonly pages: number;
  readonly statements: number;
  /** Requests a second. */
  readonly rate: number;
  /** In milliseconds. */
  readonly p50: number;
  readonly p99: number;
}

/** What the benchmark has found; a part that did not run is left out. */
export interface Found {
  readonly sizes?: readonly {
    readonly tenants: number;
    readonly handoffs: number;
    readonly startSeconds: number;
    readonly operations: Readonly<Record<string, Measured>>;
  }[];
  /** In MB, but for the minutes and the answers. */
  readonly memory?: {
    readonly minutes: number;
    readonly answered: number;
    readonly early: number;
    readonly late: number;
    readonly most: number;
  };
  readonly processes?: { readonly faults: readonly string[] };
}

/** Each promise with what was found of it; of parts that did not run there is none. */
export function verdictsOf(found: Found): Verdict[];
