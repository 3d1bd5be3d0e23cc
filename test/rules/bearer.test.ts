import {
  base64url,
  exportJWK,
  exportSPKI,
  generateKeyPair,
  SignJWT,
  type CryptoKey,
  type JSONWebKeySet,
  type JWTHeaderParameters,
  type JWTPayload,
} from 'jose';
import {
  authorizationHeaders,
  createBearerVerifier,
  parseAuthorization,
  UnauthenticatedToken,
} from '../../src/core/bearer.js';
import { IdentityProviderUnavailable, type EntraIssuerConfig, type OidcIssuerConfig } from '../../src/core/issuer.js';

const NOW = new Date('2026-03-02T10:00:00Z');
const now = NOW.getTime() / 1000;
const ISSUER = 'https://id.example/realm';
const CLIENT = '11111111-2222-4333-8444-555555555555';
const TID = 'aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee';
const OTHER_TID = 'aaaaaaaa-bbbb-4ccc-8ddd-000000000000';
const OID = '99999999-8888-4777-8666-555555555555';
const LOGIN = 'https://login.microsoftonline.com';

let rsa: CryptoKey;
let rsaPublic: CryptoKey;
let other: CryptoKey;
let ec: CryptoKey;
let keySet: JSONWebKeySet;
let oidc: OidcIssuerConfig;
let entra: EntraIssuerConfig;

beforeAll(async () => {
  const one = await generateKeyPair('RS256', { extractable: true });
  const two = await generateKeyPair('ES256', { extractable: true });
  const consumer = await generateKeyPair('RS256', { extractable: true });
  rsa = one.privateKey;
  rsaPublic = one.publicKey;
  ec = two.privateKey;
  other = consumer.privateKey;
  const perTenant = { issuer: `${LOGIN}/{tenantid}/v2.0` };
  const consumers = { issuer: `${LOGIN}/9188040d-6c67-4c5b-b112-36a304b66dad/v2.0` };
  keySet = {
    keys: [
      { ...(await exportJWK(one.publicKey)), kid: 'rsa', use: 'sig', alg: 'RS256', ...perTenant },
      { ...(await exportJWK(two.publicKey)), kid: 'ec', use: 'sig', alg: 'ES256', ...perTenant },
      { ...(await exportJWK(consumer.publicKey)), kid: 'consumer', use: 'sig', ...consumers },
      { ...(await exportJWK((await generateKeyPair('RS256')).publicKey)), kid: 'bare', use: 'sig' },
    ],
  };
  oidc = { kind: 'oidc', issuer: ISSUER, audience: 'api', keySet, now: () => NOW };
  entra = { kind: 'entra', audience: CLIENT, keySet, now: () => NOW, isKnownTenant: async (tid) => tid === TID };
});

