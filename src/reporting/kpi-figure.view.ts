import { dateOf } from '../catalogue/calendar.rules.js';
import { configurationOf, rulingConfiguration } from '../catalogue/catalogue.queries.js';
import { rolloutStanding } from '../catalogue/rollout.queries.js';
import { type Ability, allows } from '../core/ability.js';
import { AppError } from '../core/error.js';
import { FIELD_CLASSES, type FieldClass } from '../core/graphql/rights.js';
import { localDay } from '../core/local-day.js';
import type { Reader } from '../core/reader.js';
import { select } from '../core/statement.js';
import { KPI_DEFINITIONS, kpiByKey } from '../kpi/kpi.definitions.js';
import { KpiBaseline } from '../kpi/kpi.entity.js';
import { baselineConfirmations } from '../kpi/kpi.queries.js';
import { currentBaseline, valueOf } from '../kpi/kpi.rules.js';
import { KpiDefinitionType } from '../kpi/kpi.types.js';
import {
  checkpointsFrom,
  improvementBps,
  type KpiFigure,
  type KpiSlice,
  type Period,
  targetState,
} from './kpi-figure.js';
import { kpiFigures } from './kpi-figure.queries.js';
import { KpiCheckpoint, KpiComparison, KpiFigureType, KpiStart } from './kpi-figure.types.js';

/** Who asks, as far as figures are concerned. */
export interface FigureReader {
  readonly reader: Reader;
  readonly ability: Ability;
}

/** The classes of field that somebody sees. */
export const classesOf = (ability: Ability): ReadonlySet<FieldClass> =>
  new Set(FIELD_CLASSES.filter((fieldClass) => allows(ability, 'see', fieldClass)));

/**
 * The KPIs of these keys that somebody may see; without keys, all of those. FORBIDDEN when one of margin was asked for by
 * name by somebody who does not see margin.
 */
export function visibleKeys(keys: readonly string[] | null, ability: Ability): string[] {
  const seesMargin = allows(ability, 'see', 'MARGIN');
  if (keys === null) return KPI_DEFINITIONS.filter(({ isMargin }) => seesMargin || !isMargin).map(({ key }) => key);
  const hidden = keys.filter((key) => kpiByKey(key)!.isMargin && !seesMargin);
  if (hidden.length > 0) {
    throw new AppError('FORBIDDEN', `You may not ask for ${hidden.join(', ')}, which tell of margin.`, {
      fields: hidden,
      remedy: 'Leave these keys out, or ask somebody who sees margin.',
    });
  }
  return [...keys];
}

/** The present of a request, as an instant and as a day of the tenant's calendar, with its time zone. */
export interface Present {
  readonly at: Date;
  readonly on: string;
  readonly timeZone: string;
}

/** The present of this request. */
export async function presentOf(reader: Reader): Promise<Present> {
  const [at, ruling] = await Promise.all([reader.now(), reader.once('rulingConfiguration', rulingConfiguration)]);
  const { calendar } = configurationOf(ruling);
  return { at, on: dateOf(calendar, at), timeZone: calendar.timeZone };
}

interface Baselines {
  /** The baseline that counts of each KPI, if it is of the definition in force. */
  readonly current: ReadonlyMap<string, KpiBaseline>;
  /** When the first one of each KPI was frozen. */
  readonly frozenAt: ReadonlyMap<string, Date>;
}

async function baselinesNow(reader: Reader): Promise<Baselines> {
  const [rows, confirmations] = await Promise.all([
    reader.once('kpiBaselines', () => select(KpiBaseline, {}, { orderBy: ['id'] })),
    reader.once('kpiBaselineConfirmations', baselineConfirmations),
  ]);
  const current = new Map<string, KpiBaseline>();
  const frozenAt = new Map<string, Date>();
  for (const { key, version } of KPI_DEFINITIONS) {
    const own = rows.filter(({ kpi }) => kpi === key);
    const counts = currentBaseline(own, confirmations);
    if (counts?.definitionVersion === version) current.set(key, counts);
    const first = own.find(({ supersedesId }) => supersedesId === null);
    if (first) frozenAt.set(key, first.frozenAt);
  }
  return { current, frozenAt };
}

