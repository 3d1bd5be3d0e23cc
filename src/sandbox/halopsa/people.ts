import { addAction, noteEdit } from './actions.js';
import { noNotes, personActor } from './actor.js';
import { approvalsOf, decideApproval } from './approvals.js';
import type { HaloInstance } from './instance.js';
import { badRequest, notFound } from './refusal.js';
import type { HaloRecord } from './store.js';
import { listOf } from './ticket-parts.js';
import { existing, existingOf } from './tickets.read.js';
import { keepTicket, saveTicket } from './tickets.write.js';
import { saveToDo } from './todos.js';
import { textOf } from './values.js';

/** What a person is told to do, by name: numbers and texts as they are typed. */
export type ActInput = Readonly<Record<string, string | number | boolean>>;

/** Something that a person does on HaloPSA's own screens. */
export interface Act {
  readonly description: string;
  /** What it needs, and what it takes besides (with a question mark). */
  readonly parameters: readonly string[];
  readonly run: (halo: HaloInstance, input: ActInput) => HaloRecord;
}

const ACTIVE_PEOPLE = { sales: 7, delivery: 8 };

function number(input: ActInput, name: string): number {
  const value = Number(input[name]);
  if (input[name] === undefined || input[name] === '' || !Number.isFinite(value))
    throw badRequest(`Give ${name}=<number>.`);
  return value;
}

function optional(input: ActInput, name: string): number | undefined {
  return input[name] === undefined || input[name] === '' ? undefined : number(input, name);
}

function text(input: ActInput, name: string, otherwise?: string): string {
  const value = input[name] ?? otherwise;
  if (value === undefined) throw badRequest(`Give ${name}=<text>.`);
  return textOf(value);
}

function act(halo: HaloInstance, sent: HaloRecord, agentId: number): HaloRecord {
  addAction(halo, sent, personActor(agentId), noNotes());
  return existing(halo, sent.ticket_id);
}

function change(halo: HaloInstance, sent: HaloRecord, agentId: number): HaloRecord {
  return saveTicket(halo, sent, personActor(agentId), noNotes());
}

/** A change at the screen of a project or task, which the ticket's history tells of. */
function edit(halo: HaloInstance, sent: HaloRecord, agentId: number): HaloRecord {
  const saved = change(halo, sent, agentId);
  noteEdit(halo, saved, agentId);
  return saved;
}

/** The totals are taken away rather than counted anew: HaloPSA's rounding of them is not known. */
function repriced(line: HaloRecord, price: number): HaloRecord {
  const name = 'unitprice' in line ? 'unitprice' : 'baseprice';
  return { ...line, [name]: price, net_total: undefined };
}

function completeTask(halo: HaloInstance, id: number): HaloRecord {
  return act(halo, { ticket_id: id, outcome_id: 7, note: 'Done.' }, ACTIVE_PEOPLE.delivery);
}

