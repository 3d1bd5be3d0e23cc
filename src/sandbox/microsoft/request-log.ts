/** Something that a request really did, named for assertions: `item.created`, `version.created`, `message.posted`... */
export interface Effect {
  readonly what: string;
  readonly id: string;
}

/** One request as the simulator saw it. Tokens, secrets and signatures are left out. */
export interface LogEntry {
  readonly number: number;
  readonly at: string;
  readonly operation: string;
  readonly tid: string | null;
  readonly method: string;
  readonly host: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /** JSON, form fields without secrets, or the size of bytes. */
  readonly request: unknown;
  /** What the vendor answered or would have answered; null when it did not come to that. */
  readonly status: number | null;
  readonly response: unknown;
  /** What was done, whatever became of the answer. */
  readonly effects: readonly Effect[];
  /** The fault that befell it, in one word; null for none. */
  readonly fault: string | null;
}

const KEPT_HEADERS = [
  'client-request-id',
  'content-length',
  'content-range',
  'content-type',
  'if-match',
  'if-none-match',
  'prefer',
  'retry-attempt',
  'sdkversion',
  'user-agent',
];
const MOST = 20_000;

/** The recorded requests: the newest 20,000. */
export class RequestLog {
  readonly #entries: LogEntry[] = [];
  #next = 1;

  add(entry: Omit<LogEntry, 'number'>): void {
    this.#entries.push({ number: this.#next++, ...entry });
    if (this.#entries.length > MOST) this.#entries.splice(0, this.#entries.length - MOST);
  }

  /** All, or those of an operation (a trailing `*` stands for any ending). */
  list(operation = '*'): LogEntry[] {
    const prefix = operation.endsWith('*') ? operation.slice(0, -1) : null;
    return this.#entries.filter((entry) =>
      prefix === null ? entry.operation === operation : entry.operation.startsWith(prefix),
    );
  }

  /** How often something was really done. */
  count(what: string): number {
    return this.#entries.flatMap((entry) => entry.effects).filter((effect) => effect.what === what).length;
  }

  clear(): void {
    this.#entries.length = 0;
  }
}

/** The headers that are worth keeping. */
export function keptHeaders(headers: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(
    KEPT_HEADERS.flatMap((name) => (headers[name] === undefined ? [] : [[name, headers[name]]])),
  );
}

/** A request's body for the log: no secret, no assertion, no bytes. */
export function keptBody(contentType: string, body: Buffer): unknown {
  if (body.length === 0) return null;
  if (contentType.includes('json')) {
    try {
      return JSON.parse(body.toString('utf8')) as unknown;
    } catch {
      return { notJson: body.length };
    }
  }
  if (contentType.includes('x-www-form-urlencoded')) {
    const fields = [...new URLSearchParams(body.toString('utf8'))];
    const secret = ['client_secret', 'client_assertion', 'assertion'];
    return Object.fromEntries(fields.map(([name, value]) => [name, secret.includes(name) ? '(kept out)' : value]));
  }
  return { bytes: body.length };
}
