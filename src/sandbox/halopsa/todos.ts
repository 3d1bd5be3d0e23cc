import type { Actor, Notes } from './actor.js';
import type { HaloInstance } from './instance.js';
import type { HaloRecord } from './store.js';
import { listOf, mergeById } from './ticket-parts.js';
import { existing } from './tickets.read.js';
import { keepTicket } from './tickets.write.js';

/** The to-dos of a ticket. */
export function todosOf(halo: HaloInstance, ticketId: unknown): readonly HaloRecord[] {
  return listOf(existing(halo, ticketId), 'todo_list');
}

/** `POST /ToDo`: a new to-do of a ticket, or a change of one; done notes who did it and when. */
export function saveToDo(halo: HaloInstance, sent: HaloRecord, actor: Actor, notes: Notes): HaloRecord {
  const ticket = existing(halo, sent.ticket_id);
  const done = sent.done === true ? { done_by_id: actor.agentId, actual_end: halo.time() } : {};
  const todos = mergeById(halo, ticket.id as number, todosOf(halo, ticket.id), [{ done: false, ...sent, ...done }]);
  keepTicket(halo, ticket, { ...ticket, todo_list: todos }, 'Ticket Updated');
  const saved = (sent.id ? todos.find(({ id }) => id === sent.id) : todos.at(-1)) ?? {};
  notes.effects.push({ change: sent.id ? 'UPDATED' : 'CREATED', kind: 'TODO', id: saved.id as number });
  return saved;
}
