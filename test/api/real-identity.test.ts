import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { readConfig } from '../../src/core/config.js';
import { newId } from '../../src/core/id.js';
import { operation } from '../kit/operation.js';
import { type TestServer, startServer } from '../kit/server.js';
import { openSuite, type Suite } from '../kit/suite.js';
import { type Claims, CLIENT, createForge, type Forge, OTHER_TID } from '../kit/token-forge.js';
import type { World } from '../kit/world.js';

const ME = operation('me');

let suite: Suite;
let world: World;
let forge: Forge;
let provider: Server;
let origin: string;
let sandbox: TestServer;

/** A provider of the test's own: discovery and keys, as an OpenID provider and as Entra ID publish them. */
beforeAll(async () => {
  suite = await openSuite();
  world = await suite.tenant();
  forge = await createForge();
  provider = createServer((request, response) => {
    const documents: Record<string, unknown> = {
      '/realm/.well-known/openid-configuration': { issuer: `${origin}/realm`, jwks_uri: `${origin}/realm/keys` },
      '/realm/keys': forge.keySet,
      '/common/discovery/v2.0/keys': {
        keys: forge.keySet.keys.map((key) => ({ ...key, issuer: `${origin}/{tenantid}/v2.0` })),
      },
    };
    const found = documents[request.url ?? ''];
    response.writeHead(found ? 200 : 404, { 'content-type': 'application/json' }).end(JSON.stringify(found ?? {}));
  }).listen(0, '127.0.0.1');
  await once(provider, 'listening');
  origin = `http://127.0.0.1:${(provider.address() as AddressInfo).port}`;
  sandbox = await startServer(suite);
});
afterAll(async () => {
  await sandbox.close();
  provider.close();
  await suite.close();
});

/** The claims of a person of the world, as each kind of provider writes them. */
function claimsOf(kind: 'oidc' | 'entra', key: string): Claims {
  const now = Math.floor(Date.now() / 1000);
  const { oid } = world.configuration.people.find((person) => person.key === key)!.accounts[0]!;
  const tid = world.configuration.tenant.entraTid;
  const shared = { sub: 'pairwise', tid, oid, iat: now, nbf: now, exp: now + 600, auth_time: now };
  return kind === 'oidc'
    ? { ...shared, iss: `${origin}/realm`, aud: 'api', scope: 'access' }
    : { ...shared, iss: `${origin}/${tid}/v2.0`, aud: CLIENT, ver: '2.0', scp: 'access_as_user', azp: CLIENT };
}

