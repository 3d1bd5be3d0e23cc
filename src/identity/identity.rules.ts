import type { Actor } from '../core/actor.js';
import { type Finding, finding } from '../core/finding.js';
import type { Eligible, RoleHolder } from './identity.queries.js';
import type { Person } from './person.entity.js';
import { Role } from './roles.js';

/** Nobody widens their own rights: another administrator grants (attack case A15). */
export function selfGrant(actorId: string, personId: string, role: Role): Finding[] {
  if (actorId !== personId) return [];
  return [
    finding({
      code: 'SELF_GRANT',
      path: 'personId',
      message: 'You cannot give a role to yourself.',
      facts: { role },
      remedy: 'Ask another RevOps administrator.',
    }),
  ];
}

/**
 * Nobody says of their own record that it is somebody else's: they would act with that person's roles, or that person's
 * account with theirs (attack case A15).
 */
export function selfMerge(
  actorId: string,
  records: readonly { readonly path: string; readonly record: Pick<Person, 'id' | 'mergedInto'> | undefined }[],
): Finding[] {
  return records
    .filter(({ record }) => record && (record.mergedInto ?? record.id) === actorId)
    .map(({ path }) =>
      finding({
        code: 'SELF_MERGE',
        path,
        message: 'You cannot merge a record of your own.',
        facts: {},
        remedy: 'Another RevOps administrator has to do it.',
      }),
    );
}

/** A tenant keeps at least one active administrator, or nobody could ever let anyone in again. */
export function lastAdministrator(people: readonly RoleHolder[], personId: string): Finding[] {
  const others = people.filter((p) => p.role === Role.REVOPS_ADMIN && p.personId !== personId);
  const held = people.some((p) => p.role === Role.REVOPS_ADMIN && p.personId === personId);
  if (!held || others.length > 0) return [];
  return [
    finding({
      code: 'LAST_ADMINISTRATOR',
      path: 'personId',
      message: 'This is the last active RevOps administrator.',
      facts: {},
      remedy: 'Give the role REVOPS_ADMIN to someone else first.',
    }),
  ];
}

const HOUR = 3_600_000;

/**
 * Whether a role counts for approving (approvals rule 10, attack case A15): it was given at least so many hours ago, or
 * a second administrator has confirmed it. Neither giver nor confirmer may belong to the circle of what is decided, or
 * the cool-down is not shortened: an administrator cannot make a friend their approver of the hour.
 *
 * @param circle the canonical persons who have a stake: requester, contributors, other voters
 * @param coolDownHours elapsed hours; 0 switches the cool-down off
 */
export function isSeasoned(grant: Eligible, circle: ReadonlySet<string>, coolDownHours: number, now: Date): boolean {
  if (now.getTime() - grant.grantedAt.getTime() >= coolDownHours * HOUR) return true;
  return grant.confirmedBy !== null && !circle.has(grant.confirmedBy) && !circle.has(grant.grantedBy);
}

/**
 * Findings while an account has signed in as this person for less than the cool-down of a role: whoever administers
 * members could link one of their own, and act by a role that is old enough (attack case A15). No second administrator
 * shortens it: the person has the accounts that they had before.
 *
 * @param coolDownHours elapsed hours; 0 switches it off
 */
export function accountFindings(coolDownHours: number, { accountSince }: Actor, now: Date): Finding[] {
  if (!accountSince || now.getTime() - accountSince.getTime() >= coolDownHours * HOUR) return [];
  const until = new Date(accountSince.getTime() + coolDownHours * HOUR).toISOString();
  return [
    finding({
      code: 'ACCOUNT_TOO_NEW',
      path: 'account',
      message: `The account by which you signed in was linked to this member less than ${coolDownHours} hours ago.`,
      facts: { coolDownHours, until },
      remedy: `Sign in by an account that the member has had for longer, or wait until ${until}.`,
    }),
  ];
}

/** How long an administrator is new, in hours: a new one confirms no role that their own maker has given. */
export const NEW_ADMINISTRATOR_HOURS = 72;

/**
 * What is wrong with confirming a role (attack case A15): the second administrator is neither the giver nor the holder,
 * and was not made an administrator a moment ago for the purpose.
 *
 * @param grant the role as it is held now, if it is
 * @param own the administrator's own role of REVOPS_ADMIN
 */
export function confirmationFindings(
  grant: Eligible | undefined,
  own: Eligible | undefined,
  actorId: string,
  now: Date,
): Finding[] {
  if (!grant) {
    return [
      finding({
        code: 'ROLE_NOT_HELD',
        path: 'role',
        message: 'The member does not hold this role now.',
        facts: {},
        remedy: 'Look at the roles of the member; a role that has ended is given again.',
      }),
    ];
  }
  const { personId, grantedBy } = grant;
  const another = 'Ask another RevOps administrator, or wait until the cool-down of the role is over.';
  if (actorId === personId || actorId === grantedBy) {
    const message = actorId === personId ? 'This is your own role.' : 'You gave this role yourself.';
    return [finding({ code: 'SECOND_ADMINISTRATOR_NEEDED', path: 'personId', message, facts: {}, remedy: another })];
  }
  if (own && isSeasoned(own, new Set([personId, grantedBy]), NEW_ADMINISTRATOR_HOURS, now)) return [];
  return [
    finding({
      code: 'NEW_ADMINISTRATOR',
      path: 'personId',
      message: `Your own role REVOPS_ADMIN is younger than ${NEW_ADMINISTRATOR_HOURS} hours and not confirmed by anybody else.`,
      facts: { hours: NEW_ADMINISTRATOR_HOURS },
      remedy: another,
    }),
  ];
}
