import { base64url, exportJWK, exportSPKI, generateKeyPair, SignJWT } from 'jose';
import { createBearerVerifier } from '../../src/core/bearer.js';
import { IdentityProviderUnavailable, type OidcIssuerConfig } from '../../src/core/issuer.js';
import { createForge, ENTRA, faultOf, GOOD, ISSUER, LOGIN, type Forge } from '../kit/token-forge.js';

let forge: Forge;
beforeAll(async () => {
  forge = await createForge();
});

const encode = (value: unknown): string => base64url.encode(JSON.stringify(value));
const answer = (body: unknown, status = 200): Response => new Response(JSON.stringify(body), { status });

describe('signatures', () => {
  test('alg none, in every spelling, with and without a signature', async () => {
    const good = await forge.sign(GOOD);
    for (const alg of ['none', 'None', 'nOnE', '']) {
      for (const signature of ['', good.split('.')[2]]) {
        const fault = await faultOf(forge.oidc, `${encode({ alg, typ: 'JWT' })}.${encode(GOOD)}.${signature}`);
        expect(['ALGORITHM', 'MALFORMED']).toContain(fault);
      }
    }
    expect(await faultOf(forge.oidc, `${encode({ typ: 'JWT' })}.${encode(GOOD)}.`)).toBe('MALFORMED');
  });

  test('HS256 with the public key as the secret', async () => {
    const secret = new TextEncoder().encode(await exportSPKI(forge.rsaPublic));
    const token = await new SignJWT(GOOD).setProtectedHeader({ alg: 'HS256', kid: 'rsa' }).sign(secret);
    expect(await faultOf(forge.oidc, token)).toBe('ALGORITHM');
  });

  test('other RSA and EC algorithms', async () => {
    const pair = await generateKeyPair('PS256');
    expect(await faultOf(forge.oidc, await forge.sign(GOOD, { alg: 'PS256' }, pair.privateKey))).toBe('ALGORITHM');
    expect(await faultOf(forge.entra, await forge.sign(ENTRA, { alg: 'ES256', kid: 'ec' }, forge.ec))).toBe(
      'ALGORITHM',
    );
  });

  test('another key under a known kid, an unknown kid, and no kid among several keys', async () => {
    expect(await faultOf(forge.oidc, await forge.sign(GOOD, {}, forge.consumer))).toBe('BAD_SIGNATURE');
    expect(await faultOf(forge.oidc, await forge.sign(GOOD, { kid: 'unknown' }))).toBe('BAD_SIGNATURE');
    expect(await faultOf(forge.oidc, await forge.sign(GOOD, { kid: undefined }))).toBe('BAD_SIGNATURE');
  });

  test.each(['../../../../dev/null', 'file:///etc/passwd', 'https://evil.example/jwks', "x' or 1=1 --", '__proto__'])(
    'a kid that is %s is only a name that is not in the key set',
    async (kid) => {
      expect(await faultOf(forge.oidc, await forge.sign(GOOD, { kid }))).toBe('BAD_SIGNATURE');
      expect(await faultOf(forge.entra, await forge.sign(ENTRA, { kid }))).toBe('BAD_SIGNATURE');
    },
  );

  test('a kid that is no text, and an unknown critical header', async () => {
    for (const header of [{ kid: 7 }, { kid: ['rsa'] }, { kid: {} }]) {
      const token = `${encode({ alg: 'RS256', ...header })}.${encode(GOOD)}.AAAA`;
      expect(['BAD_SIGNATURE', 'MALFORMED']).toContain(await faultOf(forge.oidc, token));
    }
    const critical = `${encode({ alg: 'RS256', kid: 'rsa', crit: ['x'], x: 1 })}.${encode(GOOD)}.AAAA`;
    expect(await faultOf(forge.oidc, critical)).toBe('MALFORMED');
  });

  test('keys that the token brings along are ignored, and nothing is fetched', async () => {
    const fetch = jest.fn();
    const mine = await generateKeyPair('RS256', { extractable: true });
    const jwk = await exportJWK(mine.publicKey);
    const header = { jwk, jku: 'https://evil.example/jwks', x5u: 'https://evil.example/cert' };
    expect(await faultOf({ ...forge.oidc, fetch }, await forge.sign(GOOD, header, mine.privateKey))).toBe(
      'BAD_SIGNATURE',
    );
    expect(fetch).not.toHaveBeenCalled();
  });

  test('a changed claim, a cut signature, and what is no token at all', async () => {
    const [header, , signature = ''] = (await forge.sign(GOOD)).split('.');
    expect(await faultOf(forge.oidc, `${header}.${encode({ ...GOOD, sub: 'admin' })}.${signature}`)).toBe(
      'BAD_SIGNATURE',
    );
    expect(await faultOf(forge.oidc, (await forge.sign(GOOD)).slice(0, -8))).toBe('BAD_SIGNATURE');
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
      expect(await faultOf(forge.oidc, token)).toBe('MALFORMED');
    }
    for (const payload of ['null', '[]', '"x"', '{', '7']) {
      const token = await new SignJWT({}).setProtectedHeader({ alg: 'RS256', kid: 'rsa' }).sign(forge.rsa);
      const swapped = token.split('.').with(1, base64url.encode(payload)).join('.');
      expect(['BAD_SIGNATURE', 'MALFORMED']).toContain(await faultOf(forge.oidc, swapped));
    }
  });
});

