import { present, type Query } from './answers.js';
import type { HaloInstance } from './instance.js';
import { HaloRefusal, notFound } from './refusal.js';
import type { HaloRecord } from './store.js';
import { isClosed, kindOf, type TicketKind } from './ticket-kinds.js';
import { listOf, shownBudget } from './ticket-parts.js';
import { pick } from './validation.js';
import { textOf } from './values.js';

/** Fields of a ticket in a list: custom fields, milestones and budgets appear only with the details of one. */
const SLIM = [
  'id',
  'summary',
  'client_id',
  'client_name',
  'site_id',
  'site_name',
  'user_id',
  'user_name',
  'agent_id',
  'agent_name',
  'status_id',
  'tickettype_id',
  'parent_id',
  'child_count',
  'milestone_id',
  'pipeline_stage_id',
  'oppvalue',
  'oppconversionprobability',
  'oppclosurecategory',
  'startdate',
  'targetdate',
  'dateoccurred',
  'dateclosed',
  'lastactiondate',
  'last_update',
];

const DETAILED_ONLY = ['customfields', 'milestones', 'budgets', 'todo_list', 'date_dependencies'];

/** Filters that compare a field with a whole number. */
const BY_NUMBER: Readonly<Record<string, string>> = {
  tickettype_id: 'tickettype_id',
  requesttype_id: 'tickettype_id',
  status_id: 'status_id',
  client_id: 'client_id',
  site_id: 'site_id',
  user_id: 'user_id',
  parent_id: 'parent_id',
  milestone_id: 'milestone_id',
};

/** Query parameters of a ticket list that this simulator knows. */
export const TICKET_FILTERS = [
  ...Object.keys(BY_NUMBER),
  'open_only',
  'closed_only',
  'ticketids',
  'search',
  'datesearch',
  'startdate',
  'enddate',
  'lastupdatefromdate',
  'lastupdatetodate',
  'order',
  'orderdesc',
  'includecolumns',
  'count',
];

/** The tickets of one kind (null is all) that a query asks for, in its order, as they stand in a list. */
export function listTickets(
  halo: HaloInstance,
  kind: 'OPPORTUNITY' | 'PROJECT' | null,
  query: Query,
): readonly HaloRecord[] {
  const newest = halo.now().getTime() - halo.settings.listLagMs;
  const found = candidates(halo, query)
    .filter((ticket) => kind === null || kindOf(halo, ticket) === kind)
    .filter((ticket) => halo.settings.listLagMs === 0 || Number(ticket.madeAt ?? 0) <= newest)
    .filter((ticket) => matches(halo, ticket, query));
  const fields = halo.settings.thirdPartyIdInLists ? [...SLIM, 'third_party_id_string'] : SLIM;
  return ordered(found, query).map((ticket) => pick('Ticket', named(halo, ticket), fields));
}

/** One ticket, with or without its details. */
export function oneTicket(halo: HaloInstance, id: unknown, details: boolean): HaloRecord {
  return shownTicket(halo, existing(halo, id), details);
}

/** A ticket that is there, as it is kept. */
export function existing(halo: HaloInstance, id: unknown): HaloRecord {
  const ticket = halo.store.get('ticket', id);
  if (!ticket) throw notFound('ticket', id);
  return ticket;
}

/** A ticket of one kind that is there. */
export function existingOf(halo: HaloInstance, id: unknown, kind: TicketKind): HaloRecord {
  const ticket = existing(halo, id);
  if (kindOf(halo, ticket) !== kind) throw new HaloRefusal(400, `Ticket ${textOf(id)} is no ${kind.toLowerCase()}.`);
  return ticket;
}

/** A ticket as the API shows it. */
export function shownTicket(halo: HaloInstance, ticket: HaloRecord, details: boolean): HaloRecord {
  const shown = named(halo, ticket);
  if (!details)
    return present(
      'Ticket',
      Object.fromEntries(Object.entries(shown).filter(([name]) => !DETAILED_ONLY.includes(name))),
    );
  const children = halo.store.childrenOf(ticket.id as number);
  return present('Ticket', {
    ...shown,
    customfields: listOf(ticket, 'customfields'),
    budgets: listOf(ticket, 'budgets').map(shownBudget),
    todo_list: listOf(ticket, 'todo_list'),
    date_dependencies: listOf(ticket, 'date_dependencies'),
    milestones: listOf(ticket, 'milestones').map((milestone) => ({
      ...milestone,
      tickets: children
        .filter((child) => child.milestone_id === milestone.id)
        .map((child) => ({ milestone_id: milestone.id, ticket_id: child.id, ticket_name: child.summary })),
    })),
  });
}

