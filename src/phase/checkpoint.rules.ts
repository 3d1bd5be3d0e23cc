import { addBusinessDays, dateOf } from '../catalogue/calendar.rules.js';
import type { RuledConfiguration } from '../catalogue/configuration.js';
import { checkpointsFor } from '../catalogue/variant.rules.js';
import { type ChecklistItem, ItemState } from '../checklist/checklist.entity.js';
import { lostEvidenceFindings } from '../checklist/checklist.rules.js';
import type { Evidence } from '../checklist/evidence.entity.js';
import { type Finding, finding } from '../core/finding.js';
import type { Handoff } from '../handoff/handoff.entity.js';
import { Stage } from '../handoff/stage.rules.js';
import { type ProjectMilestone, type ProjectTask, TaskState } from '../project/project.entity.js';
import { type Checkpoint, CheckpointState } from './checkpoint.entity.js';

/** A checkpoint as a sign-off makes it. */
export type PlannedCheckpoint = Pick<
  Checkpoint,
  'key' | 'name' | 'position' | 'checklistItems' | 'milestones' | 'dueOn'
>;

/** The checkpoints that a handoff gets by its configuration, in business days from the day of the sign-off. */
export function plannedCheckpoints(
  configuration: Pick<RuledConfiguration, 'variants' | 'calendar'>,
  handoff: Pick<Handoff, 'tier' | 'dealType' | 'serviceTemplate'>,
  signedAt: Date,
): PlannedCheckpoint[] {
  const { calendar } = configuration;
  const signedOn = dateOf(calendar, signedAt);
  return checkpointsFor(configuration, handoff).map(
    ({ key, name, dueBusinessDays, checklistItems = [], milestones = [] }, index) => ({
      key,
      name,
      position: index + 1,
      checklistItems: [...checklistItems],
      milestones: [...milestones],
      dueOn: addBusinessDays(calendar, signedOn, dueBusinessDays),
    }),
  );
}

/** The stages in which checkpoints are judged: delivery has signed off, and nobody has closed it. */
const JUDGED: readonly Stage[] = [Stage.SIGNED_OFF, Stage.KICKOFF_SCHEDULED, Stage.KICKED_OFF];

/** What stands against judging a checkpoint at all: its stage, who judges, and what was said of it before. */
export function judgingFindings(handoff: Handoff, checkpoint: Checkpoint, actorId: string): Finding[] {
  const findings: Finding[] = [];
  if (!JUDGED.includes(handoff.stage)) {
    findings.push(
      finding({
        code: 'CHECKPOINT_CLOSED',
        path: 'handoff.stage',
        message: `The checkpoints of a handoff in ${handoff.stage} are not judged.`,
        facts: { stage: handoff.stage },
        remedy: `They are judged in ${JUDGED.join(', ')}.`,
      }),
    );
  }
  if (handoff.deliveryManagerId !== actorId) {
    findings.push(
      finding({
        code: 'NOT_THE_DELIVERY_MANAGER',
        path: 'handoff.deliveryManager',
        message: 'Only the delivery manager of this handoff judges its checkpoints.',
        facts: { deliveryManagerId: handoff.deliveryManagerId },
        remedy: 'Ask the delivery manager, or have the handoff assigned to you first (assignDeliveryManager).',
      }),
    );
  }
  if (checkpoint.state === CheckpointState.DROPPED) {
    findings.push(
      finding({
        code: 'CHECKPOINT_DROPPED',
        path: `checkpoints.${checkpoint.key}`,
        message: 'The checkpoint does not count any more: the handoff was classified anew.',
        facts: { checkpointId: checkpoint.id },
        remedy: 'Nothing is to be done; judge the checkpoints that the latest sign-off asks for.',
      }),
    );
  }
  if (checkpoint.state === CheckpointState.ACCEPTED) {
    findings.push(
      finding({
        code: 'CHECKPOINT_ACCEPTED',
        path: `checkpoints.${checkpoint.key}`,
        message: 'The checkpoint was accepted.',
        facts: { checkpointId: checkpoint.id },
        remedy: 'Nothing is to be done; what went wrong since is a change of scope.',
      }),
    );
  }
  return findings;
}

/** Whether somebody is still to accept it. */
const isWaited = (state: CheckpointState): boolean =>
  state === CheckpointState.OPEN || state === CheckpointState.RETURNED;

/** What a checkpoint is judged by. */
export interface CheckpointGround {
  readonly checkpoints: readonly Checkpoint[];
  readonly items: readonly ChecklistItem[];
  readonly evidence: readonly Evidence[];
  readonly milestones: readonly ProjectMilestone[];
  readonly tasks: readonly ProjectTask[];
}

const PROVEN: readonly ItemState[] = [ItemState.VERIFIED, ItemState.NOT_APPLICABLE];

/**
 * What keeps a checkpoint from being accepted, everything at once: an earlier one is open, an item of the checklist is
 * not proven or its document was lost, a task of a milestone is not done. The age of evidence is not asked again: it was
 * current when delivery took the handoff over.
 */
export function acceptanceFindings(checkpoint: Checkpoint, ground: CheckpointGround): Finding[] {
  const path = `checkpoints.${checkpoint.key}`;
  const before = ground.checkpoints.filter(({ position, state }) => position < checkpoint.position && isWaited(state));
  const named = ground.items.filter(({ code }) => checkpoint.checklistItems.includes(code));
  const known = new Set(named.map(({ code }) => code));
  const unproven = [
    ...checkpoint.checklistItems.filter((code) => !known.has(code)),
    ...named.filter(({ state }) => !PROVEN.includes(state)).map(({ code }) => code),
  ];
  const milestoneIds = new Map(ground.milestones.map(({ id, key }) => [id, key]));
  const undone = ground.tasks.filter(
    ({ milestoneId, state }) =>
      state === TaskState.OPEN && checkpoint.milestones.includes(milestoneIds.get(milestoneId) ?? ''),
  );
  return [
    ...before.map(({ id, key }) =>
      finding({
        code: 'CHECKPOINT_BEFORE_OPEN',
        path: `checkpoints.${key}`,
        message: 'An earlier checkpoint is not accepted.',
        facts: { checkpointId: id, key },
        remedy: 'Accept the checkpoints in their order.',
      }),
    ),
    ...unproven.map((code) =>
      finding({
        code: 'CHECKPOINT_ITEM_UNPROVEN',
        path,
        message: `The checklist item ${code} is not proven.`,
        facts: { item: code },
        remedy: 'Name it as a gap with returnCheckpoint; what the handoff itself lacks is proven after a return.',
      }),
    ),
    ...lostEvidenceFindings(named, ground.evidence),
    ...undone.map(({ id, key, milestoneId, dueOn }) =>
      finding({
        code: 'CHECKPOINT_TASK_OPEN',
        path,
        message: 'A task of a milestone is not done.',
        facts: { taskId: id, task: key, milestone: milestoneIds.get(milestoneId) ?? null, dueOn },
        remedy: 'Whoever owns the task completes it (completeTask).',
      }),
    ),
  ];
}

/** The checkpoints that keep a handoff from being closed. */
export function openCheckpointFindings(checkpoints: readonly Checkpoint[]): Finding[] {
  return checkpoints
    .filter(({ state }) => isWaited(state))
    .map(({ id, key, name, dueOn }) =>
      finding({
        code: 'CHECKPOINT_OPEN',
        path: `checkpoints.${key}`,
        message: `The checkpoint ${name} is not accepted.`,
        facts: { checkpointId: id, key, dueOn },
        remedy: 'The delivery manager accepts it with acceptCheckpoint.',
      }),
    );
}
