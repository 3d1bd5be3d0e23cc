import type { VendorAnswer, VendorHttp, VendorRequest } from '../http/client.js';
import { VendorError } from '../../core/outbox/vendor-error.js';
import type { ConnectionCheck } from '../connection/connection.entity.js';
import type { OpenConnection } from '../connection/connection.secret.js';
import type { Budget } from '../http/budget.js';
import { codeIn, faultOfStatus } from '../http/fault.rules.js';
import type { EntraTokens } from './entra.tokens.js';
import { excessRoles } from './graph.permissions.js';
import type { GraphMethod, GraphTransport } from './graph.transport.js';

/**
 * SharePoint gives an application 1,250 resource units a minute in a small tenant, and writing costs 2
 * (learn.microsoft.com, "Avoid getting throttled or blocked in SharePoint Online"): 500 calls stay below.
 */
const BUDGET: Omit<Budget, 'instance'> = { perMinute: 500, burst: 60 };
const MOST_PAGES = 100;

/** A call beside its method and path. */
export type GraphOptions = Pick<VendorRequest, 'json' | 'body' | 'headers' | 'accept' | 'isRepeatable'>;

/** A JSON object as Graph gave it; numbers are LosslessNumber. */
export type GraphRecord = Readonly<Record<string, unknown>>;

/** What a client of Graph is made of: one way out and one cache of tokens a process. */
export interface GraphTools {
  readonly http: VendorHttp;
  readonly tokens: EntraTokens;
}

/** The calls of Microsoft Graph v1.0 for one connection, as the application, by Microsoft's own SDK (graph.transport.ts). */
export class GraphClient {
  private readonly budget: Budget;

  constructor(
    private readonly tools: GraphTools,
    readonly connection: OpenConnection,
    private readonly signal: AbortSignal,
  ) {
    const { tenantId, settings } = connection;
    this.budget = { ...BUDGET, tenantId, instance: `graph.microsoft.com/${settings.directoryId ?? ''}` };
  }

  /** One object; the call's own faults as VendorErrors. */
  async get(path: string): Promise<GraphRecord> {
    return recordIn(await this.call('GET', path));
  }

  /** One object, or null when it does not exist. */
  async find(path: string): Promise<GraphRecord | null> {
    const answer = await this.call('GET', path, { accept: [404] });
    return answer.status === 404 ? null : recordIn(answer);
  }

  /** Every object of a collection; `@odata.nextLink` is followed as it is. */
  async list(path: string): Promise<readonly GraphRecord[]> {
    const found: GraphRecord[] = [];
    let next: unknown = path;
    for (let page = 0; page < MOST_PAGES && typeof next === 'string'; page++) {
      const body: GraphRecord = await this.get(next);
      found.push(...(Array.isArray(body.value) ? (body.value as GraphRecord[]) : []));
      next = body['@odata.nextLink'];
    }
    return found;
  }

  /** The application permissions beyond the needed ones that Entra ID has put into the token. */
  async excess(): Promise<readonly ConnectionCheck[]> {
    return excessRoles(await this.tools.tokens.of(this.connection));
  }

  /** Any call. A refused token is replaced once; a 403 `accessDenied` waits for an administrator. */
  async call(method: GraphMethod, path: string, options: GraphOptions = {}): Promise<VendorAnswer> {
    const first = await this.send(method, path, options, [401]);
    if (first.status !== 401) return first;
    this.tools.tokens.forget(this.connection);
    return this.send(method, path, options, []);
  }

  /**
   * The SDK for one of its tasks on a pre-authenticated address, such as of an upload session: it takes no token, and
   * spends nothing of the budget. Every request of it may be repeated.
   */
  async sdk(accept: readonly number[], most: number): Promise<GraphTransport> {
    const { GraphTransport } = await loaded();
    const { http, tokens } = this.tools;
    return new GraphTransport({
      http,
      terms: { vendor: 'SharePoint', accept, isRepeatable: true, signal: this.signal },
      token: () => tokens.of(this.connection),
      most,
    });
  }

  private async send(
    method: GraphMethod,
    path: string,
    { accept = [], isRepeatable, ...content }: GraphOptions,
    further: readonly number[],
  ): Promise<VendorAnswer> {
    const { GraphTransport } = await loaded();
    const { http, tokens } = this.tools;
    const transport = new GraphTransport({
      http,
      terms: {
        vendor: 'SharePoint',
        accept: [...accept, ...further, 403],
        budget: this.budget,
        signal: this.signal,
        ...(isRepeatable === undefined ? {} : { isRepeatable }),
      },
      token: () => tokens.of(this.connection),
    });
    const answer = await transport.call(method, path, content);
    if (answer.status !== 403 || accept.includes(403)) return answer;
    const fault = forbidden(answer, { vendor: 'SharePoint', isRepeatable: true });
    // The token may have been made before the consent: the next attempt or test gets a new one.
    if (fault.kind === 'DISCONNECTED') tokens.forget(this.connection);
    throw fault;
  }
}

/** Microsoft's client is loaded when Graph is first asked: many a process never asks it. */
const loaded = () => import('./graph.transport.js');

function forbidden(answer: VendorAnswer, asked: { vendor: string; isRepeatable: boolean }): VendorError {
  const code = codeIn(quietly(answer));
  const fault = faultOfStatus(answer.status, answer.headers, code, asked, new Date());
  if (code !== 'accessDenied') return fault;
  return new VendorError('DISCONNECTED', {
    code: 'SHAREPOINT_NOT_GRANTED',
    message: fault.message,
    remedy:
      'Three things are needed: consent to Sites.Selected, the role write on the site granted to the client id (not the object id), and some minutes. Then test the connection.',
    status: 403,
  });
}

/** The JSON object of an answer; VendorError when it is none. */
export function recordIn(answer: VendorAnswer): GraphRecord {
  const body = answer.json();
  if (typeof body === 'object' && body !== null && !Array.isArray(body)) return body as GraphRecord;
  throw new VendorError('RETRY', {
    code: 'VENDOR_ANSWER_UNREADABLE',
    message: `SharePoint answered ${answer.status}, but not with an object.`,
    remedy: 'It is tried again by itself; look at the service health of Microsoft 365 if it lasts.',
    status: answer.status,
  });
}

/** A text of an object; empty when there is none. */
export function textIn(record: GraphRecord, name: string): string {
  const value = record[name];
  return typeof value === 'string' ? value : '';
}

/** An object in an object; an empty one when there is none. */
export function partOf(record: GraphRecord, name: string): GraphRecord {
  const value = record[name];
  return typeof value === 'object' && value !== null ? (value as GraphRecord) : {};
}

function quietly(answer: VendorAnswer): unknown {
  try {
    return answer.json();
  } catch {
    return null;
  }
}
