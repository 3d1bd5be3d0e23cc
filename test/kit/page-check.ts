import type { Page } from 'playwright-core';

/**
 * What is wrong with a page for somebody who does not look at it, or who sees little contrast: WCAG 2.2, success criteria
 * 1.1.1, 1.3.1, 1.4.3, 2.4.1, 2.4.6 and 4.1.2, as far as a program can tell. Empty when nothing is.
 */
export function pageFaults(page: Page): Promise<string[]> {
  return page.evaluate(FAULTS) as Promise<string[]>;
}

/** Runs in the browser; text, since the tests' types know no document. */
const FAULTS = String.raw`(() => {
  const faults = [];
  const name = (e) => (e.getAttribute('aria-label') ?? '').trim() ||
    (e.getAttribute('aria-labelledby') ?? '').split(' ').map((id) => document.getElementById(id)?.textContent ?? '').join(' ').trim() ||
    [...(e.labels ?? [])].map((l) => l.textContent).join(' ').trim() || (e.textContent ?? '').trim() || (e.getAttribute('title') ?? '').trim();
  const isShown = (e) => e.checkVisibility({ visibilityProperty: true });
  const where = (e) => e.tagName.toLowerCase() + (e.className && typeof e.className === 'string' ? '.' + e.className.split(' ').join('.') : '') + ' "' + (e.textContent ?? '').trim().slice(0, 40) + '"';

  const ids = [...document.querySelectorAll('[id]')].map((e) => e.id);
  ids.filter((id, at) => ids.indexOf(id) !== at).forEach((id) => faults.push('id twice: ' + id));
  for (const e of document.querySelectorAll('a[href], button, select, input, iframe, [role=region], nav, form, summary'))
    if (isShown(e) && name(e) === '') faults.push('no name: ' + where(e));
  for (const e of document.querySelectorAll('select, input'))
    if (isShown(e) && e.labels.length === 0 && !e.getAttribute('aria-label')) faults.push('no label: ' + where(e));
  for (const e of document.querySelectorAll('canvas, svg, img'))
    if (isShown(e) && e.getAttribute('aria-hidden') !== 'true' && !(e.getAttribute('role') === 'img' && name(e)) && !e.getAttribute('alt'))
      faults.push('drawing without words: ' + where(e));
  for (const table of document.querySelectorAll('table')) {
    if (!table.caption) faults.push('table without caption');
    for (const th of table.querySelectorAll('th')) if (!th.scope) faults.push('th without scope: ' + where(th));
  }
  for (const tag of ['main', 'header', 'nav']) if (document.querySelectorAll(tag).length !== 1) faults.push('not one ' + tag);
  const levels = [...document.querySelectorAll('h1, h2, h3, h4')].filter(isShown).map((e) => Number(e.tagName[1]));
  if (levels.filter((level) => level === 1).length !== 1) faults.push('not one h1');
  levels.forEach((level, at) => { if (at > 0 && level > levels[at - 1] + 1) faults.push('heading level skipped at ' + at); });
  if (!document.documentElement.lang) faults.push('no language');
  if (!document.title) faults.push('no title');
  if (document.documentElement.scrollWidth > document.documentElement.clientWidth) faults.push('the page scrolls sideways: ' + document.documentElement.scrollWidth);

  const rgba = (text) => { const [r, g, b, a = 1] = (text.match(/[\d.]+/g) ?? []).map(Number); return [r, g, b, a]; };
  const over = ([r, g, b, a], [x, y, z]) => [r * a + x * (1 - a), g * a + y * (1 - a), b * a + z * (1 - a), 1];
  const back = (e) => {
    const stack = [];
    for (let at = e; at; at = at.parentElement) stack.push(rgba(getComputedStyle(at).backgroundColor));
    return stack.reverse().reduce((under, top) => over(top, under), [255, 255, 255, 1]);
  };
  const light = ([r, g, b]) => {
    const [x, y, z] = [r, g, b].map((v) => v / 255).map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4));
    return 0.2126 * x + 0.7152 * y + 0.0722 * z;
  };
  for (const e of document.querySelectorAll('body *')) {
    const own = [...e.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim() !== '');
    if (!own || !isShown(e) || e.closest('.heard, script, style, noscript, option, [aria-hidden=true] canvas')) continue;
    if (e.matches(':disabled')) continue;
    const style = getComputedStyle(e);
    const under = back(e);
    const [a, b] = [light(over(rgba(style.color), under)), light(under)].sort((p, q) => q - p);
    const ratio = (a + 0.05) / (b + 0.05);
    const size = parseFloat(style.fontSize);
    const isLarge = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
    if (ratio < (isLarge ? 3 : 4.5)) faults.push('contrast ' + ratio.toFixed(2) + ': ' + where(e));
  }
  return [...new Set(faults)];
})()`;
