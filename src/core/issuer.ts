import {
  createLocalJWKSet,
  createRemoteJWKSet,
  customFetch,
  errors,
  type CryptoKey,
  type FlattenedJWSInput,
  type JSONWebKeySet,
  type JWTHeaderParameters,
} from 'jose';
import { AppError } from './error.js';

/** What both kinds of issuer share. */
interface IssuerSettings {
  /** What `aud` must name: our API. For Entra the client id (a GUID), matched exactly. */
  audience: string;
  /** A delegated scope that every token must carry, for example `access_as_user`; none is demanded when left out. */
  requiredScope?: string;
  /** How far the issuer's clock may be off, in seconds; 60 by default and at most. */
  clockToleranceSeconds?: number;
  /** The time against which `exp` and `nbf` are read; the process's clock by default. */
  now?: () => Date;
  /** The issuer's public keys, given instead of fetched: for tests and for a server without a way out. */
  keySet?: JSONWebKeySet;
  /** How keys are fetched; the runtime's `fetch` by default. */
  fetch?: typeof globalThis.fetch;
}

/** One OpenID provider with a fixed issuer: the sandbox, or `OIDC_ISSUER` and `OIDC_AUDIENCE`. */
export interface OidcIssuerConfig extends IssuerSettings {
  kind: 'oidc';
  /** The issuer as the provider's metadata states it, character for character (OpenID Connect Discovery 1.0, 4.3). */
  issuer: string;
  /** Where its keys are; found through `/.well-known/openid-configuration` when left out. */
  jwksUri?: string;
  /** The claim that names the tenant: `tid` by default. A token without it has no tenant: `tid` is null. */
  tenantClaim?: string;
  /** The claim that names the person: `sub` by default. A claim that its owner can change is refused at start. */
  subjectClaim?: string;
}

/**
 * Entra ID as a multi-tenant application: the issuer follows from the token's own `tid`, and only tenants that we know
 * may sign in (learn.microsoft.com/entra/identity-platform/access-tokens, "Validate the issuer").
 */
export interface EntraIssuerConfig extends IssuerSettings {
  kind: 'entra';
  /** The sign-in host or its origin: `login.microsoftonline.com` by default; sovereign clouds have their own. */
  authorityHost?: string;
  /** Whether this Entra tenant is one of ours: asked of the tenant registry after the signature has been checked. */
  isKnownTenant: (tid: string) => Promise<boolean>;
}

/** From where people's access tokens come. */
export type IssuerConfig = OidcIssuerConfig | EntraIssuerConfig;

/** The issuer's keys cannot be had: nobody can be let in, and nobody is at fault. The caller answers 503, never a yes. */
export class IdentityProviderUnavailable extends AppError {
  constructor(cause?: unknown) {
    super('UNAVAILABLE', 'The identity provider cannot be reached, so your token cannot be checked.', {
      remedy: 'Try again in a few seconds; if it lasts, tell your administrator.',
    });
    this.name = 'IdentityProviderUnavailable';
    this.cause = cause;
  }
}

/** Finds the public key for a token's header. */
export interface KeySource {
  /** The key, or jose's `JWKSNoMatchingKey`, `JWKSMultipleMatchingKeys`, or `IdentityProviderUnavailable`. */
  key(header: JWTHeaderParameters, token: FlattenedJWSInput): Promise<CryptoKey>;
  /** The issuer to which a key is limited: an Entra extension of the key set; undefined when the key names none. */
  issuerOf(kid: string): string | undefined;
}

type JoseKeys = ((header: JWTHeaderParameters, token: FlattenedJWSInput) => Promise<CryptoKey>) & {
  jwks(): JSONWebKeySet | undefined;
};

/** After a failed fetch the next one waits so long: a provider that is down is not asked once a request. */
const FAILURE_COOLDOWN_MS = 5_000;
const FETCH_TIMEOUT_MS = 5_000;

/** The origin of the Entra authority, for example `https://login.microsoftonline.com`. */
export function entraAuthority(host = 'login.microsoftonline.com'): string {
  const origin = host.includes('://') ? host.replace(/\/+$/, '') : `https://${host}`;
  assertSafeUrl(origin, 'authorityHost');
  return origin;
}

