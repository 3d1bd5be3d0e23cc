import { badRequest, notImplemented } from '../odata.error.js';

/** What a literal is before it is compared with anything; INTEGER and DECIMAL are both numbers. */
export type LiteralType = 'NULL' | 'BOOLEAN' | 'STRING' | 'GUID' | 'INTEGER' | 'DECIMAL' | 'DATE' | 'INSTANT';

export type Token =
  /** A literal; its value as text, a string without quotes. */
  | { readonly kind: 'literal'; readonly type: LiteralType; readonly text: string; readonly at: number }
  /** A name: of a property, an operator, a function; `$count`, `$it` too. */
  | { readonly kind: 'name'; readonly text: string; readonly at: number }
  | { readonly kind: 'mark'; readonly text: '(' | ')' | ',' | '/' | '*' | ';' | '=' | ':'; readonly at: number }
  | { readonly kind: 'space'; readonly at: number }
  | { readonly kind: 'end'; readonly at: number };

const DAY = '-?\\d{4,5}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\\d|3[01])';
/** Patterns by which one token is recognised, the longer ones first (OData ABNF 4.01, section 7). */
const GUID = /[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}(?![\w-])/y;
const INSTANT = new RegExp(
  `${DAY}[Tt](?:[01]\\d|2[0-3]):[0-5]\\d(?::[0-5]\\d(?:\\.\\d{1,12})?)?(?:[Zz]|[+-](?:[01]\\d|2[0-3]):[0-5]\\d)(?![\\w.:-])`,
  'y',
);
const DATE = new RegExp(`${DAY}(?![\\w:-])`, 'y');
const TIME = /(?:[01]\d|2[0-3]):[0-5]\d/y;
const NUMBER = /[+-]?\d+(\.\d+)?([eE][+-]?\d{1,3})?(?![\w.])/y;
const PREFIXED = /[A-Za-z_][\w.]*'/y;
const NAME =
  /\$?[\p{L}\p{Nl}_][\p{L}\p{Nl}\p{Nd}\p{Mn}\p{Mc}\p{Pc}\p{Cf}]*(?:\.[\p{L}\p{Nl}_][\p{L}\p{Nl}\p{Nd}\p{Mn}\p{Mc}\p{Pc}\p{Cf}]*)*/uy;
const SPACE = /[ \t]+/y;
const MARKS = new Set(['(', ')', ',', '/', '*', ';', '=', ':']);

/** As many tokens as one option may have. */
const MOST_TOKENS = 4_000;

/** Cuts the text of one option into tokens; linear in its length. 400 with the position for what is no token. */
export function tokensOf(text: string, option: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  while (at < text.length) {
    if (tokens.length >= MOST_TOKENS) throw badRequest(`${option} has too many parts`, option, at);
    const { token, end } = tokenAt(text, at, option);
    tokens.push(token);
    at = end;
  }
  tokens.push({ kind: 'end', at });
  return tokens;
}

function tokenAt(text: string, at: number, option: string): { token: Token; end: number } {
  const match = (pattern: RegExp): string | null => {
    pattern.lastIndex = at;
    return pattern.exec(text)?.[0] ?? null;
  };
  const literal = (type: LiteralType, found: string): { token: Token; end: number } => ({
    token: { kind: 'literal', type, text: found, at },
    end: at + found.length,
  });
  const space = match(SPACE);
  if (space) return { token: { kind: 'space', at }, end: at + space.length };
  if (text[at] === "'") return stringAt(text, at, option);
  const guid = match(GUID);
  if (guid) return literal('GUID', guid.toLowerCase());
  const instant = match(INSTANT);
  if (instant) return literal('INSTANT', instant.toUpperCase());
  const date = match(DATE);
  if (date) return literal('DATE', date);
  if (match(TIME)) throw notImplemented('A time of day', option, at);
  const number = match(NUMBER);
  if (number) return literal(/^[+-]?\d+$/.test(number) ? 'INTEGER' : 'DECIMAL', number);
  if (match(PREFIXED)) throw notImplemented('A literal of an enumeration, a duration, binary or geography', option, at);
  const name = match(NAME);
  if (name) return { token: word(name, at, option), end: at + name.length };
  if (text[at] === '@') throw notImplemented('An annotation or parameter alias', option, at);
  if (text[at] === '[' || text[at] === '{' || text[at] === '"')
    throw notImplemented('A JSON value in a query option', option, at);
  if (/^-(INF|[\p{L}(_$])/u.test(text.slice(at, at + 4)))
    throw notImplemented('The sign before an expression', option, at);
  const mark = text[at]!;
  if (MARKS.has(mark)) return { token: { kind: 'mark', text: mark as '(', at }, end: at + 1 };
  throw badRequest(`${option} has a character that stands for nothing here`, option, at);
}

function word(name: string, at: number, option: string): Token {
  if (name === 'null') return { kind: 'literal', type: 'NULL', text: name, at };
  if (/^(true|false)$/i.test(name)) return { kind: 'literal', type: 'BOOLEAN', text: name.toLowerCase(), at };
  if (name === 'INF' || name === 'NaN') throw notImplemented(`The number ${name}`, option, at);
  return { kind: 'name', text: name, at };
}

/** A string in single quotes; a quote in it stands twice. */
function stringAt(text: string, at: number, option: string): { token: Token; end: number } {
  let value = '';
  for (let from = at + 1; ;) {
    const quote = text.indexOf("'", from);
    if (quote === -1) throw badRequest(`${option} has a string without its closing quote`, option, at);
    value += text.slice(from, quote);
    if (text[quote + 1] !== "'") {
      if (value.includes('\0')) throw badRequest(`${option} has a string with a zero byte`, option, at);
      return { token: { kind: 'literal', type: 'STRING', text: value, at }, end: quote + 1 };
    }
    value += "'";
    from = quote + 2;
  }
}
