import { createHash } from 'node:crypto';

/** A value that JSON can hold; amounts travel as text, never as a float. */
export type JsonValue =
  null | boolean | number | string | readonly JsonValue[] | { readonly [name: string]: JsonValue };

/** A value that has no canonical form; `path` is a JSONPath such as `$.lines[3].unitPrice`. */
export class CanonicalError extends Error {
  constructor(
    readonly path: string,
    reason: string,
  ) {
    super(`${path}: ${reason}`);
    this.name = 'CanonicalError';
  }
}

/** Deeper values are refused, so that no input can exhaust the stack. */
const MAX_DEPTH = 500;

/** A high surrogate without its low one, or a low one without its high one. */
const LONE_SURROGATE = /[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/;

/**
 * Whether a text is well-formed Unicode. PostgreSQL silently stores a lone surrogate as U+FFFD, so that a hash made
 * here would not match the stored row (reliability 3.1, text).
 */
export function isWellFormed(text: string): boolean {
  return !LONE_SURROGATE.test(text);
}

/**
 * The canonical JSON text of a value (RFC 8785): no white space, members ordered by the UTF-16 code units of their
 * names, numbers and strings written as ECMAScript writes them (RFC 8785 sections 3.2.2 and 3.2.3).
 *
 * Refused with a CanonicalError, because each would be lost or changed on the way: NaN, the infinities, undefined,
 * functions, symbols, big integers (give them as text), lone surrogates, cycles, and objects that are not plain, such
 * as a Date or a Map.
 */
export function canonicalJson(value: unknown): string {
  return write(value, '$', 0);
}

/** SHA-256 of a text's UTF-8 bytes, lower-case hex. */
export function sha256Hex(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('hex');
}

/** The digest of a value: SHA-256 of its canonical text, lower-case hex. */
export function digestOf(value: unknown): string {
  return sha256Hex(canonicalJson(value));
}

function write(value: unknown, path: string, depth: number): string {
  if (depth > MAX_DEPTH) throw new CanonicalError(path, `nested deeper than ${MAX_DEPTH} levels, or a cycle`);
  if (value === null || typeof value === 'boolean') return String(value);
  if (typeof value === 'string') return writeString(value, path);
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw new CanonicalError(path, `${value} has no JSON form`);
    return JSON.stringify(value);
  }
  if (Array.isArray(value)) {
    // Array.from visits the holes of a sparse array, which map() would skip.
    return `[${Array.from(value, (item: unknown, index) => write(item, `${path}[${index}]`, depth + 1)).join(',')}]`;
  }
  if (typeof value === 'object' && isPlain(value)) return writeObject(value, path, depth);
  throw new CanonicalError(path, `${describe(value)} has no JSON form`);
}

function writeObject(value: object, path: string, depth: number): string {
  // Sorting without a comparator orders by UTF-16 code units, which is the order that RFC 8785 asks for.
  const names = Object.keys(value).sort();
  const members = names.map((name) => {
    const inner: unknown = (value as Record<string, unknown>)[name];
    return `${writeString(name, path)}:${write(inner, `${path}.${name}`, depth + 1)}`;
  });
  return `{${members.join(',')}}`;
}

function writeString(text: string, path: string): string {
  if (!isWellFormed(text)) throw new CanonicalError(path, 'a lone surrogate is no Unicode text');
  return JSON.stringify(text);
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

function describe(value: unknown): string {
  return typeof value === 'object' && value !== null ? value.constructor.name : typeof value;
}
