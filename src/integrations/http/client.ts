import { Readable } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import { parse, stringify } from 'lossless-json';
import type { Agent } from 'undici';
import { newId } from '../../core/id.js';
import { VendorError } from '../../core/outbox/vendor-error.js';
import type { VendorCall } from '../../core/telemetry/telemetry.js';
import { checkedTarget } from './address.rules.js';
import { type Budget, Budgets } from './budget.js';
import { type Asked, codeIn, faultOfStatus, faultOfTransport, NotSent, unreadable } from './fault.rules.js';
import { repeatAfterMs } from './repeat.rules.js';
import { type Resolve, systemResolve } from './resolve.js';
import { exhaustedForMs, header, type Headers, retryAfterMs } from './retry-after.rules.js';

const TOTAL_MS = 30_000;
const LARGEST_BYTES = 5_000_000;
const AGENT = 'Countersign';
/** What addresses are called that tenants choose freely: theirs to know. */
const CHOSEN_BY_CUSTOMERS = 'customer';

type Agents = Readonly<Record<'public' | 'loopback', Agent>>;

/** One request to a vendor. */
export interface VendorRequest {
  /** What an administrator calls the vendor: "HaloPSA". */
  readonly vendor: string;
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON; LosslessNumber keeps its text. */
  readonly json?: unknown;
  readonly body?: string | Buffer;
  /** Statuses beside 2xx that the caller reads itself, such as 404 for a look-up or 412 for an eTag. */
  readonly accept?: readonly number[];
  /** A write that done twice is done once: a fault is then no doubt. GET and HEAD always are. */
  readonly isRepeatable?: boolean;
  readonly budget?: Budget;
  /** The attempt's signal (`tools.signal`). */
  readonly signal?: AbortSignal;
  /** Until the whole answer is here; 30 s when left out. */
  readonly withinMs?: number;
  /** The largest answer that is read, decompressed; 5 MB when left out. */
  readonly atMostBytes?: number;
}

/** A vendor's answer, whole. */
export interface VendorAnswer {
  readonly status: number;
  /** By lower-case name. */
  readonly headers: Headers;
  readonly body: Buffer;
  /** The body as JSON, numbers as LosslessNumber; VendorError when it is none, or no JSON by its content type. */
  json(): unknown;
}

export interface VendorHttpOptions {
  /**
   * The origins of this process's own simulators, such as http://127.0.0.1:4000; asked at each request. The only plain
   * http and the only addresses of this machine that are ever reached, and never a tenant's choice.
   */
  readonly loopback: () => readonly string[];
  /** Hosts that may be reached, with everything under them; null for any public one (webhooks that customers choose). */
  readonly hosts: readonly string[] | null;
  /** Where a fixed address of a vendor is simulated, such as https://graph.microsoft.com; null for the real one. */
  readonly simulated?: (url: URL) => string | null;
  /** Resolves a name to all its addresses; the system's resolver when left out. */
  readonly resolve?: Resolve;
  readonly budgets?: Budgets;
  /** Told every request that was sent, also one that is sent again. */
  readonly onCall?: (call: VendorCall) => void;
}

/**
 * The one way out to vendors (reliability 6): https alone, public addresses alone, checked on the literal and on every
 * resolved address and connected to the checked one; no redirects, no proxy from the environment, limits on time and
 * size; every fault a VendorError that says whether the vendor may have done it.
 */
export class VendorHttp {
  private agents: Promise<Agents> | null = null;
  private readonly budgets: Budgets;

  constructor(private readonly options: VendorHttpOptions) {
    this.budgets = options.budgets ?? new Budgets();
  }

  /** Sends a request; a status that is neither 2xx nor accepted is thrown as a VendorError. */
  async send(request: VendorRequest): Promise<VendorAnswer> {
    const asked = askedOf(request);
    const answer = await this.exchange(request, asked);
    const { status, headers } = answer;
    if ((status >= 200 && status < 300) || request.accept?.includes(status)) return answer;
    throw faultOfStatus(status, headers, codeIn(quietly(() => answer.json())), asked, new Date());
  }

  /**
   * The same way out in the form that vendors' own libraries take (Graph's client, MSAL): every status is answered,
   * only faults on the way are thrown.
   */
  fetch(request: Omit<VendorRequest, 'url' | 'method' | 'json' | 'body' | 'headers'>): typeof globalThis.fetch {
    return async (input, init) => {
      const sent = new Request(input, init);
      const body = sent.body === null ? undefined : Buffer.from(await sent.arrayBuffer());
      const whole: VendorRequest = {
        ...request,
        method: sent.method as VendorRequest['method'],
        url: sent.url,
        headers: Object.fromEntries(sent.headers),
        ...(body ? { body } : {}),
      };
      const { status, headers, body: answer } = await this.exchange(whole, askedOf(whole));
      // What was decompressed here is not compressed any more.
      const kept = Object.entries(headers).filter(([name]) => !['content-encoding', 'content-length'].includes(name));
      return new Response([204, 205, 304].includes(status) ? null : new Uint8Array(answer), {
        status,
        headers: kept.map(([name, value]): [string, string] => [name, [value ?? ''].flat().join(', ')]),
      });
    };
  }

  async close(): Promise<void> {
    const agents = await this.agents;
    await Promise.all(Object.values(agents ?? {}).map((agent) => agent.destroy()));
  }

  /** Undici is loaded when a vendor is first asked: many a process never asks one. */
  private opened(): Promise<Agents> {
    const { resolve = systemResolve } = this.options;
    this.agents ??= import('./connector.js').then(({ guardedAgent }) => ({
      public: guardedAgent(resolve, false),
      loopback: guardedAgent(resolve, true),
    }));
    return this.agents;
  }

