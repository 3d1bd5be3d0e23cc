import { configurationOf } from '../catalogue/catalogue.queries.js';
import { configurationSource, type ConfigurationVersion } from '../catalogue/configuration-version.entity.js';
import type { Moment } from '../core/command.js';
import { insertAll, type Statement, update } from '../core/statement.js';
import type { Handoff } from '../handoff/handoff.entity.js';
import { Checkpoint, CheckpointState } from './checkpoint.entity.js';
import { type PlannedCheckpoint, plannedCheckpoints } from './checkpoint.rules.js';

/**
 * The checkpoints that begin to count with a sign-off, each once a handoff: signed off again, what was accepted stays
 * accepted, the days of the others count from the new sign-off, and those that the handoff no longer has are dropped.
 */
export function openCheckpoints(
  handoff: Handoff,
  version: ConfigurationVersion,
  existing: readonly Checkpoint[],
  { now, newId }: Moment,
): Statement[] {
  const planned = plannedCheckpoints(configurationOf(version), handoff, now);
  const known = new Map(existing.map((one) => [one.key, one]));
  const sources = [configurationSource(version)];
  const fresh = planned.filter(({ key }) => !known.has(key));
  return [
    ...insertAll(
      Checkpoint,
      fresh.map((one) => ({
        id: newId(),
        handoffId: handoff.id,
        ...one,
        state: CheckpointState.OPEN,
        openedAt: now,
        acceptedBy: null,
        acceptedAt: null,
        sources,
      })),
    ),
    ...existing
      .filter(({ state }) => state !== CheckpointState.ACCEPTED)
      .flatMap((one) => {
        const changed = changeOf(
          one,
          planned.find(({ key }) => key === one.key),
        );
        return changed ? [update(Checkpoint, { id: one.id, handoffId: handoff.id }, changed)] : [];
      }),
  ];
}

/** What a new sign-off makes of a checkpoint that nobody has accepted; null when it stays as it is. */
function changeOf(
  { state, dueOn, position }: Checkpoint,
  planned: PlannedCheckpoint | undefined,
): Partial<Checkpoint> | null {
  if (!planned) return state === CheckpointState.DROPPED ? null : { state: CheckpointState.DROPPED };
  const reopened = state === CheckpointState.DROPPED ? { state: CheckpointState.OPEN } : {};
  const isMoved = dueOn !== planned.dueOn || position !== planned.position;
  const moved = isMoved ? { dueOn: planned.dueOn, position: planned.position } : {};
  return isMoved || reopened.state ? { ...reopened, ...moved } : null;
}