/** The narrowest set to look through. */
function candidates(halo: HaloInstance, query: Query): readonly HaloRecord[] {
  const parent = query.text('parent_id');
  if (parent !== null && /^\d+$/.test(parent)) return halo.store.childrenOf(Number(parent));
  return halo.store.all('ticket');
}

/** With the names that belong to its ids. */
function named(halo: HaloInstance, ticket: HaloRecord): HaloRecord {
  const { store, settings } = halo;
  const nameOf = (table: Parameters<typeof store.get>[0], id: unknown): unknown =>
    id ? store.get(table, id)?.name : undefined;
  const children = store.childrenOf(ticket.id as number);
  const parent = ticket.parent_id ? store.get('ticket', ticket.parent_id) : undefined;
  const milestone = listOf(parent, 'milestones').find(({ id }) => id === ticket.milestone_id);
  const kind = kindOf(halo, ticket);
  return {
    ...ticket,
    dateclosed: ticket.dateclosed ?? settings.emptyDate,
    ...(kind === 'OPPORTUNITY' ? { oppconverteddate: ticket.oppconverteddate ?? settings.emptyDate } : {}),
    client_name: nameOf('client', ticket.client_id) ?? ticket.client_name,
    site_name: nameOf('site', ticket.site_id) ?? ticket.site_name,
    user_name: nameOf('user', ticket.user_id) ?? ticket.user_name,
    agent_name: nameOf('agent', ticket.agent_id) ?? ticket.agent_name,
    status_name: nameOf('status', ticket.status_id),
    tickettype_name: nameOf('ticketType', ticket.tickettype_id),
    is_opportunity: kind === 'OPPORTUNITY',
    is_project: kind === 'PROJECT',
    child_count: children.length,
    child_count_open: children.filter((child) => !isClosed(halo, child.status_id)).length,
    ...(parent ? { parent_summary: parent.summary } : {}),
    ...(milestone ? { milestone_name: milestone.name, milestone_sequence: milestone.sequence } : {}),
    ...(ticket.createdfrom_id ? { createdfrom_summary: store.get('ticket', ticket.createdfrom_id)?.summary } : {}),
  };
}

function matches(halo: HaloInstance, ticket: HaloRecord, query: Query): boolean {
  for (const [parameter, field] of Object.entries(BY_NUMBER)) {
    const wanted = query.text(parameter);
    if (wanted !== null && wanted !== '' && textOf(ticket[field] ?? 0) !== wanted) return false;
  }
  const closed = isClosed(halo, ticket.status_id);
  if (query.flag('open_only') && closed) return false;
  if (query.flag('closed_only') && !closed) return false;
  const ids = query.text('ticketids');
  if (ids !== null && !ids.split(',').includes(textOf(ticket.id))) return false;
  const search = query.text('search')?.toLowerCase() ?? '';
  const text = `${textOf(ticket.id)} ${textOf(ticket.summary)} ${textOf(ticket.details)}`.toLowerCase();
  if (!text.includes(search)) return false;
  const dated = query.text('datesearch');
  if (dated !== null && !within(ticket[dated], query.text('startdate'), query.text('enddate'))) return false;
  return within(ticket.last_update, query.text('lastupdatefromdate'), query.text('lastupdatetodate'));
}

/** Whether a time lies between two that were asked for; a bound that is no time (`true`) is passed over. */
function within(value: unknown, from: string | null, to: string | null): boolean {
  const bound = (text: string | null): number => (text === null ? Number.NaN : Date.parse(withZone(text)));
  const at = Date.parse(withZone(textOf(value)));
  if (!Number.isNaN(bound(from)) && !(at >= bound(from))) return false;
  return Number.isNaN(bound(to)) || at <= bound(to);
}

function withZone(time: string): string {
  return /(Z|[+-]\d{2}:\d{2})$/.test(time) || !time.includes('T') ? time : `${time}Z`;
}

/** By the field that `order` names, else by id; a field that does not exist leaves the order of the ids. */
function ordered(tickets: readonly HaloRecord[], query: Query): readonly HaloRecord[] {
  const field = query.text('order') ?? 'id';
  const sign = query.flag('orderdesc') ? -1 : 1;
  const key = (ticket: HaloRecord): number | string => {
    const value = ticket[field];
    return typeof value === 'number' || typeof value === 'string' ? value : '';
  };
  return tickets.toSorted((a, b) => {
    const [left, right] = [key(a), key(b)];
    if (left === right) return sign * ((a.id as number) - (b.id as number));
    return left < right ? -sign : sign;
  });
}
