import type { Standing } from '../approval/standing.rules.js';
import { assignEvenly, draw, idsDigest } from '../core/sampling.js';
import { type Finding, finding } from '../core/finding.js';
import type { Eligible } from '../identity/identity.queries.js';
import { Role } from '../identity/roles.js';
import { type SpotCheck, SpotCheckState } from './spot-check.entity.js';

/** Whoever checks holds one of these (document 004: "manager spot-checks 10 % sample"). */
export const CHECKERS: readonly Role[] = [Role.SALES_MANAGER, Role.DELIVERY_MANAGER, Role.SERVICE_DELIVERY_LEAD];
const WHOLE_BPS = 10_000;

/** A handoff that may be drawn. */
export interface Drawable {
  readonly handoffId: string;
  readonly ownerId: string;
  readonly deliveryManagerId: string | null;
}

/** The handoffs of one rep, drawn. */
export interface RepDraw {
  readonly ownerId: string;
  readonly seed: string;
  readonly rows: number;
  readonly idsSha256: string;
  readonly drawn: readonly (Drawable & { readonly reviewerId: string | null })[];
}

/** How many of so many are drawn: the share, rounded up, and at least one. */
export const drawnOf = (rows: number, shareBps: number): number =>
  Math.min(rows, Math.max(1, Math.ceil((rows * shareBps) / WHOLE_BPS)));

/**
 * Draws the share of each rep's handoffs, each rep by a seed of its own, and says who checks which: nobody a handoff that
 * they sold or delivered, each as many as the others. The same seeds give the same.
 */
export function drawForReps(
  handoffs: readonly Drawable[],
  shareBps: number,
  people: readonly Eligible[],
  { canonicalOf }: Pick<Standing, 'canonicalOf'>,
  seed: () => string,
): RepDraw[] {
  const reps = new Map<string, Drawable[]>();
  for (const handoff of handoffs) {
    const ownerId = canonicalOf(handoff.ownerId);
    reps.set(ownerId, [...(reps.get(ownerId) ?? []), handoff]);
  }
  const draws = [...reps]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([ownerId, rows]) => {
      const given = rows.map((row) => ({ ...row, id: row.handoffId }));
      const own = seed();
      const drawn = draw(given, drawnOf(rows.length, shareBps), own);
      return { ownerId, seed: own, rows: rows.length, idsSha256: idsDigest(given), drawn };
    });
  const checkers = [
    ...new Set(people.filter(({ role }) => CHECKERS.includes(role)).map((p) => canonicalOf(p.personId))),
  ];
  const reviewers = assignEvenly(
    draws.flatMap(({ drawn }) =>
      drawn.map(({ id, ownerId, deliveryManagerId }) => {
        const parts = [ownerId, deliveryManagerId].filter((part) => part !== null).map(canonicalOf);
        return { id, able: checkers.filter((person) => !parts.includes(person)) };
      }),
    ),
  );
  return draws.map(({ drawn, ...rest }) => ({
    ...rest,
    drawn: drawn.map(({ id, ...handoff }) => ({ ...handoff, reviewerId: reviewers.get(id) ?? null })),
  }));
}

/** Everything that keeps somebody from checking a handoff, at once. */
export function checkFindings(
  { state, ownerId, deliveryManagerId }: Pick<SpotCheck, 'state' | 'ownerId' | 'deliveryManagerId'>,
  actorId: string,
  { canonicalOf }: Pick<Standing, 'canonicalOf'>,
): Finding[] {
  const findings: Finding[] = [];
  if (state !== SpotCheckState.OPEN && state !== SpotCheckState.UNASSIGNED)
    findings.push(
      finding({
        code: 'NOT_OPEN',
        path: 'spotCheck.state',
        message: 'It has been checked already.',
        facts: { state },
        remedy: 'Look at what was found; it stands.',
      }),
    );
  const parts = [ownerId, deliveryManagerId].filter((part) => part !== null).map(canonicalOf);
  if (parts.includes(canonicalOf(actorId)))
    findings.push(
      finding({
        code: 'SELF_REVIEW',
        path: 'spotCheck.reviewer',
        message: 'You sold or deliver this handoff.',
        facts: {},
        remedy: 'Let somebody check it who did neither.',
      }),
    );
  return findings;
}
