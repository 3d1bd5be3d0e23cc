import { command } from '../core/command.js';
import { notFound } from '../core/error.js';
import { insert, remove, selectFirst, update } from '../core/statement.js';
import { Assumption, AssumptionState } from './content.entity.js';
import type { AddAssumptionInput, RemoveAssumptionInput, ResolveAssumptionInput } from './content.input.js';
import { handoffDone, handoffRefused } from './handoff.outcomes.js';
import { lockHandoff } from './handoff.queries.js';
import { assessFindings, checkRevision, editFindings } from './handoff.rules.js';

/** Writes down a belief that delivery relies on; delivery adds those that it finds in its review. */
export const addAssumption = command({
  name: 'addAssumption',
  action: 'assess',
  subject: 'Handoff',
  facts: (input: AddAssumptionInput) => ({ handoff: lockHandoff(input.handoffId) }),
  target: ({ handoff }) => handoff,
  decide: ({ handoff }, input, { newId, now, actor }) => {
    checkRevision(handoff, input.expectedRevision);
    const findings = assessFindings(handoff, actor.roles);
    if (findings.length > 0) return handoffRefused(handoff, findings);
    const { text, source, impact = null } = input;
    const id = newId();
    const state = AssumptionState.ASSUMED;
    const row = insert(Assumption, {
      id,
      handoffId: handoff.id,
      text,
      state,
      source,
      impact,
      resolution: null,
      createdAt: now,
    });
    return handoffDone(handoff, { body: { assumptionId: id, state }, writes: [row] });
  },
});

/** Says what became of an assumption (document 001: ASSUMED to CONFIRMED); a later word replaces an earlier one. */
export const resolveAssumption = command({
  name: 'resolveAssumption',
  action: 'assess',
  subject: 'Handoff',
  facts: (input: ResolveAssumptionInput) => ({
    handoff: lockHandoff(input.handoffId),
    assumption: selectFirst(Assumption, { id: input.assumptionId, handoffId: input.handoffId }),
  }),
  target: ({ handoff }) => handoff,
  decide: ({ handoff, assumption }, input, { actor }) => {
    checkRevision(handoff, input.expectedRevision);
    if (!assumption) throw notFound('Assumption', input.assumptionId);
    const findings = assessFindings(handoff, actor.roles);
    if (findings.length > 0) return handoffRefused(handoff, findings);
    const { state, resolution } = input;
    const write = update(Assumption, { id: assumption.id, handoffId: handoff.id }, { state, resolution });
    return handoffDone(handoff, {
      body: { assumptionId: assumption.id, from: assumption.state, state },
      writes: [write],
    });
  },
});

/** Takes an assumption out. */
export const removeAssumption = command({
  name: 'removeAssumption',
  action: 'edit',
  subject: 'Handoff',
  facts: (input: RemoveAssumptionInput) => ({
    handoff: lockHandoff(input.handoffId),
    assumption: selectFirst(Assumption, { id: input.assumptionId, handoffId: input.handoffId }),
  }),
  target: ({ handoff }) => handoff,
  decide: ({ handoff, assumption }, input) => {
    checkRevision(handoff, input.expectedRevision);
    if (!assumption) throw notFound('Assumption', input.assumptionId);
    const findings = editFindings(handoff);
    if (findings.length > 0) return handoffRefused(handoff, findings);
    const write = remove(Assumption, { id: assumption.id, handoffId: handoff.id });
    return handoffDone(handoff, { body: { assumptionId: assumption.id, state: assumption.state }, writes: [write] });
  },
});
