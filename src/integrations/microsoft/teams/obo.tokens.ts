import type { EntraApp } from '../../../core/entra-app.js';
import type { VendorHttp } from '../../http/client.js';
import { entraNetwork } from '../entra.network.js';
import type { Seen } from '../entra.rules.js';
import { oboFault } from './obo.rules.js';
import type { Present } from './presence.js';

/** The delegated permissions of Microsoft Graph that posting and changing one's own message take. */
export const SEND_SCOPE = 'ChannelMessage.Send';
export const CHANGE_SCOPE = 'ChannelMessage.ReadWrite';

const GRAPH = 'https://graph.microsoft.com/';
/** Whoever waits longer for a token is better served by the webhook. */
const WITHIN_MS = 8000;

/** A token of Microsoft Graph in a person's name. */
export interface GraphGrant {
  readonly token: string;
  /** Whether they also may change their messages. */
  readonly mayChange: boolean;
}

/**
 * Exchanges a person's token for this API for one of Microsoft Graph in their name (OAuth 2.0 on-behalf-of,
 * learn.microsoft.com/entra/identity-platform/v2-oauth2-on-behalf-of-flow) by MSAL. Each exchange has an MSAL of its own,
 * so that no token outlives it and one person's refusal makes nobody else wait.
 */
export class OboTokens {
  constructor(
    private readonly http: VendorHttp,
    private readonly app: EntraApp,
  ) {}

  /** A token to post with; VendorError of an `obo.rules` code when the exchange was refused. */
  async of({ token, tid }: Pick<Present, 'token' | 'tid'>): Promise<GraphGrant> {
    const seen: Seen = { status: null, headers: {}, fault: null };
    const { app } = this;
    try {
      const { ConfidentialClientApplication } = await import('@azure/msal-node');
      const msal = new ConfidentialClientApplication({
        auth: {
          clientId: app.clientId,
          ...('clientSecret' in app
            ? { clientSecret: app.clientSecret }
            : { clientCertificate: app.clientCertificate }),
        },
        system: { networkClient: entraNetwork(this.http, seen, { withinMs: WITHIN_MS }) },
      });
      const result = await msal.acquireTokenOnBehalfOf({
        oboAssertion: token,
        scopes: [`${GRAPH}${SEND_SCOPE}`],
        authority: `https://login.microsoftonline.com/${tid}`,
      });
      if (!result) throw new Error('no token');
      const scopes = result.scopes.map((scope) => scope.replace(GRAPH, ''));
      return { token: result.accessToken, mayChange: scopes.includes(CHANGE_SCOPE) };
    } catch (error) {
      throw oboFault(error, seen, new Date());
    }
  }
}
