// What our server sent for a request, as the limit sends it again: without the sign-in, in the flushes in which it left.
import { copiedId, UUIDS } from './copies.mjs';

/** The statements by which a token becomes an actor, or one who is assumed is confirmed: the limit has no sign-in. */
const SIGNS_IN = /from (account a|membership_stamp)\b/;
const OPENS = /^begin\b/i;
const READ_ONLY = /read only/i;

/** The statements from each BEGIN on, of its connection alone: another may be opened meanwhile, and is given its settings. */
function transactions(statements) {
  const found = [];
  const open = new Map();
  for (const statement of statements) {
    if (OPENS.test(statement.text)) {
      open.set(statement.connection, []);
      found.push(open.get(statement.connection));
    }
    open.get(statement.connection)?.push(statement);
  }
  return found;
}

/** A read: all that was asked, in one round trip. */
export function recordedRead({ key, tenant, statements, answer }) {
  const asked = transactions(statements)
    .flat()
    .filter(({ text, values }) => values.length > 0 && !SIGNS_IN.test(text));
  const [first] = transactions(statements);
  const head = first.filter(({ text, values }) => values.length === 0 && !/^commit$/i.test(text));
  return { key, tenant: tenant.id, flushes: [[...head, ...asked, { text: 'commit', values: [] }].map(sent)], answer };
}

/** A change: the one transaction that wrote, in two flushes, told of the unit's own rows and not of the copy's. */
export function recordedChange({ key, unit, copy, statements, answer }) {
  const writing = transactions(statements).find(([begin]) => !READ_ONLY.test(begin.text));
  if (!writing) throw new Error(`${key}: our server has written nothing`);
  const own = new Map(unit.owned.map((id) => [copiedId(id, copy), id]));
  const texts = new RegExp(unit.texts.map((text) => `${text}-${copy}`).join('|'), 'g');
  const base = (text) =>
    text.replace(UUIDS, (id) => own.get(id) ?? id).replace(texts, (text) => text.slice(0, -`-${copy}`.length));
  const [first] = writing;
  const asked = writing.filter(({ flush }) => flush === first.flush);
  const written = writing.filter(({ flush }) => flush !== first.flush);
  // What was known before anything was written is the same for every copy, or the copy's own; the rest was made.
  const known = new Set(base(JSON.stringify(asked)).match(UUIDS));
  const fresh = [...new Set(base(JSON.stringify(written.map(({ values }) => values))).match(UUIDS))].filter(
    (id) => !known.has(id) && !unit.owned.includes(id),
  );
  const flushes = [asked, written].map((flush) => JSON.parse(base(JSON.stringify(flush.map(sent)))));
  return {
    key,
    tenant: unit.tenant.id,
    flushes,
    answer: base(answer),
    owned: unit.owned,
    fresh,
    texts: unit.texts,
  };
}

const sent = ({ text, values }) => ({ text, values });
