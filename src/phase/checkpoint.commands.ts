import { checklistOf, evidenceOf } from '../checklist/checklist.queries.js';
import { command } from '../core/command.js';
import { notFound } from '../core/error.js';
import { insert, update } from '../core/statement.js';
import { handoffDone, handoffRefused } from '../handoff/handoff.outcomes.js';
import { lockHandoff } from '../handoff/handoff.queries.js';
import { checkRevision } from '../handoff/handoff.rules.js';
import { milestonesOf, tasksOf } from '../project/project.queries.js';
import { Checkpoint, CheckpointReturn, CheckpointState } from './checkpoint.entity.js';
import type { CheckpointInput, ReturnCheckpointInput } from './checkpoint.input.js';
import { checkpointsOf } from './checkpoint.queries.js';
import { acceptanceFindings, judgingFindings } from './checkpoint.rules.js';

function checkpointIn(checkpoints: readonly Checkpoint[], id: string): Checkpoint {
  const found = checkpoints.find((one) => one.id === id);
  if (!found) throw notFound('Checkpoint', id);
  return found;
}

/** The delivery manager accepts a checkpoint: what it asks for is there (document 003, several handoff points). */
export const acceptCheckpoint = command({
  name: 'acceptCheckpoint',
  action: 'judgeCheckpoint',
  subject: 'Handoff',
  services: false,
  facts: ({ handoffId }: CheckpointInput) => ({
    handoff: lockHandoff(handoffId),
    checkpoints: checkpointsOf(handoffId),
    items: checklistOf(handoffId),
    evidence: evidenceOf(handoffId),
    milestones: milestonesOf(handoffId),
    tasks: tasksOf(handoffId),
  }),
  target: ({ handoff }) => handoff,
  decide: (facts, input, { now, actor }) => {
    const { handoff, checkpoints } = facts;
    checkRevision(handoff, input.expectedRevision);
    const checkpoint = checkpointIn(checkpoints, input.checkpointId);
    const findings = [...judgingFindings(handoff, checkpoint, actor.id), ...acceptanceFindings(checkpoint, facts)];
    if (findings.length > 0) return handoffRefused(handoff, findings);
    const { id, key, dueOn } = checkpoint;
    const accepted = { state: CheckpointState.ACCEPTED, acceptedBy: actor.id, acceptedAt: now };
    return handoffDone(handoff, {
      body: { checkpointId: id, key, dueOn, state: CheckpointState.ACCEPTED },
      sources: checkpoint.sources,
      writes: [update(Checkpoint, { id, handoffId: handoff.id }, accepted)],
    });
  },
});

/** The delivery manager does not accept a checkpoint, and names the gaps; it stays open, and overdue when its day passes. */
export const returnCheckpoint = command({
  name: 'returnCheckpoint',
  action: 'judgeCheckpoint',
  subject: 'Handoff',
  services: false,
  facts: ({ handoffId }: ReturnCheckpointInput) => ({
    handoff: lockHandoff(handoffId),
    checkpoints: checkpointsOf(handoffId),
  }),
  target: ({ handoff }) => handoff,
  decide: ({ handoff, checkpoints }, input, { now, actor, newId }) => {
    checkRevision(handoff, input.expectedRevision);
    const checkpoint = checkpointIn(checkpoints, input.checkpointId);
    const findings = judgingFindings(handoff, checkpoint, actor.id);
    if (findings.length > 0) return handoffRefused(handoff, findings);
    const { id: checkpointId, key } = checkpoint;
    const id = newId();
    const gaps = input.gaps.map(({ path, text }) => ({ path, text }));
    return handoffDone(handoff, {
      body: { checkpointId, key, returnId: id, gaps: gaps.map(({ path }) => path), state: CheckpointState.RETURNED },
      sources: checkpoint.sources,
      writes: [
        insert(CheckpointReturn, {
          id,
          handoffId: handoff.id,
          checkpointId,
          gaps,
          returnedBy: actor.id,
          returnedAt: now,
        }),
        update(Checkpoint, { id: checkpointId, handoffId: handoff.id }, { state: CheckpointState.RETURNED }),
      ],
    });
  },
});
