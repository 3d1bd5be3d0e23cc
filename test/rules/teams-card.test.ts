import fc from 'fast-check';
import { cardMessage, LARGEST_CARD_BYTES, plainText } from '../../src/integrations/microsoft/teams/card.js';
import { cardFault } from '../../src/sandbox/microsoft/teams/card.js';

interface Message {
  readonly attachments: { readonly content: { readonly body: { readonly text: string }[] } }[];
}

const content = { title: 'Decision D-1', text: 'why', facts: [], calls: null, link: null };
const cardOf = (message: Record<string, unknown>): unknown => (message as unknown as Message).attachments[0]!.content;

test('whatever people write, Teams shows the card and it is never too large', () => {
  fc.assert(
    fc.property(
      fc.record({
        title: fc.string({ unit: 'binary' }),
        text: fc.option(fc.string({ unit: 'binary', maxLength: 3000 })),
        value: fc.string({ unit: 'binary', maxLength: 2000 }),
        name: fc.string({ unit: 'grapheme', minLength: 1, maxLength: 200 }),
        repeat: fc.integer({ min: 1, max: 40 }),
      }),
      ({ title, text, value, name, repeat }) => {
        const message = cardMessage({
          title,
          text: text?.repeat(repeat) ?? null,
          facts: [['Client', value]],
          calls: { person: { name, oid: 'f41fcb28-e1ec-4229-9aa5-148c01a8c3f5' }, to: 'please decide it.' },
          link: { title: 'Open', url: 'https://contoso.sharepoint.com/x' },
        });
        expect(cardFault(cardOf(message), '1.5')).toBeNull();
        expect(Buffer.byteLength(JSON.stringify(message))).toBeLessThanOrEqual(LARGEST_CARD_BYTES);
      },
    ),
  );
});

test('an oversize text is cut, with a mark, and the rest stays', () => {
  const message = cardMessage({ ...content, text: '\u0001'.repeat(100_000) }) as unknown as Message;
  const [title, text] = message.attachments[0]!.content.body;
  expect(title!.text).toBe('Decision D-1');
  expect(text!.text.endsWith('…')).toBe(true);
});

test.each([
  { typed: '[click](https://evil.test)', shown: '\\[click\\]\\(https://evil.test\\)' },
  { typed: '*bold* _it_ `code`', shown: '\\*bold\\* \\_it\\_ \\`code\\`' },
  { typed: '- a list\n1. another', shown: '\\- a list\n\\1. another' },
  { typed: '<at>Dana</at>', shown: '\\<at\\>Dana\\</at\\>' },
])('$typed stays what was typed', ({ typed, shown }) => {
  expect(plainText(typed)).toBe(shown);
});
