import { barFromRequests, barFromRounds, recordContribution } from '../approval/approval.effects.js';
import { configurationOf, configurationOfHandoff } from '../catalogue/catalogue.queries.js';
import { command } from '../core/command.js';
import { notFound } from '../core/error.js';
import { type Finding, finding } from '../core/finding.js';
import { eligiblePeople, personById, recordsOf, type RoleHolder } from '../identity/identity.queries.js';
import { Role } from '../identity/roles.js';
import { answerChange } from './answers.rules.js';
import type { AssignHandoffInput, EditHandoffInput, EditIntakeInput } from './handoff.input.js';
import { type HandoffChanges, handoffDone, handoffRefused, handoffUnchanged } from './handoff.outcomes.js';
import { lockHandoff, lockScopeRequests, signerOf } from './handoff.queries.js';
import { checkRevision, editFindings, endedFindings, handoffSubject } from './handoff.rules.js';
import { given } from './text.input.js';

/** Changes sales' own fields; only those given change. */
export const editHandoff = command({
  name: 'editHandoff',
  action: 'edit',
  subject: 'Handoff',
  facts: (input: EditHandoffInput) => ({
    handoff: lockHandoff(input.handoffId),
    version: configurationOfHandoff(input.handoffId),
  }),
  target: ({ handoff }) => handoff,
  decide: ({ handoff, version }, input) => {
    checkRevision(handoff, input.expectedRevision);
    const answered = input.answers
      ? answerChange(configurationOf(version).questions, handoff.answers, input.answers)
      : null;
    const findings = [...editFindings(handoff), ...(answered?.findings ?? [])];
    if (findings.length > 0) return handoffRefused(handoff, findings);
    const texts = ['context', 'communicationPreferences', 'billingTerms', 'paymentSchedule', 'specialTerms'] as const;
    const changes: HandoffChanges = {
      ...given(input, [...texts, 'startOn']),
      ...(answered ? { answers: answered.answers } : {}),
    };
    const fields = Object.keys(changes);
    if (fields.length === 0) return handoffUnchanged(handoff);
    const fieldsToConfirm = handoff.fieldsToConfirm.filter((field) => !fields.includes(field));
    return handoffDone(handoff, {
      body: { fields, startOn: input.startOn ?? handoff.startOn },
      changes: { ...changes, fieldsToConfirm },
    });
  },
});

/** Changes delivery's own fields (requirement 001, permission sets: delivery reads and edits its intake fields). */
export const editIntake = command({
  name: 'editIntake',
  action: 'intake',
  subject: 'Handoff',
  facts: (input: EditIntakeInput) => ({ handoff: lockHandoff(input.handoffId) }),
  target: ({ handoff }) => handoff,
  decide: ({ handoff }, input) => {
    checkRevision(handoff, input.expectedRevision);
    const findings = endedFindings(handoff);
    if (findings.length > 0) return handoffRefused(handoff, findings);
    const changes = given(input, ['intakeNotes']);
    const fields = Object.keys(changes);
    return fields.length === 0 ? handoffUnchanged(handoff) : handoffDone(handoff, { body: { fields }, changes });
  },
});

/** A finding when the person does not hold the role, or not actively; names those who do. */
export function holderFindings(people: readonly RoleHolder[], personId: string, role: Role): Finding[] {
  const holders = people.filter((person) => person.role === role).map((person) => person.personId);
  if (holders.includes(personId)) return [];
  return [
    finding({
      code: 'ROLE_NOT_HELD',
      path: 'personId',
      message: `This person is no active member with the role ${role}.`,
      facts: { role, holders: holders.slice(0, 20) },
      remedy: 'Name one of the holders, or ask a RevOps administrator to grant the role.',
    }),
  ];
}

/** Gives the handoff to another sales manager, who is never the human that has signed it off (approvals rule 1). */
export const assignOwner = command({
  name: 'assignOwner',
  action: 'reassign',
  subject: 'Handoff',
  facts: (input: AssignHandoffInput) => ({
    handoff: lockHandoff(input.handoffId),
    scopeRequests: lockScopeRequests(input.handoffId),
    signerId: signerOf(input.handoffId),
    person: personById(input.personId),
    records: recordsOf(input.personId),
    people: eligiblePeople(),
  }),
  target: ({ handoff }) => handoff,
  decide: ({ handoff, scopeRequests, signerId, person, records, people }, input, moment) => {
    checkRevision(handoff, input.expectedRevision);
    if (!person) throw notFound('Person', input.personId);
    const findings = [
      ...endedFindings(handoff),
      ...holderFindings(people, person.id, Role.SALES_MANAGER),
      ...(records.some(({ id }) => id === signerId) ? [hasSignedOff(signerId)] : []),
    ];
    if (findings.length > 0) return handoffRefused(handoff, findings);
    if (handoff.ownerId === person.id) return handoffUnchanged(handoff);
    const subject = handoffSubject(handoff.id);
    const owns = recordContribution(subject, handoff.termsRevision, person.id, moment);
    return handoffDone(handoff, {
      body: { from: handoff.ownerId, ownerId: person.id },
      changes: { ownerId: person.id },
      // The record's owner never approves it, nor a change of its scope (approvals rule 1).
      writes: [owns, barFromRounds(subject, person.id), ...barFromRequests(scopeRequests, person.id, moment)],
    });
  },
});

function hasSignedOff(signedBy: string | null): Finding {
  return finding({
    code: 'SELF_APPROVAL',
    path: 'personId',
    message: 'This person has signed off that the deal can be delivered, and would own it.',
    facts: { signedBy },
    remedy: 'Name another sales manager, or have another delivery manager sign it off first (assignDeliveryManager).',
  });
}
