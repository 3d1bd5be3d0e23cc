import { existsSync } from 'node:fs';
import { type Browser, chromium, type Page } from 'playwright-core';
import { SANDBOX_IDENTITY_PATH } from '../../src/sandbox/identity/constants.js';
import { startServer, type TestServer } from '../kit/server.js';
import { openSuite, type Suite } from '../kit/suite.js';
import type { World } from '../kit/world.js';

const CHROMIUM = '/usr/bin/chromium';
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];
const ifInstalled = existsSync(CHROMIUM) ? describe : describe.skip;

ifInstalled('the pages, in a real browser', () => {
  let suite: Suite;
  let server: TestServer;
  let world: World;
  let browser: Browser;
  const foreign: string[] = [];

  const open = async (path: string): Promise<Page> => {
    const page = await browser.newPage();
    page.on('request', (request) => {
      const { hostname, protocol } = new URL(request.url());
      if (protocol.startsWith('http') && hostname !== '127.0.0.1') foreign.push(request.url());
    });
    await page.goto(`${server.address}${path}`);
    return page;
  };

  beforeAll(async () => {
    suite = await openSuite();
    server = await startServer(suite);
    world = await suite.tenant((configuration) => void (configuration.tenant.slug = 'in-the-browser'));
    browser = await chromium.launch({ executablePath: CHROMIUM, args: FLAGS });
  }, 60_000);
  afterAll(async () => {
    await browser.close();
    await server.close();
    await suite.close();
  });

  it('GraphiQL works offline and answers with a token', async () => {
    const page = await open('/graphql');
    const token = await server.token(world, 'sofia.sales');
    await page.getByText('Headers', { exact: true }).click();
    await page.locator('.graphiql-editor-tool .monaco-editor').last().click();
    await page.keyboard.insertText(`{"authorization": "Bearer ${token}"}`);
    await page.getByRole('button', { name: /execute/i }).click();
    await page.getByText('"Northwind').first().waitFor({ timeout: 20_000 });
    expect(foreign).toEqual([]);
  }, 60_000);

  it('the sandbox signs a sample person in', async () => {
    const query = new URLSearchParams({
      client_id: 'countersign-pages',
      response_type: 'code',
      redirect_uri: `${server.address}/signed-in`,
      scope: 'openid access_as_user',
      code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
      code_challenge_method: 'S256',
      state: 'x',
    });
    const page = await open(`${SANDBOX_IDENTITY_PATH}/auth?${query.toString()}`);
    await page.getByText('Sandbox: sample data').waitFor();
    await page
      .getByRole('button', { name: /sales manager/i })
      .first()
      .click();
    await page.waitForURL(/signed-in\?code=/);
    expect(foreign).toEqual([]);
  }, 60_000);
});
