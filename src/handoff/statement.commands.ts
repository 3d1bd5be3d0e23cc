import { command } from '../core/command.js';
import { notFound } from '../core/error.js';
import { insert, remove, selectFirst, update } from '../core/statement.js';
import { HandoffStatement } from './content.entity.js';
import type { AddStatementInput, RemoveStatementInput, ReviseStatementInput } from './content.input.js';
import { handoffDone, handoffRefused, handoffUnchanged } from './handoff.outcomes.js';
import { lockHandoff } from './handoff.queries.js';
import { checkRevision, editFindings } from './handoff.rules.js';
import { given } from './text.input.js';
import { OWN } from './carried.rules.js';

const edit = { action: 'edit', subject: 'Handoff' } as const;

/** Writes a statement into the handoff, with its source (design 1, brief: every statement carries its source). */
export const addStatement = command({
  name: 'addStatement',
  ...edit,
  facts: (input: AddStatementInput) => ({ handoff: lockHandoff(input.handoffId) }),
  target: ({ handoff }) => handoff,
  decide: ({ handoff }, input, { newId, now }) => {
    checkRevision(handoff, input.expectedRevision);
    const findings = editFindings(handoff);
    if (findings.length > 0) return handoffRefused(handoff, findings);
    const { kind, text, source, dueOn = null, topic = null } = input;
    const id = newId();
    const row = insert(HandoffStatement, {
      id,
      handoffId: handoff.id,
      kind,
      text,
      source,
      dueOn,
      topic,
      createdAt: now,
    });
    return handoffDone(handoff, { body: { statementId: id, kind, dueOn }, writes: [row] });
  },
});

/** Changes a statement. */
export const reviseStatement = command({
  name: 'reviseStatement',
  ...edit,
  facts: (input: ReviseStatementInput) => ({
    handoff: lockHandoff(input.handoffId),
    statement: selectFirst(HandoffStatement, { id: input.statementId, handoffId: input.handoffId }),
  }),
  target: ({ handoff }) => handoff,
  decide: ({ handoff, statement }, input) => {
    checkRevision(handoff, input.expectedRevision);
    if (!statement) throw notFound('HandoffStatement', input.statementId);
    const findings = editFindings(handoff);
    if (findings.length > 0) return handoffRefused(handoff, findings);
    const changes = given(input, ['kind', 'text', 'source', 'dueOn', 'topic']);
    const fields = Object.keys(changes);
    if (fields.length === 0) return handoffUnchanged(handoff);
    const { id } = statement;
    const write = update(HandoffStatement, { id, handoffId: handoff.id }, { ...changes, ...OWN });
    return handoffDone(handoff, {
      body: { statementId: id, kind: input.kind ?? statement.kind, fields },
      writes: [write],
    });
  },
});

/** Takes a statement out. */
export const removeStatement = command({
  name: 'removeStatement',
  ...edit,
  facts: (input: RemoveStatementInput) => ({
    handoff: lockHandoff(input.handoffId),
    statement: selectFirst(HandoffStatement, { id: input.statementId, handoffId: input.handoffId }),
  }),
  target: ({ handoff }) => handoff,
  decide: ({ handoff, statement }, input) => {
    checkRevision(handoff, input.expectedRevision);
    if (!statement) throw notFound('HandoffStatement', input.statementId);
    const findings = editFindings(handoff);
    if (findings.length > 0) return handoffRefused(handoff, findings);
    const write = remove(HandoffStatement, { id: statement.id, handoffId: handoff.id });
    return handoffDone(handoff, { body: { statementId: statement.id, kind: statement.kind }, writes: [write] });
  },
});
