import fc from 'fast-check';
import { countsOf, type InboxEntry, markOf, matches, placeOf } from '../../src/approval/inbox.rules.js';
import { inboxPage } from '../../src/approval/inbox.view.js';
import { newId } from '../../src/core/id.js';
import { NOW, request } from './approval.kit.js';

const HOUR = 3_600_000;
const inHours = (hours: number): Date => new Date(NOW.getTime() + hours * HOUR);

const entry = (parts: Partial<InboxEntry['request']> = {}, own: Partial<InboxEntry> = {}): InboxEntry => ({
  request: request({ id: newId(), ...parts }),
  canVote: false,
  forWhom: [],
  isRequestedByMe: false,
  ...own,
});

const someEntries = fc
  .array(
    fc.record({
      due: fc.integer({ min: 1, max: 5 }),
      kind: fc.constantFrom('A', 'B'),
      can: fc.boolean(),
      own: fc.boolean(),
    }),
    { maxLength: 40 },
  )
  .map((rows) =>
    rows
      .map(({ due, kind, can, own }) =>
        entry({ expiresAt: inHours(due), kind }, { canVote: can, isRequestedByMe: own }),
      )
      .toSorted((a, b) => (placeOf(a.request) < placeOf(b.request) ? -1 : 1)),
  );

describe('filters of the inbox', () => {
  const subjectId = newId();
  const one = entry({ kind: 'A', subjectId, expiresAt: inHours(2) }, { canVote: true });

  it.each([
    { filter: {}, kept: true },
    { filter: { canVote: null, kind: null, subjectId: null, dueBefore: null, requestedByMe: null }, kept: true },
    { filter: { canVote: true }, kept: true },
    { filter: { canVote: false }, kept: false },
    { filter: { requestedByMe: false }, kept: true },
    { filter: { requestedByMe: true }, kept: false },
    { filter: { kind: 'A' }, kept: true },
    { filter: { kind: 'B' }, kept: false },
    { filter: { subjectId: subjectId.toUpperCase() }, kept: true },
    { filter: { subjectId: newId() }, kept: false },
    { filter: { dueBefore: inHours(2) }, kept: false },
    { filter: { dueBefore: inHours(3) }, kept: true },
    { filter: { canVote: true, kind: 'B' }, kept: false },
  ])('$filter keeps it: $kept', ({ filter, kept }) => {
    expect(matches(one, filter)).toBe(kept);
  });
});

describe('figures of the inbox', () => {
  it('count everything once, what is due within a day to the minute, and kinds by name', () => {
    const entries = [
      entry({ kind: 'B', expiresAt: inHours(24) }, { canVote: true }),
      entry({ kind: 'A', expiresAt: inHours(24.001) }),
      entry({ kind: 'B', expiresAt: inHours(1) }, { isRequestedByMe: true }),
    ];
    expect(countsOf(entries, NOW)).toEqual({
      total: 3,
      awaitingMe: 1,
      dueWithin24h: 2,
      byKind: [
        { kind: 'A', count: 1 },
        { kind: 'B', count: 2 },
      ],
      requestedByMe: 1,
    });
  });

  it('have another mark when another request awaits me, although no figure differs', () => {
    const [first, second] = [entry({}, { canVote: true }), entry()] as [InboxEntry, InboxEntry];
    const before = markOf([first, second], NOW);
    const after = markOf(
      [
        { ...first, canVote: false },
        { ...second, canVote: true },
      ],
      NOW,
    );
    expect(countsOf([first, second], NOW).awaitingMe).toBe(1);
    expect(after).not.toBe(before);
    expect(markOf([second, first], NOW)).toBe(before);
  });
});

describe('pages of the inbox', () => {
  it('give every entry that passes once, in order, whatever the size of a page', () => {
    fc.assert(
      fc.property(someEntries, fc.integer({ min: 1, max: 7 }), fc.option(fc.boolean()), (entries, first, canVote) => {
        const seen: string[] = [];
        let after: string | null = null;
        for (;;) {
          const page = inboxPage(entries, { canVote }, { first, after });
          seen.push(...page.edges.map(({ node }) => node.id));
          if (!page.pageInfo.hasNextPage) break;
          after = page.pageInfo.endCursor;
        }
        const wanted = entries.filter((one) => matches(one, { canVote })).map((one) => one.request.id);
        expect(seen).toEqual(wanted);
      }),
    );
  });

  it('go on after a row that was decided meanwhile', () => {
    const entries = [
      entry({ expiresAt: inHours(1) }),
      entry({ expiresAt: inHours(2) }),
      entry({ expiresAt: inHours(3) }),
    ];
    const { pageInfo } = inboxPage(entries, {}, { first: 1, after: null });
    const rest = inboxPage(entries.slice(1), {}, { first: 5, after: pageInfo.endCursor });
    expect(rest.edges.map(({ node }) => node.id)).toEqual(entries.slice(1).map((one) => one.request.id));
  });

  it.each([{ cursor: 'x' }, { cursor: Buffer.from(`id:${newId()}`).toString('base64url') }, { cursor: '' }])(
    'refuse $cursor, naming the field and the remedy',
    ({ cursor }) => {
      expect(() => inboxPage([], {}, { first: 1, after: cursor })).toThrow(
        expect.objectContaining({ code: 'BAD_USER_INPUT', details: expect.objectContaining({ field: 'after' }) }),
      );
    },
  );
});
