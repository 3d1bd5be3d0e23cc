import { type Context, definitionOf, kpiAddress } from '../context.js';
import type { KpiCase } from '../data.js';
import { DOCUMENTS } from '../documents.js';
import { type Child, element } from '../dom.js';
import { trendChart } from '../parts/chart.js';
import { tiles } from '../parts/figure.js';
import { handoffColumns } from '../parts/handoffs.js';
import { notice, section, viewHeading } from '../parts/notices.js';
import { dataTable, type TableColumn } from '../parts/table.js';
import { money, NOTHING, valueText } from '../pure/format.js';
import { grouped } from '../pure/groups.js';
import { dayText, periodText } from '../pure/period.js';
import { seriesOf } from '../pure/series.js';

const [POINTS, MONEY] = ['MARGIN_EROSION_POINTS', 'MARGIN_EROSION_MONEY'] as const;
const LISTED = 100;

/** What projects lost of the margin that was promised. The API has figures for those alone who may see margin. */
export async function margin(context: Context): Promise<Child[]> {
  const { session, span, period, step, frame } = context;
  const { kpiFigures } = await session.ask(DOCUMENTS.figures, span);
  const measured = grouped(
    frame.kpiDefinitions.definitions.filter(({ isMargin }) => isMargin),
    kpiFigures,
  ).flatMap((group) => group.measured);
  const heading = viewHeading('Margin erosion', periodText(period));
  if (measured.length === 0)
    return [heading, notice(element('p', {}, 'Margin is not shown to your role. RevOps names who sees it.'))];
  const paged = { first: LISTED, after: null };
  const [{ kpiTrend }, { kpiCases: lost }, { kpiCases: points }] = await Promise.all([
    session.ask(DOCUMENTS.trend, { ...span, key: POINTS, step }),
    session.ask(DOCUMENTS.cases, { ...span, ...paged, key: MONEY }),
    session.ask(DOCUMENTS.cases, { ...span, ...paged, key: POINTS }),
  ]);
  const definition = definitionOf(context, POINTS)!;
  const isKnown = kpiTrend.some(({ value }) => value !== null);
  const said = `${definition.name} by ${step.toLowerCase()}; its page has every step as a table.`;
  const chart = trendChart(seriesOf(definition, kpiTrend, step), { name: definition.name, said });
  const link = element('p', {}, element('a', { href: kpiAddress(context, POINTS) }, 'Every step as a table'));
  return [
    heading,
    section('In the period', tiles(context, measured)),
    section(
      'Trend in points',
      isKnown
        ? element('div', { class: 'card' }, chart, link)
        : notice(element('p', {}, 'No project has actuals in this period.')),
    ),
    section(
      'Project by project',
      projects(
        context,
        lost.edges.map(({ node }) => node),
        points.edges.map(({ node }) => node),
      ),
    ),
    lost.pageInfo.hasNextPage
      ? element(
          'p',
          {},
          element('a', { href: kpiAddress(context, MONEY) }, `These are the first ${LISTED}: see every case`),
        )
      : null,
  ];
}

/** One row a project, the greatest loss first. */
function projects({ choices, period }: Context, lost: readonly KpiCase[], points: readonly KpiCase[]): HTMLElement {
  // Both are cases of the same record.
  const bps = new Map(points.map(({ sourceId, numerator }) => [sourceId, numerator]));
  const rows = [...lost].sort((a, b) => Number(BigInt(b.numerator) - BigInt(a.numerator)));
  const pointsOf = ({ sourceId }: KpiCase): string | null => bps.get(sourceId) ?? null;
  const columns: TableColumn<KpiCase>[] = [
    ...handoffColumns<KpiCase>(({ handoff }) => handoff),
    {
      label: 'Lost margin',
      figure: true,
      shown: ({ numerator }) => money(numerator, choices.currency),
      csv: ({ numerator }) => numerator,
    },
    {
      label: 'In points',
      figure: true,
      shown: (row) => (pointsOf(row) === null ? NOTHING : valueText('MARGIN_BPS', pointsOf(row), choices.currency)),
      csv: pointsOf,
    },
    { label: 'As of', shown: ({ countsOn }) => dayText(countsOn), csv: ({ countsOn }) => countsOn },
  ];
  return dataTable({
    caption: `Lost margin, in the file in minor units of ${choices.currency} and in basis points`,
    columns,
    rows,
    empty: 'No project has actuals in this period with these filters.',
    file: ['margin-erosion', period.fromOn, period.toOn],
  });
}
