import Fastify, { type FastifyInstance } from 'fastify';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { request as httpRequest } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  authorizationHeaders,
  createBearerVerifier,
  parseAuthorization,
  type BearerVerifier,
} from '../../src/core/bearer.js';
import { requestSandboxToken } from '../../src/sandbox/identity/client.js';
import { sandboxKeys } from '../../src/sandbox/identity/keys.js';
import { mountSandboxIdentity, type SandboxIdentityOptions } from '../../src/sandbox/identity/mount.js';
import type { SandboxPerson } from '../../src/sandbox/identity/person.js';
import { Browser, postToken, rawGet } from '../kit/sandbox-browser.js';

const AUDIENCE = 'countersign-sandbox-api';
const NORTHWIND = '6f1c1f0e-3c0a-4c55-8f0e-000000000001';
const SOFIA: SandboxPerson = {
  key: 'sofia.sales',
  name: 'Sofia <Sales> & Söhne',
  tenantSlug: 'northwind-managed',
  tid: NORTHWIND,
  oid: 'aaaaaaaa-0000-4000-8000-000000000001',
  roles: ['SALES_MANAGER'],
};
const PAUL: SandboxPerson = { ...SOFIA, key: 'paul.pm', name: 'Paul', oid: 'aaaaaaaa-0000-4000-8000-000000000002' };

interface Running {
  app: FastifyInstance;
  origin: string;
  verifier: BearerVerifier;
}

let folder: string;
let running: Running;
const open: FastifyInstance[] = [];
const spoken: jest.SpyInstance[] = [];

