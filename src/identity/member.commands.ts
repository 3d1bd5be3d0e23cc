import { command, done, refused, type Moment } from '../core/command.js';
import { notFound, staleRevision } from '../core/error.js';
import { finding } from '../core/finding.js';
import { insert, insertAll, selectFirst, type Statement, update } from '../core/statement.js';
import {
  eligiblePeople,
  heldRoles,
  lockPeople,
  lockPerson,
  personByHandle,
  TENANT_DIRECTORY,
} from './identity.queries.js';
import { lastAdministrator, selfGrant } from './identity.rules.js';
import type {
  InviteMemberInput,
  MemberAccountInput,
  MemberInput,
  MemberRoleInput,
  MergeMemberInput,
} from './identity.input.js';
import { Account, MemberState, Person, RoleGrant } from './person.entity.js';
import { Role } from './roles.js';

const administer = { action: 'administer', subject: 'Person', services: false } as const;
const subjectOf = (id: string): { type: string; id: string } => ({ type: 'Person', id });

function checkRevision(person: Person, expected: number): void {
  if (person.revision !== expected) throw staleRevision('Person', person.id, expected, person.revision);
}

function touch(person: Person, changes: Partial<Person> = {}): Statement {
  return update(Person, { id: person.id }, { ...changes, revision: person.revision + 1 });
}

function grantRow(personId: string, role: Role, { newId, now, actor }: Moment): Partial<RoleGrant> {
  return { id: newId(), personId, role, grantedBy: actor.id, grantedAt: now };
}

/** Adds a person with their roles and first account. */
export const inviteMember = command({
  name: 'inviteMember',
  ...administer,
  facts: (input: InviteMemberInput) => ({
    sameHandle: personByHandle(input.handle),
    sameAccount: selectFirst(Account, { issuer: TENANT_DIRECTORY, subject: input.oid, unlinkedAt: null }),
  }),
  decide: ({ sameHandle, sameAccount }, input, moment) => {
    const taken = [
      ...(sameHandle ? [{ path: 'handle', remedy: 'Choose another handle.' }] : []),
      ...(sameAccount ? [{ path: 'oid', remedy: 'Unlink the account from the other member first.' }] : []),
    ].map(({ path, remedy }) =>
      finding({ code: 'ALREADY_TAKEN', path, message: `Another member has this ${path}.`, facts: {}, remedy }),
    );
    if (taken.length > 0) return refused(taken);
    const id = moment.newId();
    const { handle, name, email, roles, oid } = input;
    return done({
      id,
      subject: subjectOf(id),
      body: { roles },
      writes: [
        insert(Person, { id, handle, name, email, state: MemberState.ACTIVE, revision: 1, createdAt: moment.now }),
        insert(Account, {
          id: moment.newId(),
          personId: id,
          issuer: TENANT_DIRECTORY,
          subject: oid,
          linkedAt: moment.now,
        }),
        ...insertAll(
          RoleGrant,
          roles.map((role) => grantRow(id, role, moment)),
        ),
      ],
    });
  },
});

/** Gives a member a role; never to oneself. */
export const grantRole = command({
  name: 'grantRole',
  ...administer,
  facts: (input: MemberRoleInput) => ({ person: lockPerson(input.personId), held: heldRoles(input.personId) }),
  decide: ({ person, held }, { role, expectedRevision }, moment) => {
    checkRevision(person, expectedRevision);
    const findings = selfGrant(moment.actor.id, person.id, role);
    if (findings.length > 0) return refused(findings, { subject: subjectOf(person.id) });
    const isHeld = held.some((grant) => grant.role === role);
    const writes = isHeld ? [] : [insert(RoleGrant, grantRow(person.id, role, moment)), touch(person)];
    return done({ id: person.id, subject: subjectOf(person.id), body: { role, changed: !isHeld }, writes });
  },
});

/** Ends a role of a member; votes cast under it stay in history and count no longer where the role was needed. */
export const revokeRole = command({
  name: 'revokeRole',
  ...administer,
  facts: (input: MemberRoleInput) => ({ person: lockPerson(input.personId), people: eligiblePeople() }),
  decide: ({ person, people }, { role, expectedRevision }, { now, actor }) => {
    checkRevision(person, expectedRevision);
    const findings = role === Role.REVOPS_ADMIN ? lastAdministrator(people, person.id) : [];
    if (findings.length > 0) return refused(findings, { subject: subjectOf(person.id) });
    const end = update(
      RoleGrant,
      { personId: person.id, role, revokedAt: null },
      { revokedAt: now, revokedBy: actor.id },
    );
    return done({ id: person.id, subject: subjectOf(person.id), body: { role }, writes: [end, touch(person)] });
  },
});

