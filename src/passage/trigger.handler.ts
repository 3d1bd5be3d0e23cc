import type { EffectHandler } from '../core/outbox/handler.js';
import { completePreClose } from './pre-close.commands.js';
import { followPredecessor } from './predecessor.commands.js';

/** The outbox's word for a handoff whose contract was signed while delivery reviewed it. */
export const SIGNED_EFFECT = 'handoff.signed';
/** The outbox's word for a renewal or upsell that goes on from an earlier handoff. */
export const FOLLOW_EFFECT = 'handoff.follow';

/** Completes the handoff that an effect names. */
export const signedHandler: EffectHandler = async ({ aggregateId }, { run }) => {
  const { kind } = await run(completePreClose, { handoffId: aggregateId });
  return { receipt: kind, writes: [] };
};

/** Lets the handoff that an effect names go on from the earlier one. */
export const followHandler: EffectHandler = async ({ aggregateId, payload }, { run }) => {
  await run(followPredecessor, { handoffId: aggregateId, predecessorId: payload.predecessorId! });
  return { receipt: payload.predecessorId!, writes: [] };
};
