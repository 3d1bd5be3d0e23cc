import type { RoleHolder } from '../identity/identity.queries.js';

/** Who stands out in a handoff: the obvious owners of its tasks. */
export interface HandoffPeople {
  /** The sales owner. */
  readonly ownerId: string;
  readonly deliveryManagerId: string | null;
  readonly projectLeadId: string | null;
}

/**
 * The person who owns tasks of a role, when exactly one of the handoff's people holds it now; else null, and the task
 * waits for `assignTask` with its role (document 003: every task has an owner).
 */
export function obviousOwner(role: string, people: HandoffPeople, eligible: readonly RoleHolder[]): string | null {
  const { ownerId, deliveryManagerId, projectLeadId } = people;
  const candidates = [...new Set([ownerId, deliveryManagerId, projectLeadId])].filter((id) =>
    eligible.some((held) => held.personId === id && (held.role as string) === role),
  );
  return candidates.length === 1 ? (candidates[0] ?? null) : null;
}
