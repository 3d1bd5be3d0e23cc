import { command } from '../core/command.js';
import { notFound } from '../core/error.js';
import { insert, remove, selectFirst, update } from '../core/statement.js';
import { OWN } from './carried.rules.js';
import { Risk } from './content.entity.js';
import type { AddRiskInput, RemoveRiskInput, ReviseRiskInput } from './content.input.js';
import { handoffDone, handoffRefused, handoffUnchanged } from './handoff.outcomes.js';
import { lockHandoff } from './handoff.queries.js';
import { assessFindings, checkRevision, editFindings } from './handoff.rules.js';
import { given } from './text.input.js';

/** Names a risk (requirement 000, critical risks); delivery adds those that it finds in its review. */
export const addRisk = command({
  name: 'addRisk',
  action: 'assess',
  subject: 'Handoff',
  facts: (input: AddRiskInput) => ({ handoff: lockHandoff(input.handoffId) }),
  target: ({ handoff }) => handoff,
  decide: ({ handoff }, input, { newId, now, actor }) => {
    checkRevision(handoff, input.expectedRevision);
    const findings = assessFindings(handoff, actor.roles);
    if (findings.length > 0) return handoffRefused(handoff, findings);
    const { text, level, mitigation = null, source } = input;
    const id = newId();
    const row = insert(Risk, { id, handoffId: handoff.id, text, level, mitigation, source, createdAt: now });
    return handoffDone(handoff, { body: { riskId: id, level }, writes: [row] });
  },
});

/** Changes what is said of a risk. */
export const reviseRisk = command({
  name: 'reviseRisk',
  action: 'edit',
  subject: 'Handoff',
  facts: (input: ReviseRiskInput) => ({
    handoff: lockHandoff(input.handoffId),
    risk: selectFirst(Risk, { id: input.riskId, handoffId: input.handoffId }),
  }),
  target: ({ handoff }) => handoff,
  decide: ({ handoff, risk }, input) => {
    checkRevision(handoff, input.expectedRevision);
    if (!risk) throw notFound('Risk', input.riskId);
    const findings = editFindings(handoff);
    if (findings.length > 0) return handoffRefused(handoff, findings);
    const changes = given(input, ['text', 'level', 'mitigation', 'source']);
    const fields = Object.keys(changes);
    if (fields.length === 0) return handoffUnchanged(handoff);
    const write = update(Risk, { id: risk.id, handoffId: handoff.id }, { ...changes, ...OWN });
    return handoffDone(handoff, {
      body: { riskId: risk.id, level: input.level ?? risk.level, fields },
      writes: [write],
    });
  },
});

/** Takes a risk out. */
export const removeRisk = command({
  name: 'removeRisk',
  action: 'edit',
  subject: 'Handoff',
  facts: (input: RemoveRiskInput) => ({
    handoff: lockHandoff(input.handoffId),
    risk: selectFirst(Risk, { id: input.riskId, handoffId: input.handoffId }),
  }),
  target: ({ handoff }) => handoff,
  decide: ({ handoff, risk }, input) => {
    checkRevision(handoff, input.expectedRevision);
    if (!risk) throw notFound('Risk', input.riskId);
    const findings = editFindings(handoff);
    if (findings.length > 0) return handoffRefused(handoff, findings);
    const write = remove(Risk, { id: risk.id, handoffId: handoff.id });
    return handoffDone(handoff, { body: { riskId: risk.id, level: risk.level }, writes: [write] });
  },
});
