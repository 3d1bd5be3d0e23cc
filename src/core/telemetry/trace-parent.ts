import { type SpanContext, TraceFlags } from '@opentelemetry/api';

const FORM = /^(?!ff)[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(?:-.*)?$/;

/**
 * The caller's span from a request's `traceparent` (https://www.w3.org/TR/trace-context/#traceparent-header), or null
 * when it is none. It links traces and nothing else: whether ours is recorded is our own decision.
 */
export function readTraceParent(header: string | undefined): SpanContext | null {
  const [, traceId, spanId] = FORM.exec(header ?? '') ?? [];
  if (!traceId || !spanId || /^0+$/.test(traceId) || /^0+$/.test(spanId)) return null;
  // Version 00 has four parts and no more.
  if (header!.startsWith('00-') && header!.length !== 55) return null;
  return { traceId, spanId, traceFlags: TraceFlags.NONE, isRemote: true };
}
