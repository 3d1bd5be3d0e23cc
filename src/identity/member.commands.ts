import type { Actor } from '../core/actor.js';
import { command, done, refused } from '../core/command.js';
import { notFound } from '../core/error.js';
import { finding } from '../core/finding.js';
import { insert, insertAll, selectFirst, update } from '../core/statement.js';
import { TENANT_DIRECTORY } from './actor.queries.js';
import { eligiblePeople, lockPeople, lockMember, lockMembership, personByHandle } from './identity.queries.js';
import { lastAdministrator, selfMerge } from './identity.rules.js';
import type { InviteMemberInput, MemberAccountInput, MemberInput, MergeMemberInput } from './identity.input.js';
import { administer, checkRevision, grantRow, subjectOf, touch } from './member.writes.js';
import { Account, MemberMerge, MemberState, MemberSuspension, Person, RoleGrant } from './person.entity.js';
import { seatFindings } from './seat.rules.js';

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
    const { handle, name, email, roles, oid, until = null } = input;
    const findings = [...taken, ...seatFindings(roles, [], until, moment.now)];
    if (findings.length > 0) return refused(findings);
    const id = moment.newId();
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
          roles.map((role) => grantRow(id, role, until, moment)),
        ),
      ],
    });
  },
});

/** Stops a member from signing in. */
export const suspendMember = command({
  name: 'suspendMember',
  ...administer,
  facts: (input: MemberInput, actor: Actor) => ({
    alone: lockMembership(),
    person: lockMember(input.personId, actor),
    people: eligiblePeople(),
  }),
  decide: ({ person, people }, { expectedRevision }, { now, actor, newId }) => {
    checkRevision(person, expectedRevision);
    const findings = lastAdministrator(people, person.id);
    if (findings.length > 0) return refused(findings, { subject: subjectOf(person.id) });
    const changed = person.state !== MemberState.SUSPENDED;
    const row = { id: newId(), personId: person.id, suspendedAt: now, suspendedBy: actor.id };
    return done({
      id: person.id,
      subject: subjectOf(person.id),
      body: { changed },
      writes: changed ? [touch(person, { state: MemberState.SUSPENDED }), insert(MemberSuspension, row)] : [],
    });
  },
});

/** Lets a suspended member sign in again. */
export const reinstateMember = command({
  name: 'reinstateMember',
  ...administer,
  facts: (input: MemberInput, actor: Actor) => ({ person: lockMember(input.personId, actor) }),
  decide: ({ person }, { expectedRevision }, { now, actor }) => {
    checkRevision(person, expectedRevision);
    const changed = person.state !== MemberState.ACTIVE;
    const open = { personId: person.id, endedAt: null };
    const ended = update(MemberSuspension, open, { endedAt: now, endedBy: actor.id });
    return done({
      id: person.id,
      subject: subjectOf(person.id),
      body: { changed },
      writes: changed ? [touch(person, { state: MemberState.ACTIVE }), ended] : [],
    });
  },
});

/** Lets a member sign in by a further account. */
export const linkAccount = command({
  name: 'linkAccount',
  ...administer,
  facts: (input: MemberAccountInput, actor: Actor) => ({
    person: lockMember(input.personId, actor),
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
  facts: (input: MemberAccountInput, actor: Actor) => ({
    person: lockMember(input.personId, actor),
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
  facts: (input: MergeMemberInput, actor: Actor) => ({
    alone: lockMembership(),
    records: lockPeople([input.personId, input.intoPersonId, actor.id]),
    people: eligiblePeople(),
  }),
  decide: ({ records, people }, { personId, intoPersonId, expectedRevision }, { now, actor, newId }) => {
    const person = records.find(({ id }) => id === personId);
    if (!person) throw notFound('Person', personId);
    checkRevision(person, expectedRevision);
    const into = records.find(({ id }) => id === intoPersonId);
    const findings = [
      ...lastAdministrator(people, person.id),
      ...selfMerge(actor.id, [
        { path: 'personId', record: person },
        { path: 'intoPersonId', record: into },
      ]),
    ];
    if (!into || into.id === person.id || into.mergedInto !== null || into.state === MemberState.ERASED) {
      findings.push(
        finding({
          code: 'NOT_MERGEABLE',
          path: 'intoPersonId',
          message: 'The record to merge into is missing, the same, erased, or merged itself.',
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
        insert(MemberMerge, {
          id: newId(),
          personId: person.id,
          mergedAt: now,
          intoPersonId: into!.id,
          mergedBy: actor.id,
        }),
        {
          text: 'update person set merged_into = $2, revision = revision + 1 where tenant_id = $1 and merged_into = $3',
          values: [into!.id, person.id],
        },
      ],
    });
  },
});
