import type { Meter } from '@opentelemetry/api';
import { METRICS, type MetricSpec, SECONDS } from './metrics.js';
import type { OperationReport } from './operation-watch.js';
import { outcomeOf } from './operation-watch.js';
import { OTHER } from './operation-names.js';
import { EventLoopMeter } from './process-figures.js';
import type {
  BackgroundEnd,
  BackgroundWork,
  CommandOutcome,
  Flush,
  PlanFigures,
  PoolFigures,
  Soundings,
  VendorCall,
} from './telemetry.js';

type Labels = Readonly<Record<string, string>>;

/** The metrics of one process, by METRICS. */
export class Instruments {
  private readonly counts = new Map<MetricSpec, (by: number, labels?: Labels) => void>();
  private readonly loop = new EventLoopMeter();
  private soundings: { readonly found: Soundings; readonly at: number } | null = null;
  private figures: { readonly pool: () => PoolFigures; readonly plans: () => PlanFigures | null } | null = null;

  constructor(meter: Meter) {
    for (const spec of Object.values<MetricSpec>(METRICS)) {
      const { name, kind, description, unit } = spec;
      if (OBSERVED.has(spec)) continue;
      if (kind === 'histogram') {
        const histogram = meter.createHistogram(name, {
          description,
          unit,
          advice: { explicitBucketBoundaries: [...SECONDS] },
        });
        this.counts.set(spec, (value, labels) => histogram.record(value, labels));
      } else {
        const counter = meter.createCounter(name, { description, unit });
        this.counts.set(spec, (value, labels) => counter.add(value, labels));
      }
    }
    for (const [spec, observe] of OBSERVED) {
      const { name, description, unit, kind } = spec;
      const options = { description, unit };
      const observed =
        kind === 'counter' ? meter.createObservableCounter(name, options) : meter.createObservableGauge(name, options);
      observed.addCallback((result) => {
        for (const [value, labels] of observe(this.now())) result.observe(value, labels);
      });
    }
  }

  operation(report: OperationReport): void {
    const { operation, isCompiled, ms, statements, sqlMs, codes } = report;
    const name = operation?.name ?? OTHER;
    const kind = operation?.kind ?? 'none';
    this.add(METRICS.operationDuration, ms / 1000, {
      operation: name,
      kind,
      path: isCompiled ? 'compiled' : 'executed',
    });
    this.add(METRICS.operations, 1, { kind, outcome: outcomeOf(report) });
    for (const code of codes) this.add(METRICS.operationErrors, 1, { code });
    this.add(METRICS.operationStatements, statements, { operation: name, kind });
    this.add(METRICS.operationSqlSeconds, sqlMs / 1000, { operation: name, kind });
  }

  flush({ statements, rows, ms, isFailed }: Flush, work: 'operation' | 'background'): void {
    this.add(METRICS.flushDuration, ms / 1000, { work, outcome: isFailed ? 'failed' : 'ok' });
    this.add(METRICS.statements, statements, { work });
    this.add(METRICS.rows, rows, { work });
  }

  waited(ms: number): void {
    this.add(METRICS.poolWait, ms / 1000);
  }

  command(command: string, outcome: CommandOutcome): void {
    this.add(METRICS.commands, 1, { command, outcome });
  }

  background({ kind, name, vendor = '' }: BackgroundWork, { outcome }: BackgroundEnd, ms: number): void {
    if (kind === 'effect') this.add(METRICS.effectDuration, ms / 1000, { vendor: vendor || 'own', outcome });
    else this.add(METRICS.passDuration, ms / 1000, { pass: name, outcome });
  }

  vendorCall({ vendor, status, ms }: VendorCall): void {
    this.add(METRICS.vendorCallDuration, ms / 1000, { vendor, outcome: vendorOutcome(status) });
  }

  sounded(found: Soundings): void {
    this.soundings = { found, at: Date.now() / 1000 };
  }

  observe(figures: NonNullable<Instruments['figures']>): void {
    this.figures = figures;
  }

  stop(): void {
    this.loop.stop();
  }

  private add(spec: MetricSpec, value: number, labels?: Labels): void {
    this.counts.get(spec)!(value, labels);
  }

  private now(): Now {
    return {
      pool: this.figures?.pool() ?? null,
      plans: this.figures?.plans() ?? null,
      soundings: this.soundings,
      loop: this.loop,
    };
  }
}

/** A vendor's answer as a label: `2xx`, `4xx`, `429`, `5xx`, or `none` when none came. */
export function vendorOutcome(status: number | null): string {
  if (status === null) return 'none';
  return status === 429 ? '429' : `${String(status).slice(0, 1)}xx`;
}

/** What is looked up when somebody looks. */
interface Now {
  readonly pool: PoolFigures | null;
  readonly plans: PlanFigures | null;
  readonly soundings: { readonly found: Soundings; readonly at: number } | null;
  readonly loop: EventLoopMeter;
}

type Point = readonly [value: number, labels?: Labels];

const sounded =
  (figure: (found: Soundings) => number) =>
  ({ soundings }: Now): Point[] =>
    soundings ? [[figure(soundings.found)]] : [];

/** Figures that are asked for when somebody looks; the others are counted as they happen. */
const OBSERVED: ReadonlyMap<MetricSpec, (now: Now) => readonly Point[]> = new Map<
  MetricSpec,
  (now: Now) => readonly Point[]
>([
  [
    METRICS.poolConnections,
    ({ pool }) => (pool ? [[pool.inUse, { state: 'in_use' }] as const, [pool.idle, { state: 'idle' }] as const] : []),
  ],
  [METRICS.poolWaiting, ({ pool }) => (pool ? [[pool.waiting]] : [])],
  [METRICS.poolLimit, ({ pool }) => (pool ? [[pool.most]] : [])],
  [
    METRICS.planAnswers,
    ({ plans }) =>
      plans
        ? [[plans.compiled, { answer: 'compiled' }] as const, [plans.ordinary, { answer: 'ordinary' }] as const]
        : [],
  ],
  [METRICS.plansKept, ({ plans }) => (plans ? [[plans.kept]] : [])],
  [
    METRICS.outboxEffects,
    ({ soundings }) =>
      Object.entries(soundings?.found.effects ?? {}).map(([state, count]) => [count, { state }] as const),
  ],
  [METRICS.outboxOldest, sounded((found) => found.oldestEffectSeconds)],
  [METRICS.ledgerUnsealed, sounded((found) => found.unsealedEntries)],
  [METRICS.ledgerLag, sounded((found) => found.oldestUnsealedSeconds)],
  [METRICS.reportingUnprojected, sounded((found) => found.unreportedEntries)],
  [METRICS.reportingLag, sounded((found) => found.oldestUnreportedSeconds)],
  [METRICS.tenants, sounded((found) => found.tenants)],
  [METRICS.soundedAt, ({ soundings }) => (soundings ? [[soundings.at]] : [])],
  [
    METRICS.eventLoopDelay,
    ({ loop }) => Object.entries(loop.delay()).map(([quantile, value]) => [value, { quantile }] as const),
  ],
  [METRICS.residentMemory, () => [[process.memoryUsage.rss()]]],
  [METRICS.heapUsed, () => [[process.memoryUsage().heapUsed]]],
  [
    METRICS.cpuSeconds,
    () => {
      const { user, system } = process.cpuUsage();
      return [[(user + system) / 1e6]];
    },
  ],
  [METRICS.uptime, () => [[process.uptime()]]],
]);
