import { floorDivide } from '../core/basis-points.js';
import { dayAfter, daysBetween } from '../core/local-day.js';
import { valueOf } from '../kpi/kpi.rules.js';
import { type KpiDefinition, KpiDirection, KpiForm, KpiTargetKind, KpiUnit } from '../kpi/kpi.words.js';

/** What a figure is narrowed to; what is absent or null narrows nothing. */
export interface KpiSlice {
  readonly clientId?: string | null;
  readonly serviceTemplate?: string | null;
  readonly dealType?: string | null;
  readonly tier?: string | null;
  readonly ownerId?: string | null;
  readonly deliveryManagerId?: string | null;
}

/** Days of the tenant's calendar (YYYY-MM-DD), both included. */
export interface Period {
  readonly fromOn: string;
  readonly toOn: string;
}

/** One KPI of one period, added up from its cases. */
export interface KpiFigure extends Period {
  readonly key: string;
  /** Of a PERCENTILE the percentile itself; 0 without a case. */
  readonly numerator: bigint;
  readonly denominator: bigint;
  /** What of the numerator the client caused: only KICKOFF_DELAY_RATE has such cases. */
  readonly numeratorClientCaused: bigint;
  /** How many cases it was added up from. */
  readonly cases: number;
  /** At most four decimals, half away from zero; null without a case, which is not 0. */
  readonly value: string | null;
}

/** The figures that a KPI was frozen at, and of which days. */
export interface FrozenFigure extends Period {
  readonly numerator: bigint;
  readonly denominator: bigint;
}

/** Whether a figure reaches the target of its definition. */
export enum KpiTargetState {
  MET = 'MET',
  MISSED = 'MISSED',
  NO_TARGET = 'NO_TARGET',
  NO_BASELINE = 'NO_BASELINE',
  NO_CASES = 'NO_CASES',
}

const WHOLE_BPS = 10_000n;
/** The limit of a GraphQL Int, with room. */
const MOST_BPS = 2_000_000_000n;

/** A figure from its sums. `numerator` of a PERCENTILE is the percentile. */
export function figureOf(
  { key, form }: Pick<KpiDefinition, 'key' | 'form'>,
  period: Period,
  sums: Pick<KpiFigure, 'numerator' | 'denominator' | 'numeratorClientCaused' | 'cases'>,
): KpiFigure {
  const { fromOn, toOn } = period;
  return { key, fromOn, toOn, ...sums, value: valueOf(form, sums.numerator, sums.denominator) };
}

/** The value as a fraction; a TOTAL is a rate a day, so that periods of different lengths can be compared. */
function fraction(form: KpiForm, figure: FrozenFigure, lastOn: string | null): readonly [bigint, bigint] | null {
  const { numerator, denominator, fromOn } = figure;
  if (denominator === 0n) return null;
  if (form === KpiForm.SHARE || form === KpiForm.MEAN) return [numerator, denominator];
  if (form === KpiForm.PERCENTILE) return [numerator, 1n];
  const toOn = lastOn !== null && lastOn < figure.toOn ? lastOn : figure.toOn;
  return [numerator, BigInt(Math.max(1, daysBetween(fromOn, toOn) + 1))];
}

/**
 * Relative improvement against the baseline in the KPI's own direction, in basis points of the baseline: positive is
 * better whether it should rise or fall. Rounded down, so that a target is never reached by rounding. Exact: compared are
 * fractions, of a TOTAL its rates a day up to `asOfOn`. Null without a baseline or a case, and for a baseline of 0.
 */
export function improvementBps(
  { form, direction }: Pick<KpiDefinition, 'form' | 'direction'>,
  baseline: FrozenFigure | null,
  figure: FrozenFigure,
  asOfOn: string,
): number | null {
  const before = baseline && fraction(form, baseline, null);
  const now = fraction(form, figure, asOfOn);
  if (!before || !now || before[0] === 0n) return null;
  const [[was, of], [is, per]] = [before, now];
  const gain = direction === KpiDirection.HIGHER_IS_BETTER ? is * of - was * per : was * per - is * of;
  const size = (was < 0n ? -was : was) * per;
  const points = floorDivide(gain * WHOLE_BPS, size);
  const held = points > MOST_BPS ? MOST_BPS : points < -MOST_BPS ? -MOST_BPS : points;
  return Number(held);
}

/** Whether a figure reaches the near end of its target (docs/kpis.md, "Targets"). */
export function targetState(
  definition: Pick<KpiDefinition, 'form' | 'direction' | 'unit' | 'target'>,
  baseline: FrozenFigure | null,
  figure: FrozenFigure,
  asOfOn: string,
): KpiTargetState {
  const { target, form, unit } = definition;
  if (target === null) return KpiTargetState.NO_TARGET;
  if (figure.denominator === 0n) return KpiTargetState.NO_CASES;
  if (target.kind === KpiTargetKind.IMPROVE_BY) {
    const improvement = improvementBps(definition, baseline, figure, asOfOn);
    if (improvement === null) return KpiTargetState.NO_BASELINE;
    return improvement >= target.from ? KpiTargetState.MET : KpiTargetState.MISSED;
  }
  const divisor = form === KpiForm.SHARE || form === KpiForm.MEAN ? figure.denominator : 1n;
  const scale = unit === KpiUnit.PERCENT ? WHOLE_BPS : 1n;
  const [value, limit] = [figure.numerator * scale, BigInt(target.from) * divisor];
  const isMet = target.kind === KpiTargetKind.AT_LEAST ? value >= limit : value <= limit;
  return isMet ? KpiTargetState.MET : KpiTargetState.MISSED;
}

/** How long the steps of a trend are. */
export enum KpiStep {
  WEEK = 'WEEK',
  MONTH = 'MONTH',
}

/** More steps than this no chart shows. */
export const MOST_STEPS = 120;

/**
 * A period cut into calendar weeks (from Monday on) or months, oldest first; the first and the last are cut off where the
 * period is. At most `MOST_STEPS`.
 */
export function stepsOf({ fromOn, toOn }: Period, step: KpiStep): Period[] {
  const steps: Period[] = [];
  for (let first = fromOn; first <= toOn && steps.length < MOST_STEPS;) {
    const last = step === KpiStep.WEEK ? lastOfWeek(first) : lastOfMonth(first);
    steps.push({ fromOn: first, toOn: last < toOn ? last : toOn });
    first = dayAfter(last, 1);
  }
  return steps;
}

const lastOfWeek = (day: string): string => dayAfter(day, (7 - new Date(`${day}T00:00:00Z`).getUTCDay()) % 7);

const lastOfMonth = (day: string): string =>
  new Date(Date.UTC(Number(day.slice(0, 4)), Number(day.slice(5, 7)), 0)).toISOString().slice(0, 10);

/** The points at which a KPI is compared with its baseline, each with the days that are measured. */
export interface Checkpoints {
  readonly weekFour: Period;
  readonly weekEight: Period;
  readonly quarter: Period;
}

const period = (startOn: string, first: number, last: number): Period => ({
  fromOn: dayAfter(startOn, first - 1),
  toOn: dayAfter(startOn, last - 1),
});

/**
 * The checkpoints from a day on (documents 000, 001 and 002: week 4, week 8, quarter one): the four weeks that end with
 * week 4 and with week 8, since a week alone has too few cases, and the ninety days of the quarter.
 */
export const checkpointsFrom = (startOn: string): Checkpoints => ({
  weekFour: period(startOn, 1, 28),
  weekEight: period(startOn, 29, 56),
  quarter: period(startOn, 1, 90),
});
