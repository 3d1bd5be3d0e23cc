import type { Moment } from '../core/command.js';
import type { SourceReference } from '../core/source.js';
import { insertAll, type Statement, update } from '../core/statement.js';
import { nextNumber, type OpenedDecisions, openRow } from './decision.effects.js';
import { Decision, DecisionKind, DecisionState } from './decision.entity.js';
import type { Responsibility } from './decision.rules.js';

/** A conflict that stands now, with who is to decide it. */
export interface StandingConflict {
  /** Names the cause, such as `SCOPE_CONTRADICTED:leased-line`. */
  readonly causeKey: string;
  readonly question: string;
  readonly context: string | null;
  /** The assumption that it is about; null for another. */
  readonly assumptionId: string | null;
  readonly sources: readonly SourceReference[];
}

type Known = Pick<Decision, 'id' | 'causeKey' | 'state' | 'decidedBy'>;

/** What of the log does not follow from the conflicts as they stand. */
export interface ConflictDrift<C> {
  /** Conflicts without an entry. */
  readonly missing: readonly C[];
  /** Conflicts that were gone before anybody decided them, and stand again. */
  readonly returned: readonly { readonly conflict: C; readonly id: string }[];
  /** Open entries whose conflict is gone. */
  readonly gone: readonly string[];
}

/**
 * Compares the log with the conflicts as they stand: one entry a cause, whatever becomes of it. What a person decided
 * stays decided; what was gone before it was decided opens again when it returns.
 */
export function conflictDrift<C extends { readonly causeKey: string }>(
  conflicts: readonly C[],
  log: readonly Known[],
): ConflictDrift<C> {
  const byCause = new Map(log.flatMap((one) => (one.causeKey === null ? [] : [[one.causeKey, one] as const])));
  const standing = new Set(conflicts.map(({ causeKey }) => causeKey));
  return {
    missing: conflicts.filter(({ causeKey }) => !byCause.has(causeKey)),
    returned: conflicts.flatMap((conflict) => {
      const known = byCause.get(conflict.causeKey);
      return known && wasRemoved(known) ? [{ conflict, id: known.id }] : [];
    }),
    gone: [...byCause.values()]
      .filter(({ causeKey, state }) => state === DecisionState.OPEN && !standing.has(causeKey!))
      .map(({ id }) => id),
  };
}

/** Whether there is nothing to be written. */
export const isSettled = ({ missing, returned, gone }: ConflictDrift<unknown>): boolean =>
  missing.length + returned.length + gone.length === 0;

const wasRemoved = ({ state, decidedBy }: Known): boolean => state === DecisionState.OBSOLETE && decidedBy === null;

/** What is written into the log. */
export interface ConflictMatters {
  readonly handoffId: string;
  readonly drift: ConflictDrift<StandingConflict>;
  /** Who decides a conflict, by when, and who is told if nothing happens; null when nobody can. */
  readonly responsible: (conflict: StandingConflict) => Responsibility | null;
  /** Every decision of the handoff, those too that the same command opens. */
  readonly numbered: readonly unknown[];
}

/**
 * One entry for each conflict: it blocks the kickoff, names its sources, and a person decides it. One whose conflict is
 * gone is obsolete, with the reason, and nobody has decided it. What has nobody to decide it is not opened: the kickoff
 * gate holds for it all the same.
 */
export function reconcileConflicts(
  { handoffId, drift, responsible, numbered }: ConflictMatters,
  moment: Moment,
): OpenedDecisions {
  const owned = drift.missing.flatMap((conflict) => {
    const duty = responsible(conflict);
    return duty === null ? [] : [{ conflict, duty }];
  });
  const opened = owned.map(({ conflict, duty }, index) => ({
    ...openRow(
      {
        handoffId,
        number: nextNumber(numbered as readonly Decision[], index),
        kind: DecisionKind.CONFLICT,
        blocksKickoff: true,
        ...conflict,
        ...duty,
      },
      moment,
    ),
    // Whoever's command it was found in, a rule opened it.
    openedBy: null,
  }));
  const reopened = drift.returned.flatMap(({ conflict, id }) => {
    const duty = responsible(conflict);
    if (duty === null) return [];
    const { now } = moment;
    const again = { state: DecisionState.OPEN, reason: null, decidedAt: null, openedAt: now, assignedAt: now };
    return [
      update(
        Decision,
        { id, handoffId },
        { ...again, ...duty, question: conflict.question, sources: [...conflict.sources] },
      ),
    ];
  });
  const removed = drift.gone.map((id) =>
    update(
      Decision,
      { id, handoffId },
      { state: DecisionState.OBSOLETE, reason: GONE, decidedBy: null, decidedAt: moment.now },
    ),
  );
  const statements: Statement[] = [...insertAll(Decision, opened), ...reopened, ...removed];
  return { opened, statements };
}

const GONE = 'The conflict is gone: what contradicted each other was changed before it was decided.';
