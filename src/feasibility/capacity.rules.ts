import { type Finding, finding } from '../core/finding.js';
import { FindingSeverity } from '../core/graphql/types.js';
import { MemberState, type Person } from '../identity/person.entity.js';
import { conflictsOf, firstWeekThatFits, type PlanLine, rolesWithoutCapacity } from './conflict.rules.js';
import type { CapacityCheck, CapacityConflict } from './conflict.types.js';
import type { Team } from './team.rules.js';

/** What a plan is checked against. */
export interface CapacityGround {
  readonly handoffId: string;
  /** Every line that touches the time of the plan and half a year after, its own among them. */
  readonly lines: readonly PlanLine[];
  readonly team: Team;
}

/** The conflicts that somebody takes upon themselves, by key, and why. */
export interface ConflictAcceptance {
  readonly keys: readonly string[];
  readonly reason: string | null;
}

/** What the check of a sign-off comes to. */
export interface CapacityJudgement {
  readonly findings: readonly Finding[];
  /** The blocking conflicts that were accepted: the sign-off keeps them. */
  readonly accepted: readonly CapacityConflict[];
}

/** Whether a plan fits, where not, and when it would (document 004 "Capacity validation"). */
export function capacityCheck({ handoffId, lines, team }: CapacityGround): CapacityCheck {
  const own = lines.filter((line) => line.handoffId === handoffId);
  const others = lines.filter((line) => line.handoffId !== handoffId);
  const conflicts = conflictsOf(own, others, team);
  const fits = conflicts.every(({ severity }) => severity !== FindingSeverity.BLOCKING);
  return {
    fits,
    conflicts,
    fitsFromWeek: fits ? null : firstWeekThatFits(own, others, team),
    rolesWithoutCapacity: rolesWithoutCapacity(own, team),
  };
}

/**
 * What stands between a plan and its sign-off: every conflict with promises to others that was not accepted by name, and
 * the three ways out of document 004 (shift the timeline, add resources, escalate). An accepted one stays as a warning.
 */
export function judgeCapacity(ground: CapacityGround, { keys, reason }: ConflictAcceptance): CapacityJudgement {
  const check = capacityCheck(ground);
  const firm = check.conflicts.filter(({ severity }) => severity === FindingSeverity.BLOCKING);
  const accepted = firm.filter(({ key }) => keys.includes(key));
  const known = new Set(firm.map(({ key }) => key));
  const stale = keys.filter((key) => !known.has(key));
  return {
    accepted,
    findings: [
      ...check.conflicts.map((conflict) => conflictFinding(conflict, check.fitsFromWeek, accepted.includes(conflict))),
      ...(check.rolesWithoutCapacity.length > 0 ? [unknownRoles(check.rolesWithoutCapacity)] : []),
      ...(stale.length > 0 ? [staleKeys(stale)] : []),
      ...(accepted.length > 0 && reason === null ? [reasonMissing(accepted)] : []),
      ...(accepted.length === 0 && reason !== null ? [reasonUnasked()] : []),
    ],
  };
}

/** A finding when a person is no active member any more, or was found to be another record's human. */
export function memberFindings(person: Person): Finding[] {
  if (person.state === MemberState.ACTIVE && person.mergedInto === null) return [];
  return [
    finding({
      code: 'PERSON_LEFT',
      path: 'personId',
      message: 'The person is no active member any more.',
      facts: { personId: person.id, state: person.state },
      remedy: 'Name an active member, or nobody.',
    }),
  ];
}

/** A finding for every person in a plan who is no active member any more. */
export function leftFindings(
  lines: readonly { readonly id: string; readonly personId: string | null }[],
  activeIds: ReadonlySet<string>,
): Finding[] {
  const left = [...new Set(lines.flatMap(({ personId }) => (personId && !activeIds.has(personId) ? [personId] : [])))];
  return left.map((personId) =>
    finding({
      code: 'BOOKED_PERSON_LEFT',
      path: 'feasibility.resourcePlan',
      message: 'The resource plan names somebody who is no active member any more.',
      facts: { personId, bookingIds: lines.filter((line) => line.personId === personId).map(({ id }) => id) },
      remedy: 'Take the line out (removeResourceBooking) and plan with somebody else, or without a name.',
    }),
  );
}

function conflictFinding(conflict: CapacityConflict, fitsFromWeek: string | null, isAccepted: boolean): Finding {
  const { key, severity, week, role, personId, capacityHours, ownHours, hardHours, softHours, hoursOver } = conflict;
  const who = role ?? 'A person of the plan';
  const isFirm = severity === FindingSeverity.BLOCKING;
  const shift = fitsFromWeek === null ? '' : `Begin in ${fitsFromWeek}, when the whole plan fits; or `;
  const ways = `${shift || 'No start within half a year fits: '}add ${hoursOver} hours (setCapacity, or another line), escalate it (openDecision), or name its key in acceptedConflicts with a conflictReason.`;
  return finding({
    code: isFirm ? 'CAPACITY_EXCEEDED' : 'CAPACITY_TIGHT',
    severity: isFirm && !isAccepted ? 'BLOCKING' : 'WARNING',
    path: `feasibility.resourcePlan.${week}`,
    message: isFirm
      ? `${who} is over by ${hoursOver} hours in ${week}: ${ownHours} here and ${hardHours} promised elsewhere, of ${capacityHours}.`
      : `${who} would be over by ${hoursOver} hours in ${week} if all got what they ask for: ${ownHours} here, ${hardHours} promised and ${softHours} asked for elsewhere, of ${capacityHours}.`,
    // No name of a role: it is free text, and the ledger keeps facts.
    facts: {
      key,
      week,
      personId,
      capacityHours,
      ownHours,
      hardHours,
      softHours,
      hoursOver,
      fitsFromWeek,
      handoffIds: conflict.handoffIds,
    },
    remedy: isFirm ? ways : 'Sign off first, or agree with the others who waits.',
  });
}

function unknownRoles(roles: readonly string[]): Finding {
  return finding({
    code: 'ROLE_WITHOUT_CAPACITY',
    severity: 'WARNING',
    path: 'feasibility.resourcePlan',
    message: `Nobody has said how many hours there are of: ${roles.join(', ')}.`,
    facts: { roles: roles.length },
    remedy: 'Plan with a role of the configuration (capacity.roles), or say its hours with setCapacity.',
  });
}

function staleKeys(keys: readonly string[]): Finding {
  return finding({
    code: 'UNKNOWN_CONFLICT',
    path: 'acceptedConflicts',
    message: 'An accepted conflict is none of this plan, or its hours are others by now.',
    facts: { keys: [...keys] },
    remedy: 'Read handoff { capacityCheck { conflicts { key } } } again and name what you accept.',
  });
}

function reasonMissing(accepted: readonly CapacityConflict[]): Finding {
  return finding({
    code: 'CONFLICT_REASON_MISSING',
    path: 'conflictReason',
    message: 'Conflicts are accepted for a reason.',
    facts: { accepted: accepted.length },
    remedy: 'Say in conflictReason why the plan holds all the same.',
  });
}

function reasonUnasked(): Finding {
  return finding({
    code: 'CONFLICT_REASON_UNASKED',
    path: 'conflictReason',
    message: 'There is no accepted conflict that the reason would be for.',
    facts: {},
    remedy: 'Leave conflictReason out, or name the conflicts in acceptedConflicts.',
  });
}
