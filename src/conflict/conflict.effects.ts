import { type Finding, finding } from '../core/finding.js';
import type { Moment } from '../core/command.js';
import { conflictDrift, reconcileConflicts } from '../decision/conflict.effects.js';
import type { OpenedDecisions } from '../decision/decision.effects.js';
import type { Decision } from '../decision/decision.entity.js';
import { type Conflict, type ConflictGround, findConflicts } from './conflict.rules.js';
import { dutyOf, type Parties } from './duty.rules.js';

/** The rows that conflicts are found in, with the whole log. */
export interface LoggedGround extends ConflictGround {
  readonly decisions: readonly Decision[];
}

/**
 * Brings the decision log to what follows from the rows as they stand: a new conflict has its entry, one that is gone
 * has it no more. `further` are entries that the same command opens beside these.
 */
export function logConflicts(
  ground: LoggedGround,
  parties: Parties,
  further: readonly unknown[],
  moment: Moment,
): OpenedDecisions {
  const drift = conflictDrift(findConflicts(ground), ground.decisions);
  return reconcileConflicts(
    {
      handoffId: ground.handoff.id,
      drift,
      responsible: (conflict) => dutyOf(conflict as Conflict, parties, moment.now),
      numbered: [...ground.decisions, ...further],
    },
    moment,
  );
}

/**
 * Conflicts that no entry of the log asks about yet: nothing slips through to the client between a change and the look
 * that logs it.
 */
export function unloggedFindings(ground: ConflictGround & Pick<LoggedGround, 'decisions'>): Finding[] {
  const { missing, returned } = conflictDrift(findConflicts(ground), ground.decisions);
  return [...missing, ...returned.map(({ conflict }) => conflict)].map(({ causeKey, code, sources }) =>
    finding({
      code: 'CONFLICT_UNLOGGED',
      path: 'decisions',
      message: 'What was promised, what the scope says and what is planned contradict each other.',
      facts: { causeKey, conflict: code, about: sources.map(({ id }) => id) },
      remedy:
        'It is put into the decision log within a minute, where its owner decides it; or change what contradicts.',
    }),
  );
}
