/** A slice of load: in which round, of which server, how many requests a second. */
export interface Slice {
  readonly round: number;
  readonly server: string;
  readonly rate: number;
}

/** Median and quartiles; null of no values. */
export interface Spread {
  readonly q1: number | null;
  readonly median: number | null;
  readonly q3: number | null;
}

/** What is promised: of an operation, how a server stands to another one, at least. */
export interface Target {
  readonly operation: string;
  readonly server: string;
  readonly against: string;
  readonly atLeast: number;
}

/** A promise with what was measured of it. */
export interface Judgement extends Target {
  readonly ratio: Spread;
  readonly kept: boolean;
}

/** One server at one operation; times in milliseconds, CPU in milliseconds a request. */
export interface ServerResult {
  readonly server: string;
  readonly ratio: Spread;
  readonly rate: number | null;
  readonly p50: number | null;
  readonly p99: number | null;
  readonly serverCpu: number | null;
  readonly databaseCpu: number | null;
  readonly statements: number | null;
}

/** What a whole run answers: bench/results/latest.json. Memory in MB (10^6 bytes). */
export interface BenchResult {
  readonly takenAt: string;
  readonly machine: { readonly cpu: string; readonly cores: number; readonly memoryGb: number };
  readonly versions: Readonly<Record<string, string>>;
  readonly data: { readonly tenants: number; readonly each: number };
  readonly connections: number;
  readonly rounds: number;
  readonly seconds: number;
  readonly results: readonly { readonly operation: string; readonly servers: readonly ServerResult[] }[];
  readonly targets: readonly Judgement[];
  readonly memory: { readonly start: number; readonly end: number; readonly most: number };
}

export const TARGETS: readonly Target[];
export const MEMORY: { readonly most: number; readonly growth: number };
export function quantile(values: readonly number[], share: number): number | null;
export function spread(values: readonly number[]): Spread;
export function pairedRatios(slices: readonly Slice[], server: string, against: string): number[];
export function isKept(target: Target, ratio: Spread): boolean;
export function judged(slicesOf: Readonly<Record<string, readonly Slice[]>>): Judgement[];
export function tableOf(result: BenchResult): string;
export function tableIn(readme: string): string | null;
export function withTable(readme: string, table: string): string;
