import { addressOf, type Context } from '../context.js';
import type { PowerBi } from '../data.js';
import { DOCUMENTS } from '../documents.js';
import { announce, button, type Child, element } from '../dom.js';
import { notice, viewHeading } from '../parts/notices.js';
import { type Frame, type Ready, readyOf, reportFrame } from '../power-bi/frame.js';
import { AskError } from '../session.js';

let shown: Frame | null = null;

/** Ends what a shown report does in the background. */
export function leaveReport(): void {
  shown?.stop();
  shown = null;
}

/** Whether a report can be shown. Never throws: the page has its own figures. */
export async function askPowerBi(context: Pick<Context, 'session'>): Promise<PowerBi> {
  try {
    return (await context.session.ask(DOCUMENTS.powerBi, {})).powerBiEmbed;
  } catch (error) {
    const code = error instanceof AskError ? error.code : 'UNKNOWN';
    const remedy = error instanceof Error ? error.message : '';
    return { kind: 'ERROR', reportId: null, embedUrl: null, token: null, expiresAt: null, code, remedy };
  }
}

/** The tenant's report in Power BI, or how to come by one. */
export async function powerBi(context: Context): Promise<Child[]> {
  const heading = viewHeading('Report in Power BI');
  const state = await askPowerBi(context);
  const ready = readyOf(state);
  if (ready === null) return [heading, missing(context, state), howTo()];
  if (context.session.isSandbox) return [heading, simulated(context, ready), howTo()];
  const holder = element('div', { class: 'report-holder' });
  const failed = (code: string): void => {
    leaveReport();
    holder.replaceChildren(broken(context, code));
    announce('The report of Power BI cannot be shown.');
  };
  shown = reportFrame({
    ready,
    title: `Power BI report of ${context.frame.tenant.name}`,
    renew: async () => {
      const next = await askPowerBi(context);
      return readyOf(next) ?? next.code ?? next.kind;
    },
    failed,
    loaded: () => announce('The report of Power BI is shown.'),
  });
  holder.append(shown.element);
  return [heading, holder];
}

/** A simulated Power BI has no report to show, and its tokens mean nothing to the real one: nothing is asked of that. */
function simulated(context: Context, { embedUrl }: Ready): HTMLElement {
  return notice(
    element(
      'p',
      {},
      element('strong', {}, 'Power BI is simulated here: a report would be embedded from this address.'),
    ),
    element('p', {}, element('code', { class: 'address' }, embedUrl)),
    element('p', { class: 'tools' }, ownFigures(context)),
  );
}

const ownFigures = (context: Context): HTMLElement =>
  element('a', { href: addressOf(context, { view: 'overview' }), class: 'button' }, 'See the same figures here');

/** After a report has failed: never an empty frame. */
function broken(context: Context, code: string): HTMLElement {
  return element(
    'div',
    { class: 'notice bad', role: 'alert' },
    element(
      'p',
      {},
      'The report of Power BI cannot be shown at the moment. Its figures are on this page too, from the same source.',
    ),
    element('p', {}, 'Code: ', element('code', {}, code)),
    element('p', { class: 'tools' }, ownFigures(context), button('Try again', context.again)),
  );
}

const WORDS: Readonly<Record<Exclude<PowerBi['kind'], 'READY'>, string>> = {
  UNCONFIGURED:
    'Power BI is not connected. Everything that a report would show is on this page, from the same figures.',
  NEEDS_CONSENT: 'Power BI is connected, and its administrator still has to let Countersign in.',
  NOT_PUBLISHED: 'Power BI is connected, and no report is published there yet.',
  ERROR: 'Power BI does not answer as it should. The figures of this page do not depend on it.',
};

function missing(context: Context, { kind, code, remedy }: PowerBi): HTMLElement {
  return notice(
    element('p', {}, element('strong', {}, WORDS[kind === 'READY' ? 'ERROR' : kind])),
    kind === 'UNCONFIGURED' || remedy === null ? null : element('p', {}, remedy),
    kind === 'UNCONFIGURED' || code === null ? null : element('p', {}, 'Code: ', element('code', {}, code)),
    element(
      'p',
      { class: 'tools' },
      ownFigures(context),
      kind === 'UNCONFIGURED' ? null : button('Try again', context.again),
    ),
  );
}

/** What a RevOps administrator does; docs/connect-power-bi.md has every step. */
function howTo(): HTMLElement {
  const steps = [
    'To look at the figures in Power BI Desktop, without anything else: make a feed key, choose Get data, OData feed, give the address of this server followed by /odata/v4, and sign in by Basic with the key.',
    'To have a report ready made: open the project of the folder powerbi in Power BI Desktop, set the address of the feed, and publish it to a workspace.',
    'To see that report on this page: connect Power BI as an integration with the ids of the workspace and the report. Its tenant must let service principals use Power BI.',
  ];
  return element(
    'section',
    {},
    element('h2', {}, 'How to connect Power BI'),
    element('ol', { class: 'card steps' }, ...steps.map((text) => element('li', {}, text))),
    element(
      'p',
      { class: 'sub' },
      'A RevOps administrator does this; the documentation has it step by step in docs/connect-power-bi.md.',
    ),
  );
}