describe.each(['oidc', 'entra'] as const)('with a real identity provider (%s)', (kind) => {
  let server: TestServer;
  beforeAll(async () => {
    const settings: Record<string, string> =
      kind === 'oidc'
        ? { OIDC_ISSUER: `${origin}/realm`, OIDC_AUDIENCE: 'api' }
        : { ENTRA_CLIENT_ID: CLIENT.toUpperCase(), ENTRA_AUTHORITY_HOST: origin };
    server = await startServer(suite, settings);
  });
  afterAll(() => server.close());

  const send = async (claims: Claims, query = ME): Promise<{ handle?: string; data: unknown; code?: string }> => {
    const { json } = await server.send({ query }, { authorization: `Bearer ${await forge.sign(claims)}` });
    return { handle: json.data?.me?.handle, data: json.data, code: json.errors?.[0].extensions.code };
  };

  it.each([
    '',
    '/',
    '/.well-known/openid-configuration',
    '/jwks',
    '/auth',
    '/token',
    '/interaction/x',
    '/../identity/jwks',
  ])('nothing of the sandbox is there: %s', async (path) => {
    for (const method of ['GET', 'POST']) {
      const response = await fetch(`${server.address}/sandbox/identity${path}`, { method });
      expect(response.status).toBe(404);
    }
  });

  it('the sandbox there would answer, and its token is worth nothing here', async () => {
    expect((await fetch(`${sandbox.address}/sandbox/identity/jwks`)).status).toBe(200);
    const token = await sandbox.token(world, 'sofia.sales');
    const { json, status } = await server.send({ query: ME }, { authorization: `Bearer ${token}` });
    expect({ status, code: json.errors[0].extensions.code }).toEqual({ status: 401, code: 'UNAUTHENTICATED' });
  });

  it('GraphiQL and introspection are off', async () => {
    const page = await fetch(`${server.address}/graphql`, { headers: { accept: 'text/html' } });
    expect(page.status).toBe(400);
    expect(await page.text()).not.toContain('<html');
    const schema = '{ __schema { queryType { name } } }';
    expect((await send(claimsOf(kind, 'sofia.sales'), schema)).data).toBeUndefined();
    expect((await server.send({ query: schema })).json.data).toBeUndefined();
  });

  it('signs a person in by tid and oid, for trusted documents alone', async () => {
    const sofia = claimsOf(kind, 'sofia.sales');
    expect((await send(sofia)).handle).toBe('sofia.sales');
    expect((await send(claimsOf(kind, 'dana.delivery'))).handle).toBe('dana.delivery');
    expect((await send(sofia, '{ me { id } }')).code).toBe('DOCUMENT_NOT_TRUSTED');
    expect((await send(sofia, `${ME} query Second { me { id } }`)).code).not.toBeUndefined();
  });

  it('nobody else', async () => {
    const sofia = claimsOf(kind, 'sofia.sales');
    expect((await send({ ...sofia, oid: newId() })).code).toBe('FORBIDDEN');
    expect(
      (await send({ ...sofia, tid: OTHER_TID, ...(kind === 'entra' ? { iss: `${origin}/${OTHER_TID}/v2.0` } : {}) }))
        .code,
    ).toBe('FORBIDDEN');
    expect((await send({ ...sofia, aud: 'another' })).code).toBe('UNAUTHENTICATED');
    expect((await send({ ...sofia, iss: `${origin}/other` })).code).toBe('UNAUTHENTICATED');
    expect((await send({ ...sofia, exp: Math.floor(Date.now() / 1000) - 120 })).code).toBe('UNAUTHENTICATED');
    expect((await server.send({ query: ME })).json.errors[0].extensions.code).toBe('UNAUTHENTICATED');
  });
});

describe('settings of identity', () => {
  it.each([
    [{ OIDC_ISSUER: 'https://id.example' }, /^OIDC_ISSUER is set without OIDC_AUDIENCE: /],
    [{ OIDC_AUDIENCE: 'api' }, /^OIDC_AUDIENCE is set without OIDC_ISSUER: /],
    [
      { OIDC_ISSUER: 'http://id.example', OIDC_AUDIENCE: 'api' },
      /^OIDC_ISSUER is "http:\/\/id\.example": it must be an https address/,
    ],
    [{ OIDC_ISSUER: 'id', OIDC_AUDIENCE: 'api' }, /^OIDC_ISSUER is "id": /],
    [{ ENTRA_CLIENT_ID: 'countersign' }, /^ENTRA_CLIENT_ID is "countersign": it must be the registration's GUID\.$/],
    [{ ENTRA_CLIENT_ID: CLIENT, ENTRA_AUTHORITY_HOST: 'http://login.example' }, /^ENTRA_AUTHORITY_HOST is /],
    [
      { ENTRA_CLIENT_ID: CLIENT, OIDC_ISSUER: 'https://id.example', OIDC_AUDIENCE: 'api' },
      /choose one identity provider\.$/,
    ],
    // Half a setting must not open the sandbox.
    [{ ENTRA_AUTHORITY_HOST: 'login.microsoftonline.us' }, /^ENTRA_AUTHORITY_HOST is set without ENTRA_CLIENT_ID: /],
    [{ OIDC_TENANT_CLAIM: 'org' }, /^OIDC_TENANT_CLAIM is set without OIDC_ISSUER: /],
  ])('%j is one sentence', (environment, sentence) => {
    expect(() => readConfig(environment as Record<string, string>, '.')).toThrow(sentence);
  });
});
