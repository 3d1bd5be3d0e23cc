import { createHash } from 'node:crypto';
import { personName, type SandboxPerson } from './person.js';

const STYLE = `
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
body { margin: 0 auto; max-width: 46rem; padding: 0 1rem 3rem; }
.sandbox { background: #7a1f00; color: #fff; font-weight: 700; margin: 0 -1rem; padding: .75rem 1rem; }
ul { list-style: none; padding: 0; }
button { background: none; border: 1px solid; border-radius: .25rem; color: inherit; cursor: pointer; font: inherit;
  margin: .25rem 0; min-height: 2.75rem; padding: .5rem .75rem; text-align: start; width: 100%; }
button:hover { text-decoration: underline; }
button:focus-visible { outline: 3px solid #2a6fdb; outline-offset: 2px; }
dt { font-weight: 700; }
`;

/**
 * Headers of every page here: nothing from elsewhere is loaded, no script runs, no page frames it. `formTargets` are the
 * origins to which picking a person may lead (browsers apply `form-action` to redirects too).
 */
export function pageHeaders(formTargets: readonly string[]): Record<string, string> {
  const style = createHash('sha256').update(STYLE).digest('base64');
  return {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy':
      `default-src 'none'; style-src 'sha256-${style}'; base-uri 'none'; frame-ancestors 'none'; ` +
      `form-action 'self' ${formTargets.join(' ')}`.trimEnd(),
    'cache-control': 'no-store',
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
  };
}

/** The page on which to pick a sample person: plain HTML, works without a network, a script or a mouse. */
export function pickPersonPage(action: string, people: readonly SandboxPerson[]): string {
  const tenants = [...new Set(people.map((person) => person.tenantSlug))];
  const sections = tenants.map((tenant, index) => {
    const members = people.filter((person) => person.tenantSlug === tenant).map(personButton);
    return `<section aria-labelledby="tenant-${index}">
<h2 id="tenant-${index}">${escape(tenant)}</h2>
<ul>
${members.join('\n')}
</ul>
</section>`;
  });
  return layout(
    'Sign in as a sample person',
    `<p>No password is asked for. Whoever reaches this page can act as any of these people.</p>
<form method="post" action="${escape(action)}">
${sections.join('\n') || '<p>There are no sample people yet.</p>'}
</form>`,
  );
}

/** An OAuth error for a browser: the code, and what it means. */
export function errorPage(error: string, description: string): string {
  return layout(
    'Sign-in did not work',
    `<dl><dt>Error</dt><dd><code>${escape(error)}</code></dd><dt>What it means</dt><dd>${escape(description)}</dd></dl>
<p>Go back to where you came from and start again.</p>`,
  );
}

function personButton(person: SandboxPerson): string {
  const roles = person.roles.map((role) => role.toLowerCase().replaceAll('_', ' ')).join(', ');
  const label = `${escape(person.name)}${roles ? `: ${escape(roles)}` : ''}`;
  return `<li><button name="person" value="${escape(personName(person))}">${label}</button></li>`;
}

function layout(title: string, body: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escape(title)} (Sandbox)</title>
<style>${STYLE}</style>
</head>
<body>
<p class="sandbox" role="note">Sandbox: sample data, no passwords, not for real customers.</p>
<main>
<h1>${escape(title)}</h1>
${body}
</main>
</body>
</html>
`;
}

function escape(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}
