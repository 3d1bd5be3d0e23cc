import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A span as a collector gets it, its attributes as a record. */
export interface SeenSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string;
  readonly name: string;
  readonly kind: number;
  readonly status: number;
  readonly ms: number;
  readonly attributes: Readonly<Record<string, unknown>>;
}

/** A collector of OpenTelemetry over HTTP (OTLP/JSON, opentelemetry.io/docs/specs/otlp). */
export interface Collector {
  readonly address: string;
  readonly spans: SeenSpan[];
  /** Names of the metrics that came. */
  readonly metrics: Set<string>;
  /** Every body as it came, to look for what must not be in it. */
  readonly bodies: string[];
  /** The `authorization` header of each export. */
  readonly authorizations: (string | undefined)[];
  close(): Promise<void>;
}

/** Starts one on a free port. */
export async function startCollector(): Promise<Collector> {
  const seen: Omit<Collector, 'address' | 'close'> = { spans: [], metrics: new Set(), bodies: [], authorizations: [] };
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const text = Buffer.concat(chunks).toString('utf8');
      seen.bodies.push(text);
      seen.authorizations.push(request.headers.authorization);
      const isKnown = request.method === 'POST' && ['/v1/traces', '/v1/metrics'].includes(request.url ?? '');
      if (!isKnown || !request.headers['content-type']?.startsWith('application/json')) {
        response.writeHead(400).end();
        return;
      }
      const body = JSON.parse(text) as Body;
      for (const { scopeSpans } of body.resourceSpans ?? [])
        for (const { spans } of scopeSpans) seen.spans.push(...spans.map(seenSpan));
      for (const { scopeMetrics } of body.resourceMetrics ?? [])
        for (const { metrics } of scopeMetrics) for (const { name } of metrics) seen.metrics.add(name);
      response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
    });
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  return {
    ...seen,
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

interface Body {
  readonly resourceSpans?: readonly { readonly scopeSpans: readonly { readonly spans: readonly RawSpan[] }[] }[];
  readonly resourceMetrics?: readonly {
    readonly scopeMetrics: readonly { readonly metrics: readonly { readonly name: string }[] }[];
  }[];
}

interface RawSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly kind: number;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly status?: { readonly code?: number };
  readonly attributes: readonly { readonly key: string; readonly value: RawValue }[];
}

type RawValue = Readonly<Record<string, unknown>> & { readonly arrayValue?: { readonly values?: readonly RawValue[] } };

function seenSpan(span: RawSpan): SeenSpan {
  const { traceId, spanId, parentSpanId = '', name, kind, status, attributes } = span;
  return {
    traceId,
    spanId,
    parentSpanId,
    name,
    kind,
    status: status?.code ?? 0,
    ms: Number(BigInt(span.endTimeUnixNano) - BigInt(span.startTimeUnixNano)) / 1e6,
    attributes: Object.fromEntries(attributes.map(({ key, value }) => [key, plain(value)])),
  };
}

function plain(value: RawValue): unknown {
  if (value.arrayValue) return (value.arrayValue.values ?? []).map(plain);
  const [only] = Object.values(value);
  return 'intValue' in value ? Number(only) : only;
}
