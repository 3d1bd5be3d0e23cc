import {
  daysOf,
  isPeriod,
  LONGEST_BY_WEEK,
  type Period,
  type Preset,
  presetPeriod,
  PRESETS,
  type Step,
  stepFor,
} from './period.js';

/** The views of the page. */
export const VIEWS = {
  overview: 'Overview',
  flow: 'Flow',
  exceptions: 'Exceptions',
  margin: 'Margin',
  'power-bi': 'Power BI',
} as const;
export type ViewName = keyof typeof VIEWS | 'kpi';

/** What figures are narrowed down to, by the names that the API has for it. */
export const SLICE_FIELDS = [
  'clientId',
  'serviceTemplate',
  'dealType',
  'tier',
  'ownerId',
  'deliveryManagerId',
] as const;
export type SliceField = (typeof SLICE_FIELDS)[number];
export type Slice = Readonly<Partial<Record<SliceField, string>>>;

/** Everything that the address says of what is shown: whoever gets the address sees the same, by their own right. */
export interface ReportState {
  /** Null: nothing was chosen, so that the page may begin with the report of Power BI. */
  readonly view: ViewName | null;
  /** The KPI of the view `kpi`. */
  readonly kpi: string | null;
  /** A named period, or the days themselves. */
  readonly period: Preset | Period;
  /** Null: as the length of the period has it. */
  readonly step: Step | null;
  readonly slice: Slice;
}

export const DEFAULT_PERIOD: Preset = '90d';

const SLICE_NAMES: Readonly<Record<SliceField, string>> = {
  clientId: 'client',
  serviceTemplate: 'template',
  dealType: 'type',
  tier: 'tier',
  ownerId: 'owner',
  deliveryManagerId: 'manager',
};
/** Keys and ids; whatever else stands in an address is not sent on. */
const WORD = /^[A-Za-z0-9_.:-]{1,80}$/;
const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
/** The words that the API has for these two; another one would be refused with everything beside it. */
const SLICE_WORDS: Readonly<Partial<Record<SliceField, readonly string[]>>> = {
  dealType: ['EXPANSION', 'NEW_BUSINESS', 'POC_TO_PAID', 'RENEWAL', 'UPSELL'],
  tier: ['HIGH_TOUCH', 'LIGHT', 'STANDARD'],
};
const isOf = (field: SliceField, value: string): boolean =>
  field.endsWith('Id') ? ID.test(value) : (SLICE_WORDS[field]?.includes(value) ?? true);

/** What the query of an address says; what it says wrongly is as if it were not there. */
export function readState(query: string): ReportState {
  const params = new URLSearchParams(query);
  const word = (name: string): string | null => {
    const value = params.get(name);
    return value !== null && WORD.test(value) ? value : null;
  };
  const kpi = word('kpi');
  const named = word('view');
  const view = named === 'kpi' ? (kpi === null ? null : 'kpi') : isKey(VIEWS, named) ? named : null;
  const step = word('step');
  const slice = SLICE_FIELDS.flatMap((field) => {
    const value = word(SLICE_NAMES[field]);
    return value === null || !isOf(field, value) ? [] : [[field, value] as const];
  });
  return {
    view,
    kpi: view === 'kpi' ? kpi : null,
    period: readPeriod(word('period'), { fromOn: params.get('from') ?? '', toOn: params.get('to') ?? '' }),
    step: step === 'WEEK' || step === 'MONTH' ? step : null,
    slice: Object.fromEntries(slice),
  };
}

function readPeriod(named: string | null, days: Period): Preset | Period {
  if (isKey(PRESETS, named)) return named;
  return isPeriod(days) ? days : DEFAULT_PERIOD;
}

const isKey = <T extends object>(of: T, key: string | null): key is Extract<keyof T, string> =>
  key !== null && Object.hasOwn(of, key);

/** The query of an address that says this; what is usual is left out. Begins with `?`, or is empty. */
export function writeState({ view, kpi, period, step, slice }: ReportState): string {
  const params = new URLSearchParams();
  if (view !== null) params.set('view', view);
  if (kpi !== null) params.set('kpi', kpi);
  if (typeof period !== 'string') {
    params.set('from', period.fromOn);
    params.set('to', period.toOn);
  } else if (period !== DEFAULT_PERIOD) params.set('period', period);
  if (step !== null) params.set('step', step);
  for (const field of SLICE_FIELDS) {
    const value = slice[field];
    if (value !== undefined) params.set(SLICE_NAMES[field], value);
  }
  const query = params.toString();
  return query === '' ? '' : `?${query}`;
}

/** The days of a state, as of a day. */
export const periodOf = ({ period }: Pick<ReportState, 'period'>, today: string): Period =>
  typeof period === 'string' ? presetPeriod(period, today) : period;

/** The step of a state's trends. */
export function stepOf(state: Pick<ReportState, 'period' | 'step'>, today: string): Step {
  const period = periodOf(state, today);
  return daysOf(period) > LONGEST_BY_WEEK ? 'MONTH' : (state.step ?? stepFor(period));
}
