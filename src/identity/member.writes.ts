import type { Moment } from '../core/command.js';
import { badInput, staleRevision } from '../core/error.js';
import { type Statement, update } from '../core/statement.js';
import { MemberState, Person, type RoleGrant } from './person.entity.js';
import type { Role } from './roles.js';

/** What every command about members needs. */
export const administer = { action: 'administer', subject: 'Person', services: false } as const;

/** A person as the subject of a ledger entry. */
export const subjectOf = (id: string): { type: string; id: string } => ({ type: 'Person', id });

/** @throws STALE_REVISION when the caller saw another revision of the person, BAD_USER_INPUT when they were erased. */
export function checkRevision(person: Person, expected: number): void {
  if (person.state === MemberState.ERASED)
    throw badInput('personId', 'this person was erased', 'Somebody who comes back is invited as a new person.');
  if (person.revision !== expected) throw staleRevision('Person', person.id, expected, person.revision);
}

/** Changes a person, whose lock is held, and raises the revision. */
export function touch(person: Person, changes: Partial<Person> = {}): Statement {
  return update(Person, { id: person.id }, { ...changes, revision: person.revision + 1 });
}

/** The row of a role that is given now; `until` is the end of an auditor's seat. */
export function grantRow(
  personId: string,
  role: Role,
  until: Date | null,
  { newId, now, actor }: Moment,
): Partial<RoleGrant> {
  return { id: newId(), personId, role, grantedBy: actor.id, grantedAt: now, endsAt: until };
}
