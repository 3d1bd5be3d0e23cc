import { type Query, selectFirst, selectRequired, type Where } from '../core/statement.js';
import type { EntityClass } from '../core/table.js';

/** An id that no row has. */
export const NOBODY = '00000000-0000-0000-0000-000000000000';

/** The row by an id that may be left out: null then, NOT_FOUND when it was given and there is none. */
export function selectGiven<T extends { id: string }>(
  entity: EntityClass<T>,
  id: string | null | undefined,
): Query<T | null> {
  return id ? selectRequired(entity, id) : selectFirst(entity, { id: NOBODY } as Where<T>);
}
