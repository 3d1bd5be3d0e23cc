/** A request as the vendor would see it: its own host, not the sandbox's. */
export interface Exchange {
  readonly method: string;
  /** The vendor's host, lower-case, for example `graph.microsoft.com`. */
  readonly host: string;
  /** The path as it was sent: percent-encoding is left alone. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: Buffer;
}

/** What the vendor answers: JSON for an object, bytes as they are, nothing for undefined. */
export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/** What goes over the wire, and what befalls it on the way. */
export interface Outcome {
  /** Null: the connection is reset without an answer. */
  readonly answer: Answer | null;
  /** Only the first half of the body is sent, then the connection ends. */
  readonly cut: boolean;
  /** Pause in the middle of the body, in milliseconds. */
  readonly pauseMs: number;
}

/**
 * A refusal in Graph's form: status, `error.code`, and where the service gives one a finer `innerError.code`
 * (learn.microsoft.com/graph/errors). Thrown by the resources, turned into an answer by the simulator.
 */
export class Refusal extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly more: { readonly inner?: string; readonly headers?: Readonly<Record<string, string>> } = {},
  ) {
    super(message);
  }
}

/** 404 in drive words. */
export function itemNotFound(message = 'The resource could not be found.'): Refusal {
  return new Refusal(404, 'itemNotFound', message);
}

/** 403 as SharePoint says it, without a hint at what is missing. */
export function accessDenied(message = 'Access denied'): Refusal {
  return new Refusal(403, 'accessDenied', message);
}

/** 400 in drive words. */
export function invalidRequest(message: string): Refusal {
  return new Refusal(400, 'invalidRequest', message);
}

/** A call that the sandbox does not simulate: never guessed at. */
export function notSimulated(what: string): Refusal {
  return new Refusal(501, 'notSimulated', `The Microsoft 365 sandbox does not simulate ${what}.`);
}

/** JSON of a body; undefined for none. Throws 400 for what is no JSON. */
export function jsonOf(body: Buffer): unknown {
  if (body.length === 0) return undefined;
  try {
    return JSON.parse(body.toString('utf8')) as unknown;
  } catch {
    throw new Refusal(400, 'BadRequest', 'Unable to read JSON request payload. Please ensure the body is valid JSON.');
  }
}
