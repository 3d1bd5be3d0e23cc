import type { Logger } from 'pino';
import { type AskedClass, type OperationReport, OperationWatch, outcomeOf } from './operation-watch.js';
import { SILENT, type Telemetry } from './telemetry.js';

export interface OperationObserverOptions {
  readonly telemetry?: Telemetry;
  readonly log: Logger;
  /** From how many milliseconds on an operation is slow; 0 when none ever is. */
  readonly slowMs: number;
}

/** What of a request is read here. */
interface ObservedRequest {
  readonly id: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

/** A look of a subscription that is being watched. */
export interface WatchedLook {
  readonly watch: OperationWatch;
  /** It has ended, with errors of these codes in what it told. */
  readonly ended: (codes: readonly string[]) => void;
}

/** What a request is told by its status alone when it was refused before it was known what it asks. */
const CODES: Readonly<Record<number, string>> = {
  401: 'UNAUTHENTICATED',
  403: 'FORBIDDEN',
  429: 'RATE_LIMITED',
  500: 'INTERNAL_SERVER_ERROR',
  503: 'UNAVAILABLE',
};

/** Watches operations from request to answer, and looks of subscriptions, and warns of the slow ones. */
export class OperationObserver {
  private readonly watches = new WeakMap<object, OperationWatch>();

  constructor(private readonly options: OperationObserverOptions) {}

  /** A request has been read. */
  begin(request: ObservedRequest): void {
    const { traceparent } = request.headers;
    this.watches.set(request, this.started(typeof traceparent === 'string' ? traceparent : undefined));
  }

  /** A subscription looks for news: an operation of its own, whether anything is told or not. */
  look(id: string, asked: AskedClass): WatchedLook {
    const watch = this.started(undefined);
    watch.named(asked);
    return {
      watch,
      ended: (codes) => {
        watch.answered(codes, false);
        this.finished(watch, null, id);
      },
    };
  }

  /** The watch of a request that has begun. */
  of(request: ObservedRequest): OperationWatch | undefined {
    return this.watches.get(request);
  }

  /** Its answer is ready, with this HTTP status. */
  end(request: ObservedRequest, status: number): void {
    const watch = this.watches.get(request);
    if (!watch) return;
    this.watches.delete(request);
    this.finished(watch, status < 400 ? null : (CODES[status] ?? 'BAD_REQUEST'), request.id);
  }

  private started(traceparent: string | undefined): OperationWatch {
    const { telemetry = SILENT } = this.options;
    return new OperationWatch(telemetry.operation(traceparent));
  }

  private finished(watch: OperationWatch, refusal: string | null, id: string): void {
    const report = watch.end(refusal);
    const { slowMs, log } = this.options;
    if (slowMs > 0 && report.ms >= slowMs) log.warn(slowLine(report, watch.cost(), id), 'a slow operation');
  }
}

/** What is logged of a slow operation: figures, and words of the product; no text of the document, no variable. */
function slowLine(report: OperationReport, cost: number | null, requestId: string): Record<string, unknown> {
  const { operation, isCompiled, ms, sqlMs, waitedMs, flushes, statements, rows, codes } = report;
  return {
    requestId,
    operation: operation?.name ?? null,
    kind: operation?.kind ?? null,
    rootFields: operation?.rootFields ?? [],
    documentHash: operation?.documentHash ?? null,
    ms: Math.trunc(ms),
    sqlMs: Math.trunc(sqlMs),
    waitedMs: Math.trunc(waitedMs),
    flushes,
    statements,
    rows,
    cost,
    compiled: isCompiled,
    outcome: outcomeOf(report),
    codes,
  };
}
