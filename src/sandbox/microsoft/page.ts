import { createHash } from 'node:crypto';
import { powerBiSection } from '../powerbi/page.js';
import { MICROSOFT_PATH } from './constants.js';
import { cardHtml, escape } from './card-html.js';
import { mailboxes } from './mail-html.js';
import type { Channel, Directory, Item, Library, Message } from './records.js';
import type { MicrosoftSimulator } from './simulator.js';

const STYLE = `
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
body { margin: 0 auto; max-width: 64rem; padding: 0 1rem 3rem; }
.sandbox { background: #7a1f00; color: #fff; font-weight: 700; margin: 0 -1rem; padding: .75rem 1rem; }
.places { display: grid; gap: 0 2rem; grid-template-columns: repeat(auto-fit, minmax(min(100%, 26rem), 1fr)); }
h2 { border-bottom: 2px solid; margin-top: 2rem; }
ul { list-style: none; padding-left: 1.25rem; } .tree > ul { padding-left: 0; }
article { border: 1px solid; border-radius: .5rem; margin: .75rem 0; padding: .5rem 1rem; }
article article { border: 0; border-left: 3px solid; border-radius: 0; }
.meta { font-size: .875rem; opacity: .85; }
dl { display: grid; gap: 0 1rem; grid-template-columns: max-content 1fr; } dt { font-weight: 700; } dd { margin: 0; }
table { border-collapse: collapse; } td, th { border: 1px solid; padding: .1rem .5rem; text-align: start; }
.columns { display: flex; gap: 1rem; } .failed { color: light-dark(#a80000, #ff9a9a); font-weight: 700; }
.words { overflow-wrap: anywhere; white-space: pre-wrap; }
`;
const SHOWN = 50;

/** Nothing from elsewhere is loaded, no script runs, no page frames it. */
export function pageHeaders(): Record<string, string> {
  const style = createHash('sha256').update(STYLE).digest('base64');
  return {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': `default-src 'none'; style-src 'sha256-${style}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
    'cache-control': 'no-store',
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
  };
}

/** What stands in the simulated libraries, channels and mailboxes: plain HTML, works without a network or a script. */
export function channelPage(simulator: MicrosoftSimulator): string {
  const directories = simulator.world.store.all('directory').map((directory) => directorySection(simulator, directory));
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Microsoft 365 (Sandbox)</title>
<style>${STYLE}</style>
</head>
<body>
<p class="sandbox" role="note">Sandbox: a simulated Microsoft 365. Nothing here has left this machine.</p>
<main>
<h1>Microsoft 365 of the sample tenants</h1>
<p><a href="./">Look again</a></p>
${directories.join('\n') || '<p>There is no tenant yet.</p>'}
</main>
</body>
</html>
`;
}

function directorySection(simulator: MicrosoftSimulator, directory: Directory): string {
  const { store } = simulator.world;
  const libraries = store.all('library').filter((library) => store.get('site', library.siteId)?.tid === directory.id);
  const channels = store.all('channel').filter((channel) => channel.tid === directory.id);
  return `<section aria-labelledby="d-${directory.id}">
<h2 id="d-${directory.id}">${escape(directory.slug)}</h2>
<p id="${escape(directory.slug)}"><a href="../halopsa/${escape(directory.slug)}/">HaloPSA of the same MSP</a></p>
<div class="places">
<div class="tree"><h3>SharePoint</h3>${libraries.map((library) => librarySection(simulator, directory, library)).join('')}</div>
<div><h3>Teams</h3>${channels.map((channel) => channelSection(simulator, channel)).join('')}${mailboxes(simulator, directory)}${powerBiSection(simulator.world, directory.id)}</div>
</div>
</section>`;
}

function librarySection(simulator: MicrosoftSimulator, directory: Directory, library: Library): string {
  const site = simulator.world.store.get('site', library.siteId)!;
  const base = `${MICROSOFT_PATH}/${directory.host}/${site.path}/${encodeURIComponent(library.folder)}`;
  const inside = folderList(simulator, library.rootId, base);
  return `<h4>${escape(site.name)}, ${escape(library.name)}</h4>${inside || '<p>The library is empty.</p>'}`;
}

function folderList(simulator: MicrosoftSimulator, folderId: string, address: string): string {
  const items = simulator.tree.children(folderId).map((item) => itemLine(simulator, item, address));
  return items.length > 0 ? `<ul>${items.join('')}</ul>` : '';
}

function itemLine(simulator: MicrosoftSimulator, item: Item, address: string): string {
  const own = `${address}/${encodeURIComponent(item.name)}`;
  const [version] = item.versions;
  if (!version) return `<li><strong>${escape(item.name)}</strong>${folderList(simulator, item.id, own)}</li>`;
  const columns = Object.entries(item.fields).map(([name, value]) => `, ${escape(name)} ${escape(String(value))}`);
  const meta = `version ${escape(version.id)}, ${version.size} bytes, by ${escape(version.by.name)}${columns.join('')}`;
  return `<li><a href="${escape(own)}">${escape(item.name)}</a> <span class="meta">${meta}</span></li>`;
}

function channelSection(simulator: MicrosoftSimulator, channel: Channel): string {
  const { store } = simulator.world;
  const all = store.all('message').filter((message) => message.channelId === channel.id);
  const threads = all.filter((message) => message.replyTo === null).slice(-SHOWN);
  const repliesOf = (id: string): Message[] => all.filter((message) => message.replyTo === id);
  const failed = store
    .all('run')
    .filter((run) => run.state === 'Failed' && store.get('workflow', run.workflowId)?.channelId === channel.id)
    .slice(-SHOWN)
    .map((run) => `<p class="failed">A workflow run failed at ${escape(run.at)}: ${escape(run.reason ?? '')}</p>`);
  const shown = threads.map((message) => messageHtml(message, repliesOf(message.id)));
  return `<h4>${escape(channel.teamName)}, ${escape(channel.name)}</h4>${shown.join('') || '<p>No message yet.</p>'}${failed.join('')}`;
}

function messageHtml(message: Message, replies: readonly Message[]): string {
  const edited = message.editedAt ? `, edited ${escape(message.editedAt)}` : '';
  const words = message.deletedAt ? '<p class="meta">This message was deleted.</p>' : messageWords(message);
  return `<article id="m-${escape(message.id)}"><p class="meta">${escape(message.from.name)}, <time>${escape(message.at)}</time>${edited}</p>${words}${replies
    .map((reply) => messageHtml(reply, []))
    .join('')}</article>`;
}

function messageWords(message: Message): string {
  const subject = message.subject ? `<p><strong>${escape(message.subject)}</strong></p>` : '';
  const plain = message.html.replace(/<[^>]*>/g, '').trim();
  const cards = message.attachments.map(({ content }) => cardHtml(JSON.parse(content)));
  return `${subject}${plain ? `<p class="words">${escape(plain)}</p>` : ''}${cards.join('')}`;
}