/**
 * The keys of an issuer, fetched when first needed. jose keeps them for ten minutes, looks again for an unknown `kid` at
 * most every 30 seconds, and makes one fetch for any number of waiting requests; a redirect is not followed.
 */
export function keySource(config: IssuerConfig): KeySource {
  if (config.keySet) return fromJose(() => Promise.resolve(createLocalJWKSet(config.keySet as JSONWebKeySet)));
  const fetchJson = withFailureCooldown(config.fetch ?? globalThis.fetch);
  const remote = (url: string): JoseKeys =>
    createRemoteJWKSet(new URL(url), { [customFetch]: fetchJson, timeoutDuration: FETCH_TIMEOUT_MS });
  if (config.kind === 'entra') {
    const keys = remote(`${entraAuthority(config.authorityHost)}/common/discovery/v2.0/keys`);
    return fromJose(() => Promise.resolve(keys));
  }
  assertSafeUrl(config.issuer, 'issuer');
  if (config.jwksUri) {
    assertSafeUrl(config.jwksUri, 'jwksUri');
    const keys = remote(config.jwksUri);
    return fromJose(() => Promise.resolve(keys));
  }
  return fromJose(once(async () => remote(await discoverKeys(config.issuer, fetchJson))));
}

function fromJose(load: () => Promise<JoseKeys>): KeySource {
  let loaded: JoseKeys | undefined;
  return {
    async key(header, token) {
      try {
        loaded = await load();
        return await loaded(header, token);
      } catch (error) {
        if (error instanceof errors.JWKSNoMatchingKey || error instanceof errors.JWKSMultipleMatchingKeys) throw error;
        throw new IdentityProviderUnavailable(error);
      }
    },
    issuerOf(kid) {
      const issuer = loaded?.jwks()?.keys.find((key) => key.kid === kid)?.['issuer' as keyof object] as unknown;
      return typeof issuer === 'string' ? issuer : undefined;
    },
  };
}

/** OpenID Connect Discovery 1.0: the metadata must name the very issuer that was asked (4.3). */
async function discoverKeys(issuer: string, fetchJson: typeof globalThis.fetch): Promise<string> {
  const response = await fetchJson(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`, {
    redirect: 'manual',
    signal: AbortSignal.timeout(FETCH_TIMEOUT_MS),
    headers: { accept: 'application/json' },
  });
  const metadata = (await response.json()) as { issuer?: unknown; jwks_uri?: unknown };
  if (metadata.issuer !== issuer) throw new Error('The discovery document names another issuer.');
  if (typeof metadata.jwks_uri !== 'string') throw new Error('The discovery document names no jwks_uri.');
  assertSafeUrl(metadata.jwks_uri, 'jwks_uri');
  return metadata.jwks_uri;
}

/** Answers with status 200 and JSON only; everything else counts as a failure, and a failure is remembered for a while. */
function withFailureCooldown(fetchImpl: typeof globalThis.fetch): typeof globalThis.fetch {
  let failedAt = Number.NEGATIVE_INFINITY;
  return async (input, init) => {
    // The monotonic clock: a wall clock that is set back must not lock everybody out.
    if (performance.now() < failedAt + FAILURE_COOLDOWN_MS) throw new Error('The last fetch failed a moment ago.');
    try {
      const response = await fetchImpl(input, init);
      if (response.status !== 200) throw new Error(`The identity provider answered ${response.status}.`);
      await response.clone().json();
      return response;
    } catch (error) {
      failedAt = performance.now();
      throw error;
    }
  };
}

/** One attempt for all who wait; a success is kept for good, a failure is not kept. */
function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make().catch((error: unknown) => {
      made = undefined;
      throw error;
    });
    return made;
  };
}

/** Keys over plain HTTP can be swapped on the way: only a loopback host may have them (RFC 8252, 8.3). */
function assertSafeUrl(text: string, name: string): void {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const loopback = url !== undefined && ['127.0.0.1', 'localhost', '[::1]'].includes(url.hostname);
  if (url?.protocol === 'https:' || (url?.protocol === 'http:' && loopback)) return;
  throw new TypeError(`${name} must be an https URL (http only for a loopback host), not "${text}".`);
}
