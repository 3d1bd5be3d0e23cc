import type { ClaimedPart, MeetingPart } from '../catalogue/configuration.meeting.js';
import type { MeetingPlan } from '../catalogue/meeting.rules.js';
import { type Finding, finding } from '../core/finding.js';
import type { RoleHolder } from '../identity/identity.queries.js';
import { Role } from '../identity/roles.js';
import { type Part, ParticipantNeed } from './meeting.entity.js';

/** Who could take which part in a handoff's meeting: canonical people, active ones alone among the holders. */
export interface Cast {
  readonly ownerId: string;
  readonly deliveryManagerId: string | null;
  readonly projectLeadId: string | null;
  readonly holders: readonly RoleHolder[];
}

/** Somebody to be invited, and the part that no role gives them. */
export interface Invited {
  readonly personId: string;
  readonly part?: ClaimedPart | null;
}

/** Somebody who is invited, with every part that they take. */
export interface CastMember {
  readonly personId: string;
  readonly parts: readonly Part[];
  readonly need: ParticipantNeed;
}

/** Records that were merged are one person: the cast by canonical people. */
export function castOf(
  handoff: { readonly ownerId: string; readonly deliveryManagerId: string | null },
  projectLeadId: string | null,
  holders: readonly RoleHolder[],
  merged: ReadonlyMap<string, string>,
): Cast {
  const canonical = <T extends string | null>(id: T): T => (id === null ? id : ((merged.get(id) ?? id) as T));
  return {
    ownerId: canonical(handoff.ownerId),
    deliveryManagerId: canonical(handoff.deliveryManagerId),
    projectLeadId: canonical(projectLeadId),
    holders,
  };
}

/** The parts that follow from a role that a person holds. */
const BY_ROLE: readonly (readonly [Role, MeetingPart])[] = [
  [Role.SALES_MANAGER, 'SALES_MANAGER'],
  [Role.SERVICE_DELIVERY_LEAD, 'SERVICE_DELIVERY_LEAD'],
  [Role.FINANCE_APPROVER, 'FINANCE_APPROVER'],
  [Role.REVOPS_ADMIN, 'REVOPS_ADMIN'],
];

/** Who could take a part; nobody known for one that is claimed. The rep is not the sales manager of their own deal. */
export function peopleFor(part: MeetingPart, cast: Cast): string[] {
  const { ownerId, deliveryManagerId, projectLeadId, holders } = cast;
  if (part === 'REP') return [ownerId];
  if (part === 'DELIVERY_MANAGER') return deliveryManagerId === null ? [] : [deliveryManagerId];
  if (part === 'PROJECT_LEAD') return projectLeadId === null ? [] : [projectLeadId];
  const role = BY_ROLE.find(([, given]) => given === part)?.[0];
  const ids = holders.filter((holder) => holder.role === role).map(({ personId }) => personId);
  return [...new Set(ids)].filter((id) => part !== 'SALES_MANAGER' || id !== ownerId);
}

/** Everybody who is invited, each with all their parts: those that follow, and the one that was claimed for them. */
export function membersOf(invited: readonly Invited[], cast: Cast, plan: MeetingPlan): CastMember[] {
  const following: readonly MeetingPart[] = [
    'REP',
    'DELIVERY_MANAGER',
    'PROJECT_LEAD',
    ...BY_ROLE.map(([, part]) => part),
  ];
  return invited.map(({ personId, part }) => {
    const own = following.filter((one) => peopleFor(one, cast).includes(personId));
    const parts: Part[] = [...own, ...(part ? [part] : [])];
    return { personId, parts: parts.length > 0 ? parts : ['GUEST'], need: needOf(parts, plan) };
  });
}

function needOf(parts: readonly Part[], { required, recommended }: MeetingPlan): ParticipantNeed {
  const has = (list: readonly MeetingPart[]): boolean => list.some((part) => parts.includes(part));
  if (has(required)) return ParticipantNeed.REQUIRED;
  return has(recommended) ? ParticipantNeed.RECOMMENDED : ParticipantNeed.OPTIONAL;
}

/** What is wrong with who is invited: somebody who left or was never here, and required parts that nobody takes. */
export function castFindings(members: readonly CastMember[], cast: Cast, plan: MeetingPlan): Finding[] {
  const active = new Set(cast.holders.map(({ personId }) => personId));
  const taken = new Set(members.flatMap(({ parts }) => parts));
  return [
    ...members.filter(({ personId }) => !active.has(personId)).map(({ personId }) => notActive(personId)),
    ...plan.required.filter((part) => !taken.has(part)).map((part) => missing(part, cast)),
  ];
}

/** A finding for somebody who cannot be invited. */
export function notActive(personId: string): Finding {
  return finding({
    code: 'PARTICIPANT_NOT_ACTIVE',
    path: 'participants',
    message: 'A participant is no active member: suspended, erased, merged into another record, or without any role.',
    facts: { personId },
    remedy: 'Invite somebody who is active, or who has taken over from them.',
  });
}

function missing(part: MeetingPart, cast: Cast): Finding {
  const couldBe = peopleFor(part, cast);
  return finding({
    code: 'REQUIRED_PARTICIPANT_MISSING',
    path: `participants.${part}`,
    message: `The meeting needs ${part}, and nobody who is invited takes that part.`,
    facts: { part, couldBe },
    remedy: couldBe.length > 0 ? `Invite one of those who could: ${couldBe.join(', ')}.` : REMEDIES[part],
  });
}

const ROLE_REMEDY = 'Ask RevOps to give the role to somebody first.';
const CLAIM_REMEDY = 'Invite who takes it, and say the part.';
/** What to do while nobody could take a part. */
const REMEDIES: Readonly<Record<MeetingPart, string>> = {
  REP: 'Give the handoff an owner with assignOwner first.',
  DELIVERY_MANAGER: 'Name the delivery manager with assignDeliveryManager first.',
  PROJECT_LEAD: 'Name the project lead with assignProjectLead first; there is a project once the handoff is submitted.',
  SALES_MANAGER: ROLE_REMEDY,
  SERVICE_DELIVERY_LEAD: ROLE_REMEDY,
  FINANCE_APPROVER: ROLE_REMEDY,
  REVOPS_ADMIN: ROLE_REMEDY,
  SOLUTION_ENGINEER: CLAIM_REMEDY,
  PROFESSIONAL_SERVICES: CLAIM_REMEDY,
  PRODUCT: CLAIM_REMEDY,
};
