import type { Moment } from '../core/command.js';
import type { SourceReference } from '../core/source.js';
import { insertAll, type Statement, update } from '../core/statement.js';
import { type Assumption, AssumptionState } from '../handoff/content.entity.js';
import { isNoneWithReason } from '../handoff/content.rules.js';
import { Decision, DecisionKind, DecisionState } from './decision.entity.js';

/** What the log is filled from when a handoff is submitted, or signed off. */
export interface OpenMatters {
  readonly handoffId: string;
  readonly assumptions: readonly Assumption[];
  /** Every decision of the handoff, whatever its state. */
  readonly existing: readonly Decision[];
  readonly ownerId: string;
  /** A calendar day. */
  readonly dueOn: string;
  /** Who is told when the owner does not decide: the first of the tenant's DECISION ladder who is not the owner. */
  readonly escalationContactId: string;
  /** What the handoff was judged from; at least one. */
  readonly sources: readonly SourceReference[];
}

/** The new entries, for whoever reads on in the same command, and the statements that make them so. */
export interface OpenedDecisions {
  readonly opened: readonly Omit<Decision, 'tenantId'>[];
  readonly statements: readonly Statement[];
}

/** The number of the next entry of a log in which none is ever deleted. */
export function nextNumber(existing: readonly Decision[], further = 0): string {
  return `D-${existing.length + further + 1}`;
}

/** The assumptions that nobody has checked and no entry asks about; "None: <reason>" assumes nothing. */
export function unasked(
  assumptions: readonly Assumption[],
  existing: readonly Pick<Decision, 'assumptionId'>[],
): Assumption[] {
  const asked = new Set(existing.map(({ assumptionId }) => assumptionId));
  return assumptions.filter(
    ({ id, state, text }) => state === AssumptionState.ASSUMED && !asked.has(id) && !isNoneWithReason(text),
  );
}

/**
 * Every assumption that nobody has confirmed becomes an entry with owner, due date and escalation contact that blocks
 * the kickoff (requirement 002 step 5). Never twice for the same assumption; an open entry whose assumption was confirmed
 * meanwhile is obsolete, one that was refuted is not: that is what must be decided. Conflicts: conflict.effects.ts.
 */
export function decisionsForOpenAssumptions(matters: OpenMatters, moment: Moment): OpenedDecisions {
  const { assumptions, existing } = matters;
  const entries = unasked(assumptions, existing).map(({ id, text, impact }) => ({
    kind: DecisionKind.ASSUMPTION,
    question: `Does this hold: ${text}`,
    context: impact,
    assumptionId: id,
    causeKey: null,
  }));
  const opened = entries.map((entry, index) =>
    openRow({ ...matters, ...entry, number: nextNumber(existing, index), blocksKickoff: true }, moment),
  );
  return { opened, statements: [...insertAll(Decision, opened), ...confirmedMeanwhile(matters, moment)] };
}

/** The row of a new entry. */
export function openRow(
  entry: Pick<
    Decision,
    | 'handoffId'
    | 'number'
    | 'kind'
    | 'question'
    | 'context'
    | 'assumptionId'
    | 'causeKey'
    | 'ownerId'
    | 'dueOn'
    | 'escalationContactId'
    | 'blocksKickoff'
  > & {
    readonly sources: readonly SourceReference[];
  },
  { newId, now, actor }: Moment,
): Omit<Decision, 'tenantId'> {
  const {
    handoffId,
    number,
    kind,
    question,
    context,
    assumptionId,
    causeKey,
    ownerId,
    dueOn,
    escalationContactId,
    blocksKickoff,
    sources,
  } = entry;
  const stated = {
    handoffId,
    number,
    kind,
    question,
    context,
    assumptionId,
    causeKey,
    ownerId,
    dueOn,
    escalationContactId,
    blocksKickoff,
  };
  return {
    id: newId(),
    ...stated,
    state: DecisionState.OPEN,
    openedBy: actor.kind === 'PERSON' ? actor.id : null,
    openedAt: now,
    assignedAt: now,
    earlierDues: [],
    sources: [...sources],
    outcome: null,
    reason: null,
    decidedBy: null,
    decidedAt: null,
  };
}

function confirmedMeanwhile({ handoffId, assumptions, existing }: OpenMatters, { now, actor }: Moment): Statement[] {
  const confirmed = new Set(assumptions.filter(({ state }) => state === AssumptionState.CONFIRMED).map(({ id }) => id));
  return existing
    .filter(
      ({ state, assumptionId }) => state === DecisionState.OPEN && assumptionId !== null && confirmed.has(assumptionId),
    )
    .map(({ id }) =>
      update(
        Decision,
        { id, handoffId },
        { state: DecisionState.OBSOLETE, reason: 'The assumption was confirmed.', decidedBy: actor.id, decidedAt: now },
      ),
    );
}
