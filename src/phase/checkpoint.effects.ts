import { configurationOf } from '../catalogue/catalogue.queries.js';
import { configurationSource, type ConfigurationVersion } from '../catalogue/configuration-version.entity.js';
import type { Moment } from '../core/command.js';
import { insertAll, type Statement, update } from '../core/statement.js';
import type { Handoff } from '../handoff/handoff.entity.js';
import { Checkpoint, CheckpointState } from './checkpoint.entity.js';
import { plannedCheckpoints } from './checkpoint.rules.js';

/**
 * The checkpoints that begin to count with a sign-off, each once a handoff: signed off again, what was accepted stays
 * accepted, and the days of the others count from the new sign-off.
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
    ...planned.flatMap(({ key, dueOn }) => {
      const one = known.get(key);
      const isMoved = one !== undefined && one.state !== CheckpointState.ACCEPTED && one.dueOn !== dueOn;
      return isMoved ? [update(Checkpoint, { id: one.id, handoffId: handoff.id }, { dueOn })] : [];
    }),
  ];
}
