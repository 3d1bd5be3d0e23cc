import { errors, jwtVerify, type JWTHeaderParameters, type JWTPayload } from 'jose';
import { AppError } from './error.js';
import { entraAuthority, IdentityProviderUnavailable, keySource, type IssuerConfig, type KeySource } from './issuer.js';

/** Why a token was not accepted. */
export type TokenFault =
  | 'MALFORMED'
  | 'MULTIPLE_HEADERS'
  | 'WRONG_SCHEME'
  | 'ALGORITHM'
  | 'BAD_SIGNATURE'
  | 'EXPIRED'
  | 'NOT_YET_VALID'
  | 'WRONG_AUDIENCE'
  | 'WRONG_ISSUER'
  | 'WRONG_VERSION'
  | 'MISSING_CLAIM'
  | 'MISSING_SCOPE'
  | 'UNKNOWN_TENANT'
  | 'APP_ONLY_TOKEN'
  | 'ID_TOKEN_AS_ACCESS_TOKEN';

const MESSAGES: Readonly<Record<TokenFault, string>> = {
  MALFORMED: 'The access token is malformed.',
  MULTIPLE_HEADERS: 'Send exactly one Authorization header.',
  WRONG_SCHEME: 'The Authorization header must be `Bearer <token>`.',
  ALGORITHM: 'The access token is signed with an algorithm that is not accepted.',
  BAD_SIGNATURE: 'The access token is not signed with a key of the identity provider.',
  EXPIRED: 'The access token has expired.',
  NOT_YET_VALID: 'The access token is not valid yet.',
  WRONG_AUDIENCE: 'The access token was made for another API.',
  WRONG_ISSUER: 'The access token comes from another issuer.',
  WRONG_VERSION: 'The access token must be of version 2.0.',
  MISSING_CLAIM: 'The access token lacks a claim',
  MISSING_SCOPE: 'The access token lacks the scope of this API.',
  UNKNOWN_TENANT: 'The organisation of this account is not a customer here.',
  APP_ONLY_TOKEN: 'This token belongs to an application, not to a person; use an API key.',
  ID_TOKEN_AS_ACCESS_TOKEN: 'This is not an access token; send the access token, not the ID token.',
};

const REMEDIES: Partial<Record<TokenFault, string>> = {
  MULTIPLE_HEADERS: 'Remove all but one.',
  WRONG_SCHEME: 'Send `Authorization: Bearer <token>`, nothing else.',
  UNKNOWN_TENANT: 'Ask your administrator to have the organisation added.',
};

/**
 * The token was not accepted. `reason` is for machines; the message is safe to show and to log: it holds nothing of the
 * token. The code is UNAUTHENTICATED, or FORBIDDEN for a genuine token of an organisation that we do not know.
 */
export class UnauthenticatedToken extends AppError {
  constructor(
    readonly reason: TokenFault,
    claim?: string,
  ) {
    super(
      reason === 'UNKNOWN_TENANT' ? 'FORBIDDEN' : 'UNAUTHENTICATED',
      claim ? `${MESSAGES.MISSING_CLAIM}: ${claim}.` : MESSAGES[reason],
      { reason, remedy: REMEDIES[reason] ?? 'Get a fresh access token for this API and send it again.' },
    );
    this.name = 'UnauthenticatedToken';
  }
}

/** What a verified access token says. */
export interface VerifiedToken {
  /** `iss`, compared exactly. */
  readonly issuer: string;
  /** The stable key of the account at its issuer: `sub` (or the configured claim); for Entra `<tid>.<oid>`. */
  readonly subject: string;
  /** The tenant at the issuer: `tid` (or the configured claim); null when an OpenID provider has none. */
  readonly tid: string | null;
  /** The person's object id within that tenant; null when an OpenID provider has none. */
  readonly oid: string | null;
  /** When the person last proved who they are; null when the token does not say. Entra: an optional claim. */
  readonly authTime: Date | null;
  /** `exp`, without the tolerance: long-lived answers (subscriptions) end here. */
  readonly expiresAt: Date;
  /** `nbf`, without the tolerance; null when the token does not say. */
  readonly notBefore: Date | null;
  /** All claims. Personal data may be among them: not for logs. */
  readonly claims: Readonly<JWTPayload>;
}

