import type { EffectTools } from '../../core/outbox/handler.js';
import { VendorError } from '../../core/outbox/vendor-error.js';
import { handoffUrl } from '../../handoff/handoff.link.js';
import { Vendor } from '../connection/connection.entity.js';
import type { Connections, OpenConnection } from '../connection/connection.secret.js';
import type { Budget } from '../http/budget.js';
import type { VendorAnswer, VendorHttp, VendorRequest } from '../http/client.js';
import { haloError, idOf, isRecord, listOf, makesNothing, numberOf, type HaloRecord } from './halopsa.record.js';
import { type HaloSettings, settingsOf } from './halopsa.settings.js';
import { HaloTokens } from './halopsa.token.js';

/** Parameters of a call; null ones are left out. */
export type HaloQuery = Readonly<Record<string, string | number | boolean | null>>;

/**
 * 700 requests in any 5 minutes are allowed to all clients of an instance together (facts 3.3): two a second, and 60
 * at once after a quiet time, are 660.
 */
const BUDGET: Omit<Budget, 'instance'> = { perMinute: 120, burst: 60 };

/** The most that HaloPSA gives a page, whatever is asked (facts 3.3). */
const PAGE_SIZE = 100;
const MOST_PAGES = 200;

/** What the work with HaloPSA needs of an effect's tools. */
export type HaloTools = Pick<EffectTools, 'read' | 'signal'>;

/** The tenants' HaloPSA instances: one way out and one cache of tokens a process, one budget of requests an instance. */
export class HaloPsa {
  private readonly tokens: HaloTokens;

  constructor(
    private readonly http: VendorHttp,
    private readonly connections: Connections,
    private readonly budget: Omit<Budget, 'instance'> = BUDGET,
    private readonly publicUrl: string | null = null,
  ) {
    this.tokens = new HaloTokens(http);
  }

  /** The tenant's HaloPSA; VendorError DISCONNECTED when it has none that is connected. */
  async of(tools: HaloTools): Promise<HaloClient> {
    return this.client(await this.connections.of(tools, Vendor.HALOPSA), tools.signal);
  }

  /** The HaloPSA of one connection; VendorError DISCONNECTED when it has no credentials any more. */
  async byId(tools: HaloTools, integrationId: string): Promise<HaloClient> {
    return this.client(await this.connections.byId(tools, integrationId), tools.signal);
  }

  /** The instance behind an open connection. */
  client(connection: OpenConnection, signal: AbortSignal): HaloClient {
    const settings = settingsOf(connection);
    const { host, pathname } = new URL(settings.resourceServer);
    const budget = { ...this.budget, tenantId: connection.tenantId, instance: `${host}${pathname}` };
    return new HaloClient(this.http, this.tokens, connection, { settings, budget, signal, publicUrl: this.publicUrl });
  }
}

interface ClientOptions {
  readonly settings: HaloSettings;
  readonly budget: Budget;
  readonly signal: AbortSignal;
  readonly publicUrl: string | null;
}

/** The calls of one instance, as the facts describe them (3.3): lists by pages, bodies as arrays, answers as either. */
export class HaloClient {
  readonly settings: HaloSettings;

  constructor(
    private readonly http: VendorHttp,
    private readonly tokens: HaloTokens,
    private readonly connection: OpenConnection,
    private readonly options: ClientOptions,
  ) {
    this.settings = options.settings;
  }

  get integrationId(): string {
    return this.connection.id;
  }

  /** The address of a handoff's page, for a link back; null for a process that knows no public address. */
  linkTo(handoffId: string): string | null {
    const { publicUrl } = this.options;
    return publicUrl === null ? null : handoffUrl(publicUrl, handoffId);
  }

  /** What the token may be used for, as HaloPSA says; null when it does not say. */
  scopes(): Promise<readonly string[] | null> {
    return this.tokens.scopesOf(this.connection, this.settings);
  }

  /** One record, with its details. */
  async get(path: string, query: HaloQuery = {}): Promise<HaloRecord> {
    return this.record(await this.call('GET', path, query), path);
  }

  /** One record, or null when the instance does not have it. */
  async find(path: string, query: HaloQuery = {}): Promise<HaloRecord | null> {
    const answer = await this.call('GET', path, query, { accept: [404] });
    return answer.status === 404 ? null : this.record(answer, path);
  }

