import {
  AuthenticationHandler,
  Client,
  type Context,
  type Middleware,
  ResponseType,
  TelemetryHandler,
} from '@microsoft/microsoft-graph-client';
import { stringify } from 'lossless-json';
import { VendorError } from '../../core/outbox/vendor-error.js';
import type { VendorAnswer, VendorHttp, VendorRequest } from '../http/client.js';

/** What the guarded way out must know of a call and the SDK does not carry. */
export type TransportTerms = Pick<
  VendorRequest,
  'vendor' | 'accept' | 'isRepeatable' | 'budget' | 'signal' | 'withinMs' | 'atMostBytes'
>;

/** What goes with a call; a JSON body is written losslessly, bytes go as they are. */
export type TransportContent = Pick<VendorRequest, 'json' | 'body' | 'headers'>;

/** The methods of the SDK's request builder. */
export type GraphMethod = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

export interface TransportOptions {
  readonly http: VendorHttp;
  readonly terms: TransportTerms;
  /** A token of Graph; the SDK puts it on Graph's own addresses alone, never on a pre-authenticated one. */
  readonly token: () => Promise<string>;
  /** Requests that this client may send in all: a task of the SDK repeats for as long as it is told to. */
  readonly most?: number;
}

/**
 * Microsoft's own client of Graph (@microsoft/microsoft-graph-client) with our way out as the last link of its chain, in
 * place of its fetch: it builds addresses, puts the token where it belongs and names itself; address guard, budget,
 * limits and the judgement of faults stay ours. Its RetryHandler and RedirectHandler are left out: the first repeats a
 * POST after a 504 and caps Retry-After at 180 s, the second follows where the vendor's answer leads.
 *
 * One is made for a call or a task: the SDK turns whatever a link throws into an error of its own, so the last answer and
 * the fault are kept here.
 */
export class GraphTransport implements Middleware {
  /** The SDK, for its tasks. */
  readonly client: Client;
  /** The last answer; null before the first and after a fault. */
  answer: VendorAnswer | null = null;
  /** What went wrong in the last request, before the SDK wrapped it. */
  fault: unknown = null;
  private sent = 0;

  constructor(private readonly options: TransportOptions) {
    const getAccessToken = (): Promise<string> => this.kept(options.token);
    this.client = Client.initWithMiddleware({
      middleware: [new AuthenticationHandler({ getAccessToken }), new TelemetryHandler(), this],
    });
  }

  /** One call, by a path below `/v1.0` or an absolute address of Graph; the fault as it was, never the SDK's. */
  async call(method: GraphMethod, path: string, { json, body, headers = {} }: TransportContent): Promise<VendorAnswer> {
    const request = this.client
      .api(path)
      .headers({ ...headers })
      .responseType(ResponseType.RAW);
    // A text or a Buffer passes through the SDK unchanged.
    const content = json === undefined ? body : stringify(json);
    const calls: Readonly<Record<GraphMethod, () => Promise<unknown>>> = {
      GET: () => request.get(),
      POST: () => request.post(content),
      PUT: () => request.put(content),
      PATCH: () => request.patch(content),
      DELETE: () => request.delete(),
    };
    await this.task(calls[method]);
    return this.answer!;
  }

  /** Work of the SDK on this client; throws what truly went wrong, in place of the SDK's own error. */
  async task<T>(work: () => Promise<T>): Promise<T> {
    this.fault = null;
    try {
      return await work();
    } catch (error) {
      throw this.fault ?? error;
    }
  }

  /** The last link of the SDK's chain. */
  async execute(context: Context): Promise<void> {
    const { http, terms } = this.options;
    const { method = 'GET', headers = {}, body } = context.options ?? {};
    this.answer = null;
    this.answer = await this.kept(() => {
      this.count();
      return http.send({
        ...terms,
        method: method as GraphMethod,
        url: context.request as string,
        headers: headers as Record<string, string>,
        ...(body === undefined || body === null ? {} : { body: body as string | Buffer }),
      });
    });
    context.response = responseOf(this.answer);
  }

  private async kept<T>(work: () => Promise<T>): Promise<T> {
    this.fault = null;
    try {
      return await work();
    } catch (error) {
      this.fault = error;
      throw error;
    }
  }

  private count(): void {
    const { most = Infinity, terms } = this.options;
    this.sent += 1;
    if (this.sent <= most) return;
    throw new VendorError('REFUSED', {
      code: 'GRAPH_GOES_ROUND',
      message: `${terms.vendor} asks for the same again and again: stopped after ${most} requests.`,
      remedy: 'Look at the service health of Microsoft 365, then retry it.',
    });
  }
}

/** The answer in the form that the SDK reads. */
function responseOf({ status, headers, body }: VendorAnswer): Response {
  const kept = Object.entries(headers).filter(([name]) => !['content-encoding', 'content-length'].includes(name));
  return new Response([204, 205, 304].includes(status) ? null : new Uint8Array(body), {
    status,
    headers: kept.map(([name, value]): [string, string] => [name, [value ?? ''].flat().join(', ')]),
  });
}