/** When a verified token holds. */
export type TokenTimes = Pick<VerifiedToken, 'expiresAt' | 'notBefore' | 'authTime'>;

/** Checks access tokens of one issuer. */
export interface BearerVerifier {
  /** The verified token, or `UnauthenticatedToken`, or `IdentityProviderUnavailable`; never a half-checked one. */
  verify(token: string): Promise<VerifiedToken>;
  /** Whether a token that was verified before holds by its times alone, with the tolerance of `verify`. */
  holdsNow(times: TokenTimes): boolean;
}

const GUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const B64_TOKEN = /^[A-Za-z0-9._~+/-]+=*$/;
/** Larger than any token of an identity provider; Node refuses headers of 16 KiB in sum anyway. */
const MAX_TOKEN_LENGTH = 16_384;
const MAX_CLOCK_TOLERANCE_SECONDS = 60;
/** Claims that their owner, or a tenant's administrator, can set at will: the "nOAuth" account take-over. */
const CHANGEABLE_CLAIMS = new Set(['email', 'upn', 'preferred_username', 'unique_name', 'name', 'nickname']);

/**
 * A verifier for one issuer (RFC 7519 section 7.2, RFC 9068 section 4; for Entra
 * learn.microsoft.com/entra/identity-platform/claims-validation).
 *
 * The rule by which an ID token is told from an access token: an access token has the header `typ: at+jwt` (RFC 9068),
 * or it carries a delegated scope (`scp` or `scope`), which ID tokens never do. Entra writes `typ: JWT` and gives both
 * tokens the same audience when page and API share one registration, so there the scope decides alone. A token with
 * `at_hash` or `c_hash`, which only ID tokens have, and one of any other `typ` are refused whatever else they carry.
 *
 * Keys come from configuration alone: `jku`, `jwk`, `x5u` and `x5c` in a token's header are ignored, and a `kid` is only
 * ever compared with the kids of the key set.
 */
export function createBearerVerifier(config: IssuerConfig): BearerVerifier {
  const tolerance = config.clockToleranceSeconds ?? MAX_CLOCK_TOLERANCE_SECONDS;
  if (!config.audience) throw new TypeError('audience must not be empty.');
  if (!(tolerance >= 0 && tolerance <= MAX_CLOCK_TOLERANCE_SECONDS)) {
    throw new TypeError(`clockToleranceSeconds must be 0 to ${MAX_CLOCK_TOLERANCE_SECONDS}.`);
  }
  if (config.kind === 'oidc' && CHANGEABLE_CLAIMS.has(config.subjectClaim ?? 'sub')) {
    throw new TypeError(`subjectClaim must not be ${config.subjectClaim}: its owner can change it.`);
  }
  const keys = keySource(config);
  const now = config.now ?? (() => new Date());

  return {
    async verify(token) {
      if (token.length > MAX_TOKEN_LENGTH || token.split('.').length !== 3) throw new UnauthenticatedToken('MALFORMED');
      const at = now();
      const { payload, protectedHeader } = await jwtVerify(token, (header, jws) => keys.key(header, jws), {
        audience: config.audience,
        algorithms: config.kind === 'entra' ? ['RS256'] : ['RS256', 'ES256'],
        clockTolerance: tolerance,
        currentDate: at,
        requiredClaims: ['exp', 'iss', 'aud', 'sub', ...(config.kind === 'entra' ? ['tid', 'oid', 'ver'] : [])],
        ...(config.kind === 'oidc' ? { issuer: config.issuer } : {}),
      }).catch((error: unknown) => {
        throw translate(error);
      });
      refuseOtherTokens(config, protectedHeader, payload);
      refuseOddShapes(payload);
      const account =
        config.kind === 'entra'
          ? await entraAccount(config, keys, protectedHeader, payload)
          : {
              subject: text(payload, config.subjectClaim ?? 'sub'),
              tid: optionalText(payload, config.tenantClaim ?? 'tid'),
              oid: optionalText(payload, 'oid'),
            };
      return {
        issuer: payload.iss as string,
        ...account,
        authTime: authTimeOf(payload, at, tolerance),
        expiresAt: date(payload.exp),
        notBefore: payload.nbf === undefined ? null : date(payload.nbf),
        claims: payload,
      };
    },
    holdsNow({ expiresAt, notBefore, authTime }) {
      // In whole seconds, as `exp` and `nbf` are read (RFC 7519 4.1.4 and 4.1.5).
      const at = Math.floor(now().getTime() / 1000) * 1000;
      const leeway = tolerance * 1000;
      const begins = Math.max(notBefore?.getTime() ?? 0, authTime?.getTime() ?? 0);
      return at < expiresAt.getTime() + leeway && at + leeway >= begins;
    },
  };
}

