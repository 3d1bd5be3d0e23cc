import { AsyncLocalStorage } from 'node:async_hooks';
import {
  type Attributes,
  type Context,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  trace,
  type Tracer,
} from '@opentelemetry/api';
import { vendorOutcome } from './instruments.js';
import { OTHER } from './operation-names.js';
import { type OperationReport, outcomeOf } from './operation-watch.js';
import type { BackgroundEnd, BackgroundWork, CommandOutcome, Flush, OperationSink, VendorCall } from './telemetry.js';
import { readTraceParent } from './trace-parent.js';

/** Parts that are over already: they began so many milliseconds ago. */
type Over = {
  readonly ms: number;
  readonly attributes: Attributes;
  readonly isFailed: boolean;
  readonly kind?: SpanKind;
};

/** The spans of one process. An attribute is a name of the product, a code, a digest or a figure. */
export class Tracing {
  /** The effect that the code is at: workers alone enter it, so that an API process pays nothing for it. */
  private readonly at = new AsyncLocalStorage<Context>();

  constructor(private readonly tracer: Tracer) {}

  /** The span of an operation of the API; null when it is not recorded. */
  operation(traceparent: string | undefined): OperationSpan | null {
    const parent = readTraceParent(traceparent);
    const context = parent ? trace.setSpanContext(ROOT_CONTEXT, parent) : ROOT_CONTEXT;
    const span = this.tracer.startSpan('operation', { kind: SpanKind.SERVER }, context);
    return span.isRecording() ? new OperationSpan(this, span) : null;
  }

  /** A round trip or a command outside of any operation stands in the trace of its effect, and in none without one. */
  background(name: string, over: Over): void {
    const context = this.at.getStore();
    if (context) this.over(name, over, context);
  }

  /** A span of its own for an effect; the others leave one when they did something. */
  async during<T>(work: BackgroundWork, run: () => Promise<T>, endOf: (answer: T) => BackgroundEnd): Promise<T> {
    const span = work.kind === 'effect' ? this.tracer.startSpan(`effect ${work.name}`, {}, ROOT_CONTEXT) : null;
    const since = performance.now();
    const ended = ({ outcome, isIdle = false }: BackgroundEnd, isFailed: boolean): void => {
      const attributes = { 'countersign.outcome': outcome, ...(work.vendor && { 'countersign.vendor': work.vendor }) };
      if (span) end(span, attributes, isFailed);
      else if (!isIdle) {
        const over = { ms: performance.now() - since, attributes, isFailed };
        this.over(`${work.kind} ${work.name}`, over, ROOT_CONTEXT);
      }
    };
    try {
      const answer = await (span?.isRecording() ? this.at.run(trace.setSpan(ROOT_CONTEXT, span), run) : run());
      const how = endOf(answer);
      ended(how, work.kind === 'effect' && how.outcome !== 'DONE');
      return answer;
    } catch (error) {
      ended({ outcome: 'FAILED' }, true);
      throw error;
    }
  }

  vendorCalled({ vendor, host, method, status, ms }: VendorCall): void {
    const attributes = {
      'countersign.vendor': vendor,
      'server.address': host,
      'http.request.method': method,
      'countersign.outcome': vendorOutcome(status),
      ...(status === null ? {} : { 'http.response.status_code': status }),
    };
    const isFailed = status === null || status >= 400;
    this.over(
      `vendor ${vendor}`,
      { ms, attributes, isFailed, kind: SpanKind.CLIENT },
      this.at.getStore() ?? ROOT_CONTEXT,
    );
  }

  /** Makes the span of a part that has just ended. */
  over(name: string, { ms, attributes, isFailed, kind = SpanKind.INTERNAL }: Over, context: Context): void {
    const now = performance.timeOrigin + performance.now();
    const span = this.tracer.startSpan(name, { kind, startTime: now - ms, attributes }, context);
    end(span, {}, isFailed, now);
  }
}

/** The attributes of a flush. */
export function flushOver({ statements, rows, ms, isFailed }: Flush): Over {
  const attributes = {
    'db.system.name': 'postgresql',
    'countersign.sql.statements': statements,
    'countersign.sql.rows': rows,
  };
  return { ms, isFailed, attributes, kind: SpanKind.CLIENT };
}

/** The attributes of a command. */
export function commandOver(outcome: CommandOutcome, ms: number): Over {
  return { ms, attributes: { 'countersign.outcome': outcome }, isFailed: outcome === 'FAILED' };
}

/** One operation with its flushes and commands under it. */
export class OperationSpan implements OperationSink {
  private readonly context: Context;

  constructor(
    private readonly tracing: Tracing,
    private readonly span: Span,
  ) {
    this.context = trace.setSpan(ROOT_CONTEXT, span);
  }

  flushed(flush: Flush): void {
    this.tracing.over('flush', flushOver(flush), this.context);
  }

  waited(): void {
    // Told in sum, at the end.
  }

  ran(command: string, outcome: CommandOutcome, ms: number): void {
    this.tracing.over(`command ${command}`, commandOver(outcome, ms), this.context);
  }

  ended(report: OperationReport): void {
    const { operation, isCompiled, flushes, statements, sqlMs, waitedMs, rows, codes } = report;
    const outcome = outcomeOf(report);
    if (operation) this.span.updateName(`${operation.kind} ${operation.name}`);
    const attributes = {
      ...(operation
        ? {
            'graphql.operation.type': operation.kind,
            'graphql.operation.name': operation.name,
            'countersign.document.sha256': operation.documentHash,
            'countersign.root_fields': [...operation.rootFields],
          }
        : { 'graphql.operation.name': OTHER }),
      'countersign.compiled': isCompiled,
      'countersign.outcome': outcome,
      'countersign.codes': [...codes],
      'countersign.sql.flushes': flushes,
      'countersign.sql.statements': statements,
      'countersign.sql.ms': sqlMs,
      'countersign.sql.rows': rows,
      'countersign.pool.wait_ms': waitedMs,
    };
    end(this.span, attributes, outcome === 'error');
  }
}

function end(span: Span, attributes: Attributes, isFailed: boolean, at?: number): void {
  span.setAttributes(attributes);
  if (isFailed) span.setStatus({ code: SpanStatusCode.ERROR });
  span.end(at);
}
