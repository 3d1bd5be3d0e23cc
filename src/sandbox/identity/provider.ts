import { randomBytes } from 'node:crypto';
import type { Configuration, ResourceServer } from 'oidc-provider';
import { CustomOIDCProviderError, InvalidRequest, InvalidTarget } from 'oidc-provider/lib/helpers/errors.js';
import { Provider } from 'oidc-provider/lib/provider.js';
import {
  API_RESOURCE,
  API_SCOPE,
  CLI_CLIENT,
  PAGES_CLIENT,
  PERSON_GRANT,
  SANDBOX_IDENTITY_PATH,
  TOKEN_LIFETIME_SECONDS,
} from './constants.js';
import type { PrivateKeySet } from './keys.js';
import { errorPage, pageHeaders } from './page.js';
import { personName, subjectOf, type PeopleSource, type SandboxPerson } from './person.js';
import { sandboxStore } from './store.js';

/** What the provider is made of. */
export interface ProviderParts {
  issuer: string;
  audience: string;
  keys: PrivateKeySet;
  people: PeopleSource;
  now: () => Date;
  /** Whole URIs, compared exactly (RFC 9700 section 2.1). */
  redirectUris: readonly string[];
}

const DAY_SECONDS = 86_400;
const MAX_AUTH_AGE_SECONDS = 30 * DAY_SECONDS;

/** The sandbox's OpenID provider (`oidc-provider`), configured; the caller mounts it. */
export function createSandboxProvider(parts: ProviderParts): Provider {
  const provider = new Provider(parts.issuer, configuration(parts));
  // The mount states scheme and host in the X-Forwarded headers: see mount.ts.
  provider.proxy = true;
  registerPersonGrant(provider, parts);
  return provider;
}

function configuration(parts: ProviderParts): Configuration {
  const origins = new Set(parts.redirectUris.map((uri) => new URL(uri).origin));
  const bySubject = async (subject: string): Promise<SandboxPerson | undefined> =>
    (await parts.people()).find((person) => subjectOf(person) === subject);

  return {
    adapter: sandboxStore(),
    jwks: parts.keys,
    clients: [
      { ...PUBLIC_CLIENT, client_id: CLI_CLIENT, grant_types: [PERSON_GRANT], response_types: [], redirect_uris: [] },
      {
        ...PUBLIC_CLIENT,
        client_id: PAGES_CLIENT,
        grant_types: ['authorization_code'],
        response_types: ['code'],
        redirect_uris: [...parts.redirectUris],
      },
    ],
    responseTypes: ['code'],
    clientAuthMethods: ['none'],
    scopes: ['openid'],
    cookies: {
      keys: [randomBytes(32).toString('base64url')],
      names: { session: 'sandbox_session', interaction: 'sandbox_interaction', resume: 'sandbox_resume' },
      long: { httpOnly: true, sameSite: 'lax', signed: true, path: SANDBOX_IDENTITY_PATH },
      short: { httpOnly: true, sameSite: 'lax', signed: true },
    },
    ttl: {
      AccessToken: TOKEN_LIFETIME_SECONDS,
      AuthorizationCode: 60,
      IdToken: TOKEN_LIFETIME_SECONDS,
      Interaction: 3600,
      Session: DAY_SECONDS,
      Grant: DAY_SECONDS,
    },
    features: {
      devInteractions: { enabled: false },
      dPoP: { enabled: false },
      pushedAuthorizationRequests: { enabled: false },
      rpInitiatedLogout: { enabled: false },
      userinfo: { enabled: false },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => API_RESOURCE,
        useGrantedResource: () => true,
        getResourceServerInfo: (_ctx, indicator) => {
          if (indicator !== API_RESOURCE && indicator !== parts.audience) throw new InvalidTarget();
          return apiResource(parts.audience);
        },
      },
    },
    interactions: { url: (_ctx, interaction) => `${SANDBOX_IDENTITY_PATH}/interaction/${interaction.uid}` },
    clientBasedCORS: (_ctx, origin, client) => client.clientId === PAGES_CLIENT && origins.has(origin),
    findAccount: async (_ctx, subject) =>
      (await bySubject(subject)) && { accountId: subject, claims: () => ({ sub: subject }) },
    // Our own pages before our own API: there is nothing to consent to.
    loadExistingGrant: async (ctx) => {
      const grant = new ctx.oidc.provider.Grant({
        clientId: ctx.oidc.client?.clientId,
        accountId: ctx.oidc.session?.accountId,
      });
      grant.addOIDCScope('openid');
      grant.addResourceScope(API_RESOURCE, API_SCOPE);
      grant.addResourceScope(parts.audience, API_SCOPE);
      await grant.save();
      return grant;
    },
    // The claims of an Entra access token of version 2, without personal data; `scope` is the provider's own.
    extraTokenClaims: async (ctx, token) => {
      const person = 'accountId' in token ? await bySubject(token.accountId) : undefined;
      if (!person) return undefined;
      const authTime = (ctx.state.authTime as number | undefined) ?? ctx.oidc.entities.AuthorizationCode?.authTime;
      return { tid: person.tid, oid: person.oid, ver: '2.0', scp: API_SCOPE, auth_time: authTime };
    },
    formats: {
      customizers: {
        jwt: (_ctx, _token, jwt) => {
          const iat = seconds(parts.now());
          Object.assign(jwt.payload, { iat, exp: iat + TOKEN_LIFETIME_SECONDS });
        },
      },
    },
    renderError: (ctx, out) => {
      ctx.set(pageHeaders([]));
      ctx.body = errorPage(out.error, out.error_description ?? 'The sandbox could not go on.');
    },
  };
}