/** jose's error as ours. jose puts the claims on its errors, so it is not kept as the cause: causes end up in logs. */
function translate(error: unknown): Error {
  if (error instanceof IdentityProviderUnavailable) return error;
  if (error instanceof errors.JWTExpired) return new UnauthenticatedToken('EXPIRED');
  if (error instanceof errors.JWTClaimValidationFailed) {
    if (error.reason === 'missing') return new UnauthenticatedToken('MISSING_CLAIM', error.claim);
    if (error.reason !== 'check_failed') return new UnauthenticatedToken('MALFORMED');
    if (error.claim === 'aud') return new UnauthenticatedToken('WRONG_AUDIENCE');
    if (error.claim === 'iss') return new UnauthenticatedToken('WRONG_ISSUER');
    return new UnauthenticatedToken(error.claim === 'nbf' ? 'NOT_YET_VALID' : 'MALFORMED');
  }
  if (error instanceof errors.JOSEAlgNotAllowed) return new UnauthenticatedToken('ALGORITHM');
  if (
    error instanceof errors.JWSSignatureVerificationFailed ||
    error instanceof errors.JWKSNoMatchingKey ||
    error instanceof errors.JWKSMultipleMatchingKeys
  ) {
    return new UnauthenticatedToken('BAD_SIGNATURE');
  }
  // Whatever else a hostile token provokes in the parser is the token's fault, not ours: refused, never a 500.
  return new UnauthenticatedToken('MALFORMED');
}

