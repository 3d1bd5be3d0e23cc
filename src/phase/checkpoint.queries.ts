import { type Query, select } from '../core/statement.js';
import { Checkpoint } from './checkpoint.entity.js';

/** The checkpoints of a handoff in their order; none before its sign-off, and none of a handoff without phases. */
export const checkpointsOf = (handoffId: string): Query<Checkpoint[]> =>
  select(Checkpoint, { handoffId }, { orderBy: ['position', 'id'] });
