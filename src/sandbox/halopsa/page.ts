import { createHash } from 'node:crypto';
import type { HaloState } from './state.js';
import type { HaloRecord } from './store.js';
import { listOf } from './ticket-parts.js';
import { textOf } from './values.js';

const STYLE = `
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
body { margin: 0 auto; max-width: 72rem; padding: 0 1rem 3rem; }
.sandbox { background: #7a1f00; color: #fff; font-weight: 700; margin: 0 -1rem; padding: .75rem 1rem; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; }
th, td { border-bottom: 1px solid #8888; padding: .4rem .6rem; text-align: start; vertical-align: top; }
form { display: inline; }
button { border: 1px solid; border-radius: .25rem; background: none; color: inherit; cursor: pointer; font: inherit;
  margin: .1rem .25rem .1rem 0; min-height: 2.25rem; padding: .2rem .6rem; }
button:focus-visible { outline: 3px solid #2a6fdb; outline-offset: 2px; }
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

/** What stands in the instance, with buttons to act as its people. Works without a script. */
export function overviewPage(state: HaloState): string {
  const webhooks = state.webhooks.map((url) => `<li><code>${escape(url)}</code></li>`).join('');
  return layout(
    `HaloPSA of ${state.slug}`,
    `<h2>Opportunities</h2>
<div class="scroll"><table><thead><tr><th>Number</th><th>Opportunity</th><th>Stage</th><th>Status</th><th>Handoff</th><th>Act</th></tr></thead>
<tbody>${state.opportunities.map(opportunityRow).join('\n')}</tbody></table></div>
<h2>Projects</h2>
${state.projects.map(projectSection).join('\n') || '<p>There is no project yet.</p>'}
<h2>Webhooks</h2>
${webhooks ? `<ul>${webhooks}</ul>` : '<p>None is registered: changes are found by polling.</p>'}
<p>${state.requests} requests of API applications, ${state.unanswered} of them refused or lost.</p>`,
  );
}

/** One sentence, and the way back. */
export function toldPage(message: string, back: string): string {
  return layout('That did not work', `<p>${escape(message)}</p><p><a href="${escape(back)}">Back</a></p>`);
}

function opportunityRow(ticket: HaloRecord): string {
  const { id, summary, client_name, pipeline_stage_name, status_name, oppconversionprobability } = ticket;
  const waits = status_name === 'Awaiting approval';
  const closed = status_name === 'Won' || status_name === 'Lost';
  const acts = closed ? ['reopen'] : waits ? ['approve', 'reject'] : ['win', 'lose', 'bypass'];
  if (status_name === 'Won') acts.push('lose');
  return `<tr><td>${textOf(id)}</td><td>${escape(summary)}<br>${escape(client_name)}</td>
<td>${escape(pipeline_stage_name)}, ${escape(oppconversionprobability)} %</td><td>${escape(status_name)}</td>
<td>${handoff(ticket)}</td><td>${acts.map((act) => button(act, { id }, `${act} ${textOf(id)}`)).join('')}</td></tr>`;
}

/** What Countersign has written into the ticket's fields. */
function handoff(ticket: HaloRecord): string {
  return listOf(ticket, 'customfields')
    .filter(({ name }) => textOf(name).startsWith('CFHandoff'))
    .map(({ label, value }) => `${escape(label)}: ${escape(value)}`)
    .join('<br>');
}

function projectSection(project: HaloRecord & { readonly tasks: readonly HaloRecord[] }): string {
  const milestones = listOf(project, 'milestones').map(
    ({ id, name, start_date, target_date, _complete: complete }) =>
      `<tr><td>${escape(name)}</td><td>${day(start_date)} to ${day(target_date)}</td><td>${complete ? 'done' : button('milestone', { id: project.id, milestone: id }, `complete ${textOf(name)}`)}</td></tr>`,
  );
  const budgets = listOf(project, 'budgets').map(
    ({ budgettype_name, hours, money, actual_hours, remaining_hours }) =>
      `<tr><td>${escape(budgettype_name)}</td><td>${escape(hours)} h, ${escape(money)}</td><td>${escape(actual_hours)} h worked, ${escape(remaining_hours)} h left</td></tr>`,
  );
  const tasks = project.tasks.map(
    ({ id, summary, status_name, milestone_name, targetdate }) =>
      `<tr><td>${escape(summary)}</td><td>${escape(milestone_name)}</td><td>${day(targetdate)}</td><td>${escape(status_name)}</td>
<td>${status_name === 'Completed' ? '' : button('task', { id }, `complete ${textOf(id)}`)}${button('time', { id, hours: 1 }, `log an hour on ${textOf(id)}`)}</td></tr>`,
  );
  return `<section><h3>${textOf(project.id)}: ${escape(project.summary)} (${escape(project.status_name)})</h3>
<p>${escape(project.client_name)}. From opportunity ${escape(project.createdfrom_id)}. Reference: ${escape(project.third_party_id_string)}. ${handoff(project)}</p>
<div class="scroll"><table><caption>Milestones</caption><tbody>${milestones.join('')}</tbody></table>
<table><caption>Budgets</caption><tbody>${budgets.join('')}</tbody></table>
<table><caption>Tasks</caption><tbody>${tasks.join('')}</tbody></table></div></section>`;
}

function button(act: string, fields: Readonly<Record<string, unknown>>, label: string): string {
  const inputs = Object.entries(fields).map(
    ([name, value]) => `<input type="hidden" name="${name}" value="${escape(value)}">`,
  );
  return `<form method="post" action="control/acts/${act}">${inputs.join('')}<button>${escape(label)}</button></form>`;
}

function day(time: unknown): string {
  return escape(textOf(time).slice(0, 10));
}

function layout(title: string, body: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escape(title)} (Sandbox)</title>
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

function escape(value: unknown): string {
  return textOf(value)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}
