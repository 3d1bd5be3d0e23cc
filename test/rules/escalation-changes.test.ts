import { due } from '../../src/catalogue/calendar.rules.js';
import type { BusinessCalendar } from '../../src/catalogue/configuration.js';
import type { ConfigurationVersion } from '../../src/catalogue/configuration-version.entity.js';
import type { HandoffHistory } from '../../src/escalation/clock.rules.js';
import { type Due, escalationsDue } from '../../src/escalation/escalation.rules.js';
import type { DeadlineGround, TakenStep } from '../../src/escalation/escalation.queries.js';
import { remindWithPauses } from '../../src/escalation/running.rules.js';
import { sample } from './catalogue.kit.js';

const at = (text: string): Date => new Date(text);
const ruling = sample();
const version = { content: JSON.stringify(ruling), digest: 'changes of the members' } as ConfigurationVersion;
/** The ladder SLA of the sample, by key; a person's id is their key here. */
const LADDER = ['leah.lead', 'dana.delivery', 'ravi.revops'];
const everybody = ruling.people.map(({ key }) => key);
const members = (left: readonly string[] = []) => ({
  idByKey: new Map(everybody.map((key) => [key, key])),
  active: new Set(everybody.filter((key) => !left.includes(key))),
});

/** Won on a Monday and never introduced: the clock INTRODUCTION is due on Wednesday at 14:00 in London. */
const history: HandoffHistory = {
  dealType: 'NEW_BUSINESS',
  tier: 'LIGHT',
  close: { wonOn: '2026-11-23', importedAt: at('2026-11-23T14:00:00Z') },
  submissions: [],
  handovers: [],
  returns: [],
  signOffs: [],
  introducedAt: null,
  introductionRecordedAt: null,
  meetingHeldAt: null,
  kickoffScheduledAt: null,
  kickoffHeldAt: null,
  endedAt: null,
  pauses: [],
};
const ground: DeadlineGround = {
  handoffId: 'handoff',
  history,
  ownerId: 'sofia.sales',
  deliveryManagerId: null,
  version,
  decisions: [],
  checkpoints: [],
  delivery: { acceptances: [], feedback: [], deliverable: null, firstTouch: null, withdrawnAt: null },
  taken: [],
};

const told = ({ steps }: Due, of: string): string[] =>
  steps
    .filter(({ clock, decisionId, step }) => (clock ?? decisionId) === of && step > 0)
    .map(({ step, personId }) => `${step} ${personId}`);
const taken = ({ steps }: Due): TakenStep[] =>
  steps.map(({ clock, decisionId, mark, step, personId }, index) => {
    return { id: String(index), of: (clock ?? decisionId)!, mark, step, personId, isOpen: true };
  });

describe('a ladder that is climbed while people come and go', () => {
  const firstTold = at('2026-11-25T14:00:00Z');
  const allTold = at('2026-12-20T12:00:00Z');

  it('skips nobody and tells nobody twice when somebody who was told has left', () => {
    const early = escalationsDue(ground, ruling, members(), firstTold);
    expect(told(early, 'INTRODUCTION')).toEqual(['1 leah.lead']);
    const rest = escalationsDue({ ...ground, taken: taken(early) }, ruling, members(['leah.lead']), allTold);
    expect(told(rest, 'INTRODUCTION')).toEqual(['2 dana.delivery', '3 ravi.revops']);
  });

  it('tells the next at once when the first has left before', () => {
    const due = escalationsDue(ground, ruling, members(['leah.lead']), allTold);
    expect(told(due, 'INTRODUCTION')).toEqual(['1 dana.delivery', '2 ravi.revops']);
  });

  it('is the same whether or not a worker was alive before the delivery manager was named', () => {
    const named = { ...ground, deliveryManagerId: 'dana.delivery' };
    const all = LADDER.map((key, index) => `${index + 1} ${key}`);
    expect(told(escalationsDue(named, ruling, members(), allTold), 'KICKOFF_SCHEDULED')).toEqual(all);
    const before = escalationsDue(ground, ruling, members(), at('2026-11-26T17:00:00Z'));
    expect(told(before, 'KICKOFF_SCHEDULED')).toEqual(all.slice(0, 2));
    const after = escalationsDue({ ...named, taken: taken(before) }, ruling, members(), allTold);
    expect([...told(before, 'KICKOFF_SCHEDULED'), ...told(after, 'KICKOFF_SCHEDULED')]).toEqual(all);
  });
});

describe('a decision', () => {
  const decision = {
    id: 'decision',
    ownerId: 'dana.delivery',
    contactId: 'liam.lead',
    openedAt: at('2026-11-24T18:00:00Z'),
    dueOn: '2026-11-24',
    decidedAt: null,
    earlierDues: [],
  };

  it('that is asked after work on the day of its due date may be taken until midnight', () => {
    const asked = { ...ground, decisions: [decision] };
    const { steps } = escalationsDue(asked, ruling, members(), at('2026-12-20T12:00:00Z'));
    const times = steps.filter(({ decisionId }) => decisionId !== null).map(({ firesAt }) => firesAt.toISOString());
    expect(times.slice(0, 2)).toEqual(['2026-11-24T18:00:00.000Z', '2026-11-25T00:00:00.000Z']);
  });

  it('that was given another day after it passed was overdue all the same, whenever a worker comes', () => {
    const moved = {
      ...decision,
      dueOn: '2026-12-01',
      earlierDues: [{ dueOn: '2026-11-24', until: at('2026-11-25T10:00:00Z') }],
    };
    const { steps } = escalationsDue({ ...ground, decisions: [moved] }, ruling, members(), at('2026-11-26T12:00:00Z'));
    const [reminder, first, ...later] = steps.filter(({ decisionId }) => decisionId !== null);
    expect([reminder, first]).toMatchObject([
      { mark: '2026-11-24', step: 0 },
      { mark: '2026-11-24', step: 1, isNews: false, endedAt: at('2026-11-25T10:00:00Z') },
    ]);
    expect(later.every(({ firesAt }) => firesAt < at('2026-11-25T10:00:00Z'))).toBe(true);
  });

  it('whose contact has left tells the ladder', () => {
    const asked = { ...ground, decisions: [{ ...decision, ownerId: 'sofia.sales' }] };
    const due = escalationsDue(asked, ruling, members(['liam.lead']), at('2026-12-20T12:00:00Z'));
    expect(told(due, 'decision')).toEqual(['1 dana.delivery', '2 leah.lead', '3 ravi.revops']);
  });
});

it('a clock that is due at midnight, before a day that is not worked, reminds on the day that it ends', () => {
  const calendar: BusinessCalendar = {
    timeZone: 'America/New_York',
    hours: { thu: [{ from: '09:00', to: '17:00' }], fri: [{ from: '13:00', to: '24:00' }] },
    holidays: [],
  };
  const [clock, start] = [{ amount: 1, unit: 'BUSINESS_DAYS' } as const, at('2026-11-19T15:00:00Z')];
  expect(due(clock, start, calendar)).toEqual(at('2026-11-21T05:00:00Z'));
  expect(remindWithPauses(clock, start, calendar, [])).toEqual(at('2026-11-20T18:00:00Z'));
});