const PUBLIC_CLIENT = { application_type: 'web', token_endpoint_auth_method: 'none' } as const;

/** The API as a resource server (RFC 8707, RFC 9068): self-contained access tokens, RS256, one hour. */
function apiResource(audience: string): ResourceServer {
  return {
    scope: API_SCOPE,
    audience,
    accessTokenTTL: TOKEN_LIFETIME_SECONDS,
    accessTokenFormat: 'jwt',
    jwt: { sign: { alg: 'RS256' } },
  };
}

/**
 * The extension grant of the command line: `person` (`sofia.sales@northwind-managed`) and optionally `auth_age` (whole
 * seconds since the pretended sign-in). Errors: `invalid_request` for a malformed parameter, `invalid_grant` for an
 * unknown person, with the known ones in the description.
 */
function registerPersonGrant(provider: Provider, parts: ProviderParts): void {
  provider.registerGrantType<{ person?: string; auth_age?: string }>(
    PERSON_GRANT,
    async (ctx) => {
      const { client, params } = ctx.oidc;
      if (!params.person) throw new InvalidRequest("missing required parameter 'person'");
      const age = params.auth_age ?? '0';
      if (!/^\d{1,7}$/.test(age) || Number(age) > MAX_AUTH_AGE_SECONDS) {
        throw new InvalidRequest(`'auth_age' must be whole seconds, 0 to ${MAX_AUTH_AGE_SECONDS}`);
      }
      const people = await parts.people();
      const person = people.find((one) => personName(one) === params.person);
      if (!person) throw unknownPerson(params.person, people);

      ctx.state.authTime = seconds(parts.now()) - Number(age);
      const token = new provider.AccessToken({
        client,
        accountId: subjectOf(person),
        scope: API_SCOPE,
        gty: PERSON_GRANT,
        // A self-contained token is not stored, so there is no grant to revoke it by.
        grantId: '',
      });
      token.resourceServer = new provider.ResourceServer(API_RESOURCE, apiResource(parts.audience));
      ctx.body = {
        access_token: await token.save(),
        token_type: 'Bearer',
        expires_in: TOKEN_LIFETIME_SECONDS,
        scope: API_SCOPE,
      };
    },
    ['person', 'auth_age'],
  );
}

/** RFC 6749 section 5.2 allows printable ASCII without quotation marks and backslashes in a description. */
function unknownPerson(asked: string, people: readonly SandboxPerson[]): Error {
  const shown = asked.slice(0, 80).replace(/[^\x20-\x21\x23-\x5b\x5d-\x7e]/g, '?');
  const known = people.map(personName).join(', ') || 'none';
  return new CustomOIDCProviderError('invalid_grant', `there is no sample person '${shown}'; there are: ${known}`);
}

function seconds(date: Date): number {
  return Math.floor(date.getTime() / 1000);
}
