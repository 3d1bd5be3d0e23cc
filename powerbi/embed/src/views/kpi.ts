import { addressOf, type Context, definitionOf } from '../context.js';
import type { Checkpoint, Comparison, KpiCase } from '../data.js';
import { DOCUMENTS } from '../documents.js';
import { type Child, element } from '../dom.js';
import { trendChart } from '../parts/chart.js';
import { baselineText, bigValue, clientCausedText, targetBadge } from '../parts/figure.js';
import { handoffColumns } from '../parts/handoffs.js';
import { notice, part, section, viewHeading } from '../parts/notices.js';
import { dataTable, type TableColumn } from '../parts/table.js';
import { basisText, directionText, improvementText, NOTHING, targetText, valueText } from '../pure/format.js';
import { dayText, periodText, type Step } from '../pure/period.js';
import { seriesOf } from '../pure/series.js';
import { type Definition, type Figure, TARGET_WORDS } from '../pure/words.js';

const PAGE = 25;

/** One KPI: its figure, its trend, how it stands against its baseline, and the handoffs behind it. */
export async function kpi(context: Context): Promise<Child[]> {
  const { session, span, period, state, choices, again } = context;
  const definition = definitionOf(context, state.kpi ?? '');
  if (!definition) return [viewHeading('No such KPI'), notice(element('p', {}, 'There is no KPI with this key.'))];
  const { key } = definition;
  if (definition.isMargin && !choices.seesMargin) {
    const hidden = notice(element('p', {}, 'Its figures tell of margin, which your role does not see.'));
    return [viewHeading(definition.name), hidden, definitionList(definition, choices.currency)];
  }
  const comparing = session.ask(DOCUMENTS.comparison, { keys: [key] });
  const listing = session.ask(DOCUMENTS.cases, { ...span, key, first: PAGE, after: null });
  const tracing = session.ask(DOCUMENTS.trend, { ...span, key, step: context.step });
  const [{ kpiFigures }, trend, comparison, cases] = await Promise.all([
    session.ask(DOCUMENTS.figures, span),
    part(tracing, ({ kpiTrend }) => trendSection(context, definition, kpiTrend), again),
    part(comparing, ({ kpiComparison }) => comparisonTable(context, definition, kpiComparison[0]), again),
    part(listing, (first) => casesTable(context, definition, first.kpiCases), again),
  ]);
  const figure = kpiFigures.find((one) => one.key === key)!;
  const client = clientCausedText(figure);
  return [
    viewHeading(definition.name, periodText(period)),
    element(
      'div',
      { class: 'card figure-card' },
      bigValue({ definition, figure }, choices.currency),
      targetBadge(figure.target),
      element('p', { class: 'basis' }, basisText(definition, figure)),
      client === null ? null : element('p', { class: 'basis' }, client),
      element('p', { class: 'basis' }, baselineText({ definition, figure }, choices.currency)),
    ),
    section('Trend', stepLinks(context), trend),
    section('Against the baseline', comparison),
    section('The handoffs behind it', cases),
    section('What it means', definitionList(definition, choices.currency)),
  ];
}

function stepLinks(context: Context): HTMLElement {
  const { state, step } = context;
  const link = (to: Step, text: string): HTMLElement =>
    element(
      'a',
      { href: addressOf(context, { ...state, step: to }), 'aria-current': to === step ? 'true' : null },
      text,
    );
  return element('p', { class: 'choice' }, link('WEEK', 'By week'), link('MONTH', 'By month'));
}

function trendSection(context: Context, definition: Definition, figures: readonly Figure[]): HTMLElement {
  const { choices, step, period } = context;
  const { name, unit } = definition;
  const known = figures.filter(({ value }) => value !== null);
  if (known.length === 0) return notice(element('p', {}, 'No case in this period, so there is no trend.'));
  const text = (value: string | null): string => valueText(unit, value, choices.currency);
  const [first, last] = [known[0]!, known.at(-1)!];
  const said = `${name} from ${text(first.value)} (${dayText(first.fromOn)}) to ${text(last.value)} (${dayText(last.fromOn)}), baseline ${text(first.baselineValue)}. The table below has every step.`;
  const columns: TableColumn<Figure>[] = [
    {
      label: step === 'WEEK' ? 'Week from' : 'Month from',
      shown: ({ fromOn }) => dayText(fromOn),
      csv: ({ fromOn }) => fromOn,
    },
    { label: 'Until', shown: ({ toOn }) => dayText(toOn), csv: ({ toOn }) => toOn },
    { label: 'Value', figure: true, shown: ({ value }) => text(value), csv: ({ value }) => value },
    { label: 'Numerator', figure: true, shown: ({ numerator }) => numerator, csv: ({ numerator }) => numerator },
    {
      label: 'Denominator',
      figure: true,
      shown: ({ denominator }) => denominator,
      csv: ({ denominator }) => denominator,
    },
    { label: 'Cases', figure: true, shown: ({ cases }) => String(cases ?? NOTHING), csv: ({ cases }) => cases },
  ];
  const table = dataTable({
    caption: `${name}, step by step`,
    columns,
    rows: figures,
    empty: 'No step.',
    file: [definition.key, 'trend', period.fromOn, period.toOn],
  });
  return element(
    'div',
    { class: 'card' },
    trendChart(seriesOf(definition, figures, step), { name, said }),
    element('details', {}, element('summary', {}, 'Every step as a table'), table),
  );
}

interface ComparisonRow {
  readonly name: string;
  readonly figure: Figure;
  readonly checkpoint: Checkpoint | null;
}

