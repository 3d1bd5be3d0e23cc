import type { HaloInstance } from './instance.js';
import type { HaloRecord } from './store.js';

/** Opportunities, projects, tasks and tickets are one table, told apart by ticket type and parent (facts 3.2). */
export type TicketKind = 'OPPORTUNITY' | 'PROJECT' | 'TASK' | 'TICKET';

/** What a ticket is. A child of a project is a task, whatever its type. */
export function kindOf(halo: HaloInstance, ticket: HaloRecord): TicketKind {
  const parent = ticket.parent_id ? halo.store.get('ticket', ticket.parent_id) : undefined;
  if (parent && typeKind(halo, parent) === 'PROJECT') return 'TASK';
  return typeKind(halo, ticket);
}

function typeKind(halo: HaloInstance, ticket: HaloRecord): TicketKind {
  const kind = halo.store.get('ticketType', ticket.tickettype_id)?.kind;
  return kind === 'OPPORTUNITY' || kind === 'PROJECT' ? kind : 'TICKET';
}

/** Whether a status ends a ticket. */
export function isClosed(halo: HaloInstance, statusId: unknown): boolean {
  return halo.store.get('status', statusId)?.closed === true;
}
