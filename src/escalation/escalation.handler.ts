import type { EffectHandler } from '../core/outbox/handler.js';
import { escalateDeadlines } from './escalation.commands.js';

/** The outbox's word for recording what is due of a handoff's deadlines. */
export const ESCALATE_EFFECT = 'escalation.due';

/** Records what is due of the handoff that an effect names. */
export const escalateHandler: EffectHandler = async ({ aggregateId }, { run }) => {
  await run(escalateDeadlines, { handoffId: aggregateId });
  return { receipt: aggregateId, writes: [] };
};
