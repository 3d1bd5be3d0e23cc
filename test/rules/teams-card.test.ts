import fc from 'fast-check';
import { cardMessage, LARGEST_CARD_BYTES, plainText, titled } from '../../src/integrations/microsoft/teams/card.js';
import type { ApprovalFacts } from '../../src/integrations/microsoft/teams/approval-card.queries.js';
import { approvalCard } from '../../src/integrations/microsoft/teams/approval-card.rules.js';
import { type DigestParts, handoffDigestCard } from '../../src/integrations/microsoft/teams/handoff-digest.rules.js';
import { Presence } from '../../src/integrations/microsoft/teams/presence.js';
import { CardEvent } from '../../src/integrations/microsoft/teams/teams-card.entity.js';
import { cardFault } from '../../src/sandbox/microsoft/teams/card.js';

interface Message {
  readonly attachments: { readonly content: { readonly body: { readonly text: string }[] } }[];
}

const content = titled('Decision D-1');
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
          lists: [{ title: 'Open risks', lines: [{ text: value, url: 'https://contoso.sharepoint.com/x' }] }],
          calls: { people: [{ name, oid: 'f41fcb28-e1ec-4229-9aa5-148c01a8c3f5' }], to: 'please decide it.' },
          links: [{ title: 'Open', url: 'https://contoso.sharepoint.com/x' }],
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

const FACTS: DigestParts['facts'] = {
  handoff: 'H-1',
  client: 'Acme',
  isLive: true,
  startOn: '2026-12-01',
  sales: { name: 'Sofia', oid: null },
  deliveryManager: { name: 'Dana', oid: null },
  projectLead: null,
  briefUrl: null,
};
const PARTS: DigestParts = {
  handoffId: 'h',
  facts: FACTS,
  milestones: Array.from({ length: 11 }, (_none, n) => ({ name: `Milestone ${n}`, targetOn: '2026-12-02' })),
  risks: [],
  decisions: [{ number: 'D-1', question: 'Who pays?', owner: 'Sofia', dueOn: '2026-12-03' }],
  escalation: [
    { topic: 'DECISION', ladder: ['dana', 'gone', 'leah', 'ravi'] },
    { topic: 'SLA', ladder: ['gone'] },
  ],
  nameOf: (key) => (key === 'gone' ? null : key.toUpperCase()),
};

test('the digest of a handoff: long lists are cut with their number, who left is not named, an empty list says so', () => {
  const card = handoffDigestCard(PARTS, 'https://cs.example')!;
  const lists = Object.fromEntries(card.lists.map(({ title, lines }) => [title, lines.map(({ text }) => text)]));
  expect(lists['First 30 days']).toHaveLength(9);
  expect(lists['First 30 days']!.at(-1)).toBe('and 3 more');
  expect(lists['Open risks']).toEqual(['None is named.']);
  expect(lists['Open decisions']).toEqual(['D-1: Who pays? (Sofia, by 2026-12-03)']);
  expect(lists.Escalation).toEqual(['Decisions: DANA, then LEAH']);
  expect(card.calls!.people).toEqual([FACTS.deliveryManager]);
});

test('a sign-off that does not hold any more has no digest', () => {
  expect(handoffDigestCard({ ...PARTS, facts: { ...FACTS, isLive: false } }, 'https://cs.example')).toBeNull();
});

const REQUEST: ApprovalFacts = {
  kind: 'MARGIN_EXCEPTION',
  state: 'PENDING',
  round: 2,
  expiresAt: new Date('2026-11-24T12:00:00Z'),
  requester: { name: 'Sofia', oid: null },
  handoff: { id: 'h', number: 'H-1', client: 'Acme' },
};
const SPOKEN = { publicUrl: 'https://cs.example', timeZone: 'Europe/London', now: new Date('2026-11-23T12:00:00Z') };
const voters = (count: number) =>
  Array.from({ length: count }, (_none, n) => ({
    person: { name: `P${n}`, oid: `o${n}` },
    url: `https://cs.example/${n}`,
  }));

test('a card that asks for votes has five own buttons at most, and the way back', () => {
  const card = approvalCard(CardEvent.REQUESTED, 'asked/2', REQUEST, voters(12), SPOKEN)!;
  expect(card.title).toBe('Approval asked anew: margin exception of H-1');
  expect(card.links.map(({ title }) => title)).toEqual([
    ...['P0', 'P1', 'P2', 'P3', 'P4'].map((name) => `Open as ${name}`),
    'Open in Countersign',
  ]);
  expect(card.calls!.people).toHaveLength(8);
});

test.each([
  { what: 'an earlier round', mark: 'asked/1', change: {} },
  { what: 'a request that was decided', mark: 'asked/2', change: { state: 'APPROVED' } },
  { what: 'a request whose time ran out', mark: 'asked/2', change: { expiresAt: SPOKEN.now } },
])('$what asks nobody', ({ mark, change }) => {
  expect(approvalCard(CardEvent.REQUESTED, mark, { ...REQUEST, ...change }, voters(1), SPOKEN)).toBeNull();
});

test('whoever is present is so for two minutes and no longer than their token; the oldest go first', () => {
  let now = 0;
  const presence = new Presence(() => now);
  const note = (personId: string, expiresAt = new Date(3_600_000)): void =>
    presence.note({ tenantId: 't', personId, tid: 'd', token: personId, expiresAt });
  note('a', new Date(60_000));
  note('b');
  expect(presence.of('t', 'a')).toMatchObject({ token: 'a' });
  expect(presence.of('other', 'a')).toBeNull();
  now = 60_000;
  expect([presence.of('t', 'a'), presence.of('t', 'b')?.token]).toEqual([null, 'b']);
  now = 120_000;
  expect(presence.of('t', 'b')).toBeNull();
  for (let n = 0; n < 2001; n++) note(`p${n}`);
  expect([presence.of('t', 'p0'), presence.of('t', 'p1')?.token]).toEqual([null, 'p1']);
});
