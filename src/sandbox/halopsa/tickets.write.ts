import { type Actor, type Notes, personActor } from './actor.js';
import type { HaloEvent, HaloInstance } from './instance.js';
import { badRequest } from './refusal.js';
import type { HaloRecord, TableName } from './store.js';
import { isClosed, kindOf } from './ticket-kinds.js';
import { listOf, mergeBudgets, mergeById, mergeCustomFields, numberOf } from './ticket-parts.js';
import { existing } from './tickets.read.js';
import { textOf } from './values.js';

/** What HaloPSA counts or names by itself: dropped in silence when it is written. */
const READ_ONLY = [
  'id',
  'client_name',
  'site_name',
  'agent_name',
  'status_name',
  'tickettype_name',
  'pipeline_stage_name',
  'milestone_name',
  'milestone_sequence',
  'parent_summary',
  'child_count',
  'child_count_open',
  'createdfrom_summary',
  'last_update',
  'lastactiondate',
  'datecreated',
  'dateclosed',
  'oppconverteddate',
  'is_opportunity',
  'is_project',
  'projecttimeactual',
  'projectmoneyactual',
  'timetaken',
  'deleted',
  'approval_status',
];

/** Instructions to the API, not fields of the record. */
const INSTRUCTIONS = ['_validate_only', 'donotapplytemplateintheapi', '_warning'];

/** Ids that must exist: a wrong one is refused. */
const REFERENCES: Readonly<Record<string, TableName>> = {
  client_id: 'client',
  site_id: 'site',
  user_id: 'user',
  agent_id: 'agent',
  status_id: 'status',
  tickettype_id: 'ticketType',
  template_id: 'template',
  budgettype_id: 'budgetType',
};

/** Links between tickets: a wrong one is dropped in silence (facts 3.3: check that the first task got its parent). */
const LINKS = ['parent_id', 'createdfrom_id'];

/** The agent number of what HaloPSA does by itself. */
const SYSTEM_AGENT = 0;

/** The names of the sales pipeline's stages. */
export const PIPELINE: Readonly<Record<number, string>> = {
  1: 'Qualified',
  2: 'Discovery',
  3: 'Proposal',
  4: 'Negotiation',
  5: 'Closed won',
  6: 'Closed lost',
};

/**
 * Creates a ticket (without `id`) or changes the sent fields of one (with it), as `POST /Tickets`, `/Projects` and
 * `/Opportunities` do. There is no idempotency key: the same record posted twice makes two. Answers the ticket as kept.
 */
export function saveTicket(halo: HaloInstance, sent: HaloRecord, actor: Actor, notes: Notes): HaloRecord {
  const before = sent.id === undefined || sent.id === null ? undefined : existing(halo, sent.id);
  const fields = writable(halo, sent, actor, notes);
  if (!before) assertNew(fields);
  const id = (before?.id as number | undefined) ?? halo.store.newId();
  const made = { ...(before ?? fresh(halo, fields)), ...fields, id };
  const after = { ...made, ...parts(halo, id, before, fields, notes), ...milestoneOf(halo, made, notes) };
  if (sent['_validate_only'] === true) return after;
  const kept = keepTicket(halo, before, after, before ? 'Ticket Updated' : 'New Ticket Logged');
  linkMilestoneTickets(halo, kept, fields);
  notes.effects.push({ change: before ? 'UPDATED' : 'CREATED', kind: kindOf(halo, kept), id });
  if (!before) applyTemplate(halo, kept, sent, notes);
  return kept;
}

/** Keeps a changed ticket: its times follow from its status, and the webhooks hear of it. */
export function keepTicket(
  halo: HaloInstance,
  before: HaloRecord | undefined,
  after: HaloRecord,
  event: HaloEvent,
  action?: HaloRecord,
): HaloRecord {
  const moved = before?.status_id !== after.status_id;
  const time = halo.time();
  const kept = halo.store.put('ticket', {
    ...after,
    ...(moved ? closing(halo, after, time) : {}),
    ...(after.pipeline_stage_id ? { pipeline_stage_name: PIPELINE[after.pipeline_stage_id as number] } : {}),
    last_update: time,
    lastactiondate: time,
  });
  halo.announce(before && moved ? 'Status Changed' : event, kept, action);
  return kept;
}

/** What a status does to the dates: closing sets them, opening takes them away. */
function closing(halo: HaloInstance, ticket: HaloRecord, time: string): HaloRecord {
  const status = halo.store.get('status', ticket.status_id);
  if (!isClosed(halo, ticket.status_id)) return { dateclosed: undefined, oppconverteddate: undefined };
  const won = status?.won === true && kindOf(halo, ticket) === 'OPPORTUNITY';
  return { dateclosed: time, ...(won ? { oppconverteddate: time, oppconversionprobability: 100 } : {}) };
}

