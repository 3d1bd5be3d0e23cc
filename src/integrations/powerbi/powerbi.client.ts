import { VendorError } from '../../core/outbox/vendor-error.js';
import type { OpenConnection } from '../connection/connection.secret.js';
import type { Budget } from '../http/budget.js';
import type { VendorAnswer, VendorHttp, VendorRequest } from '../http/client.js';
import { codeIn } from '../http/fault.rules.js';
import { EntraTokens } from '../microsoft/entra.tokens.js';
import { type PowerBiSettings, powerBiSettings } from './powerbi.settings.js';

const BASE = 'https://api.powerbi.com/v1.0/myorg';
/** The one audience of Power BI's REST interface, for applications as for people. */
const SCOPE = 'https://analysis.windows.net/powerbi/api/.default';

/** How long an embed token lasts is what is left of the token that asked for it. */
const EMBED_TOKEN_MS = 600_000;

/** A JSON object as Power BI gave it; numbers are LosslessNumber. */
export type PowerBiRecord = Readonly<Record<string, unknown>>;

/** A call beside its method and path. */
export interface PowerBiCall extends Pick<VendorRequest, 'json' | 'accept' | 'isRepeatable'> {
  readonly budget?: Budget;
  /** The token must last for ten minutes more. */
  readonly forEmbedding?: boolean;
}

/** One way out and one cache of tokens a process. */
export class PowerBi {
  private readonly tokens: EntraTokens;

  constructor(private readonly http: VendorHttp) {
    this.tokens = new EntraTokens(http, SCOPE);
  }

  /** Power BI for an open connection. */
  client(connection: OpenConnection, signal?: AbortSignal): PowerBiClient {
    return new PowerBiClient(this.http, this.tokens, connection, signal);
  }
}

/** The calls of Power BI's REST interface for one connection, as its service principal, in its workspace. */
export class PowerBiClient {
  readonly settings: PowerBiSettings;

  constructor(
    private readonly http: VendorHttp,
    private readonly tokens: EntraTokens,
    readonly connection: OpenConnection,
    private readonly signal?: AbortSignal,
  ) {
    this.settings = powerBiSettings(connection.settings);
  }

  /** The path of something in the workspace: a service principal has no workspace of its own to leave it out for. */
  group(path: string, workspaceId = this.settings.workspaceId): string {
    return `/groups/${workspaceId}${path}`;
  }

  /** One object, or null when it does not exist, or is not shown to us: Power BI answers both alike. */
  async find(path: string): Promise<PowerBiRecord | null> {
    const answer = await this.call('GET', path, { accept: [404] });
    return answer.status === 404 ? null : recordIn(answer);
  }

  /** The objects of a collection. */
  async list(path: string): Promise<readonly PowerBiRecord[]> {
    const { value } = recordIn(await this.call('GET', path));
    return Array.isArray(value) ? (value as PowerBiRecord[]) : [];
  }

  /** Any call. A refused token is replaced once; what an administrator of Power BI has to allow is DISCONNECTED. */
  async call(method: VendorRequest['method'], path: string, options: PowerBiCall = {}): Promise<VendorAnswer> {
    const first = await this.send(method, path, options);
    if (first.status !== 401 || options.accept?.includes(401)) return this.judged(first, options);
    this.tokens.forget(this.connection);
    return this.judged(await this.send(method, path, options), options);
  }

  private async send(
    method: VendorRequest['method'],
    path: string,
    { json, accept = [], isRepeatable, budget, forEmbedding = false }: PowerBiCall,
  ): Promise<VendorAnswer> {
    const token = await this.token(forEmbedding ? EMBED_TOKEN_MS : 0);
    const { profileId } = this.settings;
    return this.http.send({
      vendor: 'Power BI',
      method,
      url: `${BASE}${path}`,
      headers: {
        authorization: `Bearer ${token}`,
        ...(profileId === null ? {} : { 'x-powerbi-profile-id': profileId }),
      },
      accept: [...accept, 401, 403],
      ...(json === undefined ? {} : { json }),
      ...(isRepeatable === undefined ? {} : { isRepeatable }),
      ...(budget ? { budget } : {}),
      ...(this.signal ? { signal: this.signal } : {}),
    });
  }

  private async token(leastMs: number): Promise<string> {
    try {
      return await this.tokens.of(this.connection, leastMs);
    } catch (error) {
      if (error instanceof VendorError && error.code === 'MICROSOFT_CONSENT') throw notInDirectory(error);
      throw error;
    }
  }

  private judged(answer: VendorAnswer, { accept = [] }: PowerBiCall): VendorAnswer {
    const { status } = answer;
    if ((status !== 401 && status !== 403) || accept.includes(status)) return answer;
    const code = codeOf(answer);
    throw new VendorError('DISCONNECTED', {
      code: 'POWERBI_NOT_AUTHORIZED',
      message: `Power BI answered ${status}${code === null ? '' : ` (${code})`}.`,
      remedy:
        'Two things are needed: in the admin portal of Power BI the tenant setting "Service principals can use Fabric APIs" for a security group with the app in it, and the app as Member of the workspace. Both take up to 15 minutes to count. Then test the connection.',
      status,
    });
  }
}

/** The code of an error's body; null for an empty one. */
export function codeOf(answer: VendorAnswer): string | null {
  try {
    return codeIn(answer.json());
  } catch {
    return null;
  }
}

/** The JSON object of an answer; VendorError when it is none. */
export function recordIn(answer: VendorAnswer): PowerBiRecord {
  const body = answer.json();
  if (typeof body === 'object' && body !== null && !Array.isArray(body)) return body as PowerBiRecord;
  throw new VendorError('RETRY', {
    code: 'VENDOR_ANSWER_UNREADABLE',
    message: `Power BI answered ${answer.status}, but not with an object.`,
    remedy: 'It is tried again by itself; look at the status page of Power BI if it lasts.',
    status: answer.status,
  });
}

/** A text of an object; empty when there is none. */
export function textIn(record: PowerBiRecord, name: string): string {
  const value = record[name];
  return typeof value === 'string' ? value : '';
}

function notInDirectory({ message, status }: VendorError): VendorError {
  return new VendorError('DISCONNECTED', {
    code: 'POWERBI_APP_MISSING',
    message,
    remedy:
      'Have a directory administrator add the app registration to the directory (its enterprise application), without any API permission of Power BI; then test the connection.',
    ...(status === null ? {} : { status }),
  });
}
