import { badInput } from '../error.js';

// NUL is refused by PostgreSQL, a lone surrogate is stored as another character than was hashed.
const LONE_SURROGATE = /[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/;
const LONGEST_TEXT = 20_000;

/**
 * Refuses text that the database would refuse or change: NUL, lone surrogates, and more than 20,000 characters,
 * in every variable at any depth. Names the path.
 */
export function assertStorable(value: unknown, path = 'variables', longest = LONGEST_TEXT): void {
  if (typeof value === 'string') {
    if (value.includes('\u0000')) throw badInput(path, 'contains the character NUL', 'Remove it.');
    if (LONE_SURROGATE.test(value)) throw badInput(path, 'contains half of a surrogate pair', 'Send valid Unicode.');
    if (value.length > longest) throw badInput(path, `has ${value.length} characters`, `Send at most ${longest}.`);
  } else if (Array.isArray(value)) {
    if (value.length > 1000) throw badInput(path, `has ${value.length} entries`, 'Send at most 1000.');
    value.forEach((inner, index) => assertStorable(inner, `${path}.${index}`, longest));
  } else if (value && typeof value === 'object') {
    for (const [key, inner] of Object.entries(value))
      assertStorable(inner, `${path}.${key}`, key === 'payload' ? 1_048_576 : longest);
  }
}
