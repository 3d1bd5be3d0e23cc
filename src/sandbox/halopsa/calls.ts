import { actionsOf, addAction } from './actions.js';
import type { Actor, Notes } from './actor.js';
import { PAGING, pageOf, present, replyOf } from './answers.js';
import { approvalsOf, approvalsWaitingFor, decideApproval } from './approvals.js';
import type { HaloCall } from './call.js';
import type { HaloInstance } from './instance.js';
import { LOOKUP_CALLS } from './lookups.js';
import { HaloRefusal, notFound } from './refusal.js';
import type { ShapeName } from './shapes.js';
import type { HaloRecord } from './store.js';
import { listTickets, oneTicket, shownTicket, TICKET_FILTERS } from './tickets.read.js';
import { saveTicket } from './tickets.write.js';
import { saveToDo, todosOf } from './todos.js';
import { removeWebhook, saveWebhook, shownWebhook } from './webhooks.js';
import { textOf } from './values.js';

type Save = (halo: HaloInstance, sent: HaloRecord, actor: Actor, notes: Notes) => HaloRecord;

/** Posts records one after another; in a batch, one that is refused may be left out of a 200. */
function saving(save: Save): HaloCall['answer'] {
  return ({ halo, records, actor, notes }) => {
    const alone = records.length === 1 || halo.settings.badRecordInBatch === 'STOP';
    const saved = records.flatMap((record) => {
      try {
        return [save(halo, record, actor, notes)];
      } catch (error) {
        if (alone || !(error instanceof HaloRefusal)) throw error;
        return [];
      }
    });
    return replyOf(halo, saved);
  };
}

function shown(shape: ShapeName, save: Save): Save {
  return (halo, sent, actor, notes) => present(shape, save(halo, sent, actor, notes));
}

function ticketCalls(path: string, kind: 'OPPORTUNITY' | 'PROJECT' | null): readonly HaloCall[] {
  const save: Save = (halo, sent, actor, notes) => shownTicket(halo, saveTicket(halo, sent, actor, notes), true);
  return [
    {
      method: 'GET',
      path,
      scope: 'tickets',
      query: [...PAGING, ...TICKET_FILTERS],
      answer: ({ halo, query }) => pageOf(halo, 'tickets', listTickets(halo, kind, query), query),
    },
    {
      method: 'GET',
      path: `${path}/{id}`,
      scope: 'tickets',
      query: ['includedetails', 'includelastaction'],
      answer: ({ halo, id, query }) => oneTicket(halo, id, query.flag('includedetails')),
    },
    { method: 'POST', path, scope: 'tickets', body: 'Ticket', query: [], answer: saving(save) },
  ];
}

/** A quotation; its lines and custom fields come with the details alone. */
function shownQuotation(record: HaloRecord, details: boolean): HaloRecord {
  return present(
    'Quotation',
    details ? record : { ...record, lines: undefined, customfields: undefined, signature: undefined },
  );
}

const QUOTATIONS: readonly HaloCall[] = [
  {
    method: 'GET',
    path: '/Quotation',
    scope: 'quotations',
    query: [...PAGING, 'count', 'ticket_id', 'client_id', 'includelines', 'order', 'orderdesc'],
    answer: ({ halo, query }) => {
      const rows = halo.store
        .all('quotation')
        .filter((record) =>
          ['ticket_id', 'client_id'].every((name) => [null, textOf(record[name])].includes(query.text(name))),
        )
        .map((record) => shownQuotation({ ...record, customfields: undefined }, query.flag('includelines')));
      return pageOf(halo, 'quotations', rows, query);
    },
  },
  {
    method: 'GET',
    path: '/Quotation/{id}',
    scope: 'quotations',
    query: ['includedetails'],
    answer: ({ halo, id, query }) => {
      const record = halo.store.get('quotation', id);
      if (!record) throw notFound('quotation', id);
      return shownQuotation(record, query.flag('includedetails'));
    },
  },
];

