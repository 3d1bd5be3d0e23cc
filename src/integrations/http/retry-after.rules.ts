/** Header values by lower-case name, as undici gives them. */
export type Headers = Readonly<Record<string, string | string[] | undefined>>;

/** One header's text; of several the first. */
export function header(headers: Headers, name: string): string | null {
  const value = headers[name];
  return (Array.isArray(value) ? value[0] : value) ?? null;
}

/**
 * How long the vendor asks us to wait, in milliseconds; null when it does not say. In this order: `Retry-After` as
 * seconds or as an HTTP date (RFC 9110, 10.2.3), then the reset of the IETF rate-limit headers, when nothing remains:
 * `RateLimit: "default";r=0;t=30` (draft-ietf-httpapi-ratelimit-headers-10) or the three older ones.
 */
export function retryAfterMs(headers: Headers, now: Date): number | null {
  return fromRetryAfter(header(headers, 'retry-after'), header(headers, 'date'), now) ?? exhaustedForMs(headers);
}

/** Milliseconds until the rate limit resets, when nothing of it remains; null otherwise. */
export function exhaustedForMs(headers: Headers): number | null {
  const combined = header(headers, 'ratelimit');
  if (combined !== null) {
    const remaining = parameter(combined, 'r');
    const reset = parameter(combined, 't');
    return remaining === 0 && reset !== null ? reset * 1000 : null;
  }
  const remaining = seconds(header(headers, 'ratelimit-remaining'));
  const reset = seconds(header(headers, 'ratelimit-reset'));
  return remaining === 0 && reset !== null ? reset * 1000 : null;
}

function fromRetryAfter(text: string | null, date: string | null, now: Date): number | null {
  if (text === null) return null;
  const inSeconds = seconds(text);
  if (inSeconds !== null) return inSeconds * 1000;
  const until = Date.parse(text);
  if (Number.isNaN(until) || !/^[A-Za-z]{3}, /.test(text.trim())) return null;
  // The vendor's own clock, where it says it: ours may differ.
  const said = date === null ? Number.NaN : Date.parse(date);
  return Math.max(0, until - (Number.isNaN(said) ? now.getTime() : said));
}

/** Whole or decimal seconds; null for anything else, and for what no vendor means. */
function seconds(text: string | null): number | null {
  if (text === null || !/^\s*\d{1,9}(\.\d{1,6})?\s*$/.test(text)) return null;
  return Number(text);
}

/** A parameter of a structured field: `;r=0`. */
function parameter(text: string, name: string): number | null {
  return seconds(new RegExp(`;\\s*${name}=([0-9.]+)`).exec(text)?.[1] ?? null);
}