/** What people do, by name: for tests, `countersign sandbox halopsa` and the page. */
export const ACTS = {
  win: {
    description: 'Sales wins an opportunity, by the Won outcome (which may ask for an approval).',
    parameters: ['id'],
    run: (halo, input) =>
      act(halo, { ticket_id: number(input, 'id'), outcome_id: 2, note: text(input, 'note', '') }, ACTIVE_PEOPLE.sales),
  },
  bypass: {
    description: 'A script writes the Won status, past every workflow rule.',
    parameters: ['id'],
    run: (halo, input) => {
      existingOf(halo, number(input, 'id'), 'OPPORTUNITY');
      return change(halo, { id: number(input, 'id'), status_id: 9, oppclosurecategory: 3, pipeline_stage_id: 5 }, 0);
    },
  },
  lose: {
    description: 'Sales loses an opportunity, also one that was won.',
    parameters: ['id'],
    run: (halo, input) => {
      const lost = {
        ticket_id: number(input, 'id'),
        outcome: 'Lost after all',
        new_status: 8,
        new_oppclosurecategory: 4,
      };
      return act(halo, lost, ACTIVE_PEOPLE.sales);
    },
  },
  reopen: {
    description: 'Sales opens a closed opportunity again.',
    parameters: ['id'],
    run: (halo, input) =>
      act(halo, { ticket_id: number(input, 'id'), outcome_id: 4, new_oppclosurecategory: 0 }, ACTIVE_PEOPLE.sales),
  },
  stage: {
    description: 'Sales moves an opportunity to another stage of the pipeline (1 to 4) with a probability in per cent.',
    parameters: ['id', 'stage', 'probability?'],
    run: (halo, input) => {
      const probability = optional(input, 'probability');
      const moved = { id: number(input, 'id'), pipeline_stage_id: number(input, 'stage') };
      return change(
        halo,
        { ...moved, ...(probability === undefined ? {} : { oppconversionprobability: probability }) },
        ACTIVE_PEOPLE.sales,
      );
    },
  },
  approve: {
    description: 'The agent who is asked approves the Won outcome.',
    parameters: ['id'],
    run: (halo, input) => decide(halo, number(input, 'id'), halo.settings.approvalResults.approved),
  },
  reject: {
    description: 'The agent who is asked rejects the Won outcome.',
    parameters: ['id'],
    run: (halo, input) => decide(halo, number(input, 'id'), halo.settings.approvalResults.rejected),
  },
  budget: {
    description: 'Somebody edits a budget of a project behind the baseline.',
    parameters: ['id', 'hours', 'type?'],
    run: (halo, input) => {
      const project = existingOf(halo, number(input, 'id'), 'PROJECT');
      const type = optional(input, 'type') ?? listOf(project, 'budgets')[0]?.budgettype_id ?? 1;
      const budgets = [{ budgettype_id: type, hours: number(input, 'hours') }];
      return edit(halo, { id: project.id, budgets }, ACTIVE_PEOPLE.delivery);
    },
  },
  retitle: {
    description: 'Somebody changes the title of a ticket, project or task.',
    parameters: ['id', 'summary'],
    run: (halo, input) =>
      edit(halo, { id: number(input, 'id'), summary: text(input, 'summary') }, ACTIVE_PEOPLE.delivery),
  },
  time: {
    description: 'An engineer logs hours on a task or a project.',
    parameters: ['id', 'hours', 'note?'],
    run: (halo, input) => {
      const worked = { timetaken: number(input, 'hours'), note: text(input, 'note', 'Worked on it.') };
      return act(halo, { ticket_id: number(input, 'id'), outcome_id: 1, ...worked }, ACTIVE_PEOPLE.delivery);
    },
  },
  task: {
    description: 'An engineer completes a task.',
    parameters: ['id'],
    run: (halo, input) => completeTask(halo, existingOf(halo, number(input, 'id'), 'TASK').id as number),
  },
  move: {
    description: 'The project manager moves a milestone of a project to another day, behind the plan.',
    parameters: ['id', 'milestone', 'day'],
    run: (halo, input) => {
      const project = existingOf(halo, number(input, 'id'), 'PROJECT');
      const milestones = [{ id: number(input, 'milestone'), target_date: text(input, 'day') }];
      return edit(halo, { id: project.id, milestones }, ACTIVE_PEOPLE.delivery);
    },
  },
  field: {
    description: 'Somebody overwrites a custom field of a ticket or project.',
    parameters: ['id', 'name', 'value'],
    run: (halo, input) => {
      const customfields = [{ name: text(input, 'name'), value: text(input, 'value') }];
      return edit(halo, { id: number(input, 'id'), customfields }, ACTIVE_PEOPLE.delivery);
    },
  },
  milestone: {
    description: 'The project manager completes a milestone with all of its tasks.',
    parameters: ['id', 'milestone'],
    run: (halo, input) => {
      const project = existingOf(halo, number(input, 'id'), 'PROJECT');
      const milestoneId = number(input, 'milestone');
      if (!listOf(project, 'milestones').some(({ id }) => id === milestoneId)) throw notFound('milestone', milestoneId);
      for (const task of halo.store.childrenOf(project.id as number)) {
        if (task.milestone_id === milestoneId) completeTask(halo, task.id as number);
      }
      const milestones = [{ id: milestoneId, _complete: true }];
      return change(halo, { id: project.id, milestones }, ACTIVE_PEOPLE.delivery);
    },
  },
  todo: {
    description: 'Somebody ticks a to-do of a ticket.',
    parameters: ['id', 'todo'],
    run: (halo, input) => {
      const done = { ticket_id: number(input, 'id'), id: number(input, 'todo'), done: true };
      return saveToDo(halo, done, personActor(ACTIVE_PEOPLE.delivery), noNotes());
    },
  },
  email: {
    description: 'An agent writes to the client: the first contact.',
    parameters: ['id', 'note?'],
    run: (halo, input) => {
      const ticket = existing(halo, number(input, 'id'));
      const contact = halo.store.get('user', ticket.user_id)?.emailaddress;
      const mail = { outcome_id: 5, note: text(input, 'note', 'Welcome aboard.'), hiddenfromuser: false };
      const emailto = textOf(contact) || 'client@example.com';
      return act(halo, { ticket_id: ticket.id, emailto, ...mail }, ACTIVE_PEOPLE.delivery);
    },
  },
  project: {
    description: 'Somebody makes a project for an opportunity by hand, before anybody else does.',
    parameters: ['id', 'summary?'],
    run: (halo, input) => {
      const { id, client_id, site_id, summary } = existingOf(halo, number(input, 'id'), 'OPPORTUNITY');
      const made = { tickettype_id: 5, createdfrom_id: id, client_id, site_id, donotapplytemplateintheapi: true };
      return change(halo, { ...made, summary: text(input, 'summary', textOf(summary)) }, ACTIVE_PEOPLE.delivery);
    },
  },
  quote: {
    description: 'Sales changes the unit price of a line of a quotation.',
    parameters: ['id', 'line', 'price'],
    run: (halo, input) => {
      const quotation = halo.store.get('quotation', number(input, 'id'));
      if (!quotation) throw notFound('quotation', input.id);
      const lineId = number(input, 'line');
      const lines = listOf(quotation, 'lines').map((line) =>
        line.id === lineId ? repriced(line, number(input, 'price')) : line,
      );
      const opportunity = existing(halo, quotation.ticket_id);
      const kept = halo.store.put('quotation', { ...quotation, lines, total: undefined, revenue: undefined });
      keepTicket(halo, opportunity, opportunity, 'Ticket Updated');
      return kept;
    },
  },
  delete: {
    description: 'Somebody deletes a ticket, opportunity or project.',
    parameters: ['id'],
    run: (halo, input) => {
      const ticket = existing(halo, number(input, 'id'));
      halo.store.remove('ticket', ticket.id);
      halo.announce('Ticket Deleted', ticket);
      return { id: ticket.id };
    },
  },
} as const satisfies Readonly<Record<string, Act>>;

/** The name of an act. */
export type ActName = keyof typeof ACTS;

/** Does what a person would do. Throws HaloRefusal when the instance does not let them, or something is missing. */
export function perform(halo: HaloInstance, name: string, input: ActInput): HaloRecord {
  const known: Readonly<Record<string, Act>> = ACTS;
  const found = Object.hasOwn(known, name) ? known[name] : undefined;
  if (!found) throw notFound('act', `${name}; there are ${Object.keys(ACTS).join(', ')}`);
  return found.run(halo, input);
}

function decide(halo: HaloInstance, ticketId: number, result: number): HaloRecord {
  const waiting = approvalsOf(halo, ticketId).findLast((one) => one.result === halo.settings.approvalResults.pending);
  if (!waiting) throw badRequest(`No approval of ticket ${ticketId} waits.`);
  const sent = { ticket_id: ticketId, seq: waiting.seq, result };
  return decideApproval(halo, sent, personActor(waiting.agent_id as number), noNotes());
}
