/** Texts to look for: an alternation of literals, valid in JavaScript and in PostgreSQL alike. */
export interface Mention {
  readonly words: string;
  /** Whole names and addresses in any case; a single word only as it is written, or `Will` would take every `will`. */
  readonly ignoreCase: boolean;
}

/** A shorter text is hardly a name, and would tear words apart. */
const SHORTEST = 3;

/**
 * What finds these names, mail addresses and telephone numbers in a free text, the longest first, so that `Ada Lovelace`
 * goes as a whole before `Ada` does. Null and what is too short are left out; empty when nothing is left.
 */
export function mentionsOf(names: readonly (string | null)[]): Mention[] {
  const given = names.flatMap((name) => name?.trim() ?? []).filter((name) => name.length >= SHORTEST);
  const sorted = [...new Set(given)].toSorted((a, b) => b.length - a.length);
  const whole = sorted.filter((name) => /[\s@]/.test(name));
  const single = sorted.filter((name) => !whole.includes(name));
  return [
    ...(whole.length > 0 ? [{ words: whole.map(literal).join('|'), ignoreCase: true }] : []),
    ...(single.length > 0 ? [{ words: single.map(literal).join('|'), ignoreCase: false }] : []),
  ];
}

/** The text with every mention replaced. */
export function replaceMentions(text: string, mentions: readonly Mention[], by: string): string {
  return mentions.reduce((rest, mention) => rest.replaceAll(patternOf(mention), by), text);
}

const literal = (text: string): string => text.replaceAll(/[\\^$.*+?()[\]{}|/]/g, '\\$&');

function patternOf({ words, ignoreCase }: Mention): RegExp {
  return new RegExp(`(?<![\\p{L}\\p{N}])(?:${words})(?![\\p{L}\\p{N}])`, ignoreCase ? 'giu' : 'gu');
}
