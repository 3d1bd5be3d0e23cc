import { acceptancePolicy } from '../catalogue/acceptance.rules.js';
import type { AcceptancePolicy, ReturnPattern } from '../catalogue/configuration.acceptance.js';
import type { RuledConfiguration } from '../catalogue/configuration.js';
import { escalationLadder } from '../catalogue/selection.rules.js';
import { type Finding, finding } from '../core/finding.js';
import type { RoleHolder } from '../identity/identity.queries.js';
import { Role } from '../identity/roles.js';
import { Acceptance } from '../passage/gate.entity.js';
import { type FollowUp, FollowUpKind, FollowUpState } from './follow-up.entity.js';

/** A return as far as something follows from it. */
export interface ReturnFact {
  readonly id: string;
  readonly handoffId: string;
  /** Whose handoff it was then; records that were merged are one person. */
  readonly repId: string;
  readonly verdict: Acceptance;
  readonly returnedAt: Date;
}

/** What a return calls for. */
export interface Called {
  readonly kind: FollowUpKind;
  readonly of: ReturnFact;
  /** The returns that it counts, oldest first. */
  readonly returnIds: readonly string[];
  /** How far up the ladder it goes: 0 is its first person. */
  readonly level: number;
}

const DAY_MS = 86_400_000;

/**
 * Everything that the returns of a tenant call for, oldest first (document 004: repeated ones climb to sales leadership,
 * patterns mean coaching, persistent ones a review of the process). It follows from the returns and the policy alone, so
 * that a worker that was down finds the same. A pattern that was answered begins anew: what it counted counts no more.
 */
export function calledFor(returns: readonly ReturnFact[], policy: Required<AcceptancePolicy>): Called[] {
  const called: Called[] = [];
  const ofHandoff = new Map<string, ReturnFact[]>();
  const ofRep = new Map<string, ReturnFact[]>();
  let coachings: ReturnFact[] = [];
  for (const one of inOrder(returns)) {
    const again = [...(ofHandoff.get(one.handoffId) ?? []), one];
    ofHandoff.set(one.handoffId, again);
    called.push(...leadership(one, again, policy.climbFromReturn));

    const counted = within([...(ofRep.get(one.repId) ?? []), one], one, policy.coaching);
    const handoffs = new Set(counted.map(({ handoffId }) => handoffId));
    const isPattern = handoffs.size >= policy.coaching.count;
    ofRep.set(one.repId, isPattern ? [] : counted);
    if (!isPattern) continue;
    called.push({ kind: FollowUpKind.COACHING, of: one, returnIds: idsOf(counted), level: 0 });

    coachings = within([...coachings, one], one, policy.processReview);
    if (coachings.length < policy.processReview.count) continue;
    called.push({ kind: FollowUpKind.PROCESS_REVIEW, of: one, returnIds: idsOf(coachings), level: 0 });
    coachings = [];
  }
  return called;
}

function leadership(one: ReturnFact, again: readonly ReturnFact[], climbFrom: number): Called[] {
  const level = Math.max(0, again.length - climbFrom);
  if (one.verdict === Acceptance.REJECTED)
    return [{ kind: FollowUpKind.REJECTED, of: one, returnIds: idsOf(again), level }];
  if (again.length < climbFrom) return [];
  return [{ kind: FollowUpKind.REPEATED_RETURN, of: one, returnIds: idsOf(again), level }];
}

const inOrder = (returns: readonly ReturnFact[]): ReturnFact[] =>
  returns.toSorted((a, b) => a.returnedAt.getTime() - b.returnedAt.getTime() || (a.id < b.id ? -1 : 1));

const idsOf = (returns: readonly ReturnFact[]): string[] => returns.map(({ id }) => id);

/** Those of the last so many days; what is exactly that old counts no more. */
const within = (returns: readonly ReturnFact[], last: ReturnFact, { withinDays }: ReturnPattern): ReturnFact[] =>
  returns.filter(({ returnedAt }) => last.returnedAt.getTime() - returnedAt.getTime() < withinDays * DAY_MS);

/** Whom a follow-up may be given to. */
export interface FollowUpPeople {
  readonly idByKey: ReadonlyMap<string, string>;
  /** Active people by role, in a fixed order. */
  readonly holders: readonly RoleHolder[];
}

/**
 * Who sees to it: of the ladder RETURNS (COMMERCIAL without it) the person at its level, never the rep; a review of the
 * process belongs to RevOps, and so does what nobody of the ladder can take. Null when there is nobody at all.
 */
export function ownerOf(
  called: Called,
  ruling: RuledConfiguration,
  { idByKey, holders }: FollowUpPeople,
): string | null {
  const revops = holders.find(({ role }) => role === Role.REVOPS_ADMIN)?.personId ?? null;
  if (called.kind === FollowUpKind.PROCESS_REVIEW) return revops;
  const active = new Set(holders.map(({ personId }) => personId));
  const own = escalationLadder(ruling, 'RETURNS');
  const ladder = (own.length > 0 ? own : escalationLadder(ruling, 'COMMERCIAL'))
    .map((key) => idByKey.get(key))
    .filter((id) => id !== undefined && active.has(id) && id !== called.of.repId);
  return ladder[Math.min(called.level, ladder.length - 1)] ?? revops;
}

/** The policy that rules, and since when. */
export interface RulingPolicy {
  readonly configuration: RuledConfiguration;
  readonly since: Date;
}

/** These count returns until they are answered; the others climb with each return of a handoff. */
const PATTERNS: readonly FollowUpKind[] = [FollowUpKind.COACHING, FollowUpKind.PROCESS_REVIEW];

/**
 * What is called for and not recorded yet, with who sees to it; what nobody can take waits. Another policy finds other
 * patterns in the same returns: it speaks of those that end with a return since it rules, and a pattern that was answered
 * begins anew (decision 39).
 */
export function unrecorded(
  returns: readonly ReturnFact[],
  taken: readonly Pick<FollowUp, 'kind' | 'returnId' | 'returnIds'>[],
  { configuration, since }: RulingPolicy,
  people: FollowUpPeople,
): (Called & { readonly ownerId: string })[] {
  const known = new Set(
    taken.flatMap(({ kind, returnId, returnIds }) =>
      (PATTERNS.includes(kind) ? [returnId, ...returnIds] : [returnId]).map((id) => `${kind} ${id}`),
    ),
  );
  const isKnown = ({ kind, of, returnIds }: Called): boolean =>
    (PATTERNS.includes(kind) ? returnIds : [of.id]).some((id) => known.has(`${kind} ${id}`));
  return calledFor(returns, acceptancePolicy(configuration))
    .filter((called) => called.of.returnedAt >= since && !isKnown(called))
    .flatMap((called) => {
      const ownerId = ownerOf(called, configuration, people);
      return ownerId === null ? [] : [{ ...called, ownerId }];
    });
}

/** A follow-up is settled once, and not by the person whom it is about; `records` are all records of who settles. */
export function settleFindings({ state, repId }: FollowUp, records: readonly string[]): Finding[] {
  const findings: Finding[] = [];
  if (state === FollowUpState.DONE)
    findings.push(
      finding({
        code: 'ALREADY_DONE',
        path: 'followUp.state',
        message: 'Somebody has seen to it already.',
        facts: {},
        remedy: 'Read its outcome; there is nothing to do.',
      }),
    );
  if (records.includes(repId))
    findings.push(
      finding({
        code: 'SELF_SETTLED',
        path: 'followUp.rep',
        message: 'It is about a handoff of your own.',
        facts: {},
        remedy: 'Its owner or RevOps settles it.',
      }),
    );
  return findings;
}
