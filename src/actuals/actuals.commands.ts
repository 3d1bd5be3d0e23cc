import { command, done, type Moment } from '../core/command.js';
import { notFound } from '../core/error.js';
import { insert, insertAll, type Statement, update } from '../core/statement.js';
import { lockHandoff } from '../handoff/handoff.queries.js';
import { projectOfHandoff } from '../project/project.queries.js';
import { ActualsCursor, ActualsLine, ActualsMark, ActualsSnapshot } from './actuals.entity.js';
import { currentActuals, lockCursorOf } from './actuals.queries.js';
import { type ActualsReading, readingDigest, readingStep } from './reading.rules.js';

/**
 * Takes in what a connector has read of a project. A read that says the same as the current snapshot moves the watermark
 * alone; one that comes late is kept in the history and changes nothing else. The worker's alone.
 */
export const recordActuals = command({
  name: 'recordActuals',
  action: 'record',
  subject: 'ActualsSnapshot',
  facts: (reading: ActualsReading) => ({
    handoff: lockHandoff(reading.handoffId),
    cursor: lockCursorOf(reading.handoffId),
    current: currentActuals(reading.handoffId),
    project: projectOfHandoff(reading.handoffId),
  }),
  decide: ({ handoff, cursor, current, project }, reading, moment) => {
    if (!project) throw notFound('Project', `of handoff ${handoff.id}`);
    const step = readingStep(reading, cursor, current?.digest ?? null);
    const subject = { type: 'Project', id: project.id };
    const { takenAt, source, sourceId } = reading;
    if (step === 'NOTHING' || step === 'WATERMARK') {
      const writes = step === 'WATERMARK' && cursor ? [moved(cursor, reading)] : [];
      return done({ id: project.id, subject, body: { step, digest: current?.digest ?? null }, writes });
    }
    const { snapshot, statements } = snapshotRows(reading, project.id, moment);
    const pointed = step === 'LATE' ? [] : [pointedAt(cursor, snapshot, moment)];
    const minutes = reading.lines.reduce((sum, line) => sum + line.actualMinutes, 0);
    return done({
      id: snapshot.id,
      subject,
      body: { step, source, sourceId, takenAt: takenAt.toISOString(), digest: snapshot.digest, minutes },
      writes: [...statements, ...pointed],
    });
  },
});

/** The watermark alone: a read that said the same as the current snapshot. */
export function moved(
  { id }: Pick<ActualsCursor, 'id'>,
  { takenAt, readAt }: Pick<ActualsReading, 'takenAt' | 'readAt'>,
): Statement {
  return update(ActualsCursor, { id }, { takenAt, readAt });
}

function pointedAt(
  cursor: ActualsCursor | null,
  { id: snapshotId, projectId, handoffId, takenAt, readAt }: Omit<ActualsSnapshot, 'tenantId'>,
  { newId }: Moment,
): Statement {
  const to = { snapshotId, takenAt, readAt };
  if (cursor) return update(ActualsCursor, { id: cursor.id }, to);
  return insert(ActualsCursor, { id: newId(), projectId, handoffId, ...to });
}

function snapshotRows(
  reading: ActualsReading,
  projectId: string,
  { newId }: Moment,
): { readonly snapshot: Omit<ActualsSnapshot, 'tenantId'>; readonly statements: readonly Statement[] } {
  const { lines, marks, ...rest } = reading;
  const snapshot = { id: newId(), projectId, ...rest, digest: readingDigest(reading) };
  const of = { snapshotId: snapshot.id };
  return {
    snapshot,
    statements: [
      insert(ActualsSnapshot, snapshot),
      ...insertAll(
        ActualsLine,
        lines.map(({ budgetTypes, actualMinutes, remainingMinutes, actualCostMinor }, index) => ({
          id: newId(),
          ...of,
          position: index + 1,
          budgetTypes: [...budgetTypes],
          actualMinutes,
          remainingMinutes,
          actualCostMinor: actualCostMinor === null ? null : BigInt(actualCostMinor),
        })),
      ),
      ...insertAll(
        ActualsMark,
        marks.map((mark) => ({ id: newId(), ...of, ...mark })),
      ),
    ],
  };
}
