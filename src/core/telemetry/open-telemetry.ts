import { diag, DiagLogLevel } from '@opentelemetry/api';
import { OTLPMetricExporter } from '@opentelemetry/exporter-metrics-otlp-http';
import { PrometheusExporter, PrometheusSerializer } from '@opentelemetry/exporter-prometheus';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { MeterProvider, type MetricReader, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics';
import { BatchSpanProcessor, TraceIdRatioBasedSampler, TracerProvider } from '@opentelemetry/sdk-trace';
import type { Logger } from 'pino';
import { newId } from '../id.js';
import { Instruments } from './instruments.js';
import type { TelemetrySettings } from './settings.js';
import type {
  BackgroundEnd,
  BackgroundWork,
  OperationSink,
  PlanFigures,
  PoolFigures,
  Soundings,
  Telemetry,
  VendorCall,
  Watch,
} from './telemetry.js';
import { commandOver, flushOver, Tracing } from './tracing.js';

/** How long one export may take, and how often metrics are sent, in milliseconds. */
const EXPORT_WITHIN = 5000;
const METRICS_EVERY = 60_000;
/** How often at the most it is said that the collector does not take what it is sent, in milliseconds. */
const COMPLAIN_EVERY = 60_000;

/** Telemetry by OpenTelemetry: traces and metrics by OTLP, metrics in Prometheus' text format. */
export class OpenTelemetry implements Telemetry {
  private readonly tracing: Tracing | null;
  private readonly traces: TracerProvider | null;
  private readonly meters: MeterProvider;
  private readonly prometheus: PrometheusExporter | null;
  private readonly instruments: Instruments;
  readonly background: Watch;
  readonly wantsSoundings = true;

  constructor({ service, otlp, metrics }: TelemetrySettings, log: Logger) {
    diag.setLogger(complaints(log), { logLevel: DiagLogLevel.ERROR, suppressOverrideMessage: true });
    const resource = resourceFromAttributes({ 'service.name': service, 'service.instance.id': newId() });
    const exporterAt = (path: string) => ({
      url: `${otlp!.endpoint}${path}`,
      headers: { ...otlp!.headers },
      timeoutMillis: EXPORT_WITHIN,
    });
    this.traces = otlp
      ? new TracerProvider({
          resource,
          sampler: new TraceIdRatioBasedSampler(otlp.traceShare),
          spanProcessors: [
            new BatchSpanProcessor({
              exporter: new OTLPTraceExporter(exporterAt('/v1/traces')),
              exportTimeoutMillis: EXPORT_WITHIN,
            }),
          ],
        })
      : null;
    this.tracing = this.traces && new Tracing(this.traces.getTracer('countersign'));
    this.prometheus = metrics ? new PrometheusExporter({ preventServerStart: true }) : null;
    const readers: MetricReader[] = [];
    if (this.prometheus) readers.push(this.prometheus);
    if (otlp)
      readers.push(
        new PeriodicExportingMetricReader({
          exporter: new OTLPMetricExporter(exporterAt('/v1/metrics')),
          exportIntervalMillis: METRICS_EVERY,
          exportTimeoutMillis: EXPORT_WITHIN,
        }),
      );
    this.meters = new MeterProvider({ resource, readers });
    this.instruments = new Instruments(this.meters.getMeter('countersign'));
    this.background = watch(this.instruments, 'background', {
      flushed: (flush) => this.tracing?.background('flush', flushOver(flush)),
      waited: () => undefined,
      ran: (command, outcome, ms) => this.tracing?.background(`command ${command}`, commandOver(outcome, ms)),
    });
  }

  operation(traceparent?: string): OperationSink {
    const span = this.tracing?.operation(traceparent) ?? null;
    return {
      ...watch(this.instruments, 'operation', span),
      ended: (report) => {
        this.instruments.operation(report);
        span?.ended(report);
      },
    };
  }

  async during<T>(work: BackgroundWork, run: () => Promise<T>, endOf: (answer: T) => BackgroundEnd): Promise<T> {
    const since = performance.now();
    const ended = (end: BackgroundEnd): void => this.instruments.background(work, end, performance.now() - since);
    const counted = async (): Promise<T> => {
      try {
        const answer = await run();
        ended(endOf(answer));
        return answer;
      } catch (error) {
        ended({ outcome: 'FAILED' });
        throw error;
      }
    };
    return this.tracing ? this.tracing.during(work, counted, endOf) : counted();
  }

  vendorCalled(call: VendorCall): void {
    this.instruments.vendorCall(call);
    this.tracing?.vendorCalled(call);
  }

  observe(figures: { readonly pool: () => PoolFigures; readonly plans: () => PlanFigures | null }): void {
    this.instruments.observe(figures);
  }

  sounded(soundings: Soundings): void {
    this.instruments.sounded(soundings);
  }

  /** All metrics in Prometheus' text format, version 0.0.4. */
  async scrape(): Promise<string> {
    if (!this.prometheus) throw new Error('Metrics are not kept for a scraper');
    const { resourceMetrics } = await this.prometheus.collect();
    return new PrometheusSerializer(undefined, false, undefined, true, true).serialize(resourceMetrics);
  }

  async close(): Promise<void> {
    this.instruments.stop();
    // A collector that is gone keeps no process from ending; what it missed was said already.
    await Promise.allSettled([this.traces?.shutdown(), this.meters.shutdown({ timeoutMillis: EXPORT_WITHIN })]);
    diag.disable();
  }
}

/** Counts what a watch is told, and passes it on. */
function watch(instruments: Instruments, work: 'operation' | 'background', next: Watch | null): Watch {
  return {
    flushed: (flush) => {
      instruments.flush(flush, work);
      next?.flushed(flush);
    },
    waited: (ms) => instruments.waited(ms),
    ran: (command, outcome, ms) => {
      instruments.command(command, outcome);
      next?.ran(command, outcome, ms);
    },
  };
}

/** One line a minute at the most; without the library's own text, which may quote what the collector answered. */
function complaints(log: Logger): Record<'error' | 'warn' | 'info' | 'debug' | 'verbose', () => void> {
  let last = -Infinity;
  const nothing = (): void => undefined;
  const error = (): void => {
    const now = performance.now();
    if (now - last < COMPLAIN_EVERY) return;
    last = now;
    log.warn('telemetry could not be sent; OTEL_EXPORTER_OTLP_ENDPOINT names who should take it');
  };
  return { error, warn: nothing, info: nothing, debug: nothing, verbose: nothing };
}
