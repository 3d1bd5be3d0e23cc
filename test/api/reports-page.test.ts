import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import Fastify from 'fastify';
import { mountReportsPage, type ReportsPageOptions } from '../../src/reports-page.js';

const SCRIPT = 'console.log(1)';
const HTML = '<!doctype html><script type="application/json" id="settings"></script><div id="app"></div>';
const SIGN_IN = {
  metadata: 'https://login.example.com/x?</script>',
  clientId: 'pages',
  scope: 'openid',
  isSandbox: false,
};

describe('how the reports page is served', () => {
  const folder = mkdtempSync(join(tmpdir(), 'countersign-embed-'));
  beforeAll(() => {
    mkdirSync(join(folder, 'assets'));
    writeFileSync(join(folder, 'index.html'), HTML);
    writeFileSync(join(folder, 'assets', 'index-1a2b.js'), SCRIPT);
    writeFileSync(join(folder, 'assets', 'notes.txt'), 'not ours to serve');
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const listener = (over: Partial<ReportsPageOptions> = {}) => {
    const app = Fastify();
    mountReportsPage(app, { folder, signIn: () => SIGN_IN, ...over });
    return app;
  };

  it('is a page of our own files alone, which talks to us and the identity provider and frames Power BI', async () => {
    const { statusCode, headers, body } = await listener().inject('/reports?view=flow');
    expect(statusCode).toBe(200);
    const policy = String(headers['content-security-policy']);
    expect(policy).toContain(
      "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self' https://login.example.com;",
    );
    expect(policy).toContain('frame-src https://*.powerbi.com https://*.fabric.microsoft.com');
    expect(policy).not.toMatch(/frame-src[^;]*'self'|unsafe/);
    expect(headers).toMatchObject({
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
    });
    expect(body.match(/<\/script>/g)).toHaveLength(1);
    const settings = JSON.parse(/id="settings">(.*?)<\/script>/.exec(body)![1]!) as unknown;
    expect(settings).toEqual({ signIn: SIGN_IN });
  });

  it('has files that browsers keep, packed where they take that', async () => {
    const app = listener();
    const packed = await app.inject({
      url: '/reports/assets/index-1a2b.js',
      headers: { 'accept-encoding': 'gzip, br' },
    });
    expect(packed.headers).toMatchObject({
      'content-encoding': 'gzip',
      'content-type': 'text/javascript; charset=utf-8',
      'cache-control': 'public, max-age=31536000, immutable',
      vary: 'accept-encoding',
    });
    expect(gunzipSync(packed.rawPayload).toString()).toBe(SCRIPT);
    const plain = await app.inject('/reports/assets/index-1a2b.js');
    expect([plain.body, plain.headers['content-encoding']]).toEqual([SCRIPT, undefined]);
  });

  it.each([
    { path: '/reports/assets/notes.txt' },
    { path: '/reports/assets/..%2findex.html' },
    { path: '/reports/assets/nothing.js' },
  ])('does not serve $path', async ({ path }) => {
    expect((await listener().inject(path)).statusCode).toBe(404);
  });

  it('says so when it is not built', async () => {
    const { statusCode, body } = await listener({ folder: join(folder, 'nowhere') }).inject('/reports');
    expect([statusCode, body]).toEqual([503, expect.stringContaining('not built')]);
  });
});
