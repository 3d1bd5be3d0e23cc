import { addressOf, type Context, definitionOf } from './context.js';
import type { Choices, FrameData } from './data.js';
import { DOCUMENTS } from './documents.js';
import { announce, button, type Child, element } from './dom.js';
import { dropCharts } from './parts/chart.js';
import { filterBar } from './parts/filters.js';
import { errorPanel, loading } from './parts/notices.js';
import { statusLine } from './parts/status.js';
import { periodOf, readState, type ReportState, stepOf, VIEWS, type ViewName, writeState } from './pure/state.js';
import { HOME, type Session } from './session.js';
import { themeSwitch } from './theme.js';
import { exceptions } from './views/exceptions.js';
import { flow } from './views/flow.js';
import { kpi } from './views/kpi.js';
import { margin } from './views/margin.js';
import { overview } from './views/overview.js';
import { askPowerBi, leaveReport, powerBi } from './views/power-bi.js';

const DRAWERS: Readonly<Record<ViewName, (context: Context) => Promise<Child[]>>> = {
  overview,
  flow,
  exceptions,
  margin,
  'power-bi': powerBi,
  kpi,
};
/** A view that is there sooner than this needs no word that it is loading. */
const PATIENCE = 150;

/** The page: what the address says is what is shown. */
export class App {
  #frame!: FrameData;
  #choices!: Choices;
  #state: ReportState = readState('');
  /** The query of the address that is shown. */
  #shown = '';
  #drawing = 0;
  readonly #main = element('main', { id: 'main', tabindex: '-1' });
  readonly #nav = element('nav', { 'aria-label': 'Views' });
  readonly #filters = element('div', { class: 'filter-holder' });
  readonly #status = element('div', { class: 'status' });

  constructor(
    private readonly session: Session,
    private readonly root: HTMLElement,
  ) {}

  /** Signs the person in and shows what the address asks for. */
  async start(): Promise<void> {
    try {
      if (!(await this.session.begin())) return;
      const [frame, { reportingChoices }] = await Promise.all([
        this.session.ask(DOCUMENTS.frame, {}),
        this.session.ask(DOCUMENTS.choices, {}),
      ]);
      this.#frame = frame;
      this.#choices = reportingChoices;
      await this.#open();
    } catch (error) {
      this.root.replaceChildren(
        element(
          'main',
          { class: 'alone' },
          element('h1', {}, 'Reports'),
          errorPanel(error, () => location.assign(HOME)),
        ),
      );
    }
  }

  async #open(): Promise<void> {
    this.#shown = location.search;
    this.#state = readState(location.search);
    // Whoever has a report in Power BI and asks for nothing else sees that one.
    if (this.#state.view === null) {
      const { kind } = await askPowerBi({ session: this.session });
      const isFirst = kind === 'READY' && !this.session.isSandbox;
      this.#state = { ...this.#state, view: isFirst ? 'power-bi' : 'overview' };
    }
    this.#layOut();
    addEventListener('popstate', () => {
      // A jump within what is shown, such as past the navigation, is no other view.
      if (location.search === this.#shown) return;
      this.#shown = location.search;
      this.#state = readState(location.search);
      void this.#draw(true);
    });
    document.addEventListener('click', (event) => this.#follow(event));
    await this.#draw(false);
  }

  #layOut(): void {
    const { me, tenant } = this.#frame;
    const again = (): void => void this.#draw(false);
    const person = element(
      'div',
      { class: 'person' },
      element('span', {}, me?.handle ?? ''),
      button('Switch person', () => void this.session.signInAnew(), { class: 'button quiet' }),
    );
    const header = element(
      'header',
      { class: 'top' },
      element('p', { class: 'brand' }, element('strong', {}, 'Countersign'), element('span', {}, tenant.name)),
      themeSwitch(again),
      person,
    );
    const sandbox = this.session.isSandbox
      ? element('p', { class: 'sandbox', role: 'note' }, 'Sandbox: sample data, no passwords, not for real customers.')
      : null;
    const skip = element('a', { href: '#main', class: 'skip' }, 'Skip to the figures');
    const announced = element('div', { id: 'announced', class: 'heard', 'aria-live': 'polite' });
    const parts = [skip, sandbox, header, this.#nav, this.#filters, this.#status, this.#main, announced];
    this.root.replaceChildren(...parts.filter((one) => one !== null));
  }

  /** Links within the page change what is shown, without loading it anew. */
  #follow(event: MouseEvent): void {
    const link = event.target instanceof Element ? event.target.closest('a') : null;
    if (!link || event.defaultPrevented || event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey)
      return;
    if (link.origin !== location.origin || link.pathname !== HOME || link.hash !== '' || link.download !== '') return;
    event.preventDefault();
    this.#go(readState(link.search), true);
  }

