import type { Actor, Notes } from './actor.js';
import { requestApproval } from './approvals.js';
import type { HaloInstance } from './instance.js';
import { badRequest } from './refusal.js';
import type { HaloRecord } from './store.js';
import { isClosed, kindOf } from './ticket-kinds.js';
import { listOf, mergeCustomFields, numberOf, spendBudget } from './ticket-parts.js';
import { existing } from './tickets.read.js';
import { keepTicket } from './tickets.write.js';
import { textOf } from './values.js';

/** The actions of a ticket, oldest first. */
export function actionsOf(halo: HaloInstance, ticketId: unknown): readonly HaloRecord[] {
  return listOf(halo.store.get('actions', ticketId), 'list');
}

/**
 * `POST /Actions`: a note, an outcome, a change of status, worked time. An outcome that the instance knows follows the
 * workflow: one that the present status does not allow is refused, as is Won without the field that it asks for, and
 * Won behind an approval waits for it. `new_status` with an outcome of one's own passes the workflow by.
 */
export function addAction(halo: HaloInstance, sent: HaloRecord, actor: Actor, notes: Notes): HaloRecord {
  const ticket = existing(halo, sent.ticket_id);
  const outcome = outcomeOf(halo, sent);
  if (outcome && kindOf(halo, ticket) === 'OPPORTUNITY') assertAllowed(halo, ticket, outcome);
  const awaits = outcome?.wins === true && halo.settings.wonApproverAgentId !== null;
  const action = noted(halo, ticket, sent, actor, outcome, awaits);
  const changes = awaits ? {} : changesOf(halo, ticket, sent, outcome, notes);
  const after = { ...ticket, ...changes, status_id: action.new_status, ...timeOf(ticket, sent) };
  halo.store.put('actions', { id: ticket.id, list: [...actionsOf(halo, ticket.id), action] });
  keepTicket(halo, ticket, after, 'New Action', action);
  spend(halo, ticket.id as number, sent);
  if (awaits) requestApproval(halo, ticket.id as number, action.id as number);
  notes.effects.push({ change: 'CREATED', kind: 'ACTION', id: `${textOf(ticket.id)}/${textOf(action.id)}` });
  return action;
}

/** The number of the line that an edit leaves in the history of a ticket. */
const EDITED = 1;

/** An edit at the screen leaves a line of the system's own in the ticket's history: who, and when. */
export function noteEdit(halo: HaloInstance, ticket: HaloRecord, agentId: number): void {
  const before = actionsOf(halo, ticket.id);
  const edit = {
    id: before.length + 1,
    ticket_id: ticket.id,
    outcome: 'Ticket edited',
    note: '',
    hiddenfromuser: true,
    action_systemid: EDITED,
    who_type: 1,
    who_agentid: agentId,
    datetime: ticket.last_update,
    actiondatecreated: ticket.last_update,
  };
  halo.store.put('actions', { id: ticket.id, list: [...before, edit] });
}

function outcomeOf(halo: HaloInstance, { outcome_id, outcome }: HaloRecord): HaloRecord | undefined {
  if (outcome_id !== undefined && outcome_id !== null) {
    const found = halo.store.get('outcome', outcome_id);
    if (!found) throw badRequest(`outcome_id ${textOf(outcome_id)} does not exist.`);
    return found;
  }
  const name = typeof outcome === 'string' ? outcome.toLowerCase() : null;
  return halo.store.all('outcome').find((known) => textOf(known.outcome).toLowerCase() === name);
}

function assertAllowed(halo: HaloInstance, ticket: HaloRecord, outcome: HaloRecord): void {
  const closed = isClosed(halo, ticket.status_id);
  const allowed = outcome.from === undefined || outcome.from === (closed ? 'CLOSED' : 'OPEN');
  if (!allowed) throw badRequest(`The workflow does not allow "${textOf(outcome.outcome)}" in this status.`);
  const needed = halo.settings.wonNeedsField;
  if (outcome.wins !== true || needed === null) return;
  const field = listOf(ticket, 'customfields').find(({ name }) => name === needed);
  if (!field?.value) throw badRequest(`${needed} is mandatory for "${textOf(outcome.outcome)}".`);
}

