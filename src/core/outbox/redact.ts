const LONGEST = 500;

/** What is taken out of an error's text, in order: credentials first, then whatever may name a person. */
const HIDDEN: readonly (readonly [RegExp, string])[] = [
  [/\b(Bearer|Basic)\s+[A-Za-z0-9._~+/=-]+/gi, '$1 …'],
  [/\beyJ[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*/g, '…'],
  // An address keeps its host alone: paths and queries of webhooks and upload sessions are credentials.
  [/\b(https?:\/\/)(?:[^\s/@"'<>]*@)?([^\s/?#"'<>]+)[^\s"'<>]*/gi, '$1$2/…'],
  [/\b(client_secret|secret|password|token|api_?key|sig|code)("?\s*[=:]\s*"?)[^\s"'&,;]+/gi, '$1$2…'],
  [/[^\s@<>"'(),;:]+@[^\s@<>"'(),;:]+\.[^\s@<>"'(),;:]+/g, '<address>'],
];

/** An error's text without credentials, addresses' paths and mail addresses, at most 500 characters. */
export function redact(text: string): string {
  return HIDDEN.reduce((kept, [pattern, by]) => kept.replace(pattern, by), text.slice(0, 4 * LONGEST)).slice(
    0,
    LONGEST,
  );
}