/** Stops a member from signing in. */
export const suspendMember = command({
  name: 'suspendMember',
  ...administer,
  facts: (input: MemberInput) => ({ person: lockPerson(input.personId), people: eligiblePeople() }),
  decide: ({ person, people }, { expectedRevision }) => {
    checkRevision(person, expectedRevision);
    const findings = lastAdministrator(people, person.id);
    if (findings.length > 0) return refused(findings, { subject: subjectOf(person.id) });
    return done({
      id: person.id,
      subject: subjectOf(person.id),
      writes: [touch(person, { state: MemberState.SUSPENDED })],
    });
  },
});

/** Lets a suspended member sign in again. */
export const reinstateMember = command({
  name: 'reinstateMember',
  ...administer,
  facts: (input: MemberInput) => ({ person: lockPerson(input.personId) }),
  decide: ({ person }, { expectedRevision }) => {
    checkRevision(person, expectedRevision);
    return done({
      id: person.id,
      subject: subjectOf(person.id),
      writes: [touch(person, { state: MemberState.ACTIVE })],
    });
  },
});

/** Lets a member sign in by a further account. */
export const linkAccount = command({
  name: 'linkAccount',
  ...administer,
  facts: (input: MemberAccountInput) => ({
    person: lockPerson(input.personId),
    linked: selectFirst(Account, { issuer: input.issuer, subject: input.subject, unlinkedAt: null }),
  }),
  decide: ({ person, linked }, { issuer, subject, expectedRevision }, { newId, now }) => {
    checkRevision(person, expectedRevision);
    if (linked) {
      const found = finding({
        code: 'ALREADY_TAKEN',
        path: 'subject',
        message: 'This account belongs to a member already.',
        facts: {},
        remedy: 'Unlink it there first.',
      });
      return refused([found], { subject: subjectOf(person.id) });
    }
    const row = insert(Account, { id: newId(), personId: person.id, issuer, subject, linkedAt: now });
    return done({ id: person.id, subject: subjectOf(person.id), writes: [row, touch(person)] });
  },
});

/** Takes an account from a member: nobody signs in by it any more, and what was done by it stays. */
export const unlinkAccount = command({
  name: 'unlinkAccount',
  ...administer,
  facts: (input: MemberAccountInput) => ({
    person: lockPerson(input.personId),
    linked: selectFirst(Account, {
      personId: input.personId,
      issuer: input.issuer,
      subject: input.subject,
      unlinkedAt: null,
    }),
  }),
  decide: ({ person, linked }, { issuer, subject, expectedRevision }, { now }) => {
    checkRevision(person, expectedRevision);
    if (!linked) {
      const remedy = 'Look at the accounts of the member.';
      const message = 'The member has no such account.';
      return refused([finding({ code: 'NOT_LINKED', path: 'subject', message, facts: {}, remedy })], {
        subject: subjectOf(person.id),
      });
    }
    const ended = update(Account, { personId: person.id, issuer, subject, unlinkedAt: null }, { unlinkedAt: now });
    return done({ id: person.id, subject: subjectOf(person.id), writes: [ended, touch(person)] });
  },
});

/**
 * Declares two records to be one human: both accounts sign in as the record that stays, and votes count once. Records
 * that were merged into the one that goes follow it, so that merges never chain: whoever asks for the other records of
 * a human (sign-in, self-verification) looks one step far.
 */
export const mergeMember = command({
  name: 'mergeMember',
  ...administer,
  facts: (input: MergeMemberInput) => ({
    records: lockPeople([input.personId, input.intoPersonId]),
    people: eligiblePeople(),
  }),
  decide: ({ records, people }, { personId, intoPersonId, expectedRevision }) => {
    const person = records.find(({ id }) => id === personId);
    if (!person) throw notFound('Person', personId);
    checkRevision(person, expectedRevision);
    const into = records.find(({ id }) => id === intoPersonId);
    const findings = lastAdministrator(people, person.id);
    if (!into || into.id === person.id || into.mergedInto !== null) {
      findings.push(
        finding({
          code: 'NOT_MERGEABLE',
          path: 'intoPersonId',
          message: 'The record to merge into is missing, the same, or merged itself.',
          facts: {},
          remedy: 'Name the record that stays.',
        }),
      );
    }
    if (findings.length > 0) return refused(findings, { subject: subjectOf(person.id) });
    return done({
      id: into!.id,
      subject: subjectOf(person.id),
      body: { into: into!.id },
      writes: [
        touch(person, { mergedInto: into!.id }),
        {
          text: 'update person set merged_into = $2, revision = revision + 1 where tenant_id = $1 and merged_into = $3',
          values: [into!.id, person.id],
        },
      ],
    });
  },
});
