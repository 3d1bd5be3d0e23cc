import { VendorError, type VendorFault } from '../../core/outbox/vendor-error.js';
import { header, type Headers, retryAfterMs } from './retry-after.rules.js';

/** What of a request decides how a fault is judged. */
export interface Asked {
  /** What an administrator calls the vendor: "HaloPSA". */
  readonly vendor: string;
  /** Repeating it is harmless: a question, or a put that is the same twice. */
  readonly isRepeatable: boolean;
}

/** The connection was never made: nothing was sent. */
export class NotSent extends Error {}

const TRY_AGAIN = 'It is tried again by itself; look at the status page of the vendor if it lasts.';

/** Remedies by status; the rest is in `judged`. */
const REMEDIES: Readonly<Record<number, string>> = {
  400: 'The vendor does not accept what we sent: compare its settings (fields, types, templates) with the connection.',
  401: 'Connect it again with credentials that are valid.',
  403: 'Give the application the missing permission at the vendor, then test the connection.',
  404: 'What it is about does not exist at the vendor any more: check the ids in the settings of the connection.',
  409: 'The vendor has something else under this name already: look there, then adopt or retry it.',
  410: 'The vendor has deleted it: connect it again with a new address.',
  413: 'It is too large for the vendor.',
  423: 'Somebody has it open or locked at the vendor: have it closed or unlocked. It is tried again by itself for a day; after that, retry it.',
  425: 'The vendor is not ready for it: it is tried again by itself for a day; after that, look there and retry it.',
  507: 'The storage at the vendor is full: make room, then retry it.',
};

/**
 * An answer that is no success, as the dispatcher needs to know it. A 5xx to a request that changes something says
 * nothing about whether it was done: gateways answer 502 and 504 after the work, too.
 */
export function faultOfStatus(
  status: number,
  headers: Headers,
  code: string | null,
  asked: Asked,
  now: Date,
): VendorError {
  const wait = retryAfterMs(headers, now);
  const { kind, name } = judged(status, wait, asked);
  const reason = code === null ? '' : ` (${code})`;
  return new VendorError(kind, {
    code: name,
    message: `${asked.vendor} answered ${status}${reason}${requestIdOf(headers)}.`,
    remedy: ['REFUSED', 'DISCONNECTED', 'BUSY'].includes(kind) ? (REMEDIES[status] ?? REMEDIES[400]!) : TRY_AGAIN,
    status,
    ...(wait === null ? {} : { retryAfterMs: wait }),
  });
}

function judged(status: number, wait: number | null, { isRepeatable }: Asked): { kind: VendorFault; name: string } {
  if (status === 429 || (status === 503 && wait !== null)) return { kind: 'THROTTLED', name: 'VENDOR_THROTTLES' };
  if (status === 401) return { kind: 'DISCONNECTED', name: 'VENDOR_CREDENTIALS' };
  if (status === 507) return { kind: 'REFUSED', name: 'VENDOR_REFUSED' };
  if (status === 423 || status === 425) return { kind: 'BUSY', name: 'VENDOR_LOCKED' };
  if (status >= 500 || status === 408)
    return { kind: isRepeatable ? 'RETRY' : 'UNKNOWN_OUTCOME', name: 'VENDOR_FAILED' };
  if (status >= 300 && status < 400) return { kind: 'REFUSED', name: 'VENDOR_REDIRECTS' };
  return { kind: 'REFUSED', name: status === 403 ? 'VENDOR_FORBIDS' : 'VENDOR_REFUSED' };
}

/** A fault on the way: nothing was sent, or the answer never came whole. */
export function faultOfTransport(error: unknown, asked: Asked): VendorError {
  if (error instanceof VendorError) return error;
  const isSent = !(error instanceof NotSent);
  const code = transportCode(error instanceof NotSent ? error.cause : error);
  return new VendorError(isSent && !asked.isRepeatable ? 'UNKNOWN_OUTCOME' : 'RETRY', {
    code: isSent ? 'VENDOR_NO_ANSWER' : 'VENDOR_UNREACHABLE',
    message: `${asked.vendor} ${isSent ? 'gave no whole answer' : 'could not be reached'} (${code}).`,
    remedy: TRY_AGAIN,
  });
}

/** An answer that cannot be read; the vendor did something, so it is judged like no answer. */
export function unreadable(why: string, asked: Asked, status: number): VendorError {
  return new VendorError(asked.isRepeatable ? 'RETRY' : 'UNKNOWN_OUTCOME', {
    code: 'VENDOR_ANSWER_UNREADABLE',
    message: `${asked.vendor} answered ${status}, but ${why}.`,
    remedy: `Check that the address is the vendor's interface and not a web page or a proxy. ${TRY_AGAIN}`,
    status,
  });
}

/** The vendor's own machine code in an error's body (Graph, OAuth, HaloPSA, Power BI); never its free text. */
export function codeIn(body: unknown): string | null {
  const { error, code, errorCode } = (body ?? {}) as Record<string, unknown>;
  const inner = typeof error === 'object' && error !== null ? (error as Record<string, unknown>).code : error;
  const found = [inner, code, errorCode].find((candidate) => typeof candidate === 'string' && candidate !== '');
  return typeof found === 'string' && /^[\w.-]{1,60}$/.test(found) ? found : null;
}

function requestIdOf(headers: Headers): string {
  const id = header(headers, 'request-id') ?? header(headers, 'x-ms-request-id') ?? header(headers, 'x-request-id');
  return id !== null && /^[\w-]{1,64}$/.test(id) ? `, request ${id}` : '';
}

function transportCode(error: unknown): string {
  const { code, name } = (error ?? {}) as { code?: unknown; name?: unknown };
  if (typeof code === 'string' && /^\w{1,60}$/.test(code)) return code;
  return typeof name === 'string' && /^\w{1,60}$/.test(name) ? name : 'unknown';
}