function refuseOtherTokens(config: IssuerConfig, header: JWTHeaderParameters, claims: JWTPayload): void {
  const typ = typeof header.typ === 'string' ? header.typ.toLowerCase().replace(/^application\//, '') : 'jwt';
  const scopes = scopesOf(claims);
  if (claims.idtyp === 'app' || claims.sub === claims.client_id) throw new UnauthenticatedToken('APP_ONLY_TOKEN');
  if (config.kind === 'entra' && scopes.length === 0 && claims.roles !== undefined && claims.azpacr !== undefined) {
    throw new UnauthenticatedToken('APP_ONLY_TOKEN');
  }
  const named = typ === 'at+jwt' && config.kind === 'oidc';
  const hashes = claims.at_hash !== undefined || claims.c_hash !== undefined;
  if (!['at+jwt', 'jwt'].includes(typ) || hashes || !(named || scopes.length > 0)) {
    throw new UnauthenticatedToken('ID_TOKEN_AS_ACCESS_TOKEN');
  }
  if (config.requiredScope && !scopes.includes(config.requiredScope)) throw new UnauthenticatedToken('MISSING_SCOPE');
}

/** A roles claim given as one string would make `roles.includes('ADMIN')` true for "NOT_ADMIN". */
function refuseOddShapes(claims: JWTPayload): void {
  const { roles, sub } = claims;
  const rolesFit = roles === undefined || (Array.isArray(roles) && roles.every((role) => typeof role === 'string'));
  if (!rolesFit || typeof sub !== 'string' || sub === '') throw new UnauthenticatedToken('MALFORMED');
}

async function entraAccount(
  config: Extract<IssuerConfig, { kind: 'entra' }>,
  keys: KeySource,
  header: JWTHeaderParameters,
  claims: JWTPayload,
): Promise<{ subject: string; tid: string; oid: string }> {
  // Version 1 tokens have another issuer and other claims: our registration asks for version 2 (requestedAccessTokenVersion).
  if (claims.ver !== '2.0') throw new UnauthenticatedToken('WRONG_VERSION');
  if (claims.aud !== config.audience) throw new UnauthenticatedToken('WRONG_AUDIENCE');
  const tid = text(claims, 'tid');
  const oid = text(claims, 'oid');
  if (!GUID.test(tid) || !GUID.test(oid)) throw new UnauthenticatedToken('MALFORMED');
  const issuer = `${entraAuthority(config.authorityHost)}/${tid}/v2.0`;
  // The key's own issuer too: the shared key set also holds keys that may sign for one tenant only.
  const keyIssuer = keys.issuerOf(String(header.kid))?.replace('{tenantid}', tid);
  if (claims.iss !== issuer || keyIssuer !== issuer) throw new UnauthenticatedToken('WRONG_ISSUER');
  if (!(await config.isKnownTenant(tid))) throw new UnauthenticatedToken('UNKNOWN_TENANT');
  return { subject: `${tid}.${oid}`, tid, oid };
}

/** Entra: `scp`, separated by blanks, delegated tokens only. RFC 9068 2.2.3: `scope`. Some providers send a list. */
function scopesOf(claims: JWTPayload): string[] {
  return [claims.scp, claims.scope].flatMap((value) =>
    typeof value === 'string'
      ? value.split(' ').filter(Boolean)
      : Array.isArray(value)
        ? value.filter((item): item is string => typeof item === 'string' && item !== '')
        : [],
  );
}

function text(claims: JWTPayload, claim: string): string {
  const value = optionalText(claims, claim);
  if (value === null) throw new UnauthenticatedToken('MISSING_CLAIM', claim);
  return value;
}

function optionalText(claims: JWTPayload, claim: string): string | null {
  const value = Object.hasOwn(claims, claim) ? claims[claim] : undefined;
  if (value === undefined || value === null) return null;
  if (typeof value !== 'string' || value === '' || value.length > 255) throw new UnauthenticatedToken('MALFORMED');
  return value;
}

/** A time of sign-in that lies ahead would stay "recent" for ever, so it is refused. */
function authTimeOf(claims: JWTPayload, now: Date, toleranceSeconds: number): Date | null {
  if (claims.auth_time === undefined) return null;
  const at = date(claims.auth_time);
  if (at.getTime() > now.getTime() + toleranceSeconds * 1000) throw new UnauthenticatedToken('NOT_YET_VALID');
  return at;
}

function date(seconds: unknown): Date {
  const at = new Date(typeof seconds === 'number' ? seconds * 1000 : Number.NaN);
  if (Number.isNaN(at.getTime())) throw new UnauthenticatedToken('MALFORMED');
  return at;
}

/**
 * The token of an Authorization header (RFC 6750 section 2.1), or null when there is no header at all. Two headers are
 * refused even when they agree: which of them counts would differ between us and a proxy in front.
 *
 * Pass `authorizationHeaders(request.raw.rawHeaders)`: Node's own `headers.authorization` keeps the first of several
 * headers and drops the rest without a word.
 */
export function parseAuthorization(header: string | readonly string[] | undefined): string | null {
  const values = typeof header === 'string' ? [header] : (header ?? []);
  if (values.length > 1) throw new UnauthenticatedToken('MULTIPLE_HEADERS');
  const value = values[0];
  if (value === undefined) return null;
  if (value.length > MAX_TOKEN_LENGTH) throw new UnauthenticatedToken('MALFORMED');
  const [scheme, token, ...rest] = value.trim().split(/ +/);
  if (scheme?.toLowerCase() !== 'bearer') throw new UnauthenticatedToken('WRONG_SCHEME');
  // A comma or a second word means that a proxy has joined two headers into one.
  if (token?.endsWith(',') || rest.length > 0) throw new UnauthenticatedToken('MULTIPLE_HEADERS');
  if (!token || !B64_TOKEN.test(token)) throw new UnauthenticatedToken('MALFORMED');
  return token;
}

/** Every Authorization header of a request, from the raw list of names and values (`IncomingMessage.rawHeaders`). */
export function authorizationHeaders(rawHeaders: readonly string[]): string[] {
  return rawHeaders.filter((_, i) => i % 2 === 1 && rawHeaders[i - 1]?.toLowerCase() === 'authorization');
}
