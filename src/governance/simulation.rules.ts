import { type ApprovalNeed, approversNeeded } from '../approval/need.rules.js';
import { quorumFindings } from '../approval/request.rules.js';
import { standingOf } from '../approval/standing.rules.js';
import { businessMinutesBetween } from '../catalogue/calendar.rules.js';
import type { BusinessCalendar, RuledConfiguration } from '../catalogue/configuration.js';
import type { Finding } from '../core/finding.js';
import type { Eligible } from '../identity/identity.queries.js';
import { isBelowFloor } from '../margin/margin.gate.js';
import { evaluateMargin, type MarginVerdict } from '../margin/margin.rules.js';
import { needFor, type PriorException, weigh, type Weighing } from '../margin/materiality.rules.js';
import type { KeptException, KnownPeople, Lead, PastDeal } from './simulation.queries.js';
import { PastOutcome } from './simulation.types.js';

/** What a policy says of a past deal. */
export interface Replayed {
  readonly deal: PastDeal;
  readonly verdict: MarginVerdict;
  /** How the shortfall weighs, and who would have to approve; both null when no part is below its floor. */
  readonly weighing: Weighing | null;
  readonly need: ApprovalNeed | null;
}

/** What a policy is run over and by what. */
export interface ReplayGround {
  readonly policy: RuledConfiguration;
  /** ISO date whose floors and exchange rates are used. */
  readonly on: string;
  /** Exceptions as they were kept; those of the deals themselves are replaced by what the policy says of them. */
  readonly kept: readonly KeptException[];
  readonly handleIds: ReadonlyMap<string, string>;
}

/** Exceptions that came to nothing then count no more for the client's next deal. */
const ENDED: readonly PastOutcome[] = [PastOutcome.REJECTED, PastOutcome.LAPSED];

/**
 * Runs a policy over past deals, the oldest first: what a client's earlier deals would have missed under this policy
 * counts for the later ones (approvals rule 4), as if an exception had been asked for each that it refuses.
 */
export function replay(deals: readonly PastDeal[], { policy, on, kept, handleIds }: ReplayGround): Replayed[] {
  const own = new Set(deals.map(({ handoffId }) => handoffId));
  const outside = kept.filter(({ handoffId }) => !own.has(handoffId));
  const simulated: (PriorException & { readonly clientId: string })[] = [];
  return deals
    .toSorted((a, b) => a.at.getTime() - b.at.getTime() || (a.handoffId < b.handoffId ? -1 : 1))
    .map((deal) => {
      const { terms, serviceTemplate, dealType, clientId, at, handoffId } = deal;
      const verdict = evaluateMargin({ terms, floors: [policy.marginFloors], serviceTemplate, dealType, on });
      const scopes = new Set(verdict.findings.filter(isBelowFloor).map(({ facts }) => facts.scope));
      const below = verdict.groups.filter(({ scope }) => scopes.has(scope));
      if (below.length === 0) return { deal, verdict, weighing: null, need: null };
      const counted = outside.filter(({ openedAt, endedAt }) => openedAt < at && (endedAt === null || endedAt > at));
      const priors = [...counted, ...simulated].filter((prior) => prior.clientId === clientId);
      const weighing = weigh(policy, { verdict, below, dealType, priors, on, now: at });
      if (!ENDED.includes(deal.outcome)) {
        const { currency, shortfallMinor } = verdict;
        simulated.push({ requestId: handoffId, handoffId, clientId, openedAt: at, currency, shortfallMinor });
      }
      return { deal, verdict, weighing, need: needFor(policy, weighing.gravity, dealType, handleIds) };
    });
}

/** Who of the people of then is missing; none when they could have reached the need. One human counts once, as is known today. */
export function reachThen({ deal, need }: Replayed, people: readonly Eligible[], { merged }: KnownPeople): Finding[] {
  if (!need) return [];
  const humans = people.map((held) => ({ ...held, personId: merged.get(held.personId) ?? held.personId }));
  return quorumFindings(need, deal.barred, standingOf(humans, merged));
}

/** How long approvals by so many people took, in working minutes; never a guess. */
export interface LeadTimes {
  readonly samples: number;
  readonly medianMinutes: number;
  readonly p90Minutes: number;
}

/** Measured lead times by the number of people that it took. Median and 90th percentile by nearest rank. */
export function leadTimes(leads: readonly Lead[], calendar: BusinessCalendar): ReadonlyMap<number, LeadTimes> {
  const minutes = new Map<number, number[]>();
  for (const { approvers, openedAt, grantedAt } of leads)
    minutes.set(approvers, [...(minutes.get(approvers) ?? []), businessMinutesBetween(calendar, openedAt, grantedAt)]);
  return new Map(
    [...minutes].map(([approvers, own]) => {
      const sorted = own.toSorted((a, b) => a - b);
      const rank = (percent: number): number => sorted[Math.ceil((sorted.length * percent) / 100) - 1]!;
      return [approvers, { samples: sorted.length, medianMinutes: rank(50), p90Minutes: rank(90) }];
    }),
  );
}

/** Seats that a need has for holders of each role. A seat that several roles may fill counts for each of them. */
export function seatsByRole(need: ApprovalNeed | null): ReadonlyMap<string, number> {
  const seats = new Map<string, number>();
  for (const { roles, approvers } of need?.quorums.flat() ?? [])
    for (const role of roles) seats.set(role, (seats.get(role) ?? 0) + approvers);
  return seats;
}

/** How many people a need asks for; none is none. */
export const peopleOf = (need: ApprovalNeed | null): number => (need ? approversNeeded(need) : 0);