async function start(over: Partial<SandboxIdentityOptions> = {}, port = 0): Promise<Running> {
  const app = Fastify();
  open.push(app);
  let origin = '';
  await mountSandboxIdentity(app, {
    issuer: () => `${origin}/sandbox/identity`,
    keyFile: join(folder, 'keys', 'identity.json'),
    audience: AUDIENCE,
    people: () => [SOFIA, PAUL],
    ...over,
  });
  app.get('/headers', (request, reply) => reply.send({ all: authorizationHeaders(request.raw.rawHeaders) }));
  await app.listen({ host: '127.0.0.1', port });
  origin = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`;
  const verifier = createBearerVerifier({ kind: 'oidc', issuer: `${origin}/sandbox/identity`, audience: AUDIENCE });
  return { app, origin, verifier };
}

beforeAll(async () => {
  for (const method of ['warn', 'info', 'error', 'log'] as const) spoken.push(jest.spyOn(console, method));
  folder = await mkdtemp(join(tmpdir(), 'countersign-identity-'));
  running = await start();
});

afterAll(async () => {
  await Promise.all(open.map((app) => app.close()));
  await rm(folder, { recursive: true, force: true });
});

describe('the token of the command line', () => {
  test('is accepted by the verifier over real keys, and says who, where and when', async () => {
    const before = Math.floor(Date.now() / 1000) * 1000;
    const { accessToken, expiresAt } = await requestSandboxToken(running.origin, 'sofia.sales@northwind-managed');
    const token = await running.verifier.verify(accessToken);
    expect(token).toMatchObject({ subject: `${SOFIA.tid}.${SOFIA.oid}`, tid: SOFIA.tid, oid: SOFIA.oid });
    expect(token.claims).toMatchObject({ aud: AUDIENCE, ver: '2.0', scp: 'access_as_user', scope: 'access_as_user' });
    expect(token.authTime?.getTime()).toBeGreaterThanOrEqual(before);
    expect(token.expiresAt).toEqual(expiresAt);
    expect(expiresAt.getTime() - before).toBeGreaterThanOrEqual(3_600_000);
    expect(JSON.stringify(token.claims)).not.toMatch(/sofia|söhne/i);
  });

  test('can pretend an older sign-in', async () => {
    const { accessToken } = await requestSandboxToken(running.origin, 'sofia.sales@northwind-managed', {
      authAgeSeconds: 7200,
    });
    const { authTime, claims } = await running.verifier.verify(accessToken);
    expect(Number(claims.iat) - Number(authTime) / 1000).toBe(7200);
  });

  test.each(['-1', '1.5', 'abc', '99999999', ''])('refuses auth_age=%s', async (auth_age) => {
    const answer = await postToken(running.origin, { person: 'sofia.sales@northwind-managed', auth_age });
    // An empty parameter counts as not sent (RFC 6749, 3.1).
    expect(answer.status).toBe(auth_age === '' ? 200 : 400);
    if (auth_age !== '') expect(await answer.json()).toMatchObject({ error: 'invalid_request' });
  });

  test('an unknown person is a clear OAuth error that lists the known ones', async () => {
    await expect(requestSandboxToken(running.origin, 'mallory@northwind-managed')).rejects.toMatchObject({
      code: 'invalid_grant',
      message: expect.stringMatching(/no sample person 'mallory@northwind-managed'.*sofia\.sales@northwind-managed/),
    });
    await expect(requestSandboxToken(running.origin, '"\\é\u0000')).rejects.toMatchObject({ code: 'invalid_grant' });
    const missing = await postToken(running.origin, {});
    expect(await missing.json()).toMatchObject({ error: 'invalid_request' });
  });

  test('the grant is for the command line alone, and no server or another one gets a clear sentence', async () => {
    const pages = await postToken(running.origin, {
      client_id: 'countersign-pages',
      person: 'paul.pm@northwind-managed',
    });
    expect(pages.status).toBe(400);
    const bare = Fastify();
    open.push(bare);
    const origin = await bare.listen({ host: '127.0.0.1', port: 0 });
    await expect(requestSandboxToken(origin, 'x@y')).rejects.toMatchObject({ code: 'no_sandbox' });
    await bare.close();
    await expect(requestSandboxToken(origin, 'x@y')).rejects.toMatchObject({ code: 'unreachable' });
  });

  test('follows the injected clock', async () => {
    const then = new Date('2031-05-06T07:08:09Z');
    const other = await start({ now: () => then });
    const { accessToken, expiresAt } = await requestSandboxToken(other.origin, 'paul.pm@northwind-managed');
    expect(expiresAt).toEqual(new Date('2031-05-06T08:08:09Z'));
    const issuer = `${other.origin}/sandbox/identity`;
    const verifier = createBearerVerifier({ kind: 'oidc', issuer, audience: AUDIENCE, now: () => then });
    expect((await verifier.verify(accessToken)).authTime).toEqual(then);
  });
});

describe('the provider behind Fastify', () => {
  test('discovery and keys work under the prefix, and name the issuer whatever the host header says', async () => {
    const port = new URL(running.origin).port;
    for (const host of [`127.0.0.1:${port}`, `localhost:${port}`]) {
      const metadata = JSON.parse((await rawGet(running.origin, '/.well-known/openid-configuration', host)).body);
      expect(metadata).toMatchObject({
        issuer: `${running.origin}/sandbox/identity`,
        jwks_uri: `${running.origin}/sandbox/identity/jwks`,
        authorization_endpoint: `${running.origin}/sandbox/identity/auth`,
        token_endpoint: `${running.origin}/sandbox/identity/token`,
      });
    }
    const { keys } = JSON.parse((await rawGet(running.origin, '/jwks')).body);
    expect(keys).toHaveLength(1);
    expect(keys[0]).not.toHaveProperty('d');
  });

  test('a foreign host name is refused (DNS rebinding)', async () => {
    for (const path of ['/token', '/jwks', '/interaction/x']) {
      expect((await rawGet(running.origin, path, 'evil.example')).status).toBe(421);
    }
  });

  test('what it does not have is 404, and nothing beside the prefix is touched', async () => {
    for (const path of ['', '/', '/nothing', '/../graphql', '/reg', '/session/end', '/me']) {
      expect((await rawGet(running.origin, path)).status).toBe(404);
    }
    expect((await fetch(`${running.origin}/sandbox/identityx/jwks`)).status).toBe(404);
  });

  test('a foreign page gets no CORS grant, our own does', async () => {
    const cli = { person: 'sofia.sales@northwind-managed' };
    const evil = await postToken(running.origin, cli, { origin: 'http://evil.example' });
    expect(evil.status).toBe(400);
    expect(evil.headers.get('access-control-allow-origin')).toBeNull();
    const own = await postToken(
      running.origin,
      { client_id: 'countersign-pages', grant_type: 'authorization_code', code: 'x', redirect_uri: 'x' },
      { origin: running.origin },
    );
    expect(own.headers.get('access-control-allow-origin')).toBe(running.origin);
  });

  test('two Authorization headers are seen as two, where Node itself shows one', async () => {
    const all = await new Promise<string[]>((resolve, reject) => {
      const request = httpRequest(`${running.origin}/headers`, (response) => {
        response
          .setEncoding('utf8')
          .once('data', (body: string) => resolve((JSON.parse(body) as { all: string[] }).all));
      });
      request.setHeader('Authorization', ['Bearer a', 'Bearer b']);
      request.on('error', reject).end();
    });
    expect(all).toEqual(['Bearer a', 'Bearer b']);
    expect(() => parseAuthorization(all)).toThrow('exactly one');
  });
});

describe('the authorization code flow with PKCE', () => {
  test('shows the sample people, signs one in, and gives a token for the API', async () => {
    const browser = new Browser(running.origin);
    const page = await browser.authorize();
    expect(page.response.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(page.html).toContain('Sandbox: sample data, no passwords');
    expect(page.html).toContain('Sofia &lt;Sales&gt; &amp; Söhne: sales manager');
    expect(page.html).not.toMatch(/<script|https?:\/\//);

    const code = await browser.pick(page.url, 'sofia.sales@northwind-managed');
    const answer = await browser.redeem(code);
    const token = await running.verifier.verify(String(answer.access_token));
    expect(token).toMatchObject({ tid: SOFIA.tid, oid: SOFIA.oid });
    expect(Date.now() - Number(token.authTime)).toBeLessThan(10_000);
    await expect(running.verifier.verify(String(answer.id_token))).rejects.toMatchObject({ reason: 'WRONG_AUDIENCE' });
    const asApi = {
      kind: 'oidc',
      issuer: `${running.origin}/sandbox/identity`,
      audience: 'countersign-pages',
    } as const;
    await expect(createBearerVerifier(asApi).verify(String(answer.id_token))).rejects.toMatchObject({
      reason: 'ID_TOKEN_AS_ACCESS_TOKEN',
    });
    expect(await browser.redeem(code)).toMatchObject({ error: 'invalid_grant' });
  });

  test('a session is kept; prompt=login lets another person in, with a fresh auth_time', async () => {
    const browser = new Browser(running.origin);
    await browser.pick((await browser.authorize()).url, 'sofia.sales@northwind-managed');
    const again = await browser.authorize({ prompt: 'none' });
    const kept = await browser.redeem(new URL(again.url).searchParams.get('code') ?? '');
    expect((await running.verifier.verify(String(kept.access_token))).oid).toBe(SOFIA.oid);

    const code = await browser.pick((await browser.authorize({ prompt: 'login' })).url, 'paul.pm@northwind-managed');
    const other = await browser.redeem(code);
    expect((await running.verifier.verify(String(other.access_token))).oid).toBe(PAUL.oid);
  });

  test('needs PKCE and a registered redirect address', async () => {
    const browser = new Browser(running.origin);
    const plain = await browser.authorize({ code_challenge: undefined, code_challenge_method: undefined });
    expect(new URL(plain.url).searchParams.get('error')).toBe('invalid_request');
    const foreign = await browser.authorize({ redirect_uri: 'http://evil.example/graphql' });
    expect(foreign.response.status).toBe(400);
    expect(foreign.html).toContain('invalid_redirect_uri');
  });

  test('an interaction belongs to the browser that began it', async () => {
    const victim = await new Browser(running.origin).authorize();
    const stranger = new Browser(running.origin);
    expect((await stranger.send(victim.url)).status).toBe(400);
    const posted = await stranger.send(victim.url, new URLSearchParams({ person: 'paul.pm@northwind-managed' }));
    expect(posted.status).toBe(400);
    const browser = new Browser(running.origin);
    expect((await browser.send(`${(await browser.authorize()).url}x`)).status).toBe(400);
  });

  test('an unknown person on the page is refused', async () => {
    const browser = new Browser(running.origin);
    const { url } = await browser.authorize();
    expect((await browser.send(url, new URLSearchParams({ person: 'mallory@x' }))).status).toBe(400);
    expect((await browser.send(url, 'not a form')).status).toBe(415);
  });
});

describe('the signing keys', () => {
  test('survive a restart, so that an older token still holds', async () => {
    const first = await start();
    const port = Number(new URL(first.origin).port);
    const { accessToken } = await requestSandboxToken(first.origin, 'paul.pm@northwind-managed');
    const keys = (await rawGet(first.origin, '/jwks')).body;
    await first.app.close();
    const second = await start({ issuer: `${first.origin}/sandbox/identity` }, port);
    expect((await rawGet(second.origin, '/jwks')).body).toBe(keys);
    expect((await second.verifier.verify(accessToken)).oid).toBe(PAUL.oid);
  });

  test('are readable by their owner alone, also after somebody opened them', async () => {
    const keyFile = join(folder, 'mode.json');
    await start({ keyFile });
    expect((await stat(keyFile)).mode & 0o777).toBe(0o600);
    await writeFile(`${keyFile}.copy`, await readFile(keyFile), { mode: 0o644 });
    await start({ keyFile: `${keyFile}.copy` });
    expect((await stat(`${keyFile}.copy`)).mode & 0o777).toBe(0o600);
  });

  test('processes that start at once agree on one key', async () => {
    const keyFile = join(folder, 'race.json');
    const all = await Promise.all(Array.from({ length: 8 }, () => sandboxKeys(keyFile)));
    expect(new Set(all.map(({ keys }) => keys[0]?.kid)).size).toBe(1);
    expect(await readdir(folder)).not.toContainEqual(expect.stringMatching(/^race\.json\../));
  });

  test('a damaged file, an impossible place and a wrong issuer get one clear sentence', async () => {
    const keyFile = join(folder, 'damaged.json');
    await writeFile(keyFile, '{"keys":[{}]}');
    await expect(start({ keyFile })).rejects.toThrow(/damaged: delete it/);
    await expect(start({ keyFile: join(keyFile, 'x') })).rejects.toThrow(/cannot be read or written \(ENOTDIR\)/);
    await expect(start({ issuer: 'http://127.0.0.1:1/elsewhere' })).rejects.toThrow(/issuer must be/);
  });
});

// Last, so that it sees what all the others made the provider say.
test('nothing is written to the console, neither at load nor at work', async () => {
  await jest.isolateModulesAsync(async () => {
    await import('../../src/sandbox/identity/mount.js');
  });
  for (const spy of spoken) expect(spy).not.toHaveBeenCalled();
});
