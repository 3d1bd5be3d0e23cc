import type { Context } from '../context.js';
import type { FunnelStep, Stalled, StalledData } from '../data.js';
import { DOCUMENTS } from '../documents.js';
import { type Child, element } from '../dom.js';
import { handoffColumns } from '../parts/handoffs.js';
import { notice, part, section, viewHeading } from '../parts/notices.js';
import { dataTable, type TableColumn } from '../parts/table.js';
import { instantText, minutes } from '../pure/format.js';
import { periodText } from '../pure/period.js';
import { shareOf } from '../pure/series.js';
import { sentence } from '../pure/words.js';

const PAGE = 50;

/** How far handoffs come, and where they stand still: with whom. */
export async function flow(context: Context): Promise<Child[]> {
  const { session, span, period, again } = context;
  const [funnel, stalled] = await Promise.all([
    part(session.ask(DOCUMENTS.funnel, span), ({ handoffFunnel }) => funnelTable(context, handoffFunnel), again),
    part(
      session.ask(DOCUMENTS.stalled, { slice: span.slice, first: PAGE, after: null }),
      (page) => stalledTable(context, page),
      again,
    ),
  ]);
  return [
    viewHeading('Where handoffs stand', periodText(period)),
    section('Funnel by stage', funnel),
    section(
      'Stalled steps',
      element('p', { class: 'sub' }, 'Deadlines that have passed and are still open now, worst first.'),
      stalled,
    ),
  ];
}

/** Bars in a table: what is drawn is what is read. */
function funnelTable({ period }: Context, steps: readonly FunnelStep[]): HTMLElement {
  const all = Math.max(0, ...steps.map(({ reached }) => reached));
  if (all === 0) return notice(element('p', {}, 'No handoff was opened in this period with these filters.'));
  const bar = (step: FunnelStep): HTMLElement => {
    const share = shareOf(step.reached, all);
    const fill = element('span', { class: 'fill' });
    fill.style.inlineSize = `${share}%`;
    return element(
      'span',
      { class: 'bar' },
      element('span', { class: 'track', 'aria-hidden': 'true' }, fill),
      `${share} %`,
    );
  };
  const columns: TableColumn<FunnelStep>[] = [
    { label: 'Stage', shown: ({ stage }) => sentence(stage), csv: ({ stage }) => stage },
    { label: 'Reached it', figure: true, shown: ({ reached }) => String(reached), csv: ({ reached }) => reached },
    { label: 'Share of all', shown: bar, csv: ({ reached }) => shareOf(reached, all) },
    {
      label: 'Stand there now',
      figure: true,
      shown: ({ nowThere }) => String(nowThere),
      csv: ({ nowThere }) => nowThere,
    },
  ];
  return dataTable({
    caption: 'How many handoffs reached each stage',
    columns,
    rows: steps,
    empty: 'No stage.',
    file: ['funnel', period.fromOn, period.toOn],
  });
}

function stalledTable(context: Context, first: StalledData): HTMLElement {
  const { session, span, choices } = context;
  const own = ({ stalledHandoffs }: StalledData): Stalled[] => stalledHandoffs.edges.map(({ node }) => node);
  let { endCursor } = first.stalledHandoffs.pageInfo;
  const more = async () => {
    const page = await session.ask(DOCUMENTS.stalled, { slice: span.slice, first: PAGE, after: endCursor });
    endCursor = page.stalledHandoffs.pageInfo.endCursor;
    return { rows: own(page), hasMore: page.stalledHandoffs.pageInfo.hasNextPage };
  };
  const columns: TableColumn<Stalled>[] = [
    { label: 'Step', shown: ({ clock }) => sentence(clock), csv: ({ clock }) => clock },
    {
      label: 'Waits for',
      shown: ({ owner }) => element('strong', {}, owner?.handle ?? 'nobody yet'),
      csv: ({ owner }) => owner?.handle ?? null,
    },
    {
      label: 'Overdue by',
      figure: true,
      shown: ({ hoursOverdue }) => minutes(String(hoursOverdue * 60)),
      csv: null,
    },
    ...handoffColumns<Stalled>(({ handoff }) => handoff),
    { label: 'Was due', shown: ({ dueAt }) => instantText(dueAt), csv: ({ dueAt }) => dueAt },
    {
      label: 'Client held it up',
      shown: ({ clientCaused }) => (clientCaused ? 'yes' : 'no'),
      csv: ({ clientCaused }) => (clientCaused ? 'yes' : 'no'),
    },
    {
      label: 'Told upwards',
      figure: true,
      shown: ({ escalations }) => (escalations === 0 ? 'not yet' : `${escalations} ×`),
      csv: ({ escalations }) => escalations,
    },
  ];
  return dataTable({
    caption: 'Open steps past their deadline',
    columns,
    rows: own(first),
    empty: 'Nothing is stalled: no open deadline has passed.',
    file: ['stalled', choices.today],
    more: first.stalledHandoffs.pageInfo.hasNextPage ? more : null,
  });
}