  /** Sends a request, and again where that is harmless and likely to help (repeat.rules.ts). */
  private async exchange(request: VendorRequest, asked: Asked): Promise<VendorAnswer> {
    // A file that is put twice has two versions: the effect looks first whether it is there.
    const isHarmless = asked.isRepeatable && request.method !== 'PUT';
    for (let sent = 1; ; sent += 1) {
      const since = performance.now();
      const outcome = await this.once(request, asked).catch((error: unknown) => ({ error }));
      const isAccepted = 'status' in outcome && request.accept?.includes(outcome.status) === true;
      const wait = isAccepted ? null : repeatAfterMs(outcome, isHarmless, sent, performance.now() - since, new Date());
      if (wait === null || !(await waited(wait, request.signal))) {
        if ('error' in outcome) throw outcome.error;
        return outcome;
      }
    }
  }

  private async once(request: VendorRequest, asked: Asked): Promise<VendorAnswer> {
    const { method, budget, withinMs = TOTAL_MS, atMostBytes = LARGEST_BYTES } = request;
    const simulated = URL.canParse(request.url) ? this.options.simulated?.(new URL(request.url)) : null;
    const { url, isLoopback } = checkedTarget(simulated ?? request.url, this.options.loopback(), this.options.hosts);
    if (request.signal?.aborted) throw faultOfTransport(new NotSent('stopped'), asked);
    if (budget) await this.budgets.spend(budget, request.signal);
    const agents = await this.opened();
    const limit = AbortSignal.timeout(withinMs);
    const since = performance.now();
    let answered: number | null = null;
    try {
      const answer = await agents[isLoopback ? 'loopback' : 'public'].request({
        origin: url.origin,
        path: url.pathname + url.search,
        method,
        headers: headersOf(request),
        body: request.json === undefined ? (request.body ?? null) : (stringify(request.json) ?? null),
        signal: request.signal ? AbortSignal.any([request.signal, limit]) : limit,
      });
      const { statusCode: status, headers } = answer;
      answered = status;
      if (budget) this.note(budget, status, headers);
      const body = await whole(answer.body, headers, atMostBytes, (why) => unreadable(why, asked, status));
      return { status, headers, body, json: () => jsonOf(body, headers, asked, status) };
    } catch (error) {
      throw faultOfTransport(error, asked);
    } finally {
      const host = this.options.hosts ? url.hostname : CHOSEN_BY_CUSTOMERS;
      this.options.onCall?.({ vendor: request.vendor, host, method, status: answered, ms: performance.now() - since });
    }
  }

  private note(budget: Budget, status: number, headers: Headers): void {
    const wait = status === 429 ? (retryAfterMs(headers, new Date()) ?? 5000) : exhaustedForMs(headers);
    if (wait !== null) this.budgets.close(budget, wait);
  }
}

/** Whether the pause went by; false when the attempt was stopped meanwhile. */
async function waited(ms: number, signal: AbortSignal | undefined): Promise<boolean> {
  if (signal?.aborted) return false;
  return pause(ms, true, signal ? { signal } : {}).catch(() => false);
}

const askedOf = ({ vendor, method, isRepeatable }: VendorRequest): Asked => ({
  vendor,
  isRepeatable: isRepeatable ?? (method === 'GET' || method === 'HEAD'),
});

function headersOf({ headers = {}, json, method }: VendorRequest): Record<string, string> {
  const given = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
  return {
    accept: 'application/json',
    'accept-encoding': 'gzip',
    'user-agent': AGENT,
    // Vendors' support asks for it; Graph logs it under this name.
    'client-request-id': newId(),
    ...(json === undefined || method === 'GET' ? {} : { 'content-type': 'application/json' }),
    ...given,
  };
}

/** The whole body, decompressed, never more than the limit: a few kilobytes can unpack to gigabytes. */
async function whole(
  body: Readable,
  headers: Headers,
  atMost: number,
  fault: (why: string) => VendorError,
): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of decoded(body, header(headers, 'content-encoding'), fault)) {
      size += (chunk as Buffer).length;
      if (size > atMost) throw fault(`its answer is larger than ${atMost} bytes`);
      chunks.push(chunk as Buffer);
    }
  } finally {
    body.destroy();
  }
  return Buffer.concat(chunks);
}

function decoded(body: Readable, encoding: string | null, fault: (why: string) => VendorError): AsyncIterable<unknown> {
  switch ((encoding ?? 'identity').trim().toLowerCase()) {
    case 'identity':
    case '':
      return body;
    case 'gzip':
    case 'x-gzip':
      return piped(body, createGunzip());
    case 'deflate':
      return piped(body, createInflate());
    case 'br':
      return piped(body, createBrotliDecompress());
    default:
      throw fault('its answer is compressed in a way that nobody asked for');
  }
}

function piped(
  body: Readable,
  through: NodeJS.ReadWriteStream & { destroy(error?: Error): unknown },
): AsyncIterable<unknown> {
  body.on('error', (error: Error) => through.destroy(error));
  return body.pipe(through);
}

function jsonOf(body: Buffer, headers: Headers, asked: Asked, status: number): unknown {
  const type = (header(headers, 'content-type') ?? '').split(';')[0]!.trim().toLowerCase();
  if (type !== 'application/json' && type !== 'text/json' && !type.endsWith('+json'))
    throw unreadable(`its answer is ${/^[\w.+/-]{1,60}$/.test(type) ? type : 'of no type'}, not JSON`, asked, status);
  try {
    return parse(body.toString('utf8').replace(/^\uFEFF/, ''));
  } catch {
    throw unreadable('its answer is no JSON', asked, status);
  }
}

function quietly(read: () => unknown): unknown {
  try {
    return read();
  } catch {
    return null;
  }
}
