import { escape } from './card-html.js';
import type { Directory, Mail } from './records.js';
import type { MicrosoftSimulator } from './simulator.js';

const SHOWN = 50;

/** What stands in the Sent Items of a directory's mailboxes, newest first. */
export function mailboxes(simulator: MicrosoftSimulator, directory: Directory): string {
  const sent = simulator.world.store.all('mail').filter((mail) => mail.tid === directory.id);
  const boxes = [...new Set(sent.map(({ from }) => from))].map((from) => {
    const own = sent.filter((mail) => mail.from === from);
    const shown = own.slice(-SHOWN).toReversed();
    return `<h4>Sent Items of ${escape(from)} (${own.length})</h4>${shown.map(mailHtml).join('')}`;
  });
  return `<h3>Mail</h3>${boxes.join('') || '<p>No mail yet.</p>'}`;
}

function mailHtml(mail: Mail): string {
  const headers = Object.entries(mail.headers ?? {}).map(([name, value]) => `, ${name}: ${value}`);
  const meta = `to ${mail.to.join(', ')}${headers.join('')}`;
  return `<article><p class="meta">${escape(meta)}, <time>${escape(mail.at)}</time></p><p><strong>${escape(mail.subject)}</strong></p><p class="words">${escape(wordsOf(mail))}</p></article>`;
}

/** The words of a body: this page shows no HTML that somebody else wrote. */
function wordsOf({ body, contentType }: Mail): string {
  if (contentType.toLowerCase() !== 'html') return body;
  return body
    .replaceAll(/<a href="([^"]*)">([^<]*)<\/a>/g, '$2: $1')
    .replaceAll(/<\/(p|h2|div)>|<(hr|br)>/g, '\n')
    .replaceAll(/<[^>]*>/g, '')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&amp;', '&')
    .trim();
}