function noted(
  halo: HaloInstance,
  ticket: HaloRecord,
  sent: HaloRecord,
  actor: Actor,
  outcome: HaloRecord | undefined,
  awaits: boolean,
): HaloRecord {
  const status = awaits ? AWAITING : (sent.new_status ?? outcome?.newstatus ?? ticket.status_id);
  if (!halo.store.get('status', status)) throw badRequest(`new_status ${textOf(status)} does not exist.`);
  const time = halo.time();
  return {
    id: actionsOf(halo, ticket.id).length + 1,
    ticket_id: ticket.id,
    outcome: outcome?.outcome ?? sent.outcome ?? 'Note',
    ...(outcome ? { outcome_id: outcome.id } : {}),
    note: sent.note ?? '',
    hiddenfromuser: sent.hiddenfromuser === true,
    ...(sent.private_note ? { private_note: sent.private_note } : {}),
    ...(sent.emailto ? { emailto: sent.emailto, emaildirection: 'O', dateemailed: time } : {}),
    ...(sent.timetaken ? { timetaken: sent.timetaken } : {}),
    who_type: 1,
    who_agentid: actor.agentId,
    actionby_agent_id: actor.agentId,
    ...(actor.clientId === null ? {} : { actionby_application_id: actor.clientId }),
    datetime: time,
    actiondatecreated: time,
    old_status: ticket.status_id,
    new_status: status,
    new_status_name: halo.store.get('status', status)?.name,
  };
}

/** The status of a ticket that awaits an approval. */
export const AWAITING = 3;

function changesOf(
  halo: HaloInstance,
  ticket: HaloRecord,
  sent: HaloRecord,
  outcome: HaloRecord | undefined,
  notes: Notes,
): HaloRecord {
  const closure = sent.new_oppclosurecategory ?? outcome?.closure;
  return {
    ...(closure === undefined ? {} : { oppclosurecategory: closure }),
    ...(outcome?.stage === undefined ? {} : { pipeline_stage_id: outcome.stage }),
    ...(sent.new_oppconversionprobability === undefined
      ? {}
      : { oppconversionprobability: sent.new_oppconversionprobability }),
    ...(sent.new_oppreason ? { oppreason: sent.new_oppreason } : {}),
    ...(sent.new_agent ? { agent_id: sent.new_agent } : {}),
    ...(Array.isArray(sent.customfields)
      ? { customfields: mergeCustomFields(halo, listOf(ticket, 'customfields'), listOf(sent, 'customfields'), notes) }
      : {}),
  };
}

function timeOf(ticket: HaloRecord, sent: HaloRecord): HaloRecord {
  return sent.timetaken ? { timetaken: numberOf(ticket, 'timetaken') + numberOf(sent, 'timetaken') } : {};
}

/** Worked time counts on the budget of the project: the ticket itself, or the task's parent. */
function spend(halo: HaloInstance, ticketId: number, sent: HaloRecord): void {
  const hours = numberOf(sent, 'timetaken');
  if (hours === 0) return;
  const ticket = existing(halo, ticketId);
  const project = kindOf(halo, ticket) === 'TASK' ? existing(halo, ticket.parent_id) : ticket;
  if (kindOf(halo, project) !== 'PROJECT') return;
  const { budgets, money } = spendBudget(listOf(project, 'budgets'), ticket.budgettype_id, hours);
  keepTicket(
    halo,
    project,
    {
      ...project,
      budgets,
      projecttimeactual: numberOf(project, 'projecttimeactual') + hours,
      projectmoneyactual: numberOf(project, 'projectmoneyactual') + money,
    },
    'Ticket Updated',
  );
}
