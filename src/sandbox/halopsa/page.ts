import { createHash } from 'node:crypto';
import type { HaloState } from './state.js';
import { awaitsHandoff, escape, opportunityRow, projectSection, WORDS } from './page-parts.js';

const STYLE = `
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
body { margin: 0 auto; max-width: 80rem; padding: 0 1rem 3rem; }
.sandbox { background: #7a1f00; color: #fff; font-weight: 700; margin: 0 -1rem; padding: .75rem 1rem; }
nav a { margin-inline-end: 1.25rem; }
.told { border-inline-start: 4px solid #2a6fdb; padding-inline-start: .75rem; }
.scroll { overflow-x: auto; }
section { border: 1px solid #8888; border-radius: .5rem; margin: 1rem 0; padding: 0 1rem 1rem; }
table { border-collapse: collapse; margin-top: .75rem; width: 100%; }
caption { font-weight: 700; text-align: start; }
th, td { border-bottom: 1px solid #8888; padding: .4rem .6rem; text-align: start; vertical-align: top; }
td.acts { min-width: 11rem; }
.passed { color: light-dark(#1b6b1b, #8fd68f); font-weight: 700; }
.blocked { color: light-dark(#a80000, #ff9a9a); font-weight: 700; }
.meta { font-size: .875rem; opacity: .85; }
.note { white-space: pre-wrap; overflow-wrap: anywhere; }
summary { cursor: pointer; }
form { display: inline; }
button { border: 1px solid; border-radius: .25rem; background: none; color: inherit; cursor: pointer; font: inherit;
  margin: .1rem .25rem .1rem 0; min-height: 2.25rem; padding: .2rem .6rem; }
button.first { background: #1b4f9c; border-color: #1b4f9c; color: #fff; }
button:focus-visible, a:focus-visible, summary:focus-visible { outline: 3px solid #2a6fdb; outline-offset: 2px; }
`;

/** Headers of the page: nothing from elsewhere is loaded, no script runs, no page frames it. */
export function pageHeaders(): Record<string, string> {
  const style = createHash('sha256').update(STYLE).digest('base64');
  return {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': `default-src 'none'; style-src 'sha256-${style}'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'`,
    'cache-control': 'no-store',
    'referrer-policy': 'same-origin',
    'x-content-type-options': 'nosniff',
  };
}

/**
 * What stands in the instance, with buttons to act as its people. Works without a script. `acted` is what a button has
 * just done: the page then looks again by itself, since whoever hears of it by a webhook needs a moment, and goes on for as
 * long as a won opportunity has no handoff.
 */
export function overviewPage(state: HaloState, acted: string | null = null): string {
  const told = acted !== null && Object.hasOwn(WORDS, acted) ? WORDS[acted]! : null;
  const isWaiting = told !== null || state.opportunities.some(awaitsHandoff);
  return layout(
    `HaloPSA of ${state.slug}`,
    `<nav aria-label="Sandbox"><a href="./">Look again</a><a href="../">Other instances</a>
<a href="../../microsoft/#${escape(state.slug)}">Files and cards of the same MSP</a></nav>
${told === null ? '' : `<p class="told" role="status">Done: ${escape(told)}. This page looks again in a moment.</p>`}
<h2>Opportunities</h2>
<div class="scroll"><table><thead><tr><th>Number</th><th>Opportunity</th><th>Stage</th><th>Status</th><th>Handoff, as Countersign writes it</th><th>Act</th></tr></thead>
<tbody>${state.opportunities.map(opportunityRow).join('\n')}</tbody></table></div>
<h2>Projects</h2>
${state.projects.toReversed().map(projectSection).join('\n') || '<p>There is no project yet: none is made before the handoff has passed its gate.</p>'}
<h2>Connection</h2>
<p>${webhooksTold(state.webhooks)}</p>
<p>${state.requests} requests of API applications since the start, ${state.unanswered} of them refused or lost.</p>`,
    isWaiting ? '<meta http-equiv="refresh" content="2;url=./">' : '',
  );
}

/** Which instances there are. */
export function indexPage(slugs: readonly string[]): string {
  const items = slugs.map((slug) => `<li><a href="${encodeURIComponent(slug)}/">${escape(slug)}</a></li>`);
  return layout('HaloPSA of the sample tenants', `<ul>${items.join('')}</ul>`);
}

/** One sentence, and the way back. */
export function toldPage(message: string, back: string): string {
  return layout('That did not work', `<p>${escape(message)}</p><p><a href="${escape(back)}">Back</a></p>`);
}

/** The last part of an address is a secret of its receiver: it is not shown. */
function webhooksTold(urls: readonly string[]): string {
  if (urls.length === 0) return 'No webhook is registered: changes are found by polling.';
  const shown = urls.map((url) => `<code>${escape(url.replace(/\/[^/]*$/, '/…'))}</code>`);
  return `Changes are told by webhook to ${shown.join(', ')}.`;
}

function layout(title: string, body: string, head = ''): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
${head}<title>${escape(title)} (Sandbox)</title>
<style>${STYLE}</style>
</head>
<body>
<p class="sandbox" role="note">Sandbox: a simulator, not HaloPSA. Sample data, no passwords.</p>
<main>
<h1>${escape(title)}</h1>
${body}
</main>
</body>
</html>
`;
}
