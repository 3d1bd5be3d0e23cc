import { mapQuery, type Query, select, selectFirst, selectRequired } from '../core/statement.js';
import { Assumption, HandoffStatement, Risk, Stakeholder } from './content.entity.js';
import { Handoff } from './handoff.entity.js';

/** The handoff, locked until the transaction ends: the first fact of every command on it. */
export const lockHandoff = (id: string): Query<Handoff> => selectRequired(Handoff, id, { lock: 'UPDATE' });

/** The handoff of a deal that is not withdrawn, locked, or null. */
export const lockHandoffOfDeal = (dealId: string): Query<Handoff | null> =>
  mapQuery(select(Handoff, { dealId }, { orderBy: ['-id'], lock: 'UPDATE' }), (rows) => rows.find((row) => row.stage !== 'WITHDRAWN') ?? null);

/** What people wrote into the handoff. */
export const stakeholdersOf = (handoffId: string): Query<Stakeholder[]> => select(Stakeholder, { handoffId }, { orderBy: ['id'] });
export const assumptionsOf = (handoffId: string): Query<Assumption[]> => select(Assumption, { handoffId }, { orderBy: ['id'] });
export const risksOf = (handoffId: string): Query<Risk[]> => select(Risk, { handoffId }, { orderBy: ['id'] });
export const statementsOf = (handoffId: string): Query<HandoffStatement[]> => select(HandoffStatement, { handoffId }, { orderBy: ['id'] });

/** The handoff without a lock, or null. */
export const handoffById = (id: string): Query<Handoff | null> => selectFirst(Handoff, { id });
