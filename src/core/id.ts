import { v7 } from 'uuid';

/** A new uuid v7: ids are made by the application, so that a row's id is known before it is written (design 4). */
export function newId(): string {
  return v7();
}

/** The id before all others, which nothing has: where going through rows by id begins. */
export const NIL_ID = '00000000-0000-0000-0000-000000000000';
