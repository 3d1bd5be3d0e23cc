import type { Definition, Figure } from './words.js';

/** The sections of the overview. A KPI that none names comes last, so that a new one is never left out. */
const GROUPS: readonly { readonly name: string; readonly keys: readonly string[] }[] = [
  {
    name: 'Completeness and quality',
    keys: [
      'COMPLETENESS_SCORE',
      'COMPLETION_RATE',
      'QUALITY_SCORE',
      'REJECTION_RATE',
      'REPEAT_ASK_RATE',
      'CLIENT_SURVEY_SCORE',
    ],
  },
  {
    name: 'Speed',
    keys: [
      'KICKOFF_DELAY_RATE',
      'TIME_TO_FIRST_TOUCH',
      'FILL_TIME',
      'FIRST_DELIVERABLE_LATENESS',
      'TIME_TO_FIRST_VALUE',
    ],
  },
  {
    name: 'Scope and promises',
    keys: ['SCOPE_CHANGE_FREQUENCY', 'SCOPE_CHANGE_INCIDENTS', 'MISSED_ASSUMPTIONS', 'PROMISE_ACCURACY'],
  },
  {
    name: 'Approvals and exceptions',
    keys: ['OVERRIDE_RATE', 'APPROVAL_LEAD_TIME_P50', 'APPROVAL_LEAD_TIME_P90'],
  },
  { name: 'Margin', keys: ['MARGIN_EROSION_POINTS', 'MARGIN_EROSION_MONEY'] },
];

/** A figure with what it means. */
export interface Measured {
  readonly definition: Definition;
  readonly figure: Figure;
}

/** Figures under their headings, in their order; a heading without a figure is left out. */
export function grouped(
  definitions: readonly Definition[],
  figures: readonly Figure[],
): { readonly name: string; readonly measured: readonly Measured[] }[] {
  const known = new Set(GROUPS.flatMap(({ keys }) => keys));
  const others = { name: 'Others', keys: definitions.map(({ key }) => key).filter((key) => !known.has(key)) };
  return [...GROUPS, others].flatMap(({ name, keys }) => {
    const measured = keys.flatMap((key) => {
      const definition = definitions.find((one) => one.key === key);
      const figure = figures.find((one) => one.key === key);
      return definition && figure ? [{ definition, figure }] : [];
    });
    return measured.length === 0 ? [] : [{ name, measured }];
  });
}