function writable(halo: HaloInstance, sent: HaloRecord, actor: Actor, notes: Notes): HaloRecord {
  const kept: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(sent)) {
    if (name === 'id' || INSTRUCTIONS.includes(name)) continue;
    const table = REFERENCES[name];
    if (READ_ONLY.includes(name) || actor.silentFields.includes(name)) notes.dropped.push(name);
    else if (LINKS.includes(name) && value && !halo.store.get('ticket', value)) notes.dropped.push(name);
    else if (table && value && !halo.store.get(table, value))
      throw badRequest(`${name} ${textOf(value)} does not exist.`);
    else kept[name] = value;
  }
  return kept;
}

function assertNew(fields: HaloRecord): void {
  if (typeof fields.summary !== 'string' || fields.summary.trim() === '') throw badRequest('A summary is required.');
  if (!fields.tickettype_id) throw badRequest('tickettype_id is required.');
}

function fresh(halo: HaloInstance, fields: HaloRecord): HaloRecord {
  const time = halo.time();
  const type = halo.store.get('ticketType', fields.tickettype_id);
  return { dateoccurred: time, datecreated: time, madeAt: halo.now().getTime(), status_id: type?.firstStatus ?? 1 };
}

/** The lists of a ticket, each merged by its own rule, and the sums that follow from the budgets. */
function parts(
  halo: HaloInstance,
  id: number,
  before: HaloRecord | undefined,
  fields: HaloRecord,
  notes: Notes,
): HaloRecord {
  const merged: Record<string, unknown> = {};
  if (Array.isArray(fields.customfields)) {
    merged.customfields = mergeCustomFields(
      halo,
      listOf(before, 'customfields'),
      listOf(fields, 'customfields'),
      notes,
    );
  }
  for (const name of ['milestones', 'todo_list', 'date_dependencies']) {
    if (Array.isArray(fields[name]))
      merged[name] = mergeById(halo, id, listOf(before, name), listOf(fields, name)).map(bare);
  }
  if (Array.isArray(fields.budgets)) {
    const budgets = mergeBudgets(halo, id, listOf(before, 'budgets'), listOf(fields, 'budgets'), notes);
    merged.budgets = budgets;
    merged.projecttimebudget = budgets.reduce((sum, budget) => sum + numberOf(budget, 'hours'), 0);
    merged.projectmoneybudget = budgets.reduce((sum, budget) => sum + numberOf(budget, 'money'), 0);
  }
  return merged;
}

/** A milestone's tickets are kept with the tickets; a date dependency names its own. */
function bare(part: HaloRecord): HaloRecord {
  const names = 'dependentfaultid' in part || 'faultid' in part ? ['ticket_id', 'tickets'] : ['tickets'];
  return Object.fromEntries(Object.entries(part).filter(([name]) => !names.includes(name)));
}

/** A milestone must be one of the parent's; another is dropped in silence. */
function milestoneOf(halo: HaloInstance, ticket: HaloRecord, notes: Notes): HaloRecord {
  if (!ticket.milestone_id) return {};
  const parent = ticket.parent_id ? halo.store.get('ticket', ticket.parent_id) : undefined;
  if (listOf(parent, 'milestones').some(({ id }) => id === ticket.milestone_id)) return {};
  notes.dropped.push('milestone_id');
  return { milestone_id: undefined };
}

/** `milestones[].tickets` puts tasks of the project under a milestone. */
function linkMilestoneTickets(halo: HaloInstance, project: HaloRecord, fields: HaloRecord): void {
  for (const milestone of listOf(fields, 'milestones')) {
    const id = milestone.id ?? listOf(project, 'milestones').findLast(({ name }) => name === milestone.name)?.id;
    for (const { ticket_id } of listOf(milestone, 'tickets')) {
      const task = halo.store.get('ticket', ticket_id);
      if (task && task.parent_id === project.id) halo.store.put('ticket', { ...task, milestone_id: id });
    }
  }
}

/**
 * The template that was named, else the type's default one, adds its tasks, unless `donotapplytemplateintheapi` says
 * otherwise (facts 3.3).
 */
function applyTemplate(halo: HaloInstance, ticket: HaloRecord, sent: HaloRecord, notes: Notes): void {
  if (sent.donotapplytemplateintheapi === true) return;
  const type = halo.store.get('ticketType', ticket.tickettype_id);
  const chosen = ticket.template_id ?? (halo.settings.defaultTemplate ? type?.defaultTemplate : undefined);
  for (const child of listOf(halo.store.get('template', chosen), 'children')) {
    const task = { ...child, parent_id: ticket.id, client_id: ticket.client_id };
    saveTicket(halo, task, personActor(SYSTEM_AGENT), notes);
  }
}
