import { type CardContent, CARD_TYPE, fitted, mentionName } from './card.js';

const ATTACHMENT = 'card';

/**
 * A chatMessage of Microsoft Graph with the card as its attachment: the card is JSON in a *string* there, and a mention
 * stands in the message's html, numbered (learn.microsoft.com/graph/api/chatmessage-post).
 */
export function graphMessage(content: CardContent): Record<string, unknown> {
  return fitted(content, ({ calls }, cardOf) => {
    const people = calls?.people ?? [];
    const mentions = people.flatMap(({ name, oid }, id) => (oid === null ? [] : [mentionOf(id, name, oid)]));
    const names = people.map(({ name, oid }, id) =>
      oid === null ? html(name) : `<at id="${id}">${html(mentionName(name))}</at>`,
    );
    const called = calls === null || people.length === 0 ? '' : `<p>${names.join(', ')}: ${html(calls.to)}</p>`;
    return {
      subject: null,
      importance: 'normal',
      body: { contentType: 'html', content: `${called}<attachment id="${ATTACHMENT}"></attachment>` },
      attachments: [
        {
          id: ATTACHMENT,
          contentType: CARD_TYPE,
          contentUrl: null,
          content: JSON.stringify(cardOf({ mentions: false })),
        },
      ],
      mentions,
    };
  });
}

function mentionOf(id: number, name: string, oid: string): Record<string, unknown> {
  const displayName = mentionName(name);
  return {
    id,
    mentionText: displayName,
    mentioned: { user: { id: oid, displayName, userIdentityType: 'aadUser' } },
  };
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** A text that somebody typed, as text in html. */
function html(text: string): string {
  return text.replaceAll(/[&<>"']/g, (letter) => ENTITIES[letter]!);
}
