import type { Context } from '../context.js';
import type { ExceptionsData, ReportedException } from '../data.js';
import { DOCUMENTS } from '../documents.js';
import type { Child } from '../dom.js';
import { tiles } from '../parts/figure.js';
import { handoffColumns } from '../parts/handoffs.js';
import { section, viewHeading } from '../parts/notices.js';
import { dataTable, type TableColumn } from '../parts/table.js';
import { instantText, money, NOTHING, spanText, valueText } from '../pure/format.js';
import { grouped } from '../pure/groups.js';
import { periodText } from '../pure/period.js';
import { sentence } from '../pure/words.js';

const PAGE = 50;
const KEYS = ['OVERRIDE_RATE', 'REJECTION_RATE', 'APPROVAL_LEAD_TIME_P50', 'APPROVAL_LEAD_TIME_P90'];

/** Where people asked to pass a gate all the same, and what became of it. */
export async function exceptions(context: Context): Promise<Child[]> {
  const { session, span, period, frame } = context;
  const [{ kpiFigures }, first] = await Promise.all([session.ask(DOCUMENTS.figures, span), askPage(context, null)]);
  const measured = grouped(
    frame.kpiDefinitions.definitions,
    kpiFigures.filter(({ key }) => KEYS.includes(key)),
  ).flatMap((group) => group.measured);
  return [
    viewHeading('Exceptions and overrides', periodText(period)),
    section('How often, and how fast', tiles(context, measured)),
    section('Every request', requestsTable(context, first)),
  ];
}

type Page = ExceptionsData['reportedExceptions'];

/** With the shortfalls for those who see them: a document that asks for more than one may see is refused whole. */
async function askPage({ session, span, choices }: Context, after: string | null): Promise<Page> {
  const document = choices.seesMargin ? DOCUMENTS.exceptionsMargin : DOCUMENTS.exceptions;
  return (await session.ask(document, { ...span, first: PAGE, after })).reportedExceptions;
}

function requestsTable(context: Context, first: Page): HTMLElement {
  const { period, choices } = context;
  let { endCursor } = first.pageInfo;
  const more = async () => {
    const page = await askPage(context, endCursor);
    endCursor = page.pageInfo.endCursor;
    return { rows: page.edges.map(({ node }) => node), hasMore: page.pageInfo.hasNextPage };
  };
  const columns: TableColumn<ReportedException>[] = [
    { label: 'Asked', shown: ({ openedAt }) => instantText(openedAt), csv: ({ openedAt }) => openedAt },
    ...handoffColumns<ReportedException>(({ handoff }) => handoff),
    { label: 'What for', shown: ({ kind }) => sentence(kind), csv: ({ kind }) => kind },
    { label: 'State', shown: stateOf, csv: ({ state }) => state },
    ...(choices.seesMargin ? MARGIN_COLUMNS : []),
    {
      label: 'Decided after',
      figure: true,
      shown: ({ openedAt, decidedAt }) => (decidedAt === null ? NOTHING : spanText(openedAt, decidedAt)),
      csv: null,
    },
    {
      label: 'Took effect',
      shown: ({ usedAt }) => (usedAt === null ? NOTHING : instantText(usedAt)),
      csv: ({ usedAt }) => usedAt,
    },
    {
      label: 'Asked by',
      shown: ({ requester }) => requester?.handle ?? NOTHING,
      csv: ({ requester }) => requester?.handle ?? null,
    },
  ];
  return dataTable({
    caption: 'Requests for approval that were opened in the period',
    columns,
    fileOnly: [
      { label: 'Decided', shown: () => null, csv: ({ decidedAt }) => decidedAt },
      { label: 'Emergency', shown: () => null, csv: ({ emergency }) => (emergency ? 'yes' : 'no') },
    ],
    rows: first.edges.map(({ node }) => node),
    empty: 'Nobody asked for an exception in this period with these filters.',
    file: ['exceptions', period.fromOn, period.toOn],
    more: first.pageInfo.hasNextPage ? more : null,
  });
}

const stateOf = ({ state, emergency }: ReportedException): string =>
  `${sentence(state)}${emergency ? ', in an emergency' : ''}`;

const MARGIN_COLUMNS: readonly TableColumn<ReportedException>[] = [
  {
    label: 'Missing to the floor',
    figure: true,
    shown: ({ shortfallMinor, handoff }) =>
      shortfallMinor && handoff?.snapshot ? money(shortfallMinor, handoff.snapshot.currency) : NOTHING,
    csv: ({ shortfallMinor }) => shortfallMinor ?? null,
  },
  {
    label: 'In points',
    figure: true,
    shown: ({ shortfallBps }) =>
      valueText('MARGIN_BPS', typeof shortfallBps === 'number' ? String(shortfallBps) : null, ''),
    csv: ({ shortfallBps }) => shortfallBps ?? null,
  },
];
