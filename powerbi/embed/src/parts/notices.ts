import { button, type Child, element } from '../dom.js';

/** What went wrong, with what to do about it. */
export function errorPanel(error: unknown, again: () => void): HTMLElement {
  const message = error instanceof Error ? error.message : 'Something did not work.';
  return element('div', { class: 'notice bad', role: 'alert' }, element('p', {}, message), button('Try again', again));
}

/** Something to know. */
export const notice = (...children: readonly Child[]): HTMLElement => element('div', { class: 'notice' }, ...children);

/** What stands where figures will be. */
export const loading = (): HTMLElement =>
  element(
    'div',
    { class: 'loading', role: 'status' },
    element('p', {}, 'Loading the figures …'),
    element('div', { class: 'blocks', 'aria-hidden': 'true' }, ...Array.from({ length: 6 }, () => element('span', {}))),
  );

/** A part of a view under its heading. */
export function section(heading: string, ...children: readonly Child[]): HTMLElement {
  return element('section', {}, element('h2', {}, heading), ...children);
}

/** The first heading of a view; it takes the focus when somebody comes from another one. */
export const viewHeading = (text: string, sub: string | null = null): HTMLElement =>
  element(
    'div',
    { class: 'view-heading' },
    element('h1', { tabindex: '-1' }, text),
    sub === null ? null : element('p', { class: 'sub' }, sub),
  );

/** Waits for a part that may be missing without the rest: what it came to, or why not. */
export async function part<T>(work: Promise<T>, show: (got: T) => Child, again: () => void): Promise<Child> {
  try {
    return show(await work);
  } catch (error) {
    return errorPanel(error, again);
  }
}
