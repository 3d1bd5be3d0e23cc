import type { EffectHandler } from '../core/outbox/handler.js';
import { openConflicts } from './conflict.commands.js';

/** The outbox's word for bringing the decision log to the conflicts of a handoff. */
export const CONFLICTS_EFFECT = 'conflict.log';

/** Logs the conflicts of the handoff that an effect names. */
export const conflictsHandler: EffectHandler = async ({ aggregateId }, { run }) => {
  await run(openConflicts, { handoffId: aggregateId });
  return { receipt: aggregateId, writes: [] };
};
