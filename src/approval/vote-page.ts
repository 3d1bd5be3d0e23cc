import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import { APPROVE_PATH } from './vote-link.token.js';

/** Where the people of this installation sign in, for a page in their browser. */
export interface PageSignIn {
  /** The provider's OpenID metadata (OpenID Connect Discovery 1.0, section 4). */
  readonly metadata: string;
  /** The public client of our pages there: authorization code with PKCE, no secret. */
  readonly clientId: string;
  readonly scope: string;
  /** Whether it is the sandbox's, which asks nobody for a password. */
  readonly isSandbox: boolean;
}

/** What the page is made of. */
export interface VotePageOptions {
  /** Its own files: pages/approve of the project. */
  readonly folder: string;
  /** The documents that it sends, word for word: schema/operations of the project. */
  readonly operationsFolder: string;
  /** Asked at every request, since the sandbox's address is known only once it listens; null where pages cannot sign in. */
  readonly signIn: () => PageSignIn | null;
}

const DOCUMENTS = {
  open: 'open-vote-link',
  request: 'approval-request',
  brief: 'approval-request-brief',
  vote: 'cast-vote',
} as const;

/**
 * Serves the page that the link of a message leads to (approvals rule 15). It is the same for every link and looks none
 * up: following a link, as the preview of a mail program does, changes nothing and tells nothing. Requests for it are not
 * logged, since the address carries the link's secret.
 */
export function mountVotePage(listener: FastifyInstance, options: VotePageOptions): void {
  const read = (name: string): string => readFileSync(join(options.folder, name), 'utf8');
  const parts = { scripts: [read('view.js'), read('page.js')], style: read('page.css') };
  const documents = Object.fromEntries(
    Object.entries(DOCUMENTS).map(([name, file]) => [
      name,
      readFileSync(join(options.operationsFolder, `${file}.graphql`), 'utf8'),
    ]),
  );
  listener.get(`${APPROVE_PATH}*`, { logLevel: 'silent' }, async (_request, reply) => {
    const signIn = options.signIn();
    return reply.headers(headersOf(parts, signIn)).send(pageOf(parts, { signIn, documents }));
  });
}

interface Parts {
  readonly scripts: readonly string[];
  readonly style: string;
}

/** Only our own scripts and style run, by their hashes; it talks to us and to the identity provider alone. */
function headersOf({ scripts, style }: Parts, signIn: PageSignIn | null): Record<string, string> {
  const connect = ["'self'", ...(signIn ? [new URL(signIn.metadata).origin] : [])].join(' ');
  return {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': `default-src 'none'; script-src ${scripts.map((text) => `'${hashOf(text)}'`).join(' ')}; style-src '${hashOf(style)}'; connect-src ${connect}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
    'cache-control': 'no-store',
    'cross-origin-opener-policy': 'same-origin',
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
  };
}

function hashOf(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}

function pageOf({ scripts, style }: Parts, settings: Record<string, unknown> & { signIn: PageSignIn | null }): string {
  // Within a script element only `<` could end it.
  const data = JSON.stringify(settings).replaceAll('<', '\\u003c');
  const note = settings.signIn?.isSandbox
    ? '<p class="note" role="note">Sandbox: sample data, no passwords, not for real customers.</p>\n'
    : '';
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Countersign</title>
<style>${style}</style>
</head>
<body>
${note}<main>
<h1>Your vote is asked for</h1>
<p>One moment: you are being signed in.</p>
<noscript><p>This page needs JavaScript. Open the request in your inbox instead.</p></noscript>
</main>
<script type="application/json" id="settings">${data}</script>
${scripts.map((text) => `<script>${text}</script>`).join('\n')}
</body>
</html>
`;
}
