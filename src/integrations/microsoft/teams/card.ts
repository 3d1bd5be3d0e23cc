/** A person whom a card names so that Teams tells them. */
export interface Mentioned {
  readonly name: string;
  /** Their object id in Entra ID; null when they cannot be mentioned, and are only named. */
  readonly oid: string | null;
}

/** A line of a list; one with an address leads there. */
export interface CardLine {
  readonly text: string;
  readonly url: string | null;
}

/** What a card says. Texts are as people wrote them: they are escaped here. */
export interface CardContent {
  readonly title: string;
  readonly text: string | null;
  readonly facts: readonly (readonly [string, string])[];
  readonly lists: readonly { readonly title: string; readonly lines: readonly CardLine[] }[];
  /** Whom it calls, and for what. */
  readonly calls: { readonly people: readonly Mentioned[]; readonly to: string } | null;
  /** Buttons, six at most; addresses are our own or SharePoint's. */
  readonly links: readonly { readonly title: string; readonly url: string }[];
}

/** Nothing but a title: what every content starts from. */
export const titled = (title: string): CardContent => ({
  title,
  text: null,
  facts: [],
  lists: [],
  calls: null,
  links: [],
});

/** Teams takes about 28 KB a message in all; from about 20 KB on clients were seen to fail. */
export const LARGEST_CARD_BYTES = 18_000;

const LONGEST_TITLE = 200;
const LONGEST_FACT = 300;
const SHORTEST_TEXT = 100;
/** What Teams shows of a card's buttons. */
const MOST_LINKS = 6;

/** The parts of a message around a card: in the card itself for a webhook, in the message's html for Graph. */
export type Wrap = (content: CardContent, cardOf: (within: Within) => Card) => Record<string, unknown>;

/** An Adaptive Card 1.5. */
export type Card = Record<string, unknown>;

/** What of the content the card itself carries. */
export interface Within {
  /** Whether the mention stands in the card (Teams' own property `msteams.entities`). */
  readonly mentions: boolean;
}

/**
 * What a Workflows webhook takes: one Adaptive Card 1.5, which every Teams client shows. A text that would make it too
 * large is cut; the record itself has the whole.
 */
export function cardMessage(content: CardContent): Record<string, unknown> {
  return fitted(content, (_content, cardOf) => {
    const card = cardOf({ mentions: true });
    const attachment = { contentType: CARD_TYPE, contentUrl: null, content: card };
    return { type: 'message', attachments: [attachment] };
  });
}

/** The media type of a card. */
export const CARD_TYPE = 'application/vnd.microsoft.card.adaptive';

/** The message, with texts and lists cut until it is small enough. */
export function fitted(content: CardContent, wrap: Wrap): Record<string, unknown> {
  for (let longest = 4000; ; longest = Math.floor(longest / 2)) {
    const message = wrap(content, (within) => cardOf(content, longest, within));
    const isSmall = Buffer.byteLength(JSON.stringify(message)) <= LARGEST_CARD_BYTES;
    if (isSmall || longest < SHORTEST_TEXT) return message;
  }
}

function cardOf({ title, text, facts, lists, calls, links }: CardContent, longest: number, within: Within): Card {
  const mentions = calls && within.mentions ? calls.people.flatMap(mentionOf) : [];
  const called = calls && within.mentions ? calledText(calls, mentions) : null;
  return {
    $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
    type: 'AdaptiveCard',
    version: '1.5',
    fallbackText: cut(title, LONGEST_TITLE),
    body: [
      { type: 'TextBlock', text: plainText(cut(title, LONGEST_TITLE)), weight: 'Bolder', size: 'Medium', wrap: true },
      ...(text === null ? [] : [{ type: 'TextBlock', text: plainText(cut(text, longest)), wrap: true }]),
      ...(facts.length === 0 ? [] : [{ type: 'FactSet', facts: facts.map(factOf) }]),
      ...lists.flatMap((list) => listOf(list, longest)),
      ...(called === null ? [] : [{ type: 'TextBlock', text: called, wrap: true }]),
    ],
    ...(links.length === 0
      ? {}
      : { actions: links.slice(0, MOST_LINKS).map((link) => ({ type: 'Action.OpenUrl', ...link })) }),
    msteams: { width: 'Full', ...(mentions.length > 0 ? { entities: mentions } : {}) },
  };
}

const factOf = ([title, value]: readonly [string, string]): Record<string, string> => ({
  title,
  value: plainText(cut(value, LONGEST_FACT)),
});

/** One line a block, so that no text of a line can break the list. */
function listOf({ title, lines }: CardContent['lists'][number], longest: number): Record<string, unknown>[] {
  if (lines.length === 0) return [];
  const shown = lines
    .map((line) => lineOf(line, longest))
    .map((text) => ({ type: 'TextBlock', text, wrap: true, spacing: 'Small' }));
  return [{ type: 'TextBlock', text: plainText(title), weight: 'Bolder', wrap: true }, ...shown];
}

function lineOf({ text, url }: CardLine, longest: number): string {
  const shown = plainText(cut(text.replaceAll(/\s+/g, ' '), Math.min(LONGEST_FACT, longest)));
  return url === null ? shown : `[${shown}](${url})`;
}

type Mention = Record<string, unknown> & { readonly text: string };

/** The mention's text must stand in the card letter by letter. */
function mentionOf({ name, oid }: Mentioned): Mention[] {
  if (oid === null) return [];
  const shown = mentionName(name);
  return [{ type: 'mention', text: `<at>${shown}</at>`, mentioned: { id: oid, name: shown } }];
}

/** A name as a mention may hold it. */
export const mentionName = (name: string): string => name.replaceAll(/[<>&]/g, ' ').trim() || 'you';

function calledText({ people, to }: NonNullable<CardContent['calls']>, mentions: readonly Mention[]): string {
  const named = people.filter(({ oid }) => oid === null).map(({ name }) => plainText(name));
  return `${[...mentions.map(({ text }) => text), ...named].join(', ')}: ${plainText(to)}`;
}

/** Teams reads a subset of Markdown in texts: a link or a heading that somebody typed stays what they typed. */
export function plainText(text: string): string {
  return text.replaceAll(/[\\`*_[\]()#<>~|]/g, '\\$&').replaceAll(/^([-+]|\d+\.)(?=\s)/gm, '\\$1');
}

function cut(text: string, longest: number): string {
  const letters = [...text];
  return letters.length <= longest ? text : `${letters.slice(0, longest - 1).join('')}…`;
}
