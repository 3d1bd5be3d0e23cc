import { MICROSOFT_PATH } from './constants.js';
import type { Directory } from './records.js';
import type { MicrosoftSimulator } from './simulator.js';

/** What stands in one customer's directory, for the demo and the command line. */
export interface DirectoryState {
  readonly slug: string;
  /** The files of all libraries by their paths, and the path at which this listener shows each. */
  readonly files: readonly { readonly path: string; readonly version: string; readonly shownAt: string }[];
  /** The first lines of the cards in the channels, oldest first. */
  readonly cards: readonly string[];
  /** The subjects of mails that were sent. */
  readonly mails: readonly string[];
}

/** What stands in every directory. */
export function stateOf(simulator: MicrosoftSimulator): readonly DirectoryState[] {
  const { store } = simulator.world;
  return store.all('directory').map((directory) => ({
    slug: directory.slug,
    files: filesOf(simulator, directory),
    cards: cardsOf(simulator, directory),
    mails: store
      .all('mail')
      .filter(({ tid }) => tid === directory.id)
      .map(({ subject }) => subject),
  }));
}

function filesOf({ world, tree }: MicrosoftSimulator, { id, host }: Directory): DirectoryState['files'] {
  return world.store.all('library').flatMap((library) => {
    const site = world.store.get('site', library.siteId);
    if (site?.tid !== id) return [];
    const files = world.store
      .all('item')
      .filter((item) => item.driveId === library.id && item.versions.length > 0 && !item.deleted);
    return files.map((item) => {
      const names = tree.names(item);
      const address = [...site.path.split('/'), library.folder, ...names].map(encodeURIComponent);
      const shownAt = `${MICROSOFT_PATH}/${host}/${address.join('/')}`;
      return { path: names.join('/'), version: item.versions[0]?.id ?? '', shownAt };
    });
  });
}

function cardsOf({ world }: MicrosoftSimulator, { id }: Directory): readonly string[] {
  const channels = new Set(
    world.store
      .all('channel')
      .filter(({ tid }) => tid === id)
      .map((channel) => channel.id),
  );
  const messages = world.store.all('message').filter(({ channelId }) => channels.has(channelId));
  return messages.flatMap(({ attachments }) => attachments.map(({ content }) => firstLine(JSON.parse(content))));
}

/** The first text of a card: its title. */
function firstLine(card: unknown): string {
  const { body } = card as { body?: readonly { readonly text?: unknown }[] };
  const text = body?.find((element) => typeof element.text === 'string')?.text;
  return typeof text === 'string' ? text : '';
}
