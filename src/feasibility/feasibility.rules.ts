import { digestOf, type JsonValue } from '../core/canonical.js';
import { type Finding, finding } from '../core/finding.js';
import type { Risk } from '../handoff/content.entity.js';
import type { Handoff } from '../handoff/handoff.entity.js';
import { type FeasibilitySignOff, type ResourceBooking, SignOffState } from './feasibility.entity.js';

/** The digest of a resource plan, independent of the order of its lines. */
export function planDigest(bookings: readonly ResourceBooking[]): string {
  const lines = bookings.map(({ role, personId, hoursPerWeek, fromOn, toOn, askedAs }) => ({
    role,
    personId,
    hoursPerWeek,
    fromOn,
    toOn,
    booking: askedAs,
  }));
  return digestOf(lines.map((line) => digestOf(line)).toSorted());
}

/** What a sign-off needs: a resource plan, and every named risk accepted by name (requirements 002 step 4, 000). */
export function signOffFindings(
  bookings: readonly ResourceBooking[],
  risks: readonly Risk[],
  acceptedRiskIds: readonly string[],
): Finding[] {
  const findings: Finding[] = [];
  if (bookings.length === 0) {
    findings.push(
      finding({
        code: 'RESOURCE_PLAN_MISSING',
        path: 'feasibility.resourcePlan',
        message: 'There is no resource plan.',
        facts: {},
        remedy: 'Add the roles, hours a week and periods with addResourceBooking.',
      }),
    );
  }
  for (const risk of risks.filter((r) => !acceptedRiskIds.includes(r.id))) {
    findings.push(
      finding({
        code: 'RISK_NOT_ACCEPTED',
        path: `risks.${risk.id}`,
        message: 'A named risk was not accepted.',
        facts: { riskId: risk.id, level: risk.level },
        remedy: 'Name its id in acceptedRiskIds, or return the handoff naming it as a gap.',
      }),
    );
  }
  const known = new Set(risks.map((risk) => risk.id));
  for (const id of acceptedRiskIds.filter((accepted) => !known.has(accepted))) {
    findings.push(
      finding({
        code: 'UNKNOWN_RISK',
        path: 'acceptedRiskIds',
        message: 'An accepted risk is not one of this handoff.',
        facts: { riskId: id },
        remedy: 'Name the risks of this handoff.',
      }),
    );
  }
  return findings;
}

/** What a sign-off was given for, as it stands now. */
export interface SignedGround {
  readonly handoff: Pick<Handoff, 'termsRevision' | 'startOn'>;
  readonly currentBaselineVersion: number | null;
  readonly bookings: readonly ResourceBooking[];
  /** The revision of the deal's newest snapshot and of the one that the handoff has adopted. */
  readonly newestDealRevision: number;
  readonly adoptedDealRevision: number;
}

/** One reason why a sign-off no longer holds. */
export interface Lapse {
  /** Such as TERMS_CHANGED. */
  readonly code: string;
  readonly text: string;
  /** What it was given for, and what is. */
  readonly facts: Readonly<Record<string, JsonValue>>;
}

/** Why a sign-off no longer holds; empty while it does. It lapses by itself: no process has to notice. */
export function lapsesOf(signOff: FeasibilitySignOff, ground: SignedGround): Lapse[] {
  const { handoff, newestDealRevision, adoptedDealRevision, currentBaselineVersion, bookings } = ground;
  const plan = planDigest(bookings);
  const lapses: (Lapse & { readonly holds: boolean })[] = [
    {
      code: 'TERMS_CHANGED',
      text: 'the terms have changed',
      holds: signOff.termsRevision === handoff.termsRevision,
      facts: { signedTermsRevision: signOff.termsRevision, termsRevision: handoff.termsRevision },
    },
    {
      code: 'DEAL_CHANGED',
      text: 'the deal has changed in the PSA',
      holds: newestDealRevision === adoptedDealRevision,
      facts: { adopted: adoptedDealRevision, newest: newestDealRevision },
    },
    {
      code: 'BASELINE_CHANGED',
      text: 'the baseline has another version',
      holds: signOff.baselineVersion === currentBaselineVersion,
      facts: { signedVersion: signOff.baselineVersion, version: currentBaselineVersion },
    },
    {
      code: 'START_MOVED',
      text: 'the project start has moved',
      holds: signOff.startOn === handoff.startOn,
      facts: { signedStartOn: signOff.startOn, startOn: handoff.startOn },
    },
    {
      code: 'PLAN_CHANGED',
      text: 'the resource plan has changed',
      holds: signOff.planDigest === plan,
      facts: { signedPlanDigest: signOff.planDigest, planDigest: plan },
    },
  ];
  return lapses.filter(({ holds }) => !holds).map(({ holds: _holds, ...lapse }) => lapse);
}

/** The gate's question: is there a live sign-off for things as they stand? */
export function liveSignOffFindings(signOff: FeasibilitySignOff | null, ground: SignedGround): Finding[] {
  if (signOff?.state !== SignOffState.LIVE) {
    return [
      finding({
        code: 'SIGN_OFF_MISSING',
        path: 'feasibility',
        message: 'Delivery has not signed off feasibility.',
        facts: { lastSignOffId: signOff?.id ?? null, ended: signOff?.endCode ?? null },
        remedy: 'The delivery manager signs off feasibility, resource plan and risks first.',
      }),
    ];
  }
  const lapses = lapsesOf(signOff, ground);
  if (lapses.length === 0) return [];
  return [
    finding({
      code: 'SIGN_OFF_LAPSED',
      path: 'feasibility',
      message: `The sign-off no longer holds: ${lapses.map(({ text }) => text).join(', ')}.`,
      facts: {
        reasons: lapses.map(({ text }) => text),
        codes: lapses.map(({ code }) => code),
        signOffId: signOff.id,
        ...Object.assign({}, ...lapses.map(({ facts }) => facts)),
      },
      remedy: 'Delivery revokes it, or signs off again for things as they are.',
    }),
  ];
}
