import { existsSync } from 'node:fs';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { plantFigures } from './report-facts.js';
import { startServer, type TestServer } from './server.js';
import { openSuite, type Suite } from './suite.js';
import type { World } from './world.js';

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

/** Whether Debian's chromium is there. */
export const hasChromium = existsSync(CHROMIUM);
/** The period of the planted figures. */
export const ALL = 'from=2026-01-01&to=2026-11-23';
export const PHONE = { viewport: { width: 360, height: 740 }, deviceScaleFactor: 2, hasTouch: true } as const;
export const DESKTOP = { viewport: { width: 1280, height: 900 } } as const;

/** A server with a tenant's year of figures, and a browser to look at its reports page. */
export class ReportsBrowser {
  /** Requests to others. */
  readonly foreign: string[] = [];
  /** What the page's policy or script stumbled over. */
  readonly stumbled: string[] = [];

  private constructor(
    private readonly suite: Suite,
    readonly server: TestServer,
    readonly world: World,
    private readonly browser: Browser,
  ) {}

  static async start(): Promise<ReportsBrowser> {
    const suite = await openSuite();
    const server = await startServer(suite);
    const world = await suite.tenant((configuration) => void (configuration.tenant.slug = 'with-reports'));
    await plantFigures(world);
    const browser = await chromium.launch({ executablePath: CHROMIUM, args: FLAGS });
    return new ReportsBrowser(suite, server, world, browser);
  }

  async close(): Promise<void> {
    await this.browser.close();
    await this.server.close();
    await this.suite.close();
  }

  /** A page of its own, of which everything is noted that it should not do. */
  async page(options: BrowserContextOptions = DESKTOP): Promise<Page> {
    const page = await (await this.browser.newContext({ ...options, acceptDownloads: true })).newPage();
    page.on('request', (request) => {
      const { hostname, protocol } = new URL(request.url());
      if (protocol.startsWith('http') && hostname !== '127.0.0.1') this.foreign.push(request.url());
    });
    page.on('pageerror', (error) => this.stumbled.push(error.message));
    page.on('console', (message) => {
      if (message.type() === 'error') this.stumbled.push(message.text());
    });
    return page;
  }

  /** Follows an address of the page and signs somebody in. */
  async signIn(page: Page, person: RegExp, query: string): Promise<Page> {
    await page.goto(`${this.server.address}/reports?${query}`);
    await page.getByRole('button', { name: person }).first().click();
    await page.locator('main h1').waitFor();
    return page;
  }

  async open(person: RegExp, query: string, options: BrowserContextOptions = DESKTOP): Promise<Page> {
    return this.signIn(await this.page(options), person, query);
  }

  /** Goes to another address of the page, as its own links do. */
  async visit(page: Page, query: string): Promise<void> {
    await page.evaluate(
      `history.pushState(null, '', '/reports?${query}'); dispatchEvent(new PopStateEvent('popstate'))`,
    );
    await page.locator('main[aria-busy]').waitFor({ state: 'detached' });
  }

  /** A picture of the page, when somebody wants to look. */
  async shoot(page: Page, name: string): Promise<void> {
    const folder = process.env.SCREENSHOTS;
    if (folder) await page.screenshot({ path: `${folder}/reports-${name}.png`, fullPage: true });
  }

  /** The answer of the API to somebody. */
  async ask<T>(handle: string, query: string): Promise<T> {
    const token = await this.server.token(this.world, handle);
    const { json } = await this.server.send({ query }, { authorization: `Bearer ${token}` });
    return (json as { data: T }).data;
  }
}
