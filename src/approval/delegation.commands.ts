import { command, done, refused } from '../core/command.js';
import { staleRevision } from '../core/error.js';
import { finding } from '../core/finding.js';
import { insert, selectRequired, update } from '../core/statement.js';
import { eligiblePeople } from '../identity/identity.queries.js';
import { Role } from '../identity/roles.js';
import type { DelegateVotesInput, DelegationInput } from './approval.input.js';
import { mergedPeople } from './approval.queries.js';
import { Delegation } from './delegation.entity.js';
import { confirmFindings, delegationFindings, isOver } from './delegation.rules.js';
import { standingOf } from './standing.rules.js';

const subjectOf = (id: string): { type: string; id: string } => ({ type: 'Delegation', id });

function checkRevision({ id, revision }: Delegation, expected: number): void {
  if (revision !== expected) throw staleRevision('Delegation', id, expected, revision);
}

/**
 * Lets one person vote for another while they are away: set up by the one who is away, or by an administrator for them.
 * It holds once somebody else has confirmed it, since it hands on a privilege (approvals rule 9).
 */
export const delegateVotes = command({
  name: 'delegateVotes',
  action: 'create',
  subject: 'Delegation',
  services: false,
  facts: (_input: DelegateVotesInput) => ({ people: eligiblePeople(), merged: mergedPeople() }),
  decide: ({ people, merged }, input, { actor, now, newId }) => {
    const isAdministrator = actor.roles.includes(Role.REVOPS_ADMIN);
    const standing = standingOf(people, merged);
    const { delegatorId, delegateId, fromAt, untilAt, kinds, reason } = input;
    const findings = delegationFindings(input, { actorId: actor.id, isAdministrator }, standing, now);
    if (findings.length > 0) return refused(findings);
    const id = newId();
    const row = {
      id,
      delegatorId: standing.canonicalOf(delegatorId),
      delegateId: standing.canonicalOf(delegateId),
      kinds: [...(kinds ?? [])].sort(),
      reason,
      fromAt,
      untilAt,
      createdBy: actor.id,
      createdAt: now,
      confirmedBy: null,
      confirmedAt: null,
      endedBy: null,
      endedAt: null,
      revision: 1,
    };
    return done({
      id,
      subject: subjectOf(id),
      body: { delegatorId, delegateId, kinds: row.kinds, fromAt: fromAt.toISOString(), untilAt: untilAt.toISOString() },
      writes: [insert(Delegation, row)],
    });
  },
});

/** Confirms a delegation: by an administrator or lead who is neither of the two and did not set it up. */
export const confirmDelegation = command({
  name: 'confirmDelegation',
  action: 'confirm',
  subject: 'Delegation',
  services: false,
  facts: ({ delegationId }: DelegationInput) => ({
    delegation: selectRequired(Delegation, delegationId, { lock: 'UPDATE' }),
    people: eligiblePeople(),
    merged: mergedPeople(),
  }),
  target: ({ delegation }) => delegation,
  decide: ({ delegation, people, merged }, { expectedRevision }, { actor, now }) => {
    checkRevision(delegation, expectedRevision);
    const { id, delegatorId, delegateId, revision } = delegation;
    const findings = confirmFindings(delegation, actor.id, standingOf(people, merged), now);
    if (findings.length > 0) return refused(findings, { subject: subjectOf(id) });
    return done({
      id,
      subject: subjectOf(id),
      body: { delegatorId, delegateId },
      writes: [update(Delegation, { id }, { confirmedBy: actor.id, confirmedAt: now, revision: revision + 1 })],
    });
  },
});

/** Ends a delegation before its time: by either of the two, who set it up, or an administrator. Its unused votes fall. */
export const endDelegation = command({
  name: 'endDelegation',
  action: 'end',
  subject: 'Delegation',
  services: false,
  facts: ({ delegationId }: DelegationInput) => ({
    delegation: selectRequired(Delegation, delegationId, { lock: 'UPDATE' }),
    people: eligiblePeople(),
    merged: mergedPeople(),
  }),
  target: ({ delegation }) => delegation,
  decide: ({ delegation, people, merged }, { expectedRevision }, { actor, now }) => {
    checkRevision(delegation, expectedRevision);
    const { id, revision, createdBy, delegatorId, delegateId } = delegation;
    const { canonicalOf } = standingOf(people, merged);
    const hands = [createdBy, delegatorId, delegateId].map(canonicalOf);
    const findings = [];
    if (!hands.includes(canonicalOf(actor.id)) && !actor.roles.includes(Role.REVOPS_ADMIN)) {
      findings.push(
        finding({
          code: 'NOT_YOURS',
          path: 'delegationId',
          message: 'You had no part in this delegation.',
          facts: {},
          remedy: 'Either of the two ends it, or a RevOps administrator.',
        }),
      );
    }
    if (isOver(delegation, now)) {
      findings.push(
        finding({
          code: 'NOT_OPEN',
          path: 'delegationId',
          message: 'It is over.',
          facts: {},
          remedy: 'There is nothing to end.',
        }),
      );
    }
    if (findings.length > 0) return refused(findings, { subject: subjectOf(id) });
    return done({
      id,
      subject: subjectOf(id),
      body: { delegatorId, delegateId },
      writes: [update(Delegation, { id }, { endedBy: actor.id, endedAt: now, revision: revision + 1 })],
    });
  },
});
