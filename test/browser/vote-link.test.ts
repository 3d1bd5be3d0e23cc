import { existsSync } from 'node:fs';
import { type Browser, chromium, type Page } from 'playwright-core';
import { requestMarginException } from '../../src/margin/margin.commands.js';
import { sendLink } from '../command/vote-link.kit.js';
import { startServer, type TestServer } from '../kit/server.js';
import { openSuite, START, type Suite } from '../kit/suite.js';
import type { World } from '../kit/world.js';
import { read as sample } from '../rules/handoff.kit.js';

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

ifInstalled('the page that a vote link leads to, in a real browser', () => {
  let suite: Suite;
  let server: TestServer;
  let world: World;
  let browser: Browser;
  let requestId: string;
  const foreign: string[] = [];

  beforeAll(async () => {
    suite = await openSuite();
    // The browser and the identity provider live by the real clock.
    suite.clock.at = START > new Date() ? START : new Date();
    server = await startServer(suite);
    world = await suite.tenant((configuration) => void (configuration.tenant.slug = 'by-link'));
    const sofia = await world.as('sofia.sales');
    const { raw } = sample('managed-network-below-floor');
    const imported = await sofia.graphql(
      'mutation ($payload: String!) { importDeal(input: { payload: $payload }) { ... on Handoff { id revision } } }',
      { payload: raw },
    );
    const { id: handoffId, revision: expectedRevision } = imported.data!.importDeal as { id: string; revision: number };
    const reason = 'A foothold: the second year pays for it.';
    requestId = await sofia.done(requestMarginException, { handoffId, expectedRevision, reason });
    browser = await chromium.launch({ executablePath: CHROMIUM, args: FLAGS });
  }, 60_000);
  afterAll(async () => {
    await browser.close();
    await server.close();
    await suite.close();
  });

  async function follow(path: string, person: RegExp): Promise<Page> {
    const page = await (await browser.newContext()).newPage();
    page.on('request', (request) => {
      const { hostname, protocol } = new URL(request.url());
      if (protocol.startsWith('http') && hostname !== '127.0.0.1') foreign.push(request.url());
    });
    await page.goto(`${server.address}${path}`);
    await page.getByRole('button', { name: person }).first().click();
    return page;
  }
  const link = async (handle: string): Promise<string> => sendLink(world, requestId, await world.idOf(handle));

  it('signs the person in, shows the request, and votes by their own right', async () => {
    const path = await link('freda.finance');
    const page = await follow(path, /freda/i);
    await page.getByRole('heading', { name: /Margin exception for H-2205, Acme Ltd/ }).waitFor();
    expect(new URL(page.url()).pathname).toBe('/approve/');
    const text = await page.locator('main').innerText();
    for (const shown of [
      'sofia.sales',
      '0 of 2',
      '4546.80 GBP',
      '13.87 %',
      '35.00 %',
      '21.13 %',
      '4276.80 GBP',
      'Evidence',
    ])
      expect(text).toContain(shown);
    if (process.env.SCREENSHOTS) await page.screenshot({ path: `${process.env.SCREENSHOTS}/vote.png`, fullPage: true });
    await page.getByLabel(/Why/).fill('The second year makes up for it.');
    await page.getByRole('button', { name: 'Approve' }).click();
    await page.getByText('Your approval is recorded.').waitFor();
    expect(await page.locator('main').innerText()).toContain('1 of 2');
    if (process.env.SCREENSHOTS)
      await page.screenshot({ path: `${process.env.SCREENSHOTS}/voted.png`, fullPage: true });
    const [vote] = await world.rows('select voter_id, decision, signed_in_at from approval_vote where tenant_id = $1');
    expect(vote).toMatchObject({ voter_id: await world.idOf('freda.finance'), decision: 'APPROVE' });
    expect(vote!.signed_in_at).not.toBeNull();
    await page.reload();
    await page.getByText('1 of 2').waitFor();
    expect(foreign).toEqual([]);
    expect(server.logged.join('\n')).not.toContain(path.split('.').at(-1));
  }, 60_000);

  it('opens for nobody else, and for its own person afterwards', async () => {
    const page = await follow(await link('femi.finance'), /fiona/i);
    await page.getByText('The link was made for somebody else').waitFor();
    if (process.env.SCREENSHOTS)
      await page.screenshot({ path: `${process.env.SCREENSHOTS}/refused.png`, fullPage: true });
    await page.getByRole('button', { name: 'Sign in as somebody else' }).click();
    await page.getByRole('button', { name: /femi/i }).first().click();
    await page.getByRole('button', { name: 'Reject' }).waitFor();
    expect(foreign).toEqual([]);
  }, 60_000);

  it('opens once', async () => {
    const path = await link('femi.finance');
    await (await follow(path, /femi/i)).getByRole('button', { name: 'Reject' }).waitFor();
    await (await follow(path, /femi/i)).getByText('The link has been opened before').waitFor();
  }, 60_000);
});
