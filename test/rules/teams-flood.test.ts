import fc from 'fast-check';
import type { BusinessCalendar } from '../../src/catalogue/configuration.js';
import {
  isUrgent,
  MOST_IN_DIGEST,
  nextDigest,
  type Pending,
  planFlood,
} from '../../src/integrations/microsoft/teams/flood.rules.js';
import { CardEvent, CardHold } from '../../src/integrations/microsoft/teams/teams-card.entity.js';
import { floodSettings } from '../../src/integrations/microsoft/teams/teams.settings.js';

const DAY = [{ from: '09:00', to: '17:30' }];
const CALENDAR: BusinessCalendar = {
  timeZone: 'Europe/London',
  hours: { mon: DAY, tue: DAY, wed: DAY, thu: DAY, fri: DAY },
  holidays: [{ date: '2026-12-25', name: 'Christmas Day' }],
};
/** A Monday, within hours. */
const NOON = new Date('2026-11-23T12:00:00Z');
const NIGHT = new Date('2026-11-23T22:00:00Z');

const card = (id: number, event = CardEvent.OPENED, wantedAt = NOON): Pending => ({ id: `c${id}`, event, wantedAt });
const cards = (count: number): Pending[] => Array.from({ length: count }, (_none, id) => card(id));
const settings = (values: Record<string, string> = {}) => floodSettings(values);
const none = { cards: 0, digests: 0 };

const anyPending = fc.uniqueArray(
  fc.record({
    id: fc.uuid(),
    event: fc.constantFrom(...Object.values(CardEvent).filter((event) => event !== CardEvent.DIGEST)),
    wantedAt: fc.date({ min: new Date('2026-11-16'), max: NOON, noInvalidDate: true }),
  }),
  { selector: ({ id }) => id, maxLength: 150 },
);
const anySettings = fc.record({
  quietHours: fc.boolean(),
  digestAt: fc.option(fc.constantFrom('08:00', '09:00', '16:30')),
  burst: fc.integer({ min: 1, max: 20 }),
  windowMs: fc.constant(600_000),
});

test('whatever comes, each card is in one place, what is urgent goes at once, and a channel is never flooded', () => {
  fc.assert(
    fc.property(
      anyPending,
      fc.record({ cards: fc.nat(25), digests: fc.nat(1) }),
      anySettings,
      fc.date({ min: NOON, max: new Date('2026-11-30'), noInvalidDate: true }),
      (pending, recent, rules, now) => {
        const { singles, digest, held } = planFlood(pending, recent, rules, CALENDAR, now);
        expect([...singles, ...digest, ...held.keys()].toSorted()).toEqual(pending.map(({ id }) => id).toSorted());
        const urgent = pending.filter(({ event }) => isUrgent(event)).map(({ id }) => id);
        expect(singles).toEqual(expect.arrayContaining(urgent));
        const ordinary = singles.length - urgent.length;
        expect(ordinary === 0 || ordinary + recent.cards <= rules.burst).toBe(true);
        expect(digest.length).toBeLessThanOrEqual(MOST_IN_DIGEST);
      },
    ),
  );
});

test('a few cards come one by one, more become one digest, and the next wait until the window is over', () => {
  expect(planFlood(cards(10), none, settings(), CALENDAR, NOON).singles).toHaveLength(10);
  expect(planFlood(cards(11), none, settings(), CALENDAR, NOON)).toMatchObject({ singles: [], digest: { length: 11 } });
  const after = planFlood(cards(3), { cards: 9, digests: 1 }, settings(), CALENDAR, NOON);
  expect([...after.held.values()]).toEqual([CardHold.BURST, CardHold.BURST, CardHold.BURST]);
  expect(planFlood(cards(1), { cards: 10, digests: 0 }, settings(), CALENDAR, NOON).held.size).toBe(1);
});

test('in quiet hours only what is urgent goes out; in the morning the rest does', () => {
  const pending = [card(1), card(2, CardEvent.OVERDUE), card(3, CardEvent.RAISED)];
  const quiet = settings({ quietHours: 'ON' });
  const night = planFlood(pending, none, quiet, CALENDAR, NIGHT);
  expect(night.singles).toEqual(['c2', 'c3']);
  expect(night.held).toEqual(new Map([['c1', CardHold.QUIET_HOURS]]));
  expect(planFlood([card(1)], none, quiet, CALENDAR, new Date('2026-11-24T09:00:00Z')).singles).toEqual(['c1']);
});

test('a daily digest names what was wanted before its time, and nothing twice', () => {
  const daily = settings({ digest: 'DAILY', digestAt: '16:30' });
  expect(planFlood(cards(2), none, daily, CALENDAR, NOON).digest).toEqual([]);
  const late = card(9, CardEvent.OPENED, new Date('2026-11-23T16:31:00Z'));
  const evening = planFlood([...cards(2), late], none, daily, CALENDAR, new Date('2026-11-23T16:32:00Z'));
  expect(evening.digest).toEqual(['c0', 'c1']);
  expect(evening.held).toEqual(new Map([['c9', CardHold.DIGEST]]));
});

test.each([
  { what: 'the same day', after: '2026-11-23T08:59:00Z', at: '09:00', next: '2026-11-23T09:00:00.000Z' },
  { what: 'the very minute is over', after: '2026-11-23T09:00:00Z', at: '09:00', next: '2026-11-24T09:00:00.000Z' },
  { what: 'over the weekend', after: '2026-11-27T18:00:00Z', at: '09:00', next: '2026-11-30T09:00:00.000Z' },
  { what: 'over a holiday', after: '2026-12-24T18:00:00Z', at: '09:00', next: '2026-12-28T09:00:00.000Z' },
  { what: 'in summer time', after: '2026-07-01T18:00:00Z', at: '09:00', next: '2026-07-02T08:00:00.000Z' },
])('the next digest: $what', ({ after, at, next }) => {
  expect(nextDigest(CALENDAR, at, new Date(after)).toISOString()).toBe(next);
});
