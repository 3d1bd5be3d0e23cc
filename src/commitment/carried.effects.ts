import type { Moment } from '../core/command.js';
import { insertAll, type Statement } from '../core/statement.js';
import { carriedSource } from '../handoff/carried.effects.js';
import type { Handoff } from '../handoff/handoff.entity.js';
import { Commitment, CommitmentState } from './commitment.entity.js';

/** The promises of two handoffs, and which of the earlier one's were kept. */
export interface CarriablePromises {
  readonly earlier: { readonly handoff: Handoff; readonly commitments: readonly Commitment[] };
  readonly present: { readonly handoff: Handoff; readonly commitments: readonly Commitment[] };
  /** Ids of promises whose task is done. */
  readonly kept: ReadonlySet<string>;
}

/**
 * Promises that a handoff takes over from an earlier one: those that were neither declined nor kept, without a home,
 * since it is another contract that answers them now.
 */
export function carryCommitments(
  { earlier, present, kept }: CarriablePromises,
  { newId }: Moment,
): { readonly statements: readonly Statement[]; readonly count: number } {
  const carried = earlier.commitments.filter(({ id, text, state }) => {
    const isThere = present.commitments.some((other) => other.text === text);
    return state !== CommitmentState.DECLINED && !kept.has(id) && !isThere;
  });
  const statements = insertAll(
    Commitment,
    carried.map((row) => ({
      id: newId(),
      handoffId: present.handoff.id,
      carriedFromId: earlier.handoff.id,
      text: row.text,
      channel: row.channel,
      madeOn: row.madeOn,
      madeBy: row.madeBy,
      promisedTo: row.promisedTo,
      source: carriedSource(row.source, earlier.handoff),
      dueOn: row.dueOn,
      topic: row.topic,
      promisedHours: row.promisedHours,
      promisedAmount: row.promisedAmount,
      state: CommitmentState.OPEN,
      recordedBy: row.recordedBy,
      recordedAt: row.recordedAt,
    })),
  );
  return { statements, count: carried.length };
}
