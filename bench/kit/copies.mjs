// How the rows of a prepared handoff are named in its copies: by whoever makes them, changes them and compares them.

/** The id of a row's n-th copy: its last 32 bits changed by n, so that whoever knows the row knows the copy. */
export function copiedId(id, n) {
  const last = (Number.parseInt(id.slice(28), 16) ^ n) >>> 0;
  return id.slice(0, 28) + last.toString(16).padStart(8, '0');
}

/** The same in SQL, of a column, with the number of the copy in `n`. */
export const copiedIdSql = (column) =>
  `(left(${column}::text, 28) || lpad(to_hex(('x' || right(${column}::text, 8))::bit(32)::bigint # n), 8, '0'))`;

/** Every id in a text. */
export const UUIDS = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g;

/** A text that names rows of a unit, as it would name those of its n-th copy. */
export function copiedText({ owned, texts }, text, n) {
  const ids = new Set(owned);
  const renamed = text.replace(UUIDS, (id) => (ids.has(id) ? copiedId(id, n) : id));
  return renamed.replace(new RegExp(texts.join('|'), 'g'), (own) => `${own}-${n}`);
}