  /**
   * Every row of a list, by pages until one brings nothing new: HaloPSA cuts a page to 100 rows in silence, and filters
   * that it does not know are ignored, so the caller checks each row again. `isEnough` looks at a page and may end it.
   */
  async list(
    path: string,
    query: HaloQuery = {},
    isEnough: (rows: readonly HaloRecord[]) => boolean = () => false,
  ): Promise<readonly HaloRecord[]> {
    const rows = new Map<unknown, HaloRecord>();
    for (let page = 1; page <= MOST_PAGES; page++) {
      const paging = { pageinate: true, page_size: PAGE_SIZE, page_no: page };
      const body = (await this.call('GET', path, { ...query, ...paging })).json();
      const found = rowsIn(body);
      if (found === null) throw odd(`GET ${path} gave no list`);
      const before = rows.size;
      for (const row of found) rows.set(idOf(row) ?? rows.size, row);
      const total = isRecord(body) ? numberOf(body, 'record_count') : null;
      if (rows.size === before || (total !== null && rows.size >= total) || isEnough(found)) return [...rows.values()];
    }
    throw haloError(
      'REFUSED',
      'HALOPSA_LIST_TOO_LONG',
      `GET ${path} has more than ${MOST_PAGES * PAGE_SIZE} rows: the instance seems to ignore the filters.`,
      'Update HaloPSA to a version that filters by client and search text.',
    );
  }

  /** Asks without reading more than a page; VendorError when it may not. */
  async peek(path: string, query: HaloQuery): Promise<void> {
    const answer = await this.call('GET', path, query);
    if (rowsIn(answer.json()) === null) throw odd(`GET ${path} gave no list`);
  }

  /**
   * Posts one record and answers what HaloPSA says that it has now. A lost answer leaves a doubt about whatever is made
   * by it; what is only changed is written again, which is harmless.
   */
  async post(path: string, record: HaloRecord): Promise<HaloRecord> {
    const isRepeatable = makesNothing(record);
    const answer = await this.call('POST', path, {}, { json: [record], isRepeatable });
    const body = answer.json();
    const [saved] = Array.isArray(body) ? body : [body];
    if (Array.isArray(body) && body.length === 0)
      throw haloError(
        'REFUSED',
        'HALOPSA_RECORD_LEFT_OUT',
        `HaloPSA answered POST ${path} with success and saved nothing.`,
        'Check that the ids in the settings of the connection exist in HaloPSA, then retry it.',
      );
    if (!isRecord(saved)) throw odd(`POST ${path} gave no record`, isRepeatable ? 'RETRY' : 'UNKNOWN_OUTCOME');
    return saved;
  }

  private record(answer: VendorAnswer, path: string): HaloRecord {
    const body = answer.json();
    const only: unknown = Array.isArray(body) && body.length === 1 ? body[0] : body;
    if (!isRecord(only)) throw odd(`GET ${path} gave no record`);
    return only;
  }

  /** With a token; where that was revoked nothing was done, and another is tried once. */
  private async call(
    method: 'GET' | 'POST',
    path: string,
    query: HaloQuery,
    more: Partial<VendorRequest> = {},
  ): Promise<VendorAnswer> {
    const { accept = [], ...rest } = more;
    const { tokens, connection, settings } = this;
    const token = await tokens.of(connection, settings);
    const first = await this.send(token, method, path, query, { ...rest, accept: [...accept, 401] });
    if (first.status !== 401) return first;
    tokens.forget(connection, settings, token);
    return this.send(await tokens.of(connection, settings), method, path, query, { ...rest, accept });
  }

  private async send(
    token: string,
    method: 'GET' | 'POST',
    path: string,
    query: HaloQuery,
    more: Partial<VendorRequest>,
  ): Promise<VendorAnswer> {
    const { settings, budget, signal } = this.options;
    const parameters = new URLSearchParams(
      Object.entries(query).flatMap(([name, value]) => (value === null ? [] : [[name, String(value)]])),
    ).toString();
    return this.http.send({
      vendor: 'HaloPSA',
      method,
      url: `${settings.resourceServer}${path}${parameters === '' ? '' : `?${parameters}`}`,
      headers: { authorization: `Bearer ${token}` },
      budget,
      signal,
      ...more,
    });
  }
}

/** The rows of a list: bare, or under whatever key this list has; null when there is none. */
function rowsIn(body: unknown): readonly HaloRecord[] | null {
  if (Array.isArray(body)) return body.filter(isRecord);
  if (!isRecord(body)) return null;
  const name = Object.keys(body).find((key) => Array.isArray(body[key]));
  return name === undefined ? null : listOf(body, name);
}

function odd(what: string, kind: 'RETRY' | 'UNKNOWN_OUTCOME' = 'RETRY'): VendorError {
  return haloError(
    kind,
    'HALOPSA_ANSWER_UNREADABLE',
    `HaloPSA's answer is not what its interface promises: ${what}.`,
    'Check that the address of the connection is the one that HaloPSA shows under Configuration > Integrations > HaloPSA API.',
  );
}
