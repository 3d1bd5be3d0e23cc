import { addressOf, type Context } from '../context.js';
import type { StalledData } from '../data.js';
import { DOCUMENTS } from '../documents.js';
import { type Child, element } from '../dom.js';
import { headline, tiles } from '../parts/figure.js';
import { notice, section, viewHeading } from '../parts/notices.js';
import { dataTable, type TableColumn } from '../parts/table.js';
import { basisText, directionText, valueText } from '../pure/format.js';
import { grouped, type Measured } from '../pure/groups.js';
import { periodText } from '../pure/period.js';
import { TARGET_WORDS } from '../pure/words.js';

const COUNTED = 100;

/** Every KPI of the period, with what needs somebody's attention first. */
export async function overview(context: Context): Promise<Child[]> {
  const { session, span, period, frame, choices } = context;
  const [{ kpiFigures }, stalled] = await Promise.all([
    session.ask(DOCUMENTS.figures, span),
    session.ask(DOCUMENTS.stalled, { slice: span.slice, first: COUNTED, after: null }).catch(() => null),
  ]);
  const groups = grouped(frame.kpiDefinitions.definitions, kpiFigures);
  const all = groups.flatMap(({ measured }) => measured);
  const isEmpty = all.every(({ figure }) => figure.denominator === '0');
  return [
    viewHeading('How handoffs are doing', periodText(period)),
    isEmpty
      ? notice(
          element(
            'p',
            {},
            'No handoff counts in this period with these filters. Choose a longer period, or drop a filter.',
          ),
        )
      : headlines(context, all, stalled),
    ...groups.map(({ name, measured }) => section(name, tiles(context, measured))),
    section('All figures', allFigures(all, period, choices.currency)),
  ];
}

function headlines(context: Context, all: readonly Measured[], stalled: StalledData | null): HTMLElement {
  const measuredTargets = all.filter(({ figure }) => figure.target === 'MET' || figure.target === 'MISSED');
  const missed = measuredTargets.filter(({ figure }) => figure.target === 'MISSED');
  const slow = stalled?.stalledHandoffs;
  const late = slow?.edges.length ?? 0;
  const first = missed[0]?.definition.key;
  return element(
    'ul',
    { class: 'headlines', 'aria-label': 'What needs attention' },
    headline({
      count: `${missed.length} of ${measuredTargets.length}`,
      text: 'KPIs with a target are off it',
      href: first === undefined ? '#all-figures' : addressOf(context, { view: 'kpi', kpi: first }),
      tone: missed.length === 0 ? 'good' : 'bad',
    }),
    slow === undefined
      ? null
      : headline({
          count: `${late}${slow.pageInfo.hasNextPage ? '+' : ''}`,
          text: 'deadlines are missed and still open',
          href: addressOf(context, { view: 'flow' }),
          tone: late === 0 ? 'good' : 'bad',
        }),
    headline({
      count: String(all.filter(({ figure }) => figure.target === 'NO_BASELINE').length),
      text: 'targets wait for a baseline',
      href: '#all-figures',
      tone: 'plain',
    }),
  );
}

/** The tiles once more as one table: for reading, printing and saving. */
function allFigures(all: readonly Measured[], { fromOn, toOn }: Context['period'], currency: string): HTMLElement {
  const value = (unit: Measured['definition']['unit'], of: string | null): string => valueText(unit, of, currency);
  const columns: TableColumn<Measured>[] = [
    { label: 'KPI', shown: ({ definition }) => definition.name, csv: ({ definition }) => definition.key },
    {
      label: 'Value',
      figure: true,
      shown: ({ definition, figure }) => value(definition.unit, figure.value),
      csv: ({ figure }) => figure.value,
    },
    {
      label: 'Made of',
      shown: ({ definition, figure }) => basisText(definition, figure),
      csv: null,
    },
    {
      label: 'Baseline',
      figure: true,
      shown: ({ definition, figure }) => value(definition.unit, figure.baselineValue),
      csv: ({ figure }) => figure.baselineValue,
    },
    {
      label: 'Better',
      shown: ({ definition }) => directionText(definition.direction),
      csv: ({ definition }) => definition.direction,
    },
    { label: 'Target', shown: ({ figure }) => TARGET_WORDS[figure.target].text, csv: ({ figure }) => figure.target },
  ];
  const inFileOnly = (label: string, csv: TableColumn<Measured>['csv']): TableColumn<Measured> => ({
    label,
    shown: () => null,
    csv,
  });
  const further = [
    inFileOnly('Unit', ({ definition }) => definition.unit),
    inFileOnly('From', () => fromOn),
    inFileOnly('To', () => toOn),
    inFileOnly('Numerator', ({ figure }) => figure.numerator),
    inFileOnly('Denominator', ({ figure }) => figure.denominator),
    inFileOnly('Caused by the client', ({ figure }) => figure.numeratorClientCaused),
    inFileOnly('Cases', ({ figure }) => figure.cases),
    inFileOnly('Improvement in basis points', ({ figure }) => figure.improvementBps),
  ];
  const table = dataTable({
    caption: 'Every KPI of the period',
    columns,
    fileOnly: further,
    rows: all,
    empty: 'No figures.',
    file: ['kpis', fromOn, toOn],
  });
  table.id = 'all-figures';
  return table;
}
