import type { OperationReport } from './operation-watch.js';

/** One round trip to the database, as the gateway saw it. */
export interface Flush {
  /** Messages with SQL that were sent, BEGIN, settings and COMMIT included. */
  readonly statements: number;
  /** Rows that were answered or touched. */
  readonly rows: number;
  /** From the first byte sent to the last answer, in milliseconds. */
  readonly ms: number;
  readonly isFailed: boolean;
}

/** How a command ended: done, refused by a finding, answered from memory, or failed with an error. */
export type CommandOutcome = 'DONE' | 'REFUSED' | 'REPLAYED' | 'FAILED';

/** Whoever is told what a piece of work asks of the database. Told synchronously: it must not throw and not wait. */
export interface Watch {
  flushed(flush: Flush): void;
  /** How long the work waited for a connection of the pool, in milliseconds. */
  waited(ms: number): void;
  ran(command: string, outcome: CommandOutcome, ms: number): void;
}

/** What is told of one operation of the API. */
export interface OperationSink extends Watch {
  ended(report: OperationReport): void;
}

/** A piece of work that no request asked for. */
export interface BackgroundWork {
  /** `effect`: one attempt at an effect; `seal`: a pass of the sealer; `plan`: a look of a planner at every tenant. */
  readonly kind: 'effect' | 'seal' | 'plan';
  /** The effect's kind, or what is planned: words of the product, never of a tenant. */
  readonly name: string;
  /** The vendor of an effect; empty for our own work. */
  readonly vendor?: string;
}

/** How a piece of background work ended. */
export interface BackgroundEnd {
  /** A code of the product: DONE, UNKNOWN_OUTCOME ... */
  readonly outcome: string;
  /** Nothing was to be done: it is counted, and leaves no trace. */
  readonly isIdle?: boolean;
}

/** One request to a vendor. */
export interface VendorCall {
  /** The vendor's name in the product, such as HaloPSA. */
  readonly vendor: string;
  /** Where it went; `customer` for an address that a tenant chose freely. */
  readonly host: string;
  readonly method: string;
  /** The HTTP status; null when no answer came. */
  readonly status: number | null;
  readonly ms: number;
}

/** How queries were answered since the process began, and the plans that are kept. */
export interface PlanFigures {
  readonly compiled: number;
  readonly ordinary: number;
  readonly kept: number;
}

/** The pool of connections to the database. */
export interface PoolFigures {
  readonly inUse: number;
  readonly idle: number;
  /** Pieces of work that wait for a connection. */
  readonly waiting: number;
  /** The most connections that it may have. */
  readonly most: number;
}

/** What a worker found waiting over all tenants. */
export interface Soundings {
  /** Effects by where they stand: DUE, WAITING, UNKNOWN, DEAD, PARKED. */
  readonly effects: Readonly<Record<string, number>>;
  /** How long the oldest effect that should be done by now has waited, in seconds. */
  readonly oldestEffectSeconds: number;
  readonly unsealedEntries: number;
  readonly oldestUnsealedSeconds: number;
  /** Sealed entries that the reporting model does not have yet. */
  readonly unreportedEntries: number;
  readonly oldestUnreportedSeconds: number;
  readonly tenants: number;
}

/** What a process tells of itself. Everything is optional to the work: SILENT tells nobody and costs nothing. */
export interface Telemetry {
  /** An operation of the API begins; `traceparent` is the request's header (W3C Trace Context). */
  operation(traceparent?: string): OperationSink;
  /** Told of flushes and commands outside of any operation. */
  readonly background: Watch;
  /** Does a piece of background work; what it asks of vendors and commands stands under it in its trace. */
  during<T>(work: BackgroundWork, run: () => Promise<T>, endOf: (answer: T) => BackgroundEnd): Promise<T>;
  vendorCalled(call: VendorCall): void;
  /** Whom to ask for the figures of the pool and of the compiled plans, whenever somebody looks. */
  observe(figures: { readonly pool: () => PoolFigures; readonly plans: () => PlanFigures | null }): void;
  sounded(soundings: Soundings): void;
  /** Somebody looks at the soundings: without that nobody needs to take them. */
  readonly wantsSoundings: boolean;
  /** Sends what is still held, and ends. */
  close(): Promise<void>;
}

const nothing = (): void => undefined;

/** A watch that tells nobody. */
export const UNWATCHED: Watch = { flushed: nothing, waited: nothing, ran: nothing };

const UNHEARD: OperationSink = { ...UNWATCHED, ended: nothing };

/** Tells nobody anything: what every process has until a setting asks for more. */
export const SILENT: Telemetry = {
  operation: () => UNHEARD,
  background: UNWATCHED,
  during: (_work, run) => run(),
  vendorCalled: nothing,
  observe: nothing,
  sounded: nothing,
  wantsSoundings: false,
  close: () => Promise.resolve(),
};