const ACTIONS: readonly HaloCall[] = [
  {
    method: 'GET',
    path: '/Actions',
    scope: 'tickets',
    query: [...PAGING, 'count', 'ticket_id', 'excludeprivate', 'excludesys', 'includehtmlnote'],
    answer: ({ halo, query }) => {
      const rows = actionsOf(halo, query.text('ticket_id') ?? '')
        .filter((action) => !query.flag('excludeprivate') || action.hiddenfromuser !== true)
        .filter((action) => !query.flag('excludesys') || !action.action_systemid)
        .map((action) => present('Action', action));
      return pageOf(halo, 'actions', rows, query);
    },
  },
  {
    method: 'POST',
    path: '/Actions',
    scope: 'tickets',
    body: 'Action',
    query: [],
    answer: saving(shown('Action', addAction)),
  },
];

const APPROVALS: readonly HaloCall[] = [
  {
    method: 'GET',
    path: '/TicketApproval',
    scope: 'tickets',
    query: [...PAGING, 'ticket_id', 'mine', 'includeapprovaldetails'],
    answer: ({ halo, query, actor }) => {
      const ticket = query.text('ticket_id');
      const rows = query.flag('mine') ? approvalsWaitingFor(halo, actor.agentId) : approvalsOf(halo, ticket ?? '');
      const asked = rows.filter((approval) => ticket === null || textOf(approval.ticket_id) === ticket);
      return pageOf(
        halo,
        'approvals',
        asked.map((approval) => present('Approval', approval)),
        query,
      );
    },
  },
  {
    method: 'POST',
    path: '/TicketApproval',
    scope: 'tickets',
    body: 'Approval',
    query: [],
    answer: saving(shown('Approval', decideApproval)),
  },
];

const TODOS: readonly HaloCall[] = [
  {
    method: 'GET',
    path: '/ToDo',
    scope: 'tickets',
    query: ['ticket_id'],
    answer: ({ halo, query }) => todosOf(halo, query.text('ticket_id')).map((todo) => present('ToDo', todo)),
  },
  { method: 'POST', path: '/ToDo', scope: 'tickets', body: 'ToDo', query: [], answer: saving(shown('ToDo', saveToDo)) },
];

const WEBHOOKS: readonly HaloCall[] = [
  {
    method: 'GET',
    path: '/Webhook',
    scope: 'webhooks',
    query: ['type'],
    answer: ({ halo }) => halo.store.all('webhook').map((webhook) => present('Webhook', shownWebhook(webhook))),
  },
  {
    method: 'GET',
    path: '/Webhook/{id}',
    scope: 'webhooks',
    query: [],
    answer: ({ halo, id }) => {
      const webhook = halo.store.get('webhook', id);
      if (!webhook) throw notFound('webhook', id);
      return present('Webhook', shownWebhook(webhook));
    },
  },
  {
    method: 'POST',
    path: '/Webhook',
    scope: 'webhooks',
    body: 'Webhook',
    query: [],
    answer: saving(shown('Webhook', saveWebhook)),
  },
  {
    method: 'DELETE',
    path: '/Webhook/{id}',
    scope: 'webhooks',
    query: [],
    answer: ({ halo, id }) => present('Webhook', removeWebhook(halo, id)),
  },
  {
    method: 'GET',
    path: '/WebhookEvent',
    scope: 'webhooks',
    query: [...PAGING, 'count', 'webhook_id'],
    answer: ({ halo, query }) => {
      const rows = halo.store
        .all('webhookEvent')
        .filter(({ webhook_id }) => [null, webhook_id].includes(query.text('webhook_id')));
      return pageOf(
        halo,
        'webhookEvents',
        rows.map((row) => present('WebhookEvent', row)),
        query,
      );
    },
  },
];

/** Every call of the vendor's API that the product uses. */
export const CALLS: readonly HaloCall[] = [
  ...ticketCalls('/Opportunities', 'OPPORTUNITY'),
  ...ticketCalls('/Projects', 'PROJECT'),
  ...ticketCalls('/Tickets', null),
  ...QUOTATIONS,
  ...ACTIONS,
  ...APPROVALS,
  ...TODOS,
  ...WEBHOOKS,
  ...LOOKUP_CALLS,
];

/** The call of a method and a path, in any case, and the id in that path; null when there is none. */
export function findCall(method: string, path: string): { readonly call: HaloCall; readonly id: string } | null {
  for (const call of CALLS) {
    if (call.method !== method) continue;
    const pattern = new RegExp(`^${call.path.replace('{id}', '([0-9]{1,9}|[0-9a-f-]{36})')}/?$`, 'i');
    const match = pattern.exec(path);
    if (match) return { call, id: match[1] ?? '' };
  }
  return null;
}
