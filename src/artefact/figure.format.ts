import { formatMoney } from '../core/money.js';
import { decimalText, parseDecimal, roundHalfAwayFromZero } from '../core/decimal.js';
import { type KpiDefinition, KpiTargetKind, KpiUnit } from '../kpi/kpi.words.js';
import { KpiTargetState } from '../reporting/kpi-figure.js';

/** Shown where there was no case, which is not 0. */
export const NO_CASE = 'no case';

/** A decimal text rounded half away from zero to so many places, without zeros at its end. */
export function rounded(value: string, places: number): string {
  return decimalText({ unscaled: roundHalfAwayFromZero(parseDecimal(value), places), scale: places });
}

/** A decimal text with its point so many places to the right: exact, unlike a multiplication of floats. */
export const shifted = (value: string, places: number): string => decimalText(parseDecimal(`${value}e${places}`));

/** `1234567.5` as `1,234,567.5`. */
export const grouped = (value: string): string => {
  const [whole, decimals] = value.split('.') as [string, string?];
  const text = whole.replaceAll(/\B(?=(\d{3})+$)/g, ',');
  return decimals === undefined ? text : `${text}.${decimals}`;
};

/** An amount of minor units with its currency: `GBP 12,340.00`. */
export const amount = (minor: bigint, currency: string): string => {
  const text = grouped(formatMoney({ minor, currency }));
  return `${currency} ${text}`;
};

/** Basis points as percent or points: 1250 is `12.5`. */
export const fromBps = (bps: number): string => rounded(shifted(String(bps), -2), 2);

/** A relative change in basis points, with its sign: `+12.5 %`. */
export const change = (bps: number): string => `${bps > 0 ? '+' : ''}${grouped(fromBps(bps))} %`;

function minutes(value: string): string {
  const all = Number(rounded(value, 0));
  if (all < 120) return `${all} min`;
  const [hours, rest] = [Math.floor(all / 60), all % 60];
  return rest === 0 ? `${grouped(String(hours))} h` : `${grouped(String(hours))} h ${rest} min`;
}

/** A KPI's value for people, rounded to two places at most; the register holds the exact one beside it. */
export function shownValue(value: string | null, unit: KpiUnit, currency: string): string {
  if (value === null) return NO_CASE;
  switch (unit) {
    case KpiUnit.PERCENT:
      return `${rounded(shifted(value, 2), 2)} %`;
    case KpiUnit.POINTS:
      return rounded(value, 2);
    case KpiUnit.MARGIN_BPS:
      return `${rounded(shifted(value, -2), 2)} pts`;
    case KpiUnit.MONEY_MINOR:
      return amount(BigInt(rounded(value, 0)), currency);
    case KpiUnit.COUNT:
    case KpiUnit.PER_PROJECT_30_DAYS:
      return grouped(rounded(value, 2));
    case KpiUnit.MINUTES:
      return minutes(value);
    default:
      return `${rounded(value, 2)} days`;
  }
}

/** The number that a chart or a cell holds, in the unit that people read: percent, points, hours, whole money. */
export function plotted(value: string, unit: KpiUnit, currency: string): number {
  switch (unit) {
    case KpiUnit.PERCENT:
      return Number(shifted(value, 2));
    case KpiUnit.MARGIN_BPS:
      return Number(shifted(value, -2));
    case KpiUnit.MONEY_MINOR:
      return Number(formatMoney({ minor: BigInt(rounded(value, 0)), currency }));
    case KpiUnit.MINUTES:
      return Number(value) / 60;
    default:
      return Number(value);
  }
}

/** What the numbers of `plotted` count. */
export function plottedUnit(unit: KpiUnit, currency: string): string {
  const words: Readonly<Record<KpiUnit, string>> = {
    [KpiUnit.PERCENT]: '%',
    [KpiUnit.POINTS]: 'points',
    [KpiUnit.MARGIN_BPS]: 'points of margin',
    [KpiUnit.MONEY_MINOR]: currency,
    [KpiUnit.COUNT]: 'count',
    [KpiUnit.PER_PROJECT_30_DAYS]: 'per project and 30 days',
    [KpiUnit.MINUTES]: 'hours',
    [KpiUnit.DAYS]: 'days',
  };
  return words[unit];
}

/** A target in words: `improve by 10-25 % within 60 days`. */
export function targetText({ target, unit }: Pick<KpiDefinition, 'target' | 'unit'>, currency: string): string {
  if (target === null) return 'none stated';
  const { kind, from, to, withinDays } = target;
  const within = withinDays === null ? '' : ` within ${withinDays} days`;
  if (kind === KpiTargetKind.IMPROVE_BY) {
    const range = to === null ? fromBps(from) : `${fromBps(from)}-${fromBps(to)}`;
    return `improve by ${range} %${within}`;
  }
  const word = kind === KpiTargetKind.AT_LEAST ? 'at least' : 'at most';
  const one = (limit: number): string =>
    unit === KpiUnit.PERCENT ? `${fromBps(limit)} %` : shownValue(String(limit), unit, currency);
  return `${word} ${one(from)}${to === null ? '' : ` (${kind === KpiTargetKind.AT_LEAST ? 'mature' : 'a problem'} at ${one(to)})`}${within}`;
}

/** A target's state for people. */
export const STATE_WORDS: Readonly<Record<KpiTargetState, string>> = {
  [KpiTargetState.MET]: 'Met',
  [KpiTargetState.MISSED]: 'Missed',
  [KpiTargetState.NO_TARGET]: 'No target',
  [KpiTargetState.NO_BASELINE]: 'No baseline',
  [KpiTargetState.NO_CASES]: 'No case',
};
