import { actionsOf } from './actions.js';
import type { HaloInstance } from './instance.js';
import type { HaloRecord } from './store.js';
import { kindOf } from './ticket-kinds.js';
import { listOf } from './ticket-parts.js';
import { shownTicket } from './tickets.read.js';
import { textOf } from './values.js';

/** What stands in an instance, for the page and the command line. */
export interface HaloState {
  readonly slug: string;
  /** With their private notes, oldest first. */
  readonly opportunities: readonly (HaloRecord & { readonly notes: readonly HaloRecord[] })[];
  /** With their details; each task with the titles of those that it waits for. */
  readonly projects: readonly (HaloRecord & {
    readonly tasks: readonly (HaloRecord & { readonly waitsFor: readonly string[] })[];
  })[];
  readonly webhooks: readonly string[];
  /** Requests of API applications since the start, and those of them that were refused or lost. */
  readonly requests: number;
  readonly unanswered: number;
}

/** Reads an instance's state. */
export function stateOf(halo: HaloInstance): HaloState {
  const tickets = halo.store.all('ticket');
  const requests = halo.log.list();
  return {
    slug: halo.slug,
    opportunities: tickets
      .filter((ticket) => kindOf(halo, ticket) === 'OPPORTUNITY')
      .map((ticket) => ({
        ...shownTicket(halo, ticket, true),
        notes: actionsOf(halo, ticket.id).filter(isPrivateNote),
      })),
    projects: tickets
      .filter((ticket) => kindOf(halo, ticket) === 'PROJECT')
      .map((ticket) => ({
        ...shownTicket(halo, ticket, true),
        tasks: halo.store
          .childrenOf(ticket.id as number)
          .map((task) => ({ ...shownTicket(halo, task, true), waitsFor: waitsFor(halo, task) })),
      })),
    webhooks: halo.store.all('webhook').map(({ url }) => textOf(url)),
    requests: requests.length,
    unanswered: requests.filter(({ status }) => status === null || status >= 400).length,
  };
}

function isPrivateNote({ hiddenfromuser, note }: HaloRecord): boolean {
  return hiddenfromuser === true && textOf(note) !== '';
}

function waitsFor(halo: HaloInstance, task: HaloRecord): readonly string[] {
  return listOf(task, 'date_dependencies').map(({ dependentfaultid }) => {
    const awaited = halo.store.get('ticket', dependentfaultid);
    return awaited ? textOf(awaited.summary) : `ticket ${textOf(dependentfaultid)}`;
  });
}
