import type { EffectHandler } from '../core/outbox/handler.js';
import { raiseFollowUps } from './follow-up.commands.js';

/** The outbox's word for recording what follows from returns. */
export const FOLLOW_UP_EFFECT = 'feedback.followUps';

/** Records what the returns of the tenant call for. */
export const followUpHandler: EffectHandler = async (_effect, { run }) => {
  const result = await run(raiseFollowUps, {});
  if (result.kind === 'refused') throw new Error('raiseFollowUps is never refused');
  return { receipt: result.id, writes: [] };
};
