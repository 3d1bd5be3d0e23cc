import { type Context, kpiAddress } from '../context.js';
import { DOCUMENTS } from '../documents.js';
import { drawing, element, heard } from '../dom.js';
import { basisText, directionText, improvementText, UNIT_NOTES, valueText } from '../pure/format.js';
import type { Measured } from '../pure/groups.js';
import { daysOf } from '../pure/period.js';
import { seriesOf, sparkline } from '../pure/series.js';
import { type Definition, type Figure, TARGET_WORDS, type TargetState } from '../pure/words.js';

/** How the target stands: a mark, words and a colour, any of which says it alone. */
export function targetBadge(state: TargetState): HTMLElement {
  const { mark, text } = TARGET_WORDS[state];
  const made = element('span', { class: `badge ${state.toLowerCase().replace('_', '-')}` });
  made.append(element('span', { 'aria-hidden': 'true' }, mark), ` ${text}`);
  return made;
}

/** Of a figure of which the client caused a part: that part, apart. */
export function clientCausedText({ key, numeratorClientCaused, numerator }: Figure): string | null {
  const isTold = numeratorClientCaused !== '0' || (key === 'KICKOFF_DELAY_RATE' && numerator !== '0');
  return isTold ? `${numeratorClientCaused} of ${numerator} caused by the client` : null;
}

/** The value with its unit, large. */
export function bigValue({ definition, figure }: Measured, currency: string): HTMLElement {
  const note = UNIT_NOTES[definition.unit];
  const text = valueText(definition.unit, figure.value, currency);
  return element(
    'p',
    { class: 'value' },
    text,
    figure.value === null || note === undefined ? null : element('span', { class: 'unit' }, ` ${note}`),
  );
}

/** What the baseline was, and how far the figure is from it. */
export function baselineText({ definition, figure }: Measured, currency: string): string {
  if (figure.baselineValue === null) return 'No baseline yet';
  const improvement = improvementText(figure.improvementBps);
  // A total grows with its period, so it is compared by its rate a day, and says of how many days it was.
  const days = definition.form === 'TOTAL' && definition.baseline ? ` in ${daysOf(definition.baseline)} days` : '';
  const baseline = `Baseline ${valueText(definition.unit, figure.baselineValue, currency)}${days}`;
  return improvement === null ? baseline : `${baseline}: ${improvement}`;
}

/** One KPI at a glance; the whole tile leads to its page. The small line is drawn once the tile is in sight. */
export function tile(context: Context, measured: Measured): HTMLElement {
  const { definition, figure } = measured;
  const { currency } = context.choices;
  const client = clientCausedText(figure);
  const line = element('div', { class: 'spark' });
  const made = element(
    'li',
    { class: 'tile' },
    element(
      'div',
      { class: 'head' },
      element('h3', {}, element('a', { href: kpiAddress(context, definition.key) }, definition.name)),
      targetBadge(figure.target),
    ),
    bigValue(measured, currency),
    element('p', { class: 'basis' }, basisText(definition, figure)),
    client === null ? null : element('p', { class: 'basis' }, client),
    element('p', { class: 'basis' }, `${baselineText(measured, currency)} · ${directionText(definition.direction)}`),
    line,
  );
  if (figure.denominator !== '0') whenSeen(made, () => void drawSpark(context, definition, line));
  return made;
}

function whenSeen(target: Element, then: () => void): void {
  const watch = new IntersectionObserver(
    (entries) => {
      if (!entries.some(({ isIntersecting }) => isIntersecting)) return;
      watch.disconnect();
      then();
    },
    { rootMargin: '200px' },
  );
  watch.observe(target);
}

const [WIDTH, HEIGHT] = [240, 36];

/** A decoration: without it nothing is missing, so what goes wrong with it is not said. */
async function drawSpark(context: Context, definition: Definition, into: HTMLElement): Promise<void> {
  const { session, span, step } = context;
  try {
    const { kpiTrend } = await session.ask(DOCUMENTS.trend, { ...span, key: definition.key, step });
    const lines = sparkline(seriesOf(definition, kpiTrend, step).values, WIDTH, HEIGHT).map((points) =>
      drawing('polyline', { points }),
    );
    const box = { viewBox: `-3 0 ${WIDTH + 6} ${HEIGHT}`, preserveAspectRatio: 'none', 'aria-hidden': 'true' };
    into.replaceChildren(drawing('svg', box, ...lines));
  } catch {
    into.replaceChildren();
  }
}

/** Tiles as one list. */
export const tiles = (context: Context, measured: readonly Measured[]): HTMLElement =>
  element('ul', { class: 'tiles' }, ...measured.map((one) => tile(context, one)));

/** A figure that leads somewhere, for the strip at the top. */
export function headline({
  count,
  text,
  href,
  tone,
}: {
  count: string;
  text: string;
  href: string;
  tone: 'good' | 'bad' | 'plain';
}): HTMLElement {
  return element(
    'li',
    { class: `headline ${tone}` },
    element('a', { href }, element('strong', {}, count), ' ', element('span', {}, text), heard(': show them')),
  );
}
