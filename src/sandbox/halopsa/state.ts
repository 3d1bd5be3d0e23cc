import type { HaloInstance } from './instance.js';
import type { HaloRecord } from './store.js';
import { kindOf } from './ticket-kinds.js';
import { shownTicket } from './tickets.read.js';
import { textOf } from './values.js';

/** What stands in an instance, for the page and the command line. */
export interface HaloState {
  readonly slug: string;
  readonly opportunities: readonly HaloRecord[];
  /** With their details. */
  readonly projects: readonly (HaloRecord & { readonly tasks: readonly HaloRecord[] })[];
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
      .map((ticket) => shownTicket(halo, ticket, true)),
    projects: tickets
      .filter((ticket) => kindOf(halo, ticket) === 'PROJECT')
      .map((ticket) => ({
        ...shownTicket(halo, ticket, true),
        tasks: halo.store.childrenOf(ticket.id as number).map((task) => shownTicket(halo, task, true)),
      })),
    webhooks: halo.store.all('webhook').map(({ url }) => textOf(url)),
    requests: requests.length,
    unanswered: requests.filter(({ status }) => status === null || status >= 400).length,
  };
}
