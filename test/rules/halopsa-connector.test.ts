import fc from 'fast-check';
import { LosslessNumber } from 'lossless-json';
import { PsaDealState } from '../../src/integrations/halopsa/psa-sync.entity.js';
import { isHistory, judge, stepsFor } from '../../src/integrations/halopsa/opportunity.rules.js';
import { makesNothing } from '../../src/integrations/halopsa/halopsa.record.js';
import { notKept } from '../../src/integrations/halopsa/kept.rules.js';
import { settingsOf } from '../../src/integrations/halopsa/halopsa.settings.js';
import { ticketIds } from '../../src/integrations/halopsa/webhook.rules.js';
import type { Handoff } from '../../src/handoff/handoff.entity.js';
import { Stage, targetOf } from '../../src/handoff/stage.rules.js';

const settings = settingsOf({
  baseUrl: 'https://x.halopsa.com/',
  settings: { wonStatusIds: '9', wonClosureCategoryIds: '3', earlyProbability: '80', opportunityTypeIds: '30' },
});
const closed = '2026-09-30T10:00:00';
const NONE = '1899-12-30T00:00:00';

describe('a change that is written again', () => {
  const known = { id: 7, name: 'Go-live' };
  it.each([
    { what: 'a ticket that is there', record: { id: 1, status_id: 2 }, isHarmless: true },
    { what: 'a new ticket', record: { status_id: 2 }, isHarmless: false },
    { what: 'known milestones', record: { id: 1, milestones: [known] }, isHarmless: true },
    { what: 'a milestone more', record: { id: 1, milestones: [known, { name: 'New' }] }, isHarmless: false },
    { what: 'a dependency more', record: { id: 1, date_dependencies: [{ dependentfaultid: 3 }] }, isHarmless: false },
    { what: 'budgets, known by their type', record: { id: 1, budgets: [{ budgettype_id: 2 }] }, isHarmless: true },
  ])('$what: $isHarmless', ({ record, isHarmless }) => {
    expect(makesNothing(record)).toBe(isHarmless);
  });
});

describe('what an opportunity is', () => {
  it.each([
    { what: 'a won status', record: { status_id: 9 }, state: 'WON' },
    { what: 'closed as won', record: { status_id: 4, oppclosurecategory: 3, dateclosed: closed }, state: 'WON' },
    {
      what: 'opened again with its closure category',
      record: { oppclosurecategory: 3, dateclosed: NONE },
      state: 'OPEN',
    },
    { what: 'closed otherwise', record: { status_id: 8, dateclosed: closed }, state: 'LOST' },
    { what: 'open', record: { status_id: 2 }, state: 'OPEN' },
  ])('$what is $state', ({ record, state }) => {
    expect(judge({ tickettype_id: 30, ...record }, settings)?.state).toBe(state);
  });

  it('is none of another ticket type', () => {
    expect(judge({ tickettype_id: 1, status_id: 9 }, settings)).toBeNull();
  });

  it('is early from the probability on, and not when it is closed', () => {
    const at = (oppconversionprobability: number, more = {}) =>
      judge({ tickettype_id: 30, oppconversionprobability, ...more }, settings)?.isEarly;
    expect([at(79), at(80), at(100, { dateclosed: closed })]).toEqual([false, true, false]);
  });

  it('is history up to the moment of the first look, and never without one', () => {
    expect(isHistory({ dateclosed: closed }, closed)).toBe(true);
    expect(isHistory({ dateclosed: '2026-09-30T10:00:01' }, closed)).toBe(false);
    expect(isHistory({ dateclosed: closed }, null)).toBe(false);
  });
});

it('a lost deal has no live handoff, a won one always has one, whatever was before', () => {
  const stages = fc.constantFrom(...Object.values(Stage).filter((stage) => stage !== Stage.WITHDRAWN));
  const before = fc.option(fc.constantFrom(...Object.values(PsaDealState)), { nil: null });
  fc.assert(
    fc.property(fc.option(stages, { nil: null }), before, (stage, state) => {
      const handoff = stage === null ? null : ({ stage } as Handoff);
      const lost = stepsFor({ state: PsaDealState.LOST, isEarly: false }, state, handoff);
      const won = stepsFor({ state: PsaDealState.WON, isEarly: false }, state, handoff);
      const canEnd = stage !== null && targetOf('withdraw', stage) !== null;
      return (
        lost.importing === null &&
        (lost.withdraw !== null) === canEnd &&
        won.withdraw === null &&
        (stage !== null || won.importing === 'ALWAYS')
      );
    }),
  );
});

it('a deal that was opened again takes back what was handed over, unless we may have opened it ourselves', () => {
  const opened = { state: PsaDealState.OPEN, isEarly: false };
  const returned = { stage: Stage.RETURNED } as Handoff;
  expect(stepsFor(opened, PsaDealState.WON, returned).withdraw).not.toBeNull();
  expect(stepsFor(opened, PsaDealState.WON, returned, true).withdraw).toBeNull();
  const lost = { state: PsaDealState.LOST, isEarly: false };
  expect(stepsFor(lost, PsaDealState.WON, returned, true).withdraw).not.toBeNull();
});

describe('what HaloPSA kept', () => {
  it('is everything, whatever HaloPSA adds and however it writes numbers and days', () => {
    const written = {
      startdate: '2026-10-05',
      hours: new LosslessNumber('10.50'),
      customfields: [{ name: 'CFA', value: 'x' }],
    };
    const kept = {
      startdate: '2026-10-05T00:00:00',
      hours: new LosslessNumber('10.5'),
      customfields: [{ name: 'CFA', value: 'x', id: 1 }],
      more: 1,
    };
    expect(notKept(written, kept)).toEqual([]);
  });

  it('names what is missing or different, by its place', () => {
    const written = {
      parent_id: 5,
      customfields: [{ name: 'CFA', value: 'x' }],
      budgets: [{ budgettype_id: 1, hours: 10 }],
      milestones: [{ name: 'Build', target_date: '2026-10-05' }],
    };
    const kept = {
      budgets: [{ budgettype_id: 1, hours: 12 }],
      milestones: [{ name: 'Build', target_date: '2026-10-06' }],
    };
    expect(notKept(written, kept)).toEqual([
      'parent_id',
      'customfields.CFA',
      'budgets.1.hours',
      'milestones.Build.target_date',
    ]);
  });
});

it('a webhook of any text never throws, and names whole numbers above zero alone', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json()), (body) =>
      ticketIds(body).every((id) => Number.isSafeInteger(id) && id > 0),
    ),
  );
});
