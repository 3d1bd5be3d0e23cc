import { VendorError } from '../../core/outbox/vendor-error.js';
import type { OpenConnection } from '../connection/connection.secret.js';
import type { VendorHttp } from '../http/client.js';
import { codeIn } from '../http/fault.rules.js';
import { isRecord, numberOf, textOf } from './halopsa.record.js';
import type { HaloSettings } from './halopsa.settings.js';

interface Held {
  readonly token: string;
  /** What HaloPSA says that it may be used for; null when it does not say. */
  readonly scopes: readonly string[] | null;
  /** On the monotonic clock. */
  readonly endsAt: number;
}

/** A token is not used in its last minute: it would end on the way. */
const MARGIN_MS = 60_000;
const SHORTEST_MS = 1000;
const MOST = 1000;

/** What an administrator does about each answer of the token endpoint (RFC 6749 5.2). */
const REMEDIES: Readonly<Record<string, string>> = {
  invalid_client: 'Give the client id and secret of the API application anew with rotateIntegrationSecret.',
  unauthorized_client:
    'Set the API application to the method "Client ID and Secret (Services)", not the password one that looks like it.',
  invalid_scope: 'Give the API application the permissions that the connection asks for (its setting `scope`).',
  invalid_request: 'Set `tenant` as HaloPSA shows it under Configuration > Integrations > HaloPSA API.',
};

/**
 * Tokens of the client credentials grant by connection and credentials, one request for all who wait (facts 3.1).
 * HaloPSA gives none to refresh with: another is asked for. Kept in this process's memory alone.
 */
export class HaloTokens {
  private readonly held = new Map<string, Held>();
  /** What is being asked for now, by connection and credentials. */
  private readonly asked = new Map<string, Promise<Held>>();

  constructor(private readonly http: VendorHttp) {}

  /** A token that is good for now. VendorError DISCONNECTED when the credentials are not accepted. */
  async of(connection: OpenConnection, settings: HaloSettings): Promise<string> {
    return (await this.heldOf(connection, settings)).token;
  }

  /** What a token may be used for, as HaloPSA says; null when it does not say. */
  async scopesOf(connection: OpenConnection, settings: HaloSettings): Promise<readonly string[] | null> {
    return (await this.heldOf(connection, settings)).scopes;
  }

  /** The vendor does not take this token any more: it was revoked. One that somebody has asked for since is kept. */
  forget(connection: OpenConnection, settings: HaloSettings, token: string): void {
    const key = keyOf(connection, settings);
    if (this.held.get(key)?.token === token) this.held.delete(key);
  }

  private async heldOf(connection: OpenConnection, settings: HaloSettings): Promise<Held> {
    const key = keyOf(connection, settings);
    const known = this.held.get(key);
    if (known && known.endsAt > performance.now()) return known;
    const pending = this.asked.get(key);
    if (pending) return pending;
    const asked = this.ask(connection, settings)
      .then((made) => this.keep(key, made))
      .finally(() => this.asked.delete(key));
    this.asked.set(key, asked);
    return asked;
  }

  private keep(key: string, made: Held): Held {
    this.held.delete(key);
    this.held.set(key, made);
    const [oldest] = this.held.keys();
    if (this.held.size > MOST && oldest !== undefined) this.held.delete(oldest);
    return made;
  }

  /** For all who wait, so that the end of one's attempt does not end it. */
  private async ask({ credentials }: OpenConnection, { authServer, tenant, scope }: HaloSettings): Promise<Held> {
    const form = new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: credentials.clientId ?? '',
      client_secret: credentials.clientSecret ?? '',
      scope,
    });
    const since = performance.now();
    const answer = await this.http.send({
      vendor: 'HaloPSA',
      method: 'POST',
      url: `${authServer}/token${tenant === null ? '' : `?tenant=${encodeURIComponent(tenant)}`}`,
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: form.toString(),
      accept: [400, 401],
      // Two tokens are as good as one.
      isRepeatable: true,
    });
    const body = answer.json();
    if (answer.status >= 400) throw refusedSignIn(codeIn(body), answer.status);
    const token = isRecord(body) ? textOf(body, 'access_token') : '';
    if (!isRecord(body) || token === '') throw refusedSignIn(null, answer.status);
    const lastsMs = (numberOf(body, 'expires_in') ?? 3600) * 1000;
    const said = textOf(body, 'scope')
      .split(/[\s,]+/)
      .filter((one) => /^[\w:.-]{1,100}$/.test(one));
    const scopes = said.length > 0 ? said : null;
    return { token, scopes, endsAt: since + Math.max(SHORTEST_MS, lastsMs - MARGIN_MS) };
  }
}

const keyOf = ({ id, secretVersion }: OpenConnection, { authServer, tenant, scope }: HaloSettings): string =>
  [id, secretVersion, authServer, tenant ?? '', scope].join('\n');

function refusedSignIn(code: string | null, status: number): VendorError {
  return new VendorError('DISCONNECTED', {
    code: 'HALOPSA_SIGN_IN',
    message: `HaloPSA gave no token${code === null ? '' : ` (${code})`}.`,
    remedy: REMEDIES[code ?? ''] ?? 'Check the API application of the connection in HaloPSA, then test the connection.',
    status,
  });
}
