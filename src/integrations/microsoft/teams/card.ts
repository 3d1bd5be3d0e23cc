/** A person whom a card names so that Teams tells them. */
export interface Mentioned {
  readonly name: string;
  /** Their object id in Entra ID; null when they cannot be mentioned, and are only named. */
  readonly oid: string | null;
}

/** What a card says. Texts are as people wrote them: they are escaped here. */
export interface CardContent {
  readonly title: string;
  readonly text: string | null;
  readonly facts: readonly (readonly [string, string])[];
  /** Whom it calls, and for what. */
  readonly calls: { readonly person: Mentioned; readonly to: string } | null;
  readonly link: { readonly title: string; readonly url: string } | null;
}

/** Teams takes about 28 KB a message in all; from about 20 KB on clients were seen to fail. */
export const LARGEST_CARD_BYTES = 18_000;

const LONGEST_TITLE = 200;
const LONGEST_FACT = 300;
const SHORTEST_TEXT = 100;

/**
 * What a Workflows webhook takes: one Adaptive Card 1.5, which every Teams client shows. A text that would make it too
 * large is cut; the record itself has the whole.
 */
export function cardMessage(content: CardContent): Record<string, unknown> {
  for (let longest = 4000; ; longest = Math.floor(longest / 2)) {
    const message = messageOf(content, longest);
    const isSmall = Buffer.byteLength(JSON.stringify(message)) <= LARGEST_CARD_BYTES;
    if (isSmall || longest < SHORTEST_TEXT) return message;
  }
}

function messageOf({ title, text, facts, calls, link }: CardContent, longest: number): Record<string, unknown> {
  const mention = calls?.person.oid ? mentionOf(calls.person) : null;
  const called = calls ? `${mention?.text ?? plainText(calls.person.name)}: ${plainText(calls.to)}` : null;
  const card = {
    $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
    type: 'AdaptiveCard',
    version: '1.5',
    fallbackText: cut(title, LONGEST_TITLE),
    body: [
      { type: 'TextBlock', text: plainText(cut(title, LONGEST_TITLE)), weight: 'Bolder', size: 'Medium', wrap: true },
      ...(text === null ? [] : [{ type: 'TextBlock', text: plainText(cut(text, longest)), wrap: true }]),
      ...(facts.length === 0 ? [] : [{ type: 'FactSet', facts: facts.map(factOf) }]),
      ...(called === null ? [] : [{ type: 'TextBlock', text: called, wrap: true }]),
    ],
    ...(link === null ? {} : { actions: [{ type: 'Action.OpenUrl', ...link }] }),
    msteams: { width: 'Full', ...(mention ? { entities: [mention] } : {}) },
  };
  const attachment = { contentType: 'application/vnd.microsoft.card.adaptive', contentUrl: null, content: card };
  return { type: 'message', attachments: [attachment] };
}

const factOf = ([title, value]: readonly [string, string]): Record<string, string> => ({
  title,
  value: plainText(cut(value, LONGEST_FACT)),
});

/** The mention's text must stand in the card letter by letter. */
function mentionOf({ name, oid }: Mentioned): Record<string, unknown> & { readonly text: string } {
  const shown = name.replaceAll(/[<>&]/g, ' ').trim() || 'you';
  return { type: 'mention', text: `<at>${shown}</at>`, mentioned: { id: oid, name: shown } };
}

/** Teams reads a subset of Markdown in texts: a link or a heading that somebody typed stays what they typed. */
export function plainText(text: string): string {
  return text.replaceAll(/[\\`*_[\]()#<>~|]/g, '\\$&').replaceAll(/^([-+]|\d+\.)(?=\s)/gm, '\\$1');
}

function cut(text: string, longest: number): string {
  const letters = [...text];
  return letters.length <= longest ? text : `${letters.slice(0, longest - 1).join('')}…`;
}
