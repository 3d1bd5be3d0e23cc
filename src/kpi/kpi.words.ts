import { registerEnumType } from 'type-graphql';

/** Whether less or more of a KPI is better. */
export enum KpiDirection {
  LOWER_IS_BETTER = 'LOWER_IS_BETTER',
  HIGHER_IS_BETTER = 'HIGHER_IS_BETTER',
}
registerEnumType(KpiDirection, {
  name: 'KpiDirection',
  description: 'Whether less or more of it is better.',
  valuesConfig: {
    LOWER_IS_BETTER: { description: 'It should fall.' },
    HIGHER_IS_BETTER: { description: 'It should rise.' },
  },
});

/** How numerator and denominator make the value. */
export enum KpiForm {
  SHARE = 'SHARE',
  MEAN = 'MEAN',
  PERCENTILE = 'PERCENTILE',
  TOTAL = 'TOTAL',
}
registerEnumType(KpiForm, {
  name: 'KpiForm',
  description: 'How numerator and denominator make the value.',
  valuesConfig: {
    SHARE: { description: 'Numerator over denominator, where the one is a part of the other.' },
    MEAN: { description: 'Numerator over denominator: a sum over a number of cases.' },
    PERCENTILE: { description: 'The numerator is the value; the denominator says of how many cases.' },
    TOTAL: { description: 'The numerator is the value; the denominator says over how many cases.' },
  },
});

/** What a KPI's value counts. */
export enum KpiUnit {
  PERCENT = 'PERCENT',
  POINTS = 'POINTS',
  MARGIN_BPS = 'MARGIN_BPS',
  MONEY_MINOR = 'MONEY_MINOR',
  COUNT = 'COUNT',
  PER_PROJECT_30_DAYS = 'PER_PROJECT_30_DAYS',
  MINUTES = 'MINUTES',
  DAYS = 'DAYS',
}
registerEnumType(KpiUnit, {
  name: 'KpiUnit',
  description: 'What the value counts.',
  valuesConfig: {
    PERCENT: { description: 'A share of one.' },
    POINTS: { description: 'Points of the scale that the definition names: of a hundred, or of ten.' },
    MARGIN_BPS: { description: 'Basis points of margin.' },
    MONEY_MINOR: { description: "Minor units of the tenant's currency." },
    COUNT: { description: 'How many.' },
    PER_PROJECT_30_DAYS: { description: 'How many for each active project in 30 days.' },
    MINUTES: { description: 'Elapsed minutes.' },
    DAYS: { description: 'Calendar days.' },
  },
});

/** What a target is measured against. */
export enum KpiTargetKind {
  IMPROVE_BY = 'IMPROVE_BY',
  AT_LEAST = 'AT_LEAST',
  AT_MOST = 'AT_MOST',
}
registerEnumType(KpiTargetKind, {
  name: 'KpiTargetKind',
  description: 'What a target is measured against.',
  valuesConfig: {
    IMPROVE_BY: { description: 'Relative improvement against the frozen baseline, in basis points of it.' },
    AT_LEAST: { description: 'The value itself is this or more.' },
    AT_MOST: { description: 'The value itself is this or less.' },
  },
});

/** A target as the documents state it. */
export interface KpiTarget {
  readonly kind: KpiTargetKind;
  /** In basis points of the baseline (IMPROVE_BY), basis points (a PERCENT), else in the KPI's unit. */
  readonly from: number;
  /** Where a range is stated, its other end; else null. */
  readonly to: number | null;
  /** Days within which it is to be reached, from the freeze of the baseline; null when none are stated. */
  readonly withinDays: number | null;
}

/** One KPI: what it is, so that two people mean the same by it. */
export interface KpiDefinition {
  readonly key: string;
  readonly version: number;
  readonly name: string;
  /** The formula in words. */
  readonly formula: string;
  readonly numerator: string;
  readonly denominator: string;
  /** Which cases count. */
  readonly cohort: string;
  readonly form: KpiForm;
  /** Of a PERCENTILE: which, in percent, by nearest rank; null of the others. */
  readonly percentile: number | null;
  readonly unit: KpiUnit;
  readonly direction: KpiDirection;
  /** Where the definition and its target come from. */
  readonly source: string;
  /** Null where the documents state none. */
  readonly target: KpiTarget | null;
  /** Whether the figures tell of margin, so that not every role may read them. */
  readonly isMargin: boolean;
}
