import { mapQuery, type Query, select } from '../core/statement.js';
import { FeasibilitySignOff, ResourceBooking } from './feasibility.entity.js';

/** The resource plan of a handoff. */
export const bookingsOf = (handoffId: string): Query<ResourceBooking[]> =>
  select(ResourceBooking, { handoffId }, { orderBy: ['fromOn', 'id'] });

/** The newest sign-off of a handoff, live or not, or null. */
export const latestSignOff = (handoffId: string): Query<FeasibilitySignOff | null> =>
  mapQuery(select(FeasibilitySignOff, { handoffId }, { orderBy: ['-id'], limit: 1 }), (rows) => rows[0] ?? null);
