import { existsSync } from 'node:fs';
import { type Browser, chromium, type Page } from 'playwright-core';
import { dataFolder, discard, type Instance, startPart } from '../faults/command-line-kit.js';

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

ifInstalled('a newcomer with a browser, after npm start', () => {
  const data = dataFolder();
  let running: Instance;
  let browser: Browser;
  let page: Page;
  const foreign: string[] = [];

  beforeAll(async () => {
    running = await startPart('start', 'Ctrl-C stops', {
      COUNTERSIGN_DATA: data,
      SAMPLE_CONNECTIONS: 'on',
      PORT: '0',
    });
    browser = await chromium.launch({ executablePath: CHROMIUM, args: FLAGS });
    page = await browser.newPage({ viewport: { width: 1200, height: 900 } });
    page.on('request', (request) => {
      const { hostname, protocol } = new URL(request.url());
      if (protocol.startsWith('http') && hostname !== '127.0.0.1') foreign.push(request.url());
    });
  }, 90_000);
  afterAll(async () => {
    await browser.close();
    await running.stop();
    await discard(data);
    expect(foreign).toEqual([]);
  });

  const shot = async (name: string): Promise<void> => {
    const folder = process.env.SCREENSHOTS;
    if (folder) await page.screenshot({ path: `${folder}/${name}.png`, fullPage: true });
  };

  it('marks a deal as won in HaloPSA; the page looks again by itself, and shows the gate and what is missing', async () => {
    await page.goto(`${running.address}/sandbox/halopsa`);
    await page.getByRole('link', { name: 'northwind-managed' }).click();
    await page.getByRole('button', { name: 'Mark as won: opportunity 2205' }).click();
    await page.getByRole('status').getByText('Done: Mark as won.').waitFor();
    await page.waitForURL(/northwind-managed\/$/);
    const row = page.locator('#t-2205');
    await row.getByText('BLOCKED').waitFor();
    await row.getByText('What is missing').click();
    expect(await row.innerText()).toContain('EVIDENCE_MISSING (checklist.SIGNED_SCOPE)');
    expect(await row.innerText()).toContain('One private note');
    expect(await page.getByText('There is no project yet').count()).toBe(1);
    await shot('halopsa-won');
  }, 30_000);

  it('follows the link back to the handoff, signs in there, and reads what is missing with its remedy', async () => {
    await page.getByRole('link', { name: 'H-2205' }).click();
    await page
      .getByRole('button', { name: /Sofia Marsh/ })
      .first()
      .click();
    await page.getByRole('heading', { name: 'Handoff H-2205' }).waitFor();
    expect(new URL(page.url())).toMatchObject({
      pathname: expect.stringMatching(/^\/handoffs\/[0-9a-f-]{36}$/),
      search: '',
    });
    await page.getByText('Before it can pass: Submit').waitFor();
    const text = await page.locator('main').innerText();
    expect(text).toContain('Draft');
    expect(text).toContain('Give evidence (DOCUMENT or CERTIFICATE) with submitEvidence');
    expect(text).not.toMatch(/undefined|\[object/);
    await shot('handoff');
  }, 30_000);

  it('a stranger who follows the same link learns nothing', async () => {
    const address = page.url();
    const other = await (await browser.newContext()).newPage();
    await other.goto(address);
    await other
      .getByRole('button', { name: /^Stella/ })
      .first()
      .click();
    await other.getByText(/There is no Handoff/).waitFor();
    expect(await other.locator('main').innerText()).not.toContain('2205');
  }, 30_000);

  it('finds files and cards of the same MSP beside it', async () => {
    await page.goto(`${running.address}/sandbox/halopsa/northwind-managed/`);
    await page.getByRole('link', { name: 'Files and cards of the same MSP' }).click();
    await page.getByRole('heading', { name: 'northwind-managed', exact: true }).waitFor();
    expect(await page.getByRole('heading', { name: 'SharePoint', exact: true }).count()).toBe(2);
    await shot('microsoft');
  }, 30_000);
});
