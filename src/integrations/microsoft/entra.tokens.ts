import type { ConfidentialClientApplication, NodeAuthOptions } from '@azure/msal-node';
import type { OpenConnection } from '../connection/connection.secret.js';
import type { VendorHttp } from '../http/client.js';
import { entraNetwork } from './entra.network.js';
import { type Seen, signInFault } from './entra.rules.js';

const GRAPH = 'https://graph.microsoft.com/.default';
const MOST_CLIENTS = 1000;

interface Held {
  /** Made when it is first asked; MSAL is loaded then. */
  msal: ConfidentialClientApplication | null;
  /** The last answer of the token endpoint, or what went wrong on the way to it. */
  readonly seen: Seen;
  /** One request for all who wait: MSAL alone would send one each. */
  asked: Promise<string> | null;
  /** When the last token ends. */
  endsAt: Date | null;
  /** The cached token was refused: the next one comes from the vendor. */
  isStale: boolean;
}

/**
 * App-only tokens of Microsoft Graph, or of another resource, by connection and credentials (client credentials with a secret or a certificate),
 * by MSAL over the guarded way out. MSAL keeps them in this process's memory.
 */
export class EntraTokens {
  private readonly held = new Map<string, Held>();

  constructor(
    private readonly http: VendorHttp,
    private readonly scope = GRAPH,
  ) {}

  /**
   * A token that is good for now, and for `leastMs` more where that is asked for; VendorError DISCONNECTED with the step
   * that is missing.
   */
  async of(connection: OpenConnection, leastMs = 0): Promise<string> {
    const held = this.heldOf(connection);
    held.asked ??= this.ask(held, connection).finally(() => (held.asked = null));
    const token = await held.asked;
    if (held.endsAt === null || held.endsAt.getTime() - Date.now() >= leastMs) return token;
    held.isStale = true;
    held.asked ??= this.ask(held, connection).finally(() => (held.asked = null));
    return held.asked;
  }

  /** Graph does not take this token: it was revoked, or has not the permission that was consented to since. */
  forget(connection: OpenConnection): void {
    this.heldOf(connection).isStale = true;
  }

  private async ask(held: Held, { settings, credentials }: OpenConnection): Promise<string> {
    Object.assign(held.seen, { status: null, headers: {}, fault: null });
    try {
      held.msal ??= await this.application(credentials, held.seen);
      const result = await held.msal.acquireTokenByClientCredential({
        scopes: [this.scope],
        authority: `https://login.microsoftonline.com/${settings.directoryId ?? ''}`,
        skipCache: held.isStale,
      });
      if (!result) throw new Error('no token');
      held.isStale = false;
      held.endsAt = result.expiresOn;
      return result.accessToken;
    } catch (error) {
      throw signInFault(error, held.seen, new Date());
    }
  }

  private heldOf(connection: OpenConnection): Held {
    const { id, secretVersion, settings } = connection;
    const key = [id, secretVersion, settings.directoryId ?? ''].join('\n');
    const known = this.held.get(key);
    if (known) return known;
    const seen: Seen = { status: null, headers: {}, fault: null };
    const made: Held = { msal: null, seen, asked: null, endsAt: null, isStale: false };
    this.held.set(key, made);
    const [oldest] = this.held.keys();
    if (this.held.size > MOST_CLIENTS && oldest !== undefined) this.held.delete(oldest);
    return made;
  }

  private async application(
    credentials: OpenConnection['credentials'],
    seen: Seen,
  ): Promise<ConfidentialClientApplication> {
    const { ConfidentialClientApplication } = await import('@azure/msal-node');
    return new ConfidentialClientApplication({
      auth: { clientId: credentials.clientId ?? '', ...proofOf(credentials) },
      system: { networkClient: entraNetwork(this.http, seen) },
    });
  }
}

/** Exactly one proof, or MSAL refuses; a certificate goes before a secret. */
function proofOf(credentials: OpenConnection['credentials']): Omit<NodeAuthOptions, 'clientId'> {
  const { certificateKey, certificateThumbprint, clientSecret } = credentials;
  if (certificateKey === undefined) return { clientSecret: clientSecret ?? '' };
  return { clientCertificate: { privateKey: certificateKey, thumbprintSha256: certificateThumbprint ?? '' } };
}
