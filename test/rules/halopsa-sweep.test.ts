import { settingsOf } from '../../src/integrations/halopsa/halopsa.settings.js';
import { type PsaDeal, PsaDealState } from '../../src/integrations/halopsa/psa-sync.entity.js';
import { checkedBy, dueChecks, news } from '../../src/integrations/halopsa/sweep.rules.js';

const settings = settingsOf({ baseUrl: 'https://x.halopsa.com/', settings: { wonStatusIds: '9' } });
const now = new Date('2026-11-23T14:00:00Z');
const since = '2026-11-23T10:00:00';
const before = '2026-11-23T09:00:00';
const after = '2026-11-23T11:00:00';

const deal = (externalId: number, minutes: number, lastUpdate = before): PsaDeal =>
  ({
    externalId: String(externalId),
    state: PsaDealState.WON,
    lastUpdate,
    checkedAt: new Date(now.getTime() - minutes * 60_000),
  }) as PsaDeal;
const live = (...ids: number[]): ReadonlySet<string> => new Set(ids.map(String));

describe('what of a list of changes is read', () => {
  const won = { id: 1, status_id: 9, dateclosed: before, last_update: before };
  const lost = { id: 1, status_id: 8, dateclosed: before, last_update: before };
  const facts = { known: [], live: live(1), settings, since };

  it.each([
    { what: 'won before the connection', row: won, facts: { ...facts, live: live() }, isNews: false },
    { what: 'won since', row: { ...won, dateclosed: after }, facts: { ...facts, live: live() }, isNews: true },
    { what: 'won before, and imported by a person', row: won, facts, isNews: false },
    { what: 'lost, and imported by a person', row: lost, facts, isNews: true },
    { what: 'the same at the first look', row: lost, facts: { ...facts, since: null }, isNews: true },
    { what: 'lost, without a live handoff', row: lost, facts: { ...facts, live: live() }, isNews: false },
    { what: 'lost, and read so before', row: lost, facts: { ...facts, known: [deal(1, 0)] }, isNews: false },
  ])('$what: $isNews', ({ row, facts, isNews }) => {
    expect(news([row], facts)).toEqual(isNews ? ['1'] : []);
  });
});

describe('what no list of changes names', () => {
  it('is looked at when nobody has for an hour and its handoff has not ended, longest first', () => {
    const known = [deal(1, 60), deal(2, 59), deal(3, 90), deal(4, 600)];
    expect(dueChecks({ known, live: live(1, 2, 3) }, now)).toEqual([known[2], known[0]]);
  });

  it('never more than one page of a list', () => {
    const known = Array.from({ length: 150 }, (_, n) => deal(n + 1, 60));
    expect(dueChecks({ known, live: live(...known.map((_, n) => n + 1)) }, now)).toHaveLength(100);
  });

  it('is read when it is gone or another, and left alone when it is the same', () => {
    const rows = [
      { id: 1, last_update: before },
      { id: 2, last_update: after },
    ];
    const due = [deal(1, 60), deal(2, 60), deal(3, 60)];
    expect(checkedBy(due, rows)).toEqual({ looked: ['1', '2', '3'], reads: ['2', '3'] });
  });

  it('is read ten at a time, and the others stay due', () => {
    const due = Array.from({ length: 30 }, (_, n) => deal(n + 1, 60));
    const { looked, reads } = checkedBy(due, []);
    expect(reads).toHaveLength(10);
    expect(looked).toEqual(reads);
  });
});
