import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { FastifyInstance } from 'fastify';
import type { PageSignIn } from './core/own-page.js';

/** Where the reports page stands; its sign-in comes back to it. */
export const REPORTS_PATH = '/reports';

/** Whose frames it may hold: Power BI's, also of the sovereign clouds (learn.microsoft.com/power-bi/developer/embedded). */
const POWER_BI_FRAMES = [
  'https://*.powerbi.com',
  'https://*.fabric.microsoft.com',
  'https://*.powerbi.cn',
  'https://*.powerbigov.us',
];

const TYPES: Readonly<Record<string, string>> = {
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
};

interface Asset {
  readonly type: string;
  readonly plain: Buffer;
  readonly gzipped: Buffer;
}

interface Built {
  /** The page up to where its settings go, and from there on. */
  readonly before: string;
  readonly after: string;
  readonly assets: ReadonlyMap<string, Asset>;
}

const SETTINGS = '<script type="application/json" id="settings">';

/** What `vite build` made of powerbi/embed; null before it was built. */
function readBuilt(folder: string): Built | null {
  const page = join(folder, 'index.html');
  if (!existsSync(page)) return null;
  const html = readFileSync(page, 'utf8');
  const at = html.indexOf(SETTINGS) + SETTINGS.length;
  const names = readdirSync(join(folder, 'assets')).filter((name) => extname(name) in TYPES);
  const assets = names.map((name) => {
    const plain = readFileSync(join(folder, 'assets', name));
    return [name, { type: TYPES[extname(name)]!, plain, gzipped: gzipSync(plain, { level: 9 }) }] as const;
  });
  return { before: html.slice(0, at), after: html.slice(at), assets: new Map(assets) };
}

/** What the page runs with. */
export interface ReportsPageOptions {
  /** `dist/embed` of the project. */
  readonly folder: string;
  /** Asked at every request, since the sandbox's address is known only once it listens; null where pages cannot sign in. */
  readonly signIn: () => PageSignIn | null;
}

/**
 * Serves the reports page and its files (docs/reports-page.md). The page is the same for everybody: what it shows is asked
 * for by its script with the person's own token. The names of its files are their content, so that browsers keep them.
 */
export function mountReportsPage(listener: FastifyInstance, options: ReportsPageOptions): void {
  let built: Built | null = null;
  const read = (): Built | null => (built ??= readBuilt(options.folder));
  listener.get(REPORTS_PATH, async (_request, reply) => {
    const page = read();
    if (!page)
      return reply.status(503).type('text/plain; charset=utf-8').send('The reports page is not built: run npm start.');
    const signIn = options.signIn();
    // Within a script element only `<` could end it.
    const settings = JSON.stringify({ signIn }).replaceAll('<', '\\u003c');
    return reply.headers(headersOf(signIn)).send(page.before + settings + page.after);
  });
  listener.get<{ Params: { name: string } }>(`${REPORTS_PATH}/assets/:name`, async (request, reply) => {
    const asset = read()?.assets.get(request.params.name);
    if (!asset) return reply.callNotFound();
    const packed = /\bgzip\b/.test(request.headers['accept-encoding'] ?? '');
    return reply
      .headers({
        'content-type': asset.type,
        'cache-control': 'public, max-age=31536000, immutable',
        vary: 'accept-encoding',
        'x-content-type-options': 'nosniff',
        ...(packed ? { 'content-encoding': 'gzip' } : {}),
      })
      .send(packed ? asset.gzipped : asset.plain);
  });
}

/** Only our own files run; it talks to us and to the identity provider alone, and frames nothing but Power BI. */
function headersOf(signIn: PageSignIn | null): Record<string, string> {
  const connect = ["'self'", ...(signIn ? [new URL(signIn.metadata).origin] : [])].join(' ');
  return {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': `default-src 'none'; script-src 'self'; style-src 'self'; connect-src ${connect}; frame-src ${POWER_BI_FRAMES.join(' ')}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
    'cache-control': 'no-store',
    'cross-origin-opener-policy': 'same-origin',
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
  };
}
