import type { JWK } from 'jose';
import { authorizationHeaders, createBearerVerifier, parseAuthorization } from '../../src/core/bearer.js';
import {
  CLIENT,
  createForge,
  ENTRA,
  faultOf,
  GOOD,
  ISSUER,
  LOGIN,
  now,
  OID,
  OTHER_TID,
  TID,
  without,
  type Claims,
  type Forge,
} from '../kit/token-forge.js';

let forge: Forge;
beforeAll(async () => {
  forge = await createForge();
});

describe('an OpenID provider', () => {
  test('a good token is accepted, with what it says', async () => {
    const claims = { ...GOOD, tid: 't', oid: 'o', auth_time: now - 100 };
    const token = await createBearerVerifier(forge.oidc).verify(await forge.sign(claims));
    expect(token).toEqual({
      issuer: ISSUER,
      subject: 's-1',
      tid: 't',
      oid: 'o',
      authTime: new Date((now - 100) * 1000),
      notBefore: null,
      expiresAt: new Date((now + 600) * 1000),
      claims,
    });
  });

  test('tenant, object and sign-in time may be missing; the claims for subject and tenant can be named', async () => {
    const plain = await createBearerVerifier(forge.oidc).verify(await forge.sign(GOOD));
    expect(plain).toMatchObject({ tid: null, oid: null, authTime: null });
    const named = { ...forge.oidc, subjectClaim: 'uid', tenantClaim: 'org' };
    const token = await createBearerVerifier(named).verify(await forge.sign({ ...GOOD, uid: 'u', org: 'g' }));
    expect(token).toMatchObject({ subject: 'u', tid: 'g' });
    expect(await faultOf(named, await forge.sign(GOOD))).toBe('MISSING_CLAIM');
  });

  test('ES256, an audience among several, and RFC 9068 without a scope are accepted', async () => {
    expect(await faultOf(forge.oidc, await forge.sign(GOOD, { alg: 'ES256', kid: 'ec' }, forge.ec))).toBe('ACCEPTED');
    expect(await faultOf(forge.oidc, await forge.sign({ ...GOOD, aud: ['x', 'api'] }))).toBe('ACCEPTED');
    expect(await faultOf(forge.oidc, await forge.sign(without(GOOD, 'scope'), { typ: 'at+jwt' }))).toBe('ACCEPTED');
    expect(await faultOf(forge.oidc, await forge.sign(without(GOOD, 'scope'), { typ: 'application/AT+JWT' }))).toBe(
      'ACCEPTED',
    );
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
    expect(await faultOf(forge.oidc, await forge.sign({ ...GOOD, ...change }))).toBe(expected);
  });

  test.each(['exp', 'iss', 'aud', 'sub'])('a token without %s', async (claim) => {
    expect(await faultOf(forge.oidc, await forge.sign(without(GOOD, claim)))).toBe('MISSING_CLAIM');
  });

  test('an ID token, a logout token and one of an unknown kind are no access tokens', async () => {
    expect(await faultOf(forge.oidc, await forge.sign(without(GOOD, 'scope')))).toBe('ID_TOKEN_AS_ACCESS_TOKEN');
    expect(await faultOf(forge.oidc, await forge.sign(GOOD, { typ: 'logout+jwt' }))).toBe('ID_TOKEN_AS_ACCESS_TOKEN');
    expect(await faultOf(forge.oidc, await forge.sign(GOOD, { typ: undefined }))).toBe('ACCEPTED');
  });

  test('a demanded scope must be there as a word of its own', async () => {
    const config = { ...forge.oidc, requiredScope: 'access' };
    expect(await faultOf(config, await forge.sign(GOOD))).toBe('ACCEPTED');
    expect(await faultOf(config, await forge.sign({ ...GOOD, scope: 'access_less x' }))).toBe('MISSING_SCOPE');
  });
});

describe('Entra ID', () => {
  test('a good token is keyed by tenant and object, never by a name that can change', async () => {
    const claims = { ...ENTRA, email: 'ceo@victim.example', upn: 'x', preferred_username: 'y' };
    const token = await createBearerVerifier(forge.entra).verify(await forge.sign(claims));
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
    expect(await faultOf(forge.entra, await forge.sign(claims))).toBe(expected);
  });

  test('a key that is limited to another tenant, or to none that we know, may not sign for ours', async () => {
    expect(await faultOf(forge.entra, await forge.sign(ENTRA, { kid: 'consumer' }, forge.consumer))).toBe(
      'WRONG_ISSUER',
    );
    const bare = {
      ...forge.entra,
      keySet: { keys: forge.keySet.keys.map((key) => without({ ...key }, 'issuer')) as JWK[] },
    };
    expect(await faultOf(bare, await forge.sign(ENTRA))).toBe('WRONG_ISSUER');
  });

  test('at+jwt does not stand in for a scope, and the registry is asked only about genuine tokens', async () => {
    expect(await faultOf(forge.entra, await forge.sign(without(ENTRA, 'scp'), { typ: 'at+jwt' }))).toBe(
      'ID_TOKEN_AS_ACCESS_TOKEN',
    );
    const isKnownTenant = jest.fn(async () => true);
    await faultOf({ ...forge.entra, isKnownTenant }, await forge.sign(ENTRA, {}, forge.consumer));
    expect(isKnownTenant).not.toHaveBeenCalled();
  });

  test('an unknown tenant is FORBIDDEN, everything else UNAUTHENTICATED; a registry that fails accepts nobody', async () => {
    const nobody = { ...forge.entra, isKnownTenant: async () => false };
    await expect(createBearerVerifier(nobody).verify(await forge.sign(ENTRA))).rejects.toMatchObject({
      code: 'FORBIDDEN',
    });
    await expect(createBearerVerifier(forge.entra).verify('x')).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    const broken = { ...forge.entra, isKnownTenant: () => Promise.reject(new Error('database')) };
    await expect(createBearerVerifier(broken).verify(await forge.sign(ENTRA))).rejects.toThrow('database');
  });
});

describe('configuration', () => {
  test.each<[string, () => unknown]>([
    [
      'a claim that its owner can change as subject',
      () => createBearerVerifier({ ...forge.oidc, subjectClaim: 'email' }),
    ],
    ['more tolerance than a minute', () => createBearerVerifier({ ...forge.oidc, clockToleranceSeconds: 61 })],
    ['a negative tolerance', () => createBearerVerifier({ ...forge.oidc, clockToleranceSeconds: -1 })],
    ['a tolerance that is no number', () => createBearerVerifier({ ...forge.oidc, clockToleranceSeconds: Number.NaN })],
    ['an empty audience', () => createBearerVerifier({ ...forge.oidc, audience: '' })],
    [
      'an issuer over http',
      () => createBearerVerifier({ ...forge.oidc, keySet: undefined, issuer: 'http://id.example' }),
    ],
    [
      'an authority over http',
      () => createBearerVerifier({ ...forge.entra, keySet: undefined, authorityHost: 'http://x.example' }),
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
