import { parse } from 'lossless-json';
import { idOf, isRecord } from './halopsa.record.js';

/** The most tickets that one body is asked for; the sweep finds the rest. */
const MOST = 100;

/**
 * The tickets that a webhook's body may be about (facts 3.4: there is no canonical payload, and a custom one can be
 * anything): of each record the first of these ids. A body that says none of them says nothing; never throws.
 */
export function ticketIds(body: string): readonly number[] {
  let parsed: unknown;
  try {
    parsed = parse(body.replace(/^\uFEFF/, ''));
  } catch {
    return [];
  }
  const records = (Array.isArray(parsed) ? parsed : [parsed]).filter(isRecord);
  const ids = records.slice(0, MOST).flatMap((record) => {
    const ticket = record.ticket;
    const found =
      (isRecord(ticket) ? idOf(ticket) : null) ??
      idOf(record, 'object_id') ??
      idOf(record, 'ticket_id') ??
      idOf(record, 'faultid') ??
      idOf(record);
    return found === null ? [] : [found];
  });
  return [...new Set(ids)];
}
