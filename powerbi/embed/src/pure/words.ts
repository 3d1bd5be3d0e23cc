import type { Period } from './period.js';

/** The words of the API that this page compares. */
export type Unit =
  'PERCENT' | 'POINTS' | 'MARGIN_BPS' | 'MONEY_MINOR' | 'COUNT' | 'PER_PROJECT_30_DAYS' | 'MINUTES' | 'DAYS';
export type Form = 'SHARE' | 'MEAN' | 'PERCENTILE' | 'TOTAL';
export type Direction = 'LOWER_IS_BETTER' | 'HIGHER_IS_BETTER';
export type TargetState = 'MET' | 'MISSED' | 'NO_TARGET' | 'NO_BASELINE' | 'NO_CASES';

export interface Target {
  readonly kind: 'IMPROVE_BY' | 'AT_LEAST' | 'AT_MOST';
  readonly from: number;
  readonly to: number | null;
  readonly withinDays: number | null;
}

/** A KPI's definition, as far as the page shows it. */
export interface Definition {
  readonly key: string;
  readonly version: number;
  readonly name: string;
  readonly formula: string;
  readonly numerator: string;
  readonly denominator: string;
  readonly cohort: string;
  readonly form: Form;
  readonly unit: Unit;
  readonly direction: Direction;
  readonly source: string;
  readonly isMargin: boolean;
  readonly target: Target | null;
  /** The days of the baseline that counts; null before there is one. */
  readonly baseline: Period | null;
}

/** A KPI of one period. Figures are whole numbers and decimals as text, exactly as the API has them. */
export interface Figure {
  readonly key: string;
  readonly fromOn: string;
  readonly toOn: string;
  readonly numerator: string;
  readonly denominator: string;
  /** What of the numerator the client caused. */
  readonly numeratorClientCaused: string;
  /** Null of a baseline, whose cases are not kept. */
  readonly cases: number | null;
  /** Null when there was no case, which is not 0. */
  readonly value: string | null;
  readonly baselineValue: string | null;
  /** Relative to the baseline, in basis points; positive is better whatever the direction. */
  readonly improvementBps: number | null;
  readonly target: TargetState;
}

/** A code as words: KICKOFF_HELD is "Kickoff held". */
export function sentence(code: string): string {
  const text = code.toLowerCase().replaceAll(/[_.-]/g, ' ');
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** How a target stands, in words and with a mark that needs no colour. */
export const TARGET_WORDS: Readonly<Record<TargetState, { readonly mark: string; readonly text: string }>> = {
  MET: { mark: '✓', text: 'On target' },
  MISSED: { mark: '✕', text: 'Off target' },
  NO_TARGET: { mark: '–', text: 'No target' },
  NO_BASELINE: { mark: '○', text: 'No baseline yet' },
  NO_CASES: { mark: '○', text: 'No cases' },
};
