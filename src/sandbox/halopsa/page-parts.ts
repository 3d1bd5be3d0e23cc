import type { HaloState } from './state.js';
import type { HaloRecord } from './store.js';
import { listOf } from './ticket-parts.js';
import { textOf } from './values.js';

/** What the buttons say, by the act. */
export const WORDS: Readonly<Record<string, string>> = {
  win: 'Mark as won',
  lose: 'Mark as lost',
  bypass: 'Write "won" past the workflow',
  reopen: 'Open again',
  approve: 'Approve',
  reject: 'Reject',
  milestone: 'Complete',
  task: 'Complete',
  time: 'Log an hour',
};

/** Text for HTML, in an element or a quoted attribute; nothing for what is no text, number or boolean. */
export function escape(value: unknown): string {
  return textOf(value)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}

/** An opportunity as a row of its table. */
export function opportunityRow(ticket: HaloState['opportunities'][number]): string {
  const { id, summary, client_name, pipeline_stage_name, status_name, oppconversionprobability } = ticket;
  const number = textOf(id);
  const buttons = actsOn(status_name).map((act) => button(act, { id }, `opportunity ${number}`));
  return `<tr id="t-${number}"><td>${number}</td><td>${escape(summary)}<br><span class="meta">${escape(client_name)}</span></td>
<td>${escape(pipeline_stage_name)}, ${escape(oppconversionprobability)} %</td><td>${escape(status_name)}</td>
<td>${handoffTold(ticket)}${notesTold(ticket.notes)}</td><td class="acts">${buttons.join('')}</td></tr>`;
}

/** Whether an opportunity is won and nobody has written its handoff into it yet. */
export function awaitsHandoff({ status_name: status, customfields }: HaloState['opportunities'][number]): boolean {
  return (
    status === 'Won' &&
    !listOf({ customfields }, 'customfields').some(({ name, value }) => name === 'CFHandoffId' && value)
  );
}

function actsOn(status: unknown): readonly string[] {
  if (status === 'Awaiting approval') return ['approve', 'reject'];
  if (status === 'Won') return ['reopen', 'lose'];
  return status === 'Lost' ? ['reopen'] : ['win', 'lose', 'bypass'];
}

/** What Countersign has written into the ticket's fields: what is missing can be opened, the rest is read at once. */
function handoffTold(ticket: HaloRecord): string {
  const values = new Map(listOf(ticket, 'customfields').map(({ name, value }) => [textOf(name), textOf(value)]));
  const number = values.get('CFHandoffId') ?? '';
  if (number === '') return '';
  const url = values.get('CFHandoffUrl') ?? '';
  const name = /^https?:\/\//.test(url) ? `<a href="${escape(url)}">${escape(number)}</a>` : escape(number);
  const gate = values.get('CFHandoffGate') ?? '';
  const missing = (values.get('CFHandoffMissing') ?? '').split('; ').filter((one) => one !== '');
  return [
    `${name}, ${escape(values.get('CFHandoffStatus'))}`,
    gate === '' ? '' : `<br>Gate: <span class="${gate === 'PASSED' ? 'passed' : 'blocked'}">${escape(gate)}</span>`,
    missing.length === 0 ? '' : opened('What is missing', missing.map(escape)),
  ].join('');
}

function notesTold(notes: readonly HaloRecord[]): string {
  if (notes.length === 0) return '';
  const name = notes.length === 1 ? 'One private note' : `${notes.length} private notes`;
  return opened(
    name,
    notes.map(({ note }) => `<span class="note">${escape(note)}</span>`),
  );
}

function opened(name: string, items: readonly string[]): string {
  return `<details><summary>${name}</summary><ul>${items.map((item) => `<li>${item}</li>`).join('')}</ul></details>`;
}