function comparisonTable(context: Context, definition: Definition, comparison: Comparison | undefined): HTMLElement {
  if (!comparison?.baseline)
    return notice(
      element(
        'p',
        {},
        'No baseline is frozen for this KPI. RevOps freezes it before the pilot; from then on week 4, week 8 and the quarter are compared with it.',
      ),
    );
  const { baseline, weekFour, weekEight, quarter } = comparison;
  const checkpoint = (name: string, of: Checkpoint | null): ComparisonRow[] =>
    of === null ? [] : [{ name, figure: of.figure, checkpoint: of }];
  const rows: ComparisonRow[] = [
    { name: 'Baseline', figure: baseline, checkpoint: null },
    ...checkpoint('Week 4', weekFour),
    ...checkpoint('Week 8', weekEight),
    ...checkpoint('Quarter', quarter),
  ];
  const columns: TableColumn<ComparisonRow>[] = [
    { label: 'When', shown: ({ name }) => name, csv: ({ name }) => name },
    {
      label: 'Days',
      shown: ({ figure }) => periodText(figure),
      csv: ({ figure }) => `${figure.fromOn}/${figure.toOn}`,
    },
    {
      label: 'Value',
      figure: true,
      shown: ({ figure }) => valueText(definition.unit, figure.value, context.choices.currency),
      csv: ({ figure }) => figure.value,
    },
    {
      label: 'Made of',
      shown: ({ figure }) => basisText(definition, figure),
      csv: ({ figure }) => `${figure.numerator}/${figure.denominator}`,
    },
    {
      label: 'Change',
      shown: ({ checkpoint: of }) => (of === null ? NOTHING : (improvementText(of.figure.improvementBps) ?? NOTHING)),
      csv: ({ checkpoint: of }) => of?.figure.improvementBps ?? null,
    },
    {
      label: 'Target',
      shown: ({ checkpoint: of }) =>
        of === null ? NOTHING : of.isOver ? targetBadge(of.figure.target) : 'still running',
      csv: ({ checkpoint: of }) =>
        of === null ? null : of.isOver ? TARGET_WORDS[of.figure.target].text : 'still running',
    },
  ];
  const { countedFrom, startOn } = comparison;
  const since =
    startOn === null
      ? ''
      : `; weeks count from ${dayText(startOn)}, ${countedFrom === 'ENFORCEMENT' ? 'when every deal came under enforcement' : 'when the baseline was frozen'}`;
  return dataTable({
    caption: `${definition.name} against its frozen baseline${since}`,
    columns,
    rows,
    empty: 'Nothing to compare.',
    file: [definition.key, 'comparison'],
  });
}

type Cases = import('../data.js').CasesData['kpiCases'];

function casesTable(context: Context, definition: Definition, first: Cases): HTMLElement {
  const { session, span, choices, period } = context;
  const amount = (text: string): string =>
    definition.unit === 'MONEY_MINOR' || definition.unit === 'MINUTES' || definition.unit === 'MARGIN_BPS'
      ? valueText(definition.unit, text, choices.currency)
      : text;
  let { endCursor } = first.pageInfo;
  const more = async () => {
    const { kpiCases } = await session.ask(DOCUMENTS.cases, {
      ...span,
      key: definition.key,
      first: PAGE,
      after: endCursor,
    });
    endCursor = kpiCases.pageInfo.endCursor;
    return { rows: kpiCases.edges.map(({ node }) => node), hasMore: kpiCases.pageInfo.hasNextPage };
  };
  const columns: TableColumn<KpiCase>[] = [
    ...handoffColumns<KpiCase>(({ handoff }) => handoff),
    { label: 'Counts on', shown: daysCounted, csv: ({ countsOn }) => countsOn },
    {
      label: 'Adds to the numerator',
      figure: true,
      shown: ({ numerator }) => amount(numerator),
      csv: ({ numerator }) => numerator,
    },
    {
      label: 'Adds to the denominator',
      figure: true,
      shown: ({ denominator }) => denominator,
      csv: ({ denominator }) => denominator,
    },
    {
      label: 'Caused by the client',
      shown: ({ clientCaused }) => (clientCaused ? 'yes' : 'no'),
      csv: ({ clientCaused }) => (clientCaused ? 'yes' : 'no'),
    },
  ];
  return dataTable({
    caption: `Every case of ${definition.name}`,
    columns,
    fileOnly: [
      { label: 'Counts at', shown: () => null, csv: ({ countsAt }) => countsAt },
      { label: 'Span from', shown: () => null, csv: ({ spanFromOn }) => spanFromOn },
      { label: 'Span to', shown: () => null, csv: ({ spanToOn }) => spanToOn },
    ],
    rows: first.edges.map(({ node }) => node),
    empty: 'No case in this period with these filters.',
    file: [definition.key, 'cases', period.fromOn, period.toOn],
    more: first.pageInfo.hasNextPage ? more : null,
  });
}

/** The day of a case; of a span all its days, each of which counts. */
const daysCounted = ({ countsOn, spanFromOn, spanToOn }: KpiCase): string =>
  spanFromOn === null
    ? dayText(countsOn)
    : `${dayText(spanFromOn)} to ${spanToOn === null ? 'today' : dayText(spanToOn)}, day by day`;

function definitionList(definition: Definition, currency: string): HTMLElement {
  const { formula, numerator, denominator, cohort, target, unit, direction, source, version } = definition;
  const pairs = [
    ['Formula', formula],
    ['Numerator', numerator],
    ['Denominator', denominator],
    ['Which cases count', cohort],
    ['Target', targetText(target, unit, currency)],
    ['Direction', directionText(direction)],
    ['Source', `${source} (definition version ${version})`],
  ] as const;
  return element(
    'dl',
    { class: 'card' },
    ...pairs.flatMap(([name, text]) => [element('dt', {}, name), element('dd', {}, text)]),
  );
}
