import type { Actor } from '../core/actor.js';
import { command, done, refused } from '../core/command.js';
import { insert, type Statement, update } from '../core/statement.js';
import type { GrantRoleInput, MemberRoleInput } from './identity.input.js';
import { eligiblePeople, lockMember, lockMembership, openGrants } from './identity.queries.js';
import {
  accountFindings,
  confirmationFindings,
  lastAdministrator,
  NEW_ADMINISTRATOR_HOURS,
  selfGrant,
} from './identity.rules.js';
import { administer, checkRevision, grantRow, subjectOf, touch } from './member.writes.js';
import { isHeld, RoleGrant } from './person.entity.js';
import { Role } from './roles.js';
import { seatFindings } from './seat.rules.js';

/** Gives a member a role; never to oneself. An auditor's seat is renewed by giving it again with another end. */
export const grantRole = command({
  name: 'grantRole',
  ...administer,
  facts: (input: GrantRoleInput, actor: Actor) => ({
    person: lockMember(input.personId, actor),
    grants: openGrants(input.personId),
  }),
  decide: ({ person, grants }, { role, expectedRevision, until = null }, moment) => {
    checkRevision(person, expectedRevision);
    const { actor, now } = moment;
    const others = grants.filter((grant) => isHeld(grant, now) && grant.role !== role).map((grant) => grant.role);
    const findings = [
      ...selfGrant(actor.id, person.mergedInto ?? person.id, role),
      ...seatFindings([role], others, until, now),
    ];
    if (findings.length > 0) return refused(findings, { subject: subjectOf(person.id) });
    const before = grants.find((grant) => grant.role === role);
    const changed = !before || !isHeld(before, now) || before.endsAt?.getTime() !== until?.getTime();
    const given = [insert(RoleGrant, grantRow(person.id, role, until, moment)), touch(person)];
    return done({
      id: person.id,
      subject: subjectOf(person.id),
      body: { role, changed, until: until?.toISOString() ?? null },
      writes: changed ? [...(before ? [end(before, actor.id, now)] : []), ...given] : [],
    });
  },
});

/** Ends a role of a member; votes cast under it stay in history and count no longer where the role was needed. */
export const revokeRole = command({
  name: 'revokeRole',
  ...administer,
  facts: (input: MemberRoleInput, actor: Actor) => ({
    alone: lockMembership(),
    person: lockMember(input.personId, actor),
    grants: openGrants(input.personId),
    people: eligiblePeople(),
  }),
  decide: ({ person, grants, people }, { role, expectedRevision }, { now, actor }) => {
    checkRevision(person, expectedRevision);
    const findings = role === Role.REVOPS_ADMIN ? lastAdministrator(people, person.id) : [];
    if (findings.length > 0) return refused(findings, { subject: subjectOf(person.id) });
    const ended = grants.filter((grant) => grant.role === role).map((grant) => end(grant, actor.id, now));
    return done({ id: person.id, subject: subjectOf(person.id), body: { role }, writes: [...ended, touch(person)] });
  },
});

/**
 * Confirms a role of a member as a second administrator: from then on it counts for approving before its cool-down is
 * over (isSeasoned). The confirmation stays with the grant.
 */
export const confirmRole = command({
  name: 'confirmRole',
  ...administer,
  facts: (input: MemberRoleInput, actor: Actor) => ({
    person: lockMember(input.personId, actor),
    people: eligiblePeople(),
  }),
  decide: ({ person, people }, { role, expectedRevision }, { now, actor }) => {
    checkRevision(person, expectedRevision);
    const holderId = person.mergedInto ?? person.id;
    const grant = people.find((held) => held.personId === holderId && held.role === role);
    const own = people.find((held) => held.personId === actor.id && held.role === Role.REVOPS_ADMIN);
    const findings = [
      ...confirmationFindings(grant, own, actor.id, now),
      ...accountFindings(NEW_ADMINISTRATOR_HOURS, actor, now),
    ];
    if (!grant || findings.length > 0) return refused(findings, { subject: subjectOf(person.id) });
    const changed = grant.confirmedBy === null;
    const confirmed = update(RoleGrant, { id: grant.grantId }, { confirmedBy: actor.id, confirmedAt: now });
    return done({
      id: person.id,
      subject: subjectOf(person.id),
      body: { role, grant: grant.grantId, changed },
      writes: changed ? [confirmed, touch(person)] : [],
    });
  },
});

const end = (grant: RoleGrant, by: string, now: Date): Statement =>
  update(RoleGrant, { id: grant.id }, { revokedAt: now, revokedBy: by });