/** A project with its milestones, budgets and tasks; the tasks of the first one stand open. */
export function projectSection(project: HaloState['projects'][number], place: number): string {
  const number = textOf(project.id);
  const done = project.tasks.filter(({ status_name }) => status_name === 'Completed').length;
  const milestones = listOf(project, 'milestones').map(
    ({ id, name, start_date, target_date, _complete: complete }) =>
      `<tr><td>${escape(name)}</td><td>${day(start_date)} to ${day(target_date)}</td><td>${complete ? 'done' : button('milestone', { id: project.id, milestone: id }, `milestone ${textOf(name)}`)}</td></tr>`,
  );
  const budgets = listOf(project, 'budgets').map(
    ({ budgettype_name, hours, money, actual_hours, remaining_hours }) =>
      `<tr><td>${escape(budgettype_name)}</td><td>${escape(hours)} h</td><td>${escape(money)}</td><td>${escape(actual_hours)} h worked, ${escape(remaining_hours)} h left</td></tr>`,
  );
  const fields = [
    ['Client', escape(project.client_name)],
    ['Agent', escape(project.agent_name) || 'nobody yet'],
    ['From opportunity', escape(project.createdfrom_id)],
    ['Dates', `${day(project.startdate)} to ${day(project.targetdate)}`],
    ...listOf(project, 'customfields').map(({ label, value }) => [escape(label), shownField(value)]),
  ];
  return `<section aria-labelledby="p-${number}"><h3 id="p-${number}">${number}: ${escape(project.summary)} (${escape(project.status_name)})</h3>
<p>${fields.map(([name, value]) => `${name}: <strong>${value}</strong>`).join(' · ')}</p>
<div class="scroll">${table('Milestones', ['Name', 'From and to', 'State'], milestones)}
${table('Budgets', ['Type', 'Hours', 'Money', 'Spent'], budgets)}
<details${place === 0 ? ' open' : ''}><summary>Tasks: ${project.tasks.length}, completed: ${done}</summary>
${table('Tasks', ['Task', 'Milestone', 'Due', 'Agent', 'Waits for', 'Status', 'Act'], project.tasks.map(taskRow))}</details></div></section>`;
}

function taskRow(task: HaloState['projects'][number]['tasks'][number]): string {
  const { id, summary, status_name, milestone_name, targetdate, agent_name, waitsFor } = task;
  const what = `task ${textOf(id)}`;
  const acts = [
    status_name === 'Completed' ? '' : button('task', { id }, what),
    button('time', { id, hours: 1 }, what),
  ];
  return `<tr><td>${escape(summary)}</td><td>${escape(milestone_name)}</td><td>${day(targetdate)}</td><td>${escape(agent_name) || 'nobody yet'}</td>
<td>${waitsFor.map(escape).join('<br>')}</td><td>${escape(status_name)}</td><td>${acts.join('')}</td></tr>`;
}

function shownField(value: unknown): string {
  const text = textOf(value);
  return /^https?:\/\//.test(text) ? `<a href="${escape(text)}">${escape(text)}</a>` : escape(text);
}

function table(caption: string, columns: readonly string[], rows: readonly string[]): string {
  const head = columns.map((name) => `<th scope="col">${name}</th>`).join('');
  return `<table><caption>${caption}</caption><thead><tr>${head}</tr></thead><tbody>${rows.join('')}</tbody></table>`;
}

/** `of` tells those who do not see the row what the button is about. */
function button(act: string, fields: Readonly<Record<string, unknown>>, of: string): string {
  const inputs = Object.entries(fields).map(
    ([name, value]) => `<input type="hidden" name="${name}" value="${escape(value)}">`,
  );
  const word = WORDS[act] ?? act;
  const first = act === 'win' ? ' class="first"' : '';
  return `<form method="post" action="control/acts/${act}">${inputs.join('')}<button${first} aria-label="${escape(`${word}: ${of}`)}">${escape(word)}</button></form>`;
}

function day(time: unknown): string {
  return escape(textOf(time).slice(0, 10));
}
