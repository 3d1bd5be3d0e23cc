/** Something that a request changed. */
export interface Effect {
  readonly change: 'CREATED' | 'UPDATED';
  /** What: OPPORTUNITY, PROJECT, TASK, TICKET, ACTION, TODO, APPROVAL, WEBHOOK. */
  readonly kind: string;
  readonly id: number | string;
}

/** One request as it was received, and what came of it. Secrets are not kept. */
export interface LoggedRequest {
  readonly number: number;
  /** ISO 8601, by the simulator's clock. */
  readonly at: string;
  readonly method: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  /** The parsed body; null without one, and where it carries a secret (tokens, webhooks). */
  readonly body: unknown;
  /** The client id of the API application, once it is known. */
  readonly clientId: string | null;
  /** What it changed, also when the answer was then lost. */
  readonly effects: readonly Effect[];
  /** What was sent and dropped in silence: unknown fields, unknown custom fields, fields that may not be written. */
  readonly dropped: readonly string[];
  /** Query parameters that nothing knows. */
  readonly ignored: readonly string[];
  /** The status; null while it runs and when no answer was given. */
  readonly status: number | null;
  /** The scripted fault that broke the answer. */
  readonly fault: string | null;
}

/** A request being answered. */
export type Trace = { -readonly [K in keyof LoggedRequest]: LoggedRequest[K] } & {
  effects: Effect[];
  dropped: string[];
  ignored: string[];
};

/** Requests kept; older ones go. */
const KEPT = 50_000;

/** The requests of one instance, for assertions: "exactly once" is counted here. */
export class RequestLog {
  private entries: Trace[] = [];
  private last = 0;

  begin(request: Pick<LoggedRequest, 'at' | 'method' | 'path' | 'query'>): Trace {
    this.last += 1;
    const trace: Trace = {
      number: this.last,
      ...request,
      body: null,
      clientId: null,
      effects: [],
      dropped: [],
      ignored: [],
      status: null,
      fault: null,
    };
    this.entries.push(trace);
    if (this.entries.length > KEPT) this.entries.shift();
    return trace;
  }

  /** The requests after a number, oldest first; of one method and part of a path when they are given. */
  list(
    filter: { readonly after?: number; readonly method?: string; readonly path?: string } = {},
  ): readonly LoggedRequest[] {
    const path = filter.path?.toLowerCase() ?? '';
    return this.entries.filter(
      (entry) =>
        entry.number > (filter.after ?? 0) &&
        (filter.method === undefined || entry.method === filter.method) &&
        entry.path.toLowerCase().includes(path),
    );
  }

  clear(): void {
    this.entries = [];
  }
}
