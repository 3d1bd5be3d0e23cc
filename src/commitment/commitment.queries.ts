import { type Query, select, selectFirst } from '../core/statement.js';
import { Commitment, CommitmentDeclaration } from './commitment.entity.js';

/** The promises of a handoff, oldest first. */
export const commitmentsOf = (handoffId: string): Query<Commitment[]> =>
  select(Commitment, { handoffId }, { orderBy: ['id'] });

/** The statement that nothing was promised, or null. */
export const declarationOf = (handoffId: string): Query<CommitmentDeclaration | null> =>
  selectFirst(CommitmentDeclaration, { handoffId });
