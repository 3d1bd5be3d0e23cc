import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

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

/** Where our pages and the documents that they send stand. */
export interface PageFolders {
  /** `pages` of the project. */
  readonly pages: string;
  /** `schema/operations` of the project: documents are sent word for word, as trusted ones. */
  readonly operations: string;
}

/** What one page is made of. */
export interface PageContent {
  /** Shown until the person is signed in. */
  readonly heading: string;
  /** What somebody without JavaScript does instead. */
  readonly withoutScript: string;
  /** Its own scripts under `pages`, after those that all share. */
  readonly scripts: readonly string[];
  /** File names of operations by the names under which the script asks for them. */
  readonly documents: Readonly<Record<string, string>>;
}

/** A page as it is sent. */
export interface SentPage {
  readonly headers: Readonly<Record<string, string>>;
  readonly html: string;
}

/**
 * A page of our own, whole in one answer: read once, the same for every address under which it stands, since what it is
 * about is asked for by its script with the person's own token.
 */
export function ownPage(folders: PageFolders, content: PageContent): (signIn: PageSignIn | null) => SentPage {
  const read = (name: string): string => readFileSync(join(folders.pages, name), 'utf8');
  const scripts = ['shared.js', ...content.scripts].map(read);
  const style = read('page.css');
  const documents = Object.fromEntries(
    Object.entries(content.documents).map(([name, file]) => [
      name,
      readFileSync(join(folders.operations, `${file}.graphql`), 'utf8'),
    ]),
  );
  return (signIn) => ({
    headers: headersOf(scripts, style, signIn),
    html: htmlOf(content, { scripts, style }, { signIn, documents }),
  });
}

/** Only our own scripts and style run, by their hashes; it talks to us and to the identity provider alone. */
function headersOf(scripts: readonly string[], style: string, signIn: PageSignIn | null): Record<string, string> {
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

function htmlOf(
  { heading, withoutScript }: PageContent,
  { scripts, style }: { readonly scripts: readonly string[]; readonly style: string },
  settings: { readonly signIn: PageSignIn | null; readonly documents: Readonly<Record<string, string>> },
): string {
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
<h1>${heading}</h1>
<p>One moment: you are being signed in.</p>
<noscript><p>${withoutScript}</p></noscript>
</main>
<script type="application/json" id="settings">${data}</script>
${scripts.map((text) => `<script>${text}</script>`).join('\n')}
</body>
</html>
`;
}