  #go(state: ReportState, isOtherView: boolean): void {
    this.#state = state;
    history.pushState(null, '', HOME + writeState(state));
    this.#shown = location.search;
    void this.#draw(isOtherView);
  }

  #context(): Context {
    const state = this.#state;
    const { today } = this.#choices;
    const period = periodOf(state, today);
    return {
      session: this.session,
      frame: this.#frame,
      choices: this.#choices,
      state,
      period,
      step: stepOf(state, today),
      span: { from: period.fromOn, to: period.toOn, slice: state.slice },
      again: () => void this.#refresh(),
    };
  }

  /** Draws the view with what is known now, also of how far the figures are behind. */
  async #refresh(): Promise<void> {
    this.#frame = await this.session.ask(DOCUMENTS.frame, {}).catch(() => this.#frame);
    await this.#draw(false);
  }

  async #draw(isOtherView: boolean): Promise<void> {
    const drawing = ++this.#drawing;
    leaveReport();
    const context = this.#context();
    const view = context.state.view ?? 'overview';
    this.#drawFrame(context, view);
    this.#main.setAttribute('aria-busy', 'true');
    const patience = setTimeout(() => {
      if (drawing === this.#drawing) this.#main.replaceChildren(loading());
    }, PATIENCE);
    let children: Child[];
    try {
      children = await DRAWERS[view](context);
    } catch (error) {
      children = [
        element('h1', { tabindex: '-1' }, VIEWS[view as keyof typeof VIEWS] ?? 'KPI'),
        errorPanel(error, context.again),
      ];
    }
    clearTimeout(patience);
    // Somebody has gone on meanwhile.
    if (drawing !== this.#drawing) return;
    this.#main.replaceChildren(...children.filter((child) => child !== null));
    this.#main.removeAttribute('aria-busy');
    dropCharts();
    const heading = this.#main.querySelector('h1');
    announce(`${heading?.textContent ?? ''} is shown.`);
    if (isOtherView) {
      scrollTo(0, 0);
      heading?.focus();
    }
  }

  #drawFrame(context: Context, view: ViewName): void {
    const { state } = context;
    const name = view === 'kpi' ? (definitionOf(context, state.kpi ?? '')?.name ?? 'KPI') : VIEWS[view];
    document.title = `${name}: Countersign`;
    const links = (Object.keys(VIEWS) as (keyof typeof VIEWS)[])
      .filter((key) => key !== 'margin' || this.#choices.seesMargin)
      .map((key) => {
        const attributes = { href: addressOf(context, { view: key }), 'aria-current': key === view ? 'page' : null };
        return element('li', {}, element('a', attributes, VIEWS[key]));
      });
    this.#nav.replaceChildren(element('ul', {}, ...links));
    const change = (to: Partial<ReportState>): void => this.#go({ ...this.#state, ...to }, false);
    this.#redrawFilters(filterBar(state, this.#choices, change));
    this.#status.replaceChildren(statusLine(context));
  }

  /** The filters are drawn anew, and whoever was in one of them stays there. */
  #redrawFilters(bar: HTMLElement): void {
    const focused = this.#filters.contains(document.activeElement) ? document.activeElement!.id : '';
    this.#filters.replaceChildren(bar);
    if (focused !== '') document.getElementById(focused)?.focus();
  }
}
