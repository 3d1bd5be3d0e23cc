import { command } from '../core/command.js';
import { notFound } from '../core/error.js';
import { insert, remove, selectFirst, update } from '../core/statement.js';
import { OWN } from './carried.rules.js';
import { Stakeholder } from './content.entity.js';
import type { AddStakeholderInput, RemoveStakeholderInput, ReviseStakeholderInput } from './content.input.js';
import { handoffDone, handoffRefused, handoffUnchanged } from './handoff.outcomes.js';
import { lockHandoff } from './handoff.queries.js';
import { checkRevision, editFindings } from './handoff.rules.js';
import { given } from './text.input.js';

const edit = { action: 'edit', subject: 'Handoff' } as const;

/** Names a person on either side (requirement 003: the names of all stakeholders on both sides). */
export const addStakeholder = command({
  name: 'addStakeholder',
  ...edit,
  facts: (input: AddStakeholderInput) => ({ handoff: lockHandoff(input.handoffId) }),
  target: ({ handoff }) => handoff,
  decide: ({ handoff }, input, { newId }) => {
    checkRevision(handoff, input.expectedRevision);
    const findings = editFindings(handoff);
    if (findings.length > 0) return handoffRefused(handoff, findings);
    const { side, role, name, title = null, email = null, phone = null, notes = null } = input;
    const id = newId();
    const row = insert(Stakeholder, { id, handoffId: handoff.id, side, role, name, title, email, phone, notes });
    return handoffDone(handoff, { body: { stakeholderId: id, side, role }, writes: [row] });
  },
});

/** Changes what is said of a stakeholder. */
export const reviseStakeholder = command({
  name: 'reviseStakeholder',
  ...edit,
  facts: (input: ReviseStakeholderInput) => ({
    handoff: lockHandoff(input.handoffId),
    stakeholder: selectFirst(Stakeholder, { id: input.stakeholderId, handoffId: input.handoffId }),
  }),
  target: ({ handoff }) => handoff,
  decide: ({ handoff, stakeholder }, input) => {
    checkRevision(handoff, input.expectedRevision);
    if (!stakeholder) throw notFound('Stakeholder', input.stakeholderId);
    const findings = editFindings(handoff);
    if (findings.length > 0) return handoffRefused(handoff, findings);
    const changes = given(input, ['side', 'role', 'name', 'title', 'email', 'phone', 'notes']);
    const fields = Object.keys(changes);
    if (fields.length === 0) return handoffUnchanged(handoff);
    const { id } = stakeholder;
    const write = update(Stakeholder, { id, handoffId: handoff.id }, { ...changes, ...OWN });
    return handoffDone(handoff, { body: { stakeholderId: id, fields }, writes: [write] });
  },
});

/** Takes a stakeholder out. */
export const removeStakeholder = command({
  name: 'removeStakeholder',
  ...edit,
  facts: (input: RemoveStakeholderInput) => ({
    handoff: lockHandoff(input.handoffId),
    stakeholder: selectFirst(Stakeholder, { id: input.stakeholderId, handoffId: input.handoffId }),
  }),
  target: ({ handoff }) => handoff,
  decide: ({ handoff, stakeholder }, input) => {
    checkRevision(handoff, input.expectedRevision);
    if (!stakeholder) throw notFound('Stakeholder', input.stakeholderId);
    const findings = editFindings(handoff);
    if (findings.length > 0) return handoffRefused(handoff, findings);
    const { id, side, role } = stakeholder;
    const write = remove(Stakeholder, { id, handoffId: handoff.id });
    return handoffDone(handoff, { body: { stakeholderId: id, side, role }, writes: [write] });
  },
});