/** The figures of KPIs in periods, each beside its baseline and target. */
export async function figuresView(
  { reader, ability }: FigureReader,
  keys: readonly string[],
  periods: readonly Period[],
  slice: KpiSlice,
): Promise<KpiFigureType[]> {
  const present = await presentOf(reader);
  const question = { keys, periods, slice, asOf: present.at, asOfOn: present.on, sees: classesOf(ability) };
  const [figures, { current }] = await Promise.all([reader.ask(kpiFigures(question)), baselinesNow(reader)]);
  return figures.map((figure) => figureView(figure, current.get(figure.key) ?? null, present.on));
}

function definitionView(key: string): KpiDefinitionType {
  return Object.assign(new KpiDefinitionType(), kpiByKey(key)!);
}

function figureView(figure: KpiFigure, baseline: KpiBaseline | null, asOfOn: string): KpiFigureType {
  const definition = kpiByKey(figure.key)!;
  const { numerator, denominator, numeratorClientCaused, ...rest } = figure;
  return Object.assign(new KpiFigureType(), {
    ...rest,
    numerator: String(numerator),
    denominator: String(denominator),
    numeratorClientCaused: String(numeratorClientCaused),
    definition: definitionView(figure.key),
    baselineValue: baseline && valueOf(definition.form, baseline.numerator, baseline.denominator),
    improvementBps: improvementBps(definition, baseline, figure, asOfOn),
    target: targetState(definition, baseline, figure, asOfOn),
  });
}

/** A frozen baseline in the form of a figure; it is compared with itself: no improvement. */
function baselineView(baseline: KpiBaseline, asOfOn: string): KpiFigureType {
  const { kpi: key, fromOn, toOn, numerator, denominator } = baseline;
  const { form } = kpiByKey(key)!;
  const value = valueOf(form, numerator, denominator);
  const figure = { key, fromOn, toOn, numerator, denominator, numeratorClientCaused: 0n, cases: 0, value };
  return Object.assign(figureView(figure, baseline, asOfOn), { cases: null });
}

/** Every KPI before and after, by the start of enforcement or else the freeze of its baseline. */
export async function comparisonView(
  { reader, ability }: FigureReader,
  keys: readonly string[],
): Promise<KpiComparison[]> {
  const [present, baselines, standing] = await Promise.all([
    presentOf(reader),
    baselinesNow(reader),
    reader.once('rolloutStanding', rolloutStanding),
  ]);
  const day = (instant: Date): string => localDay(present.timeZone, instant);
  const starts = new Map(
    keys.map((key) => {
      const frozenAt = baselines.frozenAt.get(key) ?? null;
      if (standing?.normalSince) return [key, { from: KpiStart.ENFORCEMENT, on: day(standing.normalSince) }] as const;
      return [key, frozenAt && { from: KpiStart.BASELINE, on: day(frozenAt) }] as const;
    }),
  );
  const days = [...new Set([...starts.values()].flatMap((start) => (start ? [start.on] : [])))];
  const periods = days.flatMap((on) => Object.values(checkpointsFrom(on)) as Period[]);
  const question = { keys, periods, slice: {}, asOf: present.at, asOfOn: present.on, sees: classesOf(ability) };
  const figures = periods.length === 0 ? [] : await reader.ask(kpiFigures(question));
  return keys.map((key) => {
    const start = starts.get(key) ?? null;
    const baseline = baselines.current.get(key) ?? null;
    const at = (wanted: Period): KpiCheckpoint => {
      const figure = figures.find(
        (one) => one.key === key && one.fromOn === wanted.fromOn && one.toOn === wanted.toOn,
      )!;
      return checkpointView(figureView(figure, baseline, present.on), present.on);
    };
    const { weekFour, weekEight, quarter } = start
      ? checkpointsFrom(start.on)
      : { weekFour: null, weekEight: null, quarter: null };
    return Object.assign(new KpiComparison(), {
      definition: definitionView(key),
      baseline: baseline && baselineView(baseline, present.on),
      countedFrom: start?.from ?? null,
      startOn: start?.on ?? null,
      weekFour: weekFour && at(weekFour),
      weekEight: weekEight && at(weekEight),
      quarter: quarter && at(quarter),
    });
  });
}

function checkpointView(figure: KpiFigureType, today: string): KpiCheckpoint {
  const { fromOn, toOn, improvementBps: improvement, target } = figure;
  const isOver = toOn < today;
  return Object.assign(new KpiCheckpoint(), { fromOn, toOn, isOver, figure, improvementBps: improvement, target });
}
