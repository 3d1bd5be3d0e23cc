import { type Statement, update } from '../core/statement.js';
import { PreClose, PreCloseState } from './pre-close.entity.js';

/** A live request is over: what was granted was used up, what was only asked for is moot. */
export function endPreClose(preClose: PreClose | null, now: Date, isWithdrawn = false): Statement[] {
  if (!preClose) return [];
  const isUsed = preClose.state === PreCloseState.APPROVED && !isWithdrawn;
  const state = isUsed ? PreCloseState.COMPLETED : PreCloseState.ENDED;
  return [update(PreClose, { id: preClose.id, handoffId: preClose.handoffId }, { state, endedAt: now })];
}
