import { databaseClock } from './clock.js';
import type { Reader } from './reader.js';

const known = new WeakMap<Reader, Promise<Date>>();

/** The database's time at this request's first question: one time for all its fields, one statement. */
export function requestTime(reader: Reader): Promise<Date> {
  const asked = known.get(reader) ?? reader.ask(databaseClock.now());
  known.set(reader, asked);
  return asked;
}
