import { digestOf } from '../core/canonical.js';
import { staleRevision } from '../core/error.js';
import { type Finding, finding } from '../core/finding.js';
import type { LedgerSubject } from '../core/ledger/entry.js';
import { type Statement, update } from '../core/statement.js';
import type { RoleHolder } from '../identity/identity.queries.js';
import { DELIVERY, Role } from '../identity/roles.js';
import { Handoff } from './handoff.entity.js';
import { EDITABLE, ENDED, Stage, targetOf, transitionsFrom, type Transition } from './stage.rules.js';

/** The digest of everything that an approval of the terms stands on. */
export function governedDigest(terms: { dealTermsDigest: string; serviceTemplate: string; dealType: string }): string {
  const { dealTermsDigest, serviceTemplate, dealType } = terms;
  return digestOf({ dealTermsDigest, serviceTemplate, dealType });
}

/** Throws STALE_REVISION unless the caller decided on the row as it is. */
export function checkRevision(handoff: Handoff, expected: number): void {
  if (handoff.revision !== expected) throw staleRevision('Handoff', handoff.id, expected, handoff.revision);
}

/** A finding when the transition does not start at the handoff's stage. */
export function stageFindings(handoff: Handoff, transition: Transition): Finding[] {
  if (targetOf(transition, handoff.stage)) return [];
  return [
    finding({
      code: 'WRONG_STAGE',
      path: 'handoff.stage',
      message: `A handoff in ${handoff.stage} cannot take the step ${transition}.`,
      facts: { stage: handoff.stage, transition, available: transitionsFrom(handoff.stage) },
      remedy: `From ${handoff.stage} these steps are open: ${transitionsFrom(handoff.stage).join(', ') || 'none'}.`,
    }),
  ];
}

/** A finding when sales may no longer edit the content. */
export function editFindings(handoff: Handoff): Finding[] {
  if (EDITABLE.includes(handoff.stage)) return [];
  return [
    finding({
      code: 'NOT_EDITABLE',
      path: 'handoff.stage',
      message: `The content of a handoff in ${handoff.stage} is closed.`,
      facts: { stage: handoff.stage },
      remedy: 'Delivery returns the handoff first, naming the gaps.',
    }),
  ];
}

/** A finding when neither sales may edit the content any more, nor delivery add what it found in its review. */
export function assessFindings(handoff: Handoff, roles: readonly string[]): Finding[] {
  const reviews = handoff.stage === Stage.IN_REVIEW && DELIVERY.some((role) => roles.includes(role));
  return reviews ? [] : editFindings(handoff);
}

/** A finding when the handoff has come to its end. */
export function endedFindings(handoff: Handoff): Finding[] {
  if (!ENDED.includes(handoff.stage)) return [];
  return [
    finding({
      code: 'HANDOFF_ENDED',
      path: 'handoff.stage',
      message: `A handoff in ${handoff.stage} changes no more.`,
      facts: { stage: handoff.stage },
      remedy: 'Open a new handoff for the deal if it goes on.',
    }),
  ];
}

/** The ledger's subject of a handoff: everything inside the aggregate is filed under it. */
export const handoffSubject = (id: string): LedgerSubject => ({ type: 'Handoff', id });

/** The statement that changes the aggregate's row and raises its revision; the caller holds its lock. */
export function changeHandoff(
  handoff: Handoff,
  changes: Partial<Omit<Handoff, 'tenantId' | 'id' | 'revision'>> = {},
): Statement {
  return update(Handoff, { id: handoff.id }, { ...changes, revision: handoff.revision + 1 });
}

/** Whether a handoff is hidden from a member: delivery managers see a draft once it is theirs (handoff.abilities.ts). */
export function isHiddenFrom(
  { stage, deliveryManagerId }: Pick<Handoff, 'stage' | 'deliveryManagerId'>,
  memberId: string,
  people: readonly RoleHolder[],
): boolean {
  if (stage !== Stage.DRAFT || memberId === deliveryManagerId) return false;
  const roles = people.filter(({ personId }) => personId === memberId).map(({ role }) => role);
  return roles.length > 0 && roles.every((role) => role === Role.DELIVERY_MANAGER);
}

/** A finding for an owner from whom the handoff is hidden: they could do nothing about it. */
export function hiddenFindings(
  handoff: Pick<Handoff, 'stage' | 'deliveryManagerId'>,
  ownerId: string,
  people: readonly RoleHolder[],
): Finding[] {
  if (!isHiddenFrom(handoff, ownerId, people)) return [];
  return [
    finding({
      code: 'OWNER_CANNOT_SEE',
      path: 'ownerId',
      message: 'The owner is a delivery manager whose draft this is not, and cannot see it.',
      facts: { ownerId, deliveryManagerId: handoff.deliveryManagerId },
      remedy: 'Give them the handoff with assignDeliveryManager, or name somebody else, such as a lead.',
    }),
  ];
}