const GOOD: JWTPayload = { iss: ISSUER, aud: 'api', sub: 's-1', iat: now - 10, exp: now + 600, scope: 'access' };
const ENTRA: JWTPayload = {
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

type Claims = Record<string, unknown>;
function without(claims: Claims, name: string): Claims {
  return Object.fromEntries(Object.entries(claims).filter(([key]) => key !== name));
}
function sign(claims: Claims, header: Partial<JWTHeaderParameters> = {}, key: CryptoKey = rsa): Promise<string> {
  return new SignJWT(claims).setProtectedHeader({ alg: 'RS256', kid: 'rsa', typ: 'JWT', ...header }).sign(key);
}
async function faultOf(config: OidcIssuerConfig | EntraIssuerConfig, token: string): Promise<string> {
  const outcome = await createBearerVerifier(config)
    .verify(token)
    .then(
      () => 'ACCEPTED',
      (error: unknown) => error,
    );
  if (!(outcome instanceof UnauthenticatedToken)) return String(outcome);
  // Neither the token nor anything of it may come out in a log.
  const told = JSON.stringify([outcome.message, outcome.details, outcome.stack, outcome.cause]);
  for (const part of token.split('.').filter((piece) => piece.length > 8)) expect(told).not.toContain(part);
  expect(told).not.toContain('s-1');
  return outcome.reason;
}

describe('an OpenID provider', () => {
  test('a good token is accepted, with what it says', async () => {
    const claims = { ...GOOD, tid: 't', oid: 'o', auth_time: now - 100 };
    const token = await createBearerVerifier(oidc).verify(await sign(claims));
    expect(token).toEqual({
      issuer: ISSUER,
      subject: 's-1',
      tid: 't',
      oid: 'o',
      authTime: new Date((now - 100) * 1000),
      expiresAt: new Date((now + 600) * 1000),
      claims,
    });
  });

  test('tenant, object and sign-in time may be missing; the claims for subject and tenant can be named', async () => {
    const plain = await createBearerVerifier(oidc).verify(await sign(GOOD));
    expect(plain).toMatchObject({ tid: null, oid: null, authTime: null });
    const named = { ...oidc, subjectClaim: 'uid', tenantClaim: 'org' };
    const token = await createBearerVerifier(named).verify(await sign({ ...GOOD, uid: 'u', org: 'g' }));
    expect(token).toMatchObject({ subject: 'u', tid: 'g' });
    expect(await faultOf(named, await sign(GOOD))).toBe('MISSING_CLAIM');
  });

  test('ES256, an audience among several, and RFC 9068 without a scope are accepted', async () => {
    expect(await faultOf(oidc, await sign(GOOD, { alg: 'ES256', kid: 'ec' }, ec))).toBe('ACCEPTED');
    expect(await faultOf(oidc, await sign({ ...GOOD, aud: ['x', 'api'] }))).toBe('ACCEPTED');
    expect(await faultOf(oidc, await sign(without(GOOD, 'scope'), { typ: 'at+jwt' }))).toBe('ACCEPTED');
    expect(await faultOf(oidc, await sign(without(GOOD, 'scope'), { typ: 'application/AT+JWT' }))).toBe('ACCEPTED');
  });

  test.each<[string, Claims, string]>([
    ['expired beyond the tolerance', { exp: now - 61 }, 'EXPIRED'],
    ['expired within the tolerance', { exp: now - 59 }, 'ACCEPTED'],
    ['not yet valid', { nbf: now + 61 }, 'NOT_YET_VALID'],
    ['not yet valid within the tolerance', { nbf: now + 59 }, 'ACCEPTED'],
    ['for another API', { aud: 'other' }, 'WRONG_AUDIENCE'],
    ['for an API whose name begins alike', { aud: 'api2' }, 'WRONG_AUDIENCE'],
    ['of another issuer', { iss: 'https://evil.example' }, 'WRONG_ISSUER'],
    ['of the issuer with a slash', { iss: `${ISSUER}/` }, 'WRONG_ISSUER'],
    ['with the expiry as text', { exp: String(now + 600) }, 'MALFORMED'],
    ['with an expiry past all dates', { exp: 1e300 }, 'MALFORMED'],
    ['with a sign-in time ahead', { auth_time: now + 61 }, 'NOT_YET_VALID'],
    ['with a sign-in time as text', { auth_time: 'now' }, 'MALFORMED'],
    ['with roles as one string', { roles: 'ADMIN' }, 'MALFORMED'],
    ['with roles as numbers', { roles: [1] }, 'MALFORMED'],
    ['with roles as a list', { roles: ['ADMIN'] }, 'ACCEPTED'],
    ['with a numeric subject', { sub: 7 }, 'MALFORMED'],
    ['with an empty subject', { sub: '' }, 'MALFORMED'],
    ['with a tenant as a list', { tid: [TID] }, 'MALFORMED'],
    ['of an application (idtyp)', { idtyp: 'app' }, 'APP_ONLY_TOKEN'],
    ['of an application (RFC 9068, 2.2)', { client_id: 's-1' }, 'APP_ONLY_TOKEN'],
    ['with the hash of an ID token', { at_hash: 'x' }, 'ID_TOKEN_AS_ACCESS_TOKEN'],
    ['with an empty scope', { scope: ' ' }, 'ID_TOKEN_AS_ACCESS_TOKEN'],
    ['with scopes as a list', { scope: undefined, scp: ['access'] }, 'ACCEPTED'],
  ])('a token %s', async (_name, change, expected) => {
    expect(await faultOf(oidc, await sign({ ...GOOD, ...change }))).toBe(expected);
  });

  test.each(['exp', 'iss', 'aud', 'sub'])('a token without %s', async (claim) => {
    expect(await faultOf(oidc, await sign(without(GOOD, claim)))).toBe('MISSING_CLAIM');
  });

  test('an ID token, a logout token and one of an unknown kind are no access tokens', async () => {
    expect(await faultOf(oidc, await sign(without(GOOD, 'scope')))).toBe('ID_TOKEN_AS_ACCESS_TOKEN');
    expect(await faultOf(oidc, await sign(GOOD, { typ: 'logout+jwt' }))).toBe('ID_TOKEN_AS_ACCESS_TOKEN');
    expect(await faultOf(oidc, await sign(GOOD, { typ: undefined }))).toBe('ACCEPTED');
  });

  test('a demanded scope must be there as a word of its own', async () => {
    const config = { ...oidc, requiredScope: 'access' };
    expect(await faultOf(config, await sign(GOOD))).toBe('ACCEPTED');
    expect(await faultOf(config, await sign({ ...GOOD, scope: 'access_less x' }))).toBe('MISSING_SCOPE');
  });
});

describe('signatures', () => {
  const encode = (value: unknown): string => base64url.encode(JSON.stringify(value));

  test('alg none, in every spelling, with and without a signature', async () => {
    const good = await sign(GOOD);
    for (const alg of ['none', 'None', 'nOnE', '']) {
      for (const signature of ['', good.split('.')[2]]) {
        const fault = await faultOf(oidc, `${encode({ alg, typ: 'JWT' })}.${encode(GOOD)}.${signature}`);
        expect(['ALGORITHM', 'MALFORMED']).toContain(fault);
      }
    }
    expect(await faultOf(oidc, `${encode({ typ: 'JWT' })}.${encode(GOOD)}.`)).toBe('MALFORMED');
  });

  test('HS256 with the public key as the secret', async () => {
    const secret = new TextEncoder().encode(await exportSPKI(rsaPublic));
    const token = await new SignJWT(GOOD).setProtectedHeader({ alg: 'HS256', kid: 'rsa' }).sign(secret);
    expect(await faultOf(oidc, token)).toBe('ALGORITHM');
  });

  test('other RSA and EC algorithms', async () => {
    const pair = await generateKeyPair('PS256');
    expect(await faultOf(oidc, await sign(GOOD, { alg: 'PS256' }, pair.privateKey))).toBe('ALGORITHM');
    expect(await faultOf(entra, await sign(ENTRA, { alg: 'ES256', kid: 'ec' }, ec))).toBe('ALGORITHM');
  });

  test('another key under a known kid, an unknown kid, and no kid among several keys', async () => {
    expect(await faultOf(oidc, await sign(GOOD, {}, other))).toBe('BAD_SIGNATURE');
    expect(await faultOf(oidc, await sign(GOOD, { kid: 'unknown' }))).toBe('BAD_SIGNATURE');
    expect(await faultOf(oidc, await sign(GOOD, { kid: undefined }))).toBe('BAD_SIGNATURE');
  });

  test.each(['../../../../dev/null', 'file:///etc/passwd', 'https://evil.example/jwks', "x' or 1=1 --", '__proto__'])(
    'a kid that is %s is only a name that is not in the key set',
    async (kid) => {
      expect(await faultOf(oidc, await sign(GOOD, { kid }))).toBe('BAD_SIGNATURE');
      expect(await faultOf(entra, await sign(ENTRA, { kid }))).toBe('BAD_SIGNATURE');
    },
  );

  test('a kid that is no text, and an unknown critical header', async () => {
    for (const header of [{ kid: 7 }, { kid: ['rsa'] }, { kid: {} }]) {
      const token = `${encode({ alg: 'RS256', ...header })}.${encode(GOOD)}.AAAA`;
      expect(['BAD_SIGNATURE', 'MALFORMED']).toContain(await faultOf(oidc, token));
    }
    const critical = `${encode({ alg: 'RS256', kid: 'rsa', crit: ['x'], x: 1 })}.${encode(GOOD)}.AAAA`;
    expect(await faultOf(oidc, critical)).toBe('MALFORMED');
  });

  test('keys that the token brings along are ignored, and nothing is fetched', async () => {
    const fetch = jest.fn();
    const mine = await generateKeyPair('RS256', { extractable: true });
    const jwk = await exportJWK(mine.publicKey);
    const header = { jwk, jku: 'https://evil.example/jwks', x5u: 'https://evil.example/cert' };
    expect(await faultOf({ ...oidc, fetch }, await sign(GOOD, header, mine.privateKey))).toBe('BAD_SIGNATURE');
    expect(fetch).not.toHaveBeenCalled();
  });

  test('a changed claim, a cut signature, and what is no token at all', async () => {
    const [header, , signature = ''] = (await sign(GOOD)).split('.');
    expect(await faultOf(oidc, `${header}.${encode({ ...GOOD, sub: 'admin' })}.${signature}`)).toBe('BAD_SIGNATURE');
    expect(await faultOf(oidc, (await sign(GOOD)).slice(0, -8))).toBe('BAD_SIGNATURE');
    for (const token of [
      '',
      '.',
      '..',
      'a.b',
      'a.b.c',
      'a.b.c.d.e',
      `${'a'.repeat(20_000)}.b.c`,
      '{}.{}.{}',
      '\u0000',
    ]) {
      expect(await faultOf(oidc, token)).toBe('MALFORMED');
    }
    for (const payload of ['null', '[]', '"x"', '{', '7']) {
      const token = await new SignJWT({}).setProtectedHeader({ alg: 'RS256', kid: 'rsa' }).sign(rsa);
      const swapped = token.split('.').with(1, base64url.encode(payload)).join('.');
      expect(['BAD_SIGNATURE', 'MALFORMED']).toContain(await faultOf(oidc, swapped));
    }
  });
});

describe('Entra ID', () => {
  test('a good token is keyed by tenant and object, never by a name that can change', async () => {
    const claims = { ...ENTRA, email: 'ceo@victim.example', upn: 'x', preferred_username: 'y' };
    const token = await createBearerVerifier(entra).verify(await sign(claims));
    expect(token).toMatchObject({ subject: `${TID}.${OID}`, tid: TID, oid: OID, authTime: null });
    expect(JSON.stringify({ ...token, claims: null })).not.toContain('victim');
  });

  test.each<[string, Claims, string]>([
    ['of a tenant that is not ours', { tid: OTHER_TID, iss: `${LOGIN}/${OTHER_TID}/v2.0` }, 'UNKNOWN_TENANT'],
    ['that says our tenant, but was issued by another', { iss: `${LOGIN}/${OTHER_TID}/v2.0` }, 'WRONG_ISSUER'],
    ['of another issuer that ends alike', { iss: `https://evil.example/${TID}/v2.0` }, 'WRONG_ISSUER'],
    ['with the issuer template itself', { iss: `${LOGIN}/{tenantid}/v2.0` }, 'WRONG_ISSUER'],
    ['of version 1', { ver: '1.0', iss: `https://sts.windows.net/${TID}/` }, 'WRONG_VERSION'],
    ['of version 2 as a number', { ver: 2 }, 'WRONG_VERSION'],
    ['with "common" as its tenant', { tid: 'common', iss: `${LOGIN}/common/v2.0` }, 'MALFORMED'],
    ['with a tenant that is a path', { tid: `../${TID}` }, 'MALFORMED'],
    ['with an object id that is a name', { oid: 'sofia' }, 'MALFORMED'],
    ['for Microsoft Graph', { aud: '00000003-0000-0000-c000-000000000000' }, 'WRONG_AUDIENCE'],
    ['for us among others', { aud: [CLIENT, 'x'] }, 'WRONG_AUDIENCE'],
    ['of an application, by idtyp', { idtyp: 'app', scp: undefined, roles: ['All'] }, 'APP_ONLY_TOKEN'],
    ['of an application, without scp', { scp: undefined, roles: ['All'] }, 'APP_ONLY_TOKEN'],
    [
      'that is an ID token',
      { scp: undefined, azp: undefined, azpacr: undefined, nonce: 'n' },
      'ID_TOKEN_AS_ACCESS_TOKEN',
    ],
    ['that is an ID token with roles', { scp: undefined, azpacr: undefined, roles: ['A'] }, 'ID_TOKEN_AS_ACCESS_TOKEN'],
    ['that is expired', { exp: now - 61 }, 'EXPIRED'],
    ['without an object id', { oid: undefined }, 'MISSING_CLAIM'],
    ['without a tenant', { tid: undefined }, 'MISSING_CLAIM'],
    ['without a version', { ver: undefined }, 'MISSING_CLAIM'],
  ])('a token %s', async (_name, change, expected) => {
    const claims = JSON.parse(JSON.stringify({ ...ENTRA, ...change })) as Claims;
    expect(await faultOf(entra, await sign(claims))).toBe(expected);
  });

  test('a key that is limited to another tenant, or to none that we know, may not sign for ours', async () => {
    expect(await faultOf(entra, await sign(ENTRA, { kid: 'consumer' }, other))).toBe('WRONG_ISSUER');
    const bare = {
      ...entra,
      keySet: { keys: keySet.keys.map(({ issuer: _, ...key }: Claims) => key) } as JSONWebKeySet,
    };
    expect(await faultOf(bare, await sign(ENTRA))).toBe('WRONG_ISSUER');
  });

  test('at+jwt does not stand in for a scope, and the registry is asked only about genuine tokens', async () => {
    expect(await faultOf(entra, await sign(without(ENTRA, 'scp'), { typ: 'at+jwt' }))).toBe('ID_TOKEN_AS_ACCESS_TOKEN');
    const isKnownTenant = jest.fn(async () => true);
    await faultOf({ ...entra, isKnownTenant }, await sign(ENTRA, {}, other));
    expect(isKnownTenant).not.toHaveBeenCalled();
  });

  test('an unknown tenant is FORBIDDEN, everything else UNAUTHENTICATED; a registry that fails accepts nobody', async () => {
    const verify = async (config: EntraIssuerConfig, token: string) => createBearerVerifier(config).verify(token);
    const nobody = { ...entra, isKnownTenant: async () => false };
    await expect(verify(nobody, await sign(ENTRA))).rejects.toMatchObject({ code: 'FORBIDDEN' });
    await expect(verify(entra, 'x')).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    const broken = { ...entra, isKnownTenant: () => Promise.reject(new Error('database')) };
    await expect(verify(broken, await sign(ENTRA))).rejects.toThrow('database');
  });
});

describe('fetching keys', () => {
  const answer = (body: unknown, status = 200): Response => new Response(JSON.stringify(body), { status });
  const METADATA = { issuer: ISSUER, jwks_uri: 'https://id.example/jwks' };
  type Fetch = jest.MockedFunction<typeof fetch>;
  function provider(over: Record<string, () => Response | Promise<Response>> = {}): Fetch {
    return jest.fn(async (input: unknown) => {
      const url = String(input);
      const made = over[url];
      if (made) return made();
      return answer(url.endsWith('/.well-known/openid-configuration') ? METADATA : keySet);
    }) as unknown as Fetch;
  }
  const remote = (fetch: Fetch): OidcIssuerConfig => ({ ...oidc, keySet: undefined, fetch });

  test('discovery and keys are fetched once for any number of tokens', async () => {
    const fetch = provider();
    const verifier = createBearerVerifier(remote(fetch));
    const token = await sign(GOOD);
    await Promise.all(Array.from({ length: 20 }, () => verifier.verify(token)));
    await verifier.verify(token);
    expect(fetch.mock.calls.map(([url]) => url)).toEqual([
      `${ISSUER}/.well-known/openid-configuration`,
      'https://id.example/jwks',
    ]);
  });

  test('a flood of unknown kids makes no flood of fetches', async () => {
    const fetch = provider();
    const verifier = createBearerVerifier(remote(fetch));
    for (let i = 0; i < 50; i += 1) {
      await expect(verifier.verify(await sign(GOOD, { kid: `k${i}` }))).rejects.toMatchObject({
        reason: 'BAD_SIGNATURE',
      });
    }
    expect(fetch).toHaveBeenCalledTimes(2);
  });

  test('Entra keys come from the common endpoint of the authority', async () => {
    const fetch = provider();
    await createBearerVerifier({ ...entra, keySet: undefined, fetch }).verify(await sign(ENTRA));
    expect(fetch.mock.calls.map(([url]) => url)).toEqual([`${LOGIN}/common/discovery/v2.0/keys`]);
  });

  test.each<[string, Record<string, () => Response | Promise<Response>>]>([
    [
      'discovery fails',
      { [`${ISSUER}/.well-known/openid-configuration`]: () => Promise.reject(new Error('ECONNREFUSED')) },
    ],
    [
      'discovery names another issuer',
      { [`${ISSUER}/.well-known/openid-configuration`]: () => answer({ ...METADATA, issuer: 'x' }) },
    ],
    [
      'discovery names a plain http address',
      {
        [`${ISSUER}/.well-known/openid-configuration`]: () =>
          answer({ ...METADATA, jwks_uri: 'http://id.example/jwks' }),
      },
    ],
    ['the keys answer 500', { 'https://id.example/jwks': () => answer({}, 500) }],
    ['the keys redirect', { 'https://id.example/jwks': () => answer({}, 302) }],
    ['the keys are no key set', { 'https://id.example/jwks': () => answer({ keys: 'none' }) }],
    ['the keys are a web page', { 'https://id.example/jwks': () => new Response('<html>') }],
  ])('%s: nobody is let in, with an error of its own', async (_name, over) => {
    const error = await createBearerVerifier(remote(provider(over)))
      .verify(await sign(GOOD))
      .catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(IdentityProviderUnavailable);
    expect(error).toMatchObject({ code: 'UNAVAILABLE' });
  });

  test('a provider that is down is not asked once a request, and is asked again after the cooldown', async () => {
    let down = true;
    const fetch = provider({
      'https://id.example/jwks': () => (down ? Promise.reject(new Error('down')) : answer(keySet)),
    });
    const verifier = createBearerVerifier(remote(fetch));
    const token = await sign(GOOD);
    const clock = jest.spyOn(performance, 'now');
    try {
      clock.mockReturnValue(1_000_000);
      for (let i = 0; i < 10; i += 1)
        await expect(verifier.verify(token)).rejects.toBeInstanceOf(IdentityProviderUnavailable);
      expect(fetch).toHaveBeenCalledTimes(2);
      down = false;
      clock.mockReturnValue(1_005_001);
      await expect(verifier.verify(token)).resolves.toBeDefined();
      expect(fetch).toHaveBeenCalledTimes(3);
    } finally {
      clock.mockRestore();
    }
  });

  test('known keys go on working while the provider is down', async () => {
    const fetch = provider();
    const verifier = createBearerVerifier(remote(fetch));
    const token = await sign(GOOD);
    await verifier.verify(token);
    fetch.mockRejectedValue(new Error('down'));
    await verifier.verify(await sign(GOOD, { kid: 'unknown' })).catch(() => undefined);
    await expect(verifier.verify(token)).resolves.toBeDefined();
  });
});

describe('configuration', () => {
  test.each<[string, () => unknown]>([
    ['a claim that its owner can change as subject', () => createBearerVerifier({ ...oidc, subjectClaim: 'email' })],
    ['more tolerance than a minute', () => createBearerVerifier({ ...oidc, clockToleranceSeconds: 61 })],
    ['a negative tolerance', () => createBearerVerifier({ ...oidc, clockToleranceSeconds: -1 })],
    ['a tolerance that is no number', () => createBearerVerifier({ ...oidc, clockToleranceSeconds: Number.NaN })],
    ['an empty audience', () => createBearerVerifier({ ...oidc, audience: '' })],
    ['an issuer over http', () => createBearerVerifier({ ...oidc, keySet: undefined, issuer: 'http://id.example' })],
    [
      'an authority over http',
      () => createBearerVerifier({ ...entra, keySet: undefined, authorityHost: 'http://x.example' }),
    ],
  ])('%s does not start', (_name, make) => {
    expect(make).toThrow(TypeError);
  });
});

describe('the Authorization header', () => {
  test('one bearer token, or none at all', () => {
    expect(parseAuthorization('Bearer abc.def.ghi')).toBe('abc.def.ghi');
    expect(parseAuthorization('bearer  abc=')).toBe('abc=');
    expect(parseAuthorization(['Bearer abc'])).toBe('abc');
    expect(parseAuthorization(undefined)).toBeNull();
    expect(parseAuthorization([])).toBeNull();
  });

  test.each<[string, string | string[], string]>([
    ['two headers', ['Bearer a', 'Bearer b'], 'MULTIPLE_HEADERS'],
    ['two equal headers', ['Bearer a', 'Bearer a'], 'MULTIPLE_HEADERS'],
    ['two headers joined by a proxy', 'Bearer a, Bearer b', 'MULTIPLE_HEADERS'],
    ['two tokens', 'Bearer a b', 'MULTIPLE_HEADERS'],
    ['another scheme', 'Basic YTpi', 'WRONG_SCHEME'],
    ['no scheme', 'abc.def.ghi', 'WRONG_SCHEME'],
    ['an empty header', '', 'WRONG_SCHEME'],
    ['a scheme alone', 'Bearer', 'MALFORMED'],
    ['a scheme and a blank', 'Bearer ', 'MALFORMED'],
    ['a tab', 'Bearer\tabc', 'WRONG_SCHEME'],
    ['odd characters', 'Bearer a"b', 'MALFORMED'],
    ['too long', `Bearer ${'a'.repeat(20_000)}`, 'MALFORMED'],
  ])('%s', (_name, header, reason) => {
    expect(() => parseAuthorization(header)).toThrow(expect.objectContaining({ reason }));
  });

  test('all of them are found in the raw headers, in any case', () => {
    const raw = ['Host', 'x', 'Authorization', 'Bearer a', 'X', 'authorization', 'AUTHORIZATION', 'Bearer b'];
    expect(authorizationHeaders(raw)).toEqual(['Bearer a', 'Bearer b']);
    expect(authorizationHeaders([])).toEqual([]);
  });
});
