import type { Context } from '../context.js';
import { button, element } from '../dom.js';
import { instantText } from '../pure/format.js';

/** How far the figures are behind what happens. */
export function statusLine({ frame, again }: Pick<Context, 'frame' | 'again'>): HTMLElement {
  const { sealedSeq, projectedSeq, projectedAt, isCurrent } = frame.reportingState;
  const behind = Math.max(0, sealedSeq - projectedSeq);
  const when = projectedAt === null ? '' : ` Last brought up to date ${instantText(projectedAt)}.`;
  const text =
    projectedAt === null
      ? 'The figures have not been put together yet: a worker does that within a minute of its start.'
      : isCurrent
        ? `The figures are up to date.${when}`
        : `The figures are ${behind} ${behind === 1 ? 'record' : 'records'} behind what has happened.${when}`;
  return element(
    'p',
    { class: isCurrent ? 'model' : 'model behind', role: 'status' },
    element('span', { 'aria-hidden': 'true', class: 'dot' }, isCurrent ? '●' : '○'),
    ` ${text} `,
    button('Look again', again, { class: 'button quiet' }),
  );
}