describe('fetching keys', () => {
  const METADATA = { issuer: ISSUER, jwks_uri: 'https://id.example/jwks' };
  type Fetch = jest.MockedFunction<typeof fetch>;
  function provider(over: Record<string, () => Response | Promise<Response>> = {}): Fetch {
    return jest.fn(async (input: unknown) => {
      const url = String(input);
      const made = over[url];
      if (made) return made();
      return answer(url.endsWith('/.well-known/openid-configuration') ? METADATA : forge.keySet);
    }) as unknown as Fetch;
  }
  const remote = (fetch: Fetch): OidcIssuerConfig => ({ ...forge.oidc, keySet: undefined, fetch });

  test('discovery and keys are fetched once for any number of tokens', async () => {
    const fetch = provider();
    const verifier = createBearerVerifier(remote(fetch));
    const token = await forge.sign(GOOD);
    await Promise.all(Array.from({ length: 20 }, () => verifier.verify(token)));
    await verifier.verify(token);
    expect(fetch.mock.calls.map(([url]) => url)).toEqual([
      `${ISSUER}/.well-known/openid-configuration`,
      'https://id.example/jwks',
    ]);
    // A redirect would let whoever answers choose another host.
    for (const [, init] of fetch.mock.calls) expect(init).toMatchObject({ redirect: 'manual' });
  });

  test('a flood of unknown kids makes no flood of fetches', async () => {
    const fetch = provider();
    const verifier = createBearerVerifier(remote(fetch));
    for (let i = 0; i < 50; i += 1) {
      await expect(verifier.verify(await forge.sign(GOOD, { kid: `k${i}` }))).rejects.toMatchObject({
        reason: 'BAD_SIGNATURE',
      });
    }
    expect(fetch).toHaveBeenCalledTimes(2);
  });

  test('Entra keys come from the common endpoint of the authority', async () => {
    const fetch = provider();
    await createBearerVerifier({ ...forge.entra, keySet: undefined, fetch }).verify(await forge.sign(ENTRA));
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
      .verify(await forge.sign(GOOD))
      .catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(IdentityProviderUnavailable);
    expect(error).toMatchObject({ code: 'UNAVAILABLE' });
  });

  test('a provider that is down is not asked once a request, and is asked again after the cooldown', async () => {
    let down = true;
    const fetch = provider({
      'https://id.example/jwks': () => (down ? Promise.reject(new Error('down')) : answer(forge.keySet)),
    });
    const verifier = createBearerVerifier(remote(fetch));
    const token = await forge.sign(GOOD);
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
    const token = await forge.sign(GOOD);
    await verifier.verify(token);
    fetch.mockRejectedValue(new Error('down'));
    await verifier.verify(await forge.sign(GOOD, { kid: 'unknown' })).catch(() => undefined);
    await expect(verifier.verify(token)).resolves.toBeDefined();
  });
});
