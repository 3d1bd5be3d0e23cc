import { DateTime } from 'luxon';
import type { Standing } from '../../approval/standing.rules.js';
import { sha256Hex } from '../../core/canonical.js';
import { type Finding, finding } from '../../core/finding.js';
import type { Eligible } from '../../identity/identity.queries.js';
import { Role } from '../../identity/roles.js';
import { type IntegrationReview, ReviewState } from './review.entity.js';

/** The quarterly review of what connections may do (SOC 2 CC6.3: access is reviewed and kept to what is needed). */
export const LEAST_PRIVILEGE = {
  /** Who reviews: somebody with the first role who had no hand in the connection, else with the next. */
  roles: [Role.REVOPS_ADMIN, Role.AUDITOR] as readonly Role[],
  /** Business days of the tenant's calendar within which a review is closed. */
  reviewBusinessDays: 10,
} as const;

/** A quarter of a time zone: its name, and when it begins. */
export interface Quarter {
  readonly period: string;
  readonly from: Date;
}

/** The quarter that an instant lies in. */
export function quarterOf(now: Date, timeZone: string): Quarter {
  const first = DateTime.fromJSDate(now, { zone: timeZone }).startOf('quarter');
  return { period: `${first.year}-Q${first.quarter}`, from: first.toJSDate() };
}

/**
 * Who reviews a connection: nobody who had a hand in it. Of those who may, the one with the least SHA-256 of review id and
 * person id, so that it is nobody's choice and the same facts give the same reviewer. Null where nobody is left.
 */
export function reviewerOf(
  reviewId: string,
  people: readonly Pick<Eligible, 'personId' | 'role'>[],
  hands: readonly string[],
  { canonicalOf }: Pick<Standing, 'canonicalOf'>,
): string | null {
  const barred = new Set(hands.map(canonicalOf));
  for (const role of LEAST_PRIVILEGE.roles) {
    const able = people
      .filter((held) => held.role === role)
      .map((held) => canonicalOf(held.personId))
      .filter((person) => !barred.has(person));
    const [next] = able.toSorted((a, b) => (sha256Hex(reviewId + a) < sha256Hex(reviewId + b) ? -1 : 1));
    if (next !== undefined) return next;
  }
  return null;
}

/** Everything that keeps somebody from closing a review, at once. */
export function closingFindings(
  { state, hands }: Pick<IntegrationReview, 'state' | 'hands'>,
  actorId: string,
  { canonicalOf, grantsOf }: Standing,
): Finding[] {
  const findings: Finding[] = [];
  const refuse = (code: string, message: string, remedy: string): void =>
    void findings.push(
      finding({ code, path: 'reviewer', message, remedy, facts: { roles: [...LEAST_PRIVILEGE.roles] } }),
    );
  if (state !== ReviewState.OPEN && state !== ReviewState.UNASSIGNED)
    refuse('NOT_OPEN', 'It has been closed already.', 'Look at the review; it stands.');
  if (hands.map(canonicalOf).includes(canonicalOf(actorId)))
    refuse('SELF_REVIEW', 'You connected or changed it.', 'Somebody who did not closes it.');
  if (!grantsOf(actorId).some(({ role }) => LEAST_PRIVILEGE.roles.includes(role)))
    refuse(
      'NOT_ELIGIBLE',
      `You hold none of the roles that review it: ${LEAST_PRIVILEGE.roles.join(', ')}.`,
      'Somebody with one of these roles closes it.',
    );
  return findings;
}
