import {
  exportJWK,
  generateKeyPair,
  SignJWT,
  type CryptoKey,
  type JSONWebKeySet,
  type JWTHeaderParameters,
  type JWTPayload,
} from 'jose';
import { createBearerVerifier, UnauthenticatedToken } from '../../src/core/bearer.js';
import type { EntraIssuerConfig, OidcIssuerConfig } from '../../src/core/issuer.js';

export const NOW = new Date('2026-03-02T10:00:00Z');
/** NOW in seconds, as in claims. */
export const now = NOW.getTime() / 1000;
export const ISSUER = 'https://id.example/realm';
export const CLIENT = '11111111-2222-4333-8444-555555555555';
export const TID = 'aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee';
export const OTHER_TID = 'aaaaaaaa-bbbb-4ccc-8ddd-000000000000';
export const OID = '99999999-8888-4777-8666-555555555555';
export const LOGIN = 'https://login.microsoftonline.com';

/** Claims of any shape, also wrong ones. */
export type Claims = Record<string, unknown>;

/** A good access token of an OpenID provider. */
export const GOOD: JWTPayload = { iss: ISSUER, aud: 'api', sub: 's-1', iat: now - 10, exp: now + 600, scope: 'access' };

/** A good access token of Entra ID, version 2.0. */
export const ENTRA: JWTPayload = {
  iss: `${LOGIN}/${TID}/v2.0`,
  aud: CLIENT,
  sub: 'pairwise',
  tid: TID,
  oid: OID,
  ver: '2.0',
  scp: 'access_as_user',
  azp: CLIENT,
  azpacr: '0',
  iat: now - 10,
  nbf: now - 10,
  exp: now + 600,
};

/** Keys, the set that an issuer would publish of them, and both kinds of configuration over that set. */
export interface Forge {
  rsa: CryptoKey;
  rsaPublic: CryptoKey;
  ec: CryptoKey;
  /** The key of personal Microsoft accounts: its `issuer` limits it to their tenant. */
  consumer: CryptoKey;
  keySet: JSONWebKeySet;
  oidc: OidcIssuerConfig;
  entra: EntraIssuerConfig;
  sign(claims: Claims, header?: Partial<JWTHeaderParameters>, key?: CryptoKey): Promise<string>;
}

export async function createForge(): Promise<Forge> {
  const rsa = await generateKeyPair('RS256', { extractable: true });
  const ec = await generateKeyPair('ES256', { extractable: true });
  const consumer = await generateKeyPair('RS256', { extractable: true });
  const bare = await generateKeyPair('RS256', { extractable: true });
  const perTenant = { issuer: `${LOGIN}/{tenantid}/v2.0` };
  const consumers = { issuer: `${LOGIN}/9188040d-6c67-4c5b-b112-36a304b66dad/v2.0` };
  const keySet: JSONWebKeySet = {
    keys: [
      { ...(await exportJWK(rsa.publicKey)), kid: 'rsa', use: 'sig', alg: 'RS256', ...perTenant },
      { ...(await exportJWK(ec.publicKey)), kid: 'ec', use: 'sig', alg: 'ES256', ...perTenant },
      { ...(await exportJWK(consumer.publicKey)), kid: 'consumer', use: 'sig', ...consumers },
      { ...(await exportJWK(bare.publicKey)), kid: 'bare', use: 'sig' },
    ],
  };
  return {
    rsa: rsa.privateKey,
    rsaPublic: rsa.publicKey,
    ec: ec.privateKey,
    consumer: consumer.privateKey,
    keySet,
    oidc: { kind: 'oidc', issuer: ISSUER, audience: 'api', keySet, now: () => NOW },
    entra: { kind: 'entra', audience: CLIENT, keySet, now: () => NOW, isKnownTenant: async (tid) => tid === TID },
    sign: (claims, header = {}, key = rsa.privateKey) =>
      new SignJWT(claims).setProtectedHeader({ alg: 'RS256', kid: 'rsa', typ: 'JWT', ...header }).sign(key),
  };
}

export function without(claims: Claims, name: string): Claims {
  return Object.fromEntries(Object.entries(claims).filter(([key]) => key !== name));
}

/** The reason of the refusal, or ACCEPTED; checks on the way that the error gives nothing of the token away. */
export async function faultOf(config: OidcIssuerConfig | EntraIssuerConfig, token: string): Promise<string> {
  const outcome: unknown = await createBearerVerifier(config)
    .verify(token)
    .then(
      () => 'ACCEPTED',
      (error: unknown) => error,
    );
  if (!(outcome instanceof UnauthenticatedToken)) return String(outcome);
  const told = JSON.stringify([outcome.message, outcome.details, outcome.stack, outcome.cause]);
  for (const part of token.split('.').filter((piece) => piece.length > 8)) expect(told).not.toContain(part);
  expect(told).not.toContain('s-1');
  return outcome.reason;
}
