import { readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { targetText, valueText } from '../../powerbi/embed/src/pure/format.js';
import { KPI_DEFINITIONS } from '../../src/kpi/kpi.definitions.js';
import { pageFaults } from '../kit/page-check.js';
import { ALL, DESKTOP, hasChromium, PHONE, ReportsBrowser } from '../kit/reports-browser.js';

const ifInstalled = hasChromium ? describe : describe.skip;
const CURRENCY = 'GBP';

interface Figure {
  readonly key: string;
  readonly value: string | null;
}

ifInstalled('the reports page, in a real browser', () => {
  let reports: ReportsBrowser;

  beforeAll(async () => {
    reports = await ReportsBrowser.start();
    for (const kpi of ['KICKOFF_DELAY_RATE', 'SCOPE_CHANGE_INCIDENTS', 'COMPLETENESS_SCORE', 'TIME_TO_FIRST_VALUE']) {
      const revops = await reports.world.as('REVOPS_ADMIN');
      const { errors } = await revops.graphql(
        `mutation ($kpi: String!) { freezeKpiBaselineFromCases(input: { kpi: $kpi, fromOn: "2026-02-01", toOn: "2026-05-31" }) { __typename } }`,
        { kpi },
      );
      expect(errors).toEqual([]);
    }
  }, 120_000);
  afterAll(() => reports.close());
  afterEach(() => {
    expect([reports.foreign.splice(0), reports.stumbled.splice(0)]).toEqual([[], []]);
  });

  const nameOf = (key: string): string => KPI_DEFINITIONS.find((one) => one.key === key)!.name;

  it('shows every KPI as the API has it, with its target, and nothing of it comes from elsewhere', async () => {
    const page = await reports.open(/freda/i, ALL);
    expect(page.url()).toBe(`${reports.server.address}/reports?${ALL}`);
    const figures = (
      await reports.ask<{ kpiFigures: Figure[] }>(
        'freda.finance',
        '{ kpiFigures(from: "2026-01-01", to: "2026-11-23") { key value } }',
      )
    ).kpiFigures;
    expect(figures).toHaveLength(KPI_DEFINITIONS.length);
    for (const { key, value } of figures) {
      const { unit, name } = KPI_DEFINITIONS.find((one) => one.key === key)!;
      const tile = page.getByRole('listitem').filter({ has: page.getByRole('link', { name, exact: true }) });
      expect(await tile.locator('.value').innerText()).toContain(valueText(unit, value, CURRENCY));
      expect(await tile.locator('.badge').innerText()).toMatch(/target|baseline|cases/i);
    }
    await page.locator('.spark svg').first().waitFor();
    expect(await page.locator('.status').innerText()).toContain('up to date');
    expect(await pageFaults(page)).toEqual([]);
    await reports.shoot(page, 'overview');
  }, 60_000);

  it('leads from a figure to its trend, its baseline and the handoffs behind it, as a file too', async () => {
    const page = await reports.open(/freda/i, ALL);
    await page.getByRole('link', { name: nameOf('KICKOFF_DELAY_RATE'), exact: true }).click();
    await page.getByRole('heading', { level: 1, name: nameOf('KICKOFF_DELAY_RATE') }).waitFor();
    expect(new URL(page.url()).search).toBe(`?view=kpi&kpi=KICKOFF_DELAY_RATE&${ALL}`);
    expect(await page.evaluate('document.activeElement.tagName')).toBe('H1');
    const text = await page.locator('main').innerText();
    expect(text).toMatch(/\d+ of \d+ caused by the client/);
    for (const row of ['Baseline', 'Week 4', 'Week 8', 'Quarter']) expect(text).toContain(row);
    const { target, unit } = KPI_DEFINITIONS.find(({ key }) => key === 'KICKOFF_DELAY_RATE')!;
    expect(text).toContain(targetText(target, unit, CURRENCY));
    await page.getByText('Every step as a table').click();
    expect(await page.getByRole('table').first().getByRole('row').count()).toBeGreaterThan(10);
    expect(await page.locator('canvas').getAttribute('aria-label')).toContain('The table below has every step');
    const cases = page.getByRole('region', { name: /Every case of/ });
    const before = await cases.getByRole('row').count();
    await page.getByRole('button', { name: 'Show more' }).click();
    await cases.getByRole('row').nth(before).waitFor();
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Save as CSV' }).last().click(),
    ]);
    expect(download.suggestedFilename()).toMatch(/^countersign-kickoff-delay-rate-cases-.*\.csv$/);
    const saved = readFileSync(await download.path(), 'utf8').split('\r\n');
    expect(saved).toHaveLength((await cases.getByRole('row').count()) + 1);
    expect(saved[0]).toContain('Handoff,Client,Stage,Owner');
    expect(await cases.getByRole('link').first().getAttribute('href')).toMatch(/^\/handoffs\/[0-9a-f-]{36}$/);
    expect(await pageFaults(page)).toEqual([]);
    await reports.shoot(page, 'kpi');
    await page.goBack();
    await page.getByRole('heading', { level: 1, name: 'How handoffs are doing' }).waitFor();
  }, 60_000);

  it('shows where handoffs stand, with whom, and which exceptions were asked for', async () => {
    const page = await reports.open(/freda/i, `view=flow&${ALL}`);
    const stalled = page.getByRole('region', { name: 'Open steps past their deadline' });
    await stalled.waitFor();
    expect(await stalled.getByRole('row').nth(1).innerText()).toMatch(/[a-z]+\.[a-z]+/);
    expect(await page.getByRole('region', { name: /reached each stage/ }).innerText()).toMatch(/Draft\s+24\s+100 %/);
    expect(await pageFaults(page)).toEqual([]);
    await reports.shoot(page, 'flow');
    await page.getByRole('link', { name: 'Exceptions' }).click();
    const requests = page.getByRole('region', { name: /Requests for approval/ });
    await requests.waitFor();
    expect(await requests.innerText()).toMatch(/£[\d,.]+/);
    expect(await pageFaults(page)).toEqual([]);
    await reports.shoot(page, 'exceptions');
    await page.getByRole('link', { name: 'Margin', exact: true }).click();
    await page.getByRole('region', { name: /Lost margin/ }).waitFor();
    expect(await pageFaults(page)).toEqual([]);
    await reports.shoot(page, 'margin');
  }, 60_000);

  it('has no margin for whoever does not see it, and is whole without', async () => {
    const page = await reports.open(/dmitri|dana|delivery manager/i, ALL);
    expect(await page.getByRole('link', { name: 'Margin', exact: true }).count()).toBe(0);
    expect(await page.locator('main').innerText()).not.toMatch(/margin|£/i);
    await page.getByRole('link', { name: 'Exceptions' }).click();
    const requests = page.getByRole('region', { name: /Requests for approval/ });
    await requests.waitFor();
    expect(await requests.innerText()).not.toMatch(/floor|£/i);
    await reports.visit(page, 'view=kpi&kpi=MARGIN_EROSION_MONEY');
    await page.getByText('tell of margin, which your role does not see').waitFor();
    await reports.visit(page, 'view=margin');
    await page.getByText('Margin is not shown to your role').waitFor();
  }, 60_000);

  it('narrows down by what stands in the address, and says when nothing is left', async () => {
    const page = await reports.open(/sofia/i, ALL);
    await page.getByText('Filters', { exact: true }).click();
    await page.getByLabel('Tier').selectOption('HIGH_TOUCH');
    await page.waitForURL(/tier=HIGH_TOUCH/);
    await page.getByText('Filters (1)').waitFor();
    await page.locator('#period').selectOption('last-quarter');
    await page.waitForURL(/period=last-quarter/);
    expect(await page.getByLabel('Tier').inputValue()).toBe('HIGH_TOUCH');
    await reports.visit(page, 'from=2020-01-01&to=2020-02-01');
    await page.getByText('No handoff counts in this period').waitFor();
    expect(await pageFaults(page)).toEqual([]);
    await page.getByLabel('First day').fill('2020-03-01');
    await page.getByText('Choose two days in order').waitFor();
    await reports.shoot(page, 'empty');
  }, 60_000);

  it('is used by the keys alone', async () => {
    const page = await reports.open(/sofia/i, ALL);
    const focused = (): Promise<string> => page.evaluate('document.activeElement.textContent.trim().slice(0, 40)');
    await page.keyboard.press('Tab');
    expect(await focused()).toBe('Skip to the figures');
    await page.keyboard.press('Enter');
    await page.keyboard.press('Tab');
    expect(await focused()).toMatch(/KPIs with a target/);
    await page.keyboard.press('Shift+Tab');
    await page.keyboard.press('Shift+Tab');
    await page.getByRole('link', { name: 'Flow' }).focus();
    expect(await page.evaluate('getComputedStyle(document.activeElement).outlineStyle')).toBe('solid');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: 'Where handoffs stand' }).waitFor();
    expect(await focused()).toBe('Where handoffs stand');
    expect(await page.locator('#announced').innerText()).toContain('Where handoffs stand');
    await page.locator('#period').focus();
    await page.keyboard.press('ArrowUp');
    await page.waitForURL(/period=/);
    expect(await page.evaluate('document.activeElement.id')).toBe('period');
  }, 60_000);

  it.each([
    { name: 'phone-light', options: { ...PHONE, colorScheme: 'light' } },
    { name: 'phone-dark', options: { ...PHONE, colorScheme: 'dark' } },
    { name: 'desktop-dark', options: { ...DESKTOP, colorScheme: 'dark' } },
  ] as const)(
    'is readable: $name',
    async ({ name, options }) => {
      const page = await reports.open(/freda/i, ALL, options);
      await page.locator('.spark svg').first().waitFor();
      expect(await pageFaults(page)).toEqual([]);
      await reports.shoot(page, name);
      for (const view of ['view=kpi&kpi=KICKOFF_DELAY_RATE', 'view=flow', 'view=exceptions']) {
        await reports.visit(page, `${view}&${ALL}`);
        await page.getByRole('heading', { level: 2 }).first().waitFor();
        expect([view, await pageFaults(page)]).toEqual([view, []]);
        await reports.shoot(page, `${name}-${view.split('&')[0]!.slice(5)}`);
      }
      const dark = options.colorScheme === 'dark';
      await page.getByLabel('Colours').selectOption(dark ? 'light' : 'dark');
      expect(await page.evaluate('getComputedStyle(document.documentElement).colorScheme')).toBe(
        dark ? 'light' : 'dark',
      );
    },
    60_000,
  );

  it('says what went wrong and goes on', async () => {
    const page = await reports.open(/sofia/i, ALL);
    await page.route('**/graphql', (route) => route.abort());
    await page.getByRole('link', { name: 'Flow' }).click();
    await page.getByText('The server cannot be reached').first().waitFor();
    reports.stumbled.length = 0;
    await page.unroute('**/graphql');
    await page.getByRole('button', { name: 'Try again' }).first().click();
    await page.getByRole('region', { name: /reached each stage/ }).waitFor();
    reports.stumbled.length = 0;
  }, 60_000);

  describe('with Power BI', () => {
    const nothing = { reportId: null, embedUrl: null, token: null, expiresAt: null, code: null, remedy: null };
    const ready = (embedUrl: string, minutes: number) => ({
      ...nothing,
      kind: 'READY',
      reportId: '11111111-2222-4333-8444-555555555555',
      embedUrl,
      token: 'an-embed-token',
      expiresAt: new Date(Date.now() + minutes * 60_000).toISOString(),
    });
    const REPORT = 'https://app.powerbi.com/reportEmbed?reportId=11111111-2222-4333-8444-555555555555';

    /** A page to which Power BI is what the test says; Microsoft's hosts are answered here. */
    async function withPowerBi(
      answers: (asked: number) => object,
      query: string,
      { isSandbox }: { isSandbox: boolean } = { isSandbox: false },
    ): Promise<{ page: Page; asked: () => number }> {
      let asked = 0;
      const page = await reports.page(DESKTOP);
      // What the page reads of its settings: the sign-in leads to it by a redirect, which no route sees.
      await page.addInitScript(
        `const { parse } = JSON; JSON.parse = (...given) => { const read = parse(...given); if (read?.signIn) read.signIn.isSandbox = ${isSandbox}; return read; };`,
      );
      await page.clock.install();
      await page.route('https://app.powerbi.com/**', (route) =>
        route.fulfill({ contentType: 'text/html', body: '<p>A report.</p>' }),
      );
      await page.route('**/graphql', async (route) => {
        const { query: document } = route.request().postDataJSON() as { query: string };
        if (!document.includes('powerBiEmbed')) return route.fallback();
        asked += 1;
        return route.fulfill({ json: { data: { powerBiEmbed: answers(asked) } } });
      });
      await reports.signIn(page, /freda/i, query);
      return { page, asked: () => asked };
    }

    it('has its own figures first without it, and says how to connect it', async () => {
      const page = await reports.open(/sofia/i, '');
      await page.getByRole('heading', { level: 1, name: 'How handoffs are doing' }).waitFor();
      await page.getByRole('link', { name: 'Power BI' }).click();
      await page.getByText('Power BI is not connected').waitFor();
      await page.getByRole('heading', { name: 'How to connect Power BI' }).waitFor();
      expect(await page.locator('iframe').count()).toBe(0);
      expect(await pageFaults(page)).toEqual([]);
      await reports.shoot(page, 'power-bi-unconfigured');
    }, 60_000);

    it('shows the report first, with no token in an address, and falls back to its own figures', async () => {
      const { page, asked } = await withPowerBi((nth) => ready(REPORT, nth < 3 ? 60 : 120), '');
      const frame = page.locator('iframe');
      await frame.waitFor();
      expect(await frame.getAttribute('src')).toMatch(/^https:\/\/app\.powerbi\.com\/reportEmbed\?/);
      expect(await frame.getAttribute('src')).not.toContain('an-embed-token');
      const before = asked();
      await page.clock.fastForward('00:21');
      await page.getByText('cannot be shown at the moment').waitFor();
      expect(await page.getByText('TIMED_OUT').count()).toBe(1);
      expect(await page.locator('iframe').count()).toBe(0);
      await reports.shoot(page, 'power-bi-failed');
      await page.getByRole('link', { name: 'See the same figures here' }).click();
      await page.getByRole('heading', { level: 1, name: 'How handoffs are doing' }).waitFor();
      expect(asked()).toBe(before);
      expect(reports.foreign.every((url) => url.startsWith('https://app.powerbi.com/'))).toBe(true);
      reports.foreign.length = 0;
    }, 60_000);

    it('asks nothing of Microsoft in the sandbox, where Power BI is simulated', async () => {
      const { page } = await withPowerBi(() => ready(REPORT, 60), 'view=power-bi', { isSandbox: true });
      await page.getByText('Power BI is simulated here').waitFor();
      await page.getByText(REPORT).waitFor();
      expect(await page.locator('iframe').count()).toBe(0);
    }, 60_000);

    it.each([
      { kind: 'NEEDS_CONSENT', says: 'let Countersign in' },
      { kind: 'NOT_PUBLISHED', says: 'no report is published' },
      { kind: 'ERROR', says: 'does not answer as it should' },
    ])(
      'says what is missing: $kind',
      async ({ kind, says }) => {
        const { page } = await withPowerBi(
          () => ({ ...nothing, kind, code: 'A_CODE', remedy: 'Do this.' }),
          'view=power-bi',
        );
        await page.getByText(says).waitFor();
        await page.getByText('Do this.').waitFor();
        expect(await page.locator('iframe').count()).toBe(0);
      },
      60_000,
    );
  });
});
