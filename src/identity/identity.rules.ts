import { type Finding, finding } from '../core/finding.js';
import type { Eligible } from './identity.queries.js';
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

/** A tenant keeps at least one active administrator, or nobody could ever let anyone in again. */
export function lastAdministrator(people: readonly Eligible[], personId: string): Finding[] {
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
