import type { CommandOutcome, Flush, OperationSink, Watch } from './telemetry.js';

/** What an operation is, in words that the product knows: nothing that its sender chose freely. */
export interface OperationClass {
  /** The operation's name when its text is one of schema/operations, else `other`. */
  readonly name: string;
  readonly kind: 'query' | 'mutation' | 'subscription';
  /** The fields of the schema's root that it asks for, sorted, each once; at most twenty. */
  readonly rootFields: readonly string[];
  /** SHA-256 of the document's text, lower-case hex. */
  readonly documentHash: string;
}

/** What was asked, once the document is known to be valid. */
export interface AskedClass {
  readonly operation: OperationClass;
  /** Its cost by the document limits; computed only when somebody wants to know. */
  readonly cost: () => number;
}

/** One operation, as it was when its answer was ready. */
export interface OperationReport {
  /** Null when the document was not valid, or nobody was signed in. */
  readonly operation: OperationClass | null;
  /** Answered by a compiled plan. */
  readonly isCompiled: boolean;
  /** From the request, read whole, to the answer, ready to be sent, in milliseconds. */
  readonly ms: number;
  readonly flushes: number;
  readonly statements: number;
  /** In round trips to the database, in milliseconds; round trips side by side count each. */
  readonly sqlMs: number;
  /** For connections of the pool, in milliseconds. */
  readonly waitedMs: number;
  readonly rows: number;
  /** Codes of the errors in its answer, sorted, each once. */
  readonly codes: readonly string[];
  /** A mutation answered findings in place of a row. */
  readonly isRefused: boolean;
}

/** How an operation ended, in one word: `ok`, `refused` (findings, which are data) or `error`. */
export type OperationOutcome = 'ok' | 'refused' | 'error';

/** Counts what one operation takes, and passes on each part of it. */
export class OperationWatch implements Watch {
  private readonly since = performance.now();
  private asked: AskedClass | null = null;
  private codes: readonly string[] = [];
  private flushes = 0;
  private statements = 0;
  private sqlMs = 0;
  private waitedMs = 0;
  private rows = 0;
  private isRefused = false;
  private isCompiled = false;

  constructor(private readonly sink: OperationSink) {}

  flushed(flush: Flush): void {
    this.flushes += 1;
    this.statements += flush.statements;
    this.sqlMs += flush.ms;
    this.rows += flush.rows;
    this.sink.flushed(flush);
  }

  waited(ms: number): void {
    this.waitedMs += ms;
    this.sink.waited(ms);
  }

  ran(command: string, outcome: CommandOutcome, ms: number): void {
    if (outcome === 'REFUSED') this.isRefused = true;
    this.sink.ran(command, outcome, ms);
  }

  /** The document is valid, so what it asks is known. */
  named(asked: AskedClass): void {
    this.asked = asked;
  }

  /** There is an answer, with errors of these codes; one that is begun again has another one later. */
  answered(codes: readonly string[], isCompiled: boolean): void {
    this.codes = [...new Set(codes)].toSorted();
    this.isCompiled = isCompiled;
  }

  /** The cost of what was asked by the document limits; null when that is not known. */
  cost(): number | null {
    return this.asked?.cost() ?? null;
  }

  /**
   * The answer is ready: tells the whole of it, once. `refusal` is the code of a request that was refused before it was
   * known what it asks.
   */
  end(refusal: string | null): OperationReport {
    const { flushes, statements, sqlMs, waitedMs, rows, isRefused, isCompiled } = this;
    const codes = this.codes.length > 0 || refusal === null ? this.codes : [refusal];
    const report: OperationReport = {
      operation: this.asked?.operation ?? null,
      isCompiled,
      ms: performance.now() - this.since,
      flushes,
      statements,
      sqlMs,
      waitedMs,
      rows,
      codes,
      isRefused,
    };
    this.sink.ended(report);
    return report;
  }
}

/** An operation with an error is an error, whatever else it answered. */
export function outcomeOf({ codes, isRefused }: Pick<OperationReport, 'codes' | 'isRefused'>): OperationOutcome {
  if (codes.length > 0) return 'error';
  return isRefused ? 'refused' : 'ok';
}
