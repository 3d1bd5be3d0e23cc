import { existsSync } from 'node:fs';
import { chromium } from 'playwright-core';
import { startMicrosoft } from '../../src/sandbox/microsoft/mount.js';
import { appToken, call, TID } from '../integrations/microsoft.kit.js';

const CHROMIUM = '/usr/bin/chromium';
const ifInstalled = existsSync(CHROMIUM) ? it : it.skip;

ifInstalled(
  "the page of the sandbox's Microsoft 365 shows files and cards, and loads and runs nothing foreign",
  async () => {
    const { simulator, base, close } = await startMicrosoft();
    const sample = simulator.seed({ tid: TID, slug: 'northwind-managed' });
    const token = await appToken(base);
    const { id } = simulator.world.store.all('library')[0]!;
    const put = (path: string, text: string) =>
      call(base, 'PUT', `/drives/${id}/root:/${path}:/content`, { token, bytes: Buffer.from(text) });
    await call(base, 'POST', `/drives/${id}/root/children`, { token, json: { name: 'HO-0042 Contoso', folder: {} } });
    await put('HO-0042%20Contoso/brief.md', '# Brief');
    await put('HO-0042%20Contoso/brief.md', '# Brief, second version');
    const card = {
      type: 'AdaptiveCard',
      version: '1.5',
      body: [
        { type: 'TextBlock', text: 'Decision D-42: who owns the migration weekend?', weight: 'Bolder' },
        { type: 'TextBlock', text: '<img src=x onerror="document.title=1"> is shown as text', wrap: true },
        {
          type: 'FactSet',
          facts: [
            { title: 'Owner', value: 'Dana' },
            { title: 'Due', value: '1 December 2026' },
          ],
        },
      ],
      actions: [{ type: 'Action.OpenUrl', title: 'Open decision', url: 'https://countersign.example/d/42' }],
    };
    const attachments = [{ contentType: 'application/vnd.microsoft.card.adaptive', content: card }];
    await call(base, 'POST', sample.workflowUrl, { json: { type: 'message', attachments } });
    await call(base, 'POST', sample.workflowUrl, { json: { type: 'message', attachments: [{}] } });
    simulator.people.reply(TID, simulator.world.store.all('message')[0]!.id, 'I do.');
    const browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox', '--disable-gpu'] });
    const page = await browser.newPage({ viewport: { width: 1100, height: 800 } });
    const foreign: string[] = [];
    page.on('request', (request) => void (request.url().startsWith(base) || foreign.push(request.url())));
    await page.goto(`${base}/`);
    await page.getByText('Decision D-42').waitFor();
    const picture = process.env.SCREENSHOT;
    if (picture) await page.screenshot({ path: picture, fullPage: true });
    const downloading = page.waitForEvent('download');
    await page.getByRole('link', { name: 'brief.md' }).click();
    expect((await downloading).suggestedFilename()).toBe('brief.md');
    expect([await page.title(), foreign.filter((url) => !url.endsWith('/favicon.ico'))]).toEqual([
      'Microsoft 365 (Sandbox)',
      [],
    ]);
    await browser.close();
    await close();
  },
  60_000,
);
