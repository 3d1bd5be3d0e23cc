import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { pageSignIn } from '../../src/page-sign-in.js';
import { readConfig } from '../../src/core/config.js';
import { startServer, type TestServer } from '../kit/server.js';
import { openSuite, type Suite } from '../kit/suite.js';

const GUID = '11111111-2222-4333-8444-555555555555';

describe('the page that a vote link leads to', () => {
  let suite: Suite;
  let server: TestServer;
  beforeAll(async () => {
    suite = await openSuite();
    server = await startServer(suite);
  });
  afterAll(async () => {
    await server.close();
    await suite.close();
  });

  it('is the same for every link, looks none up, and is not logged', async () => {
    const pages = await Promise.all(
      [`${GUID}.${GUID}.${'A'.repeat(43)}`, 'nonsense', '%00', 'a/b', ''].map(async (token) => {
        const response = await fetch(`${server.address}/approve/${token}`);
        return { status: response.status, text: await response.text() };
      }),
    );
    expect(new Set(pages.map((page) => JSON.stringify(page))).size).toBe(1);
    expect(pages[0]!.status).toBe(200);
    expect(server.logged.join('\n')).not.toMatch(/approve/);
  });

  it('runs nothing but our own script, by its hash, and talks to us and the identity provider alone', async () => {
    const response = await fetch(`${server.address}/approve/x`);
    const html = await response.text();
    const policy = response.headers.get('content-security-policy')!;
    const scripts = [...html.matchAll(/<script>([\s\S]*?)<\/script>/g)].map(([, text]) => text!);
    expect(scripts).toHaveLength(3);
    for (const text of scripts) expect(policy).toContain(createHash('sha256').update(text).digest('base64'));
    expect(policy).toContain(`connect-src 'self' ${server.address};`);
    expect(policy).toContain("default-src 'none'");
    expect(html).not.toMatch(/ on[a-z]+=| style=| src=/);
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(response.headers.get('referrer-policy')).toBe('no-referrer');
  });

  it('sends trusted documents, word for word', async () => {
    const html = await (await fetch(`${server.address}/approve/x`)).text();
    const data = /<script type="application\/json" id="settings">([\s\S]*?)<\/script>/.exec(html)![1]!;
    const { documents } = JSON.parse(data) as { documents: Record<string, string> };
    const folder = resolve('schema/operations');
    const ours = new Set(readdirSync(folder).map((name) => readFileSync(resolve(folder, name), 'utf8')));
    expect(Object.values(documents).every((text) => ours.has(text))).toBe(true);
  });
});

describe('where pages sign in', () => {
  const settings = (env: Readonly<Record<string, string | undefined>>) =>
    pageSignIn(readConfig(env, '/tmp').identity, 'http://127.0.0.1:1');
  const oidc = { OIDC_ISSUER: 'https://login.example.com/', OIDC_AUDIENCE: 'api' };

  it.each([
    {
      env: {},
      found: { metadata: 'http://127.0.0.1:1/sandbox/identity/.well-known/openid-configuration', isSandbox: true },
    },
    {
      env: { ENTRA_CLIENT_ID: GUID },
      found: {
        metadata: 'https://login.microsoftonline.com/organizations/v2.0/.well-known/openid-configuration',
        clientId: GUID,
        scope: `openid ${GUID}/.default`,
        isSandbox: false,
      },
    },
    {
      env: { ...oidc, OIDC_PAGES_CLIENT: 'pages' },
      found: { metadata: 'https://login.example.com/.well-known/openid-configuration', clientId: 'pages' },
    },
  ])('$found.metadata', ({ env, found }) => {
    expect(settings(env)).toMatchObject(found);
  });

  it('is nowhere without a client for them', () => {
    expect(settings(oidc)).toBeNull();
    expect(() => readConfig({ OIDC_PAGES_CLIENT: 'pages' }, '/tmp')).toThrow(
      /OIDC_PAGES_CLIENT is set without OIDC_ISSUER/,
    );
  });
});
