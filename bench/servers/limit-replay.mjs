// Sends again what our server once sent for a request: the same statements in the same flushes, of another copy of the rows
// where it was a change, and answers what ours answered.
import { randomBytes } from 'node:crypto';
import { copiedId } from '../kit/copies.mjs';
import { oneTrip } from './one-trip.mjs';

/**
 * A request as it was recorded: `flushes` of statements with values, the `answer`, the ids that each copy has of its own
 * (`owned`), those that every request makes anew (`fresh`), and the `texts` of which a copy has its own.
 */
export function replayOf({ key, tenant, flushes, answer, owned = [], fresh = [], texts = [] }) {
  const write = writerOf({ owned, fresh, texts });
  const prepared = flushes.map((flush, at) =>
    flush.map(({ text, values }, place) => ({
      text: write(text),
      values: values && (values.length === 0 ? null : values.map((value) => valueOf(value, write))),
      name: `${key}_${at}_${place}`,
    })),
  );
  const answered = write(answer);
  return async (client, copy) => {
    const own = { copy, made: fresh.map(newId), tenant };
    for (const flush of prepared) {
      const sent = flush.map(({ text, values, name }) =>
        values
          ? { name: nameOf(name), text: text(own), values: values.map((value) => value(own)) }
          : { text: text(own) },
      );
      await oneTrip(client, sent);
    }
    return answered(own);
  };
}

const names = new Map();

/** Names of prepared statements are short. */
function nameOf(name) {
  const known = names.get(name);
  if (known) return known;
  names.set(name, `r${names.size}`);
  return names.get(name);
}

/** A value of a statement as a function of the request. */
function valueOf(value, write) {
  if (Array.isArray(value)) {
    const parts = value.map((part) => valueOf(part, write));
    return (own) => parts.map((part) => part(own));
  }
  return typeof value === 'string' ? write(value) : () => value;
}

/** Makes of a text a function that writes it for a request: its ids and names are looked for once. */
function writerOf({ owned, fresh, texts }) {
  const isOwned = new Set(owned);
  const place = new Map(fresh.map((id, at) => [id, at]));
  const named = [...owned, ...fresh, ...texts].map((text) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  const pattern = named.length === 0 ? null : new RegExp(`(${named.join('|')})`);
  return (text) => {
    const pieces = pattern ? text.split(pattern) : [text];
    if (pieces.length === 1) return () => text;
    const written = pieces.map((piece) => {
      if (isOwned.has(piece)) return ({ copy }) => copiedId(piece, copy);
      if (place.has(piece)) return ({ made }) => made[place.get(piece)];
      if (texts.includes(piece)) return ({ copy }) => `${piece}-${copy}`;
      return () => piece;
    });
    return (own) => written.map((part) => part(own)).join('');
  };
}

/** A uuid v7 (RFC 9562 5.7). */
function newId() {
  const time = Date.now().toString(16).padStart(12, '0');
  const random = randomBytes(10).toString('hex');
  const variant = '89ab'[Number.parseInt(random[3], 16) & 3];
  return `${time.slice(0, 8)}-${time.slice(8)}-7${random.slice(0, 3)}-${variant}${random.slice(4, 7)}-${random.slice(8, 20)}`;
}
