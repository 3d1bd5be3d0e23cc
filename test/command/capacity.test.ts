import { suspendMember } from '../../src/identity/member.commands.js';
import { openSuite, type Suite } from '../kit/suite.js';
import { Planning } from './capacity.kit.js';

let suite: Suite;
let team: Planning;
/** Signed off in the story, with 16 hours a week from the middle of December on. */
let first: string;
/** In review, each without a plan at the beginning of a test. */
let second: string;
let third: string;

beforeAll(async () => {
  suite = await openSuite();
  const world = await suite.tenant((configuration) => {
    configuration.capacity = {
      roles: [
        { role: 'Network engineer', hoursPerWeek: '40', tasksOf: ['SERVICE_DELIVERY_LEAD'] },
        { role: 'Project manager', hoursPerWeek: '10', tasksOf: ['DELIVERY_MANAGER'] },
      ],
      people: [{ person: 'liam.lead', role: 'Network engineer', hoursPerWeek: '20' }],
    };
  });
  team = await Planning.open(world);
  first = await team.signedOff();
  second = await team.inReview();
  third = await team.inReview();
});
afterEach(async () => {
  for (const id of [second, third]) await team.clear(id);
});
afterAll(() => suite.close());

it('a sign-off promises the hours of the plan, and an end of it makes them requests again', async () => {
  expect(await team.week()).toEqual(['60', '16', '0', '44']);
  const other = second;
  await team.add(other, { hoursPerWeek: '30' });
  expect(await team.week()).toEqual(['60', '16', '30', '44']);
  expect((await team.plan(other)).resourcePlan).toMatchObject([{ booking: 'SOFT', conflicts: [] }]);
  expect(await team.signOff(other)).toMatchObject({ type: 'Handoff' });
  expect(await team.week()).toEqual(['60', '46', '0', '14']);
  expect((await team.plan(other)).resourcePlan).toMatchObject([{ booking: 'HARD' }]);
  await team.change('revoke-sign-off', other, { reason: 'The engineer has left.' });
  expect(await team.week()).toEqual(['60', '16', '30', '44']);
});

it('more than is left is refused with every way out, or accepted by name: the sign-off keeps what was accepted', async () => {
  const other = second;
  await team.add(other, { hoursPerWeek: '50' });
  const { capacityCheck } = await team.plan(other);
  expect(capacityCheck).toMatchObject({ fits: false, fitsFromWeek: expect.stringMatching(/^2027-W/) });
  expect(capacityCheck.conflicts).toMatchObject([
    { week: '2027-W01', role: 'Network engineer', hoursOver: '6', hardHours: '16', handoffs: [{ id: first }] },
  ]);
  const refused = await team.signOff(other);
  expect(refused).toMatchObject({ type: 'Refused', codes: expect.arrayContaining(['CAPACITY_EXCEEDED']) });
  const acceptedConflicts = capacityCheck.conflicts.map(({ key }: { key: string }) => key);
  expect((await team.signOff(other, { acceptedConflicts })).codes).toContain('CONFLICT_REASON_MISSING');
  // The hours are others by the time of the sign-off: what was accepted is not what is.
  const said = { role: 'Network engineer', week: '2027-W01' };
  await team.send('set-absence', { ...said, hours: '10', reason: 'TRAINING' }, team.lead);
  const conflictReason = 'A contractor takes over the cabling in that week.';
  const stale = await team.signOff(other, { acceptedConflicts, conflictReason });
  expect(stale.codes).toEqual(expect.arrayContaining(['CAPACITY_EXCEEDED', 'UNKNOWN_CONFLICT']));
  await team.send('set-absence', { ...said, hours: null, reason: 'CORRECTION' }, team.lead);
  expect(await team.signOff(other, { acceptedConflicts, conflictReason })).toMatchObject({ type: 'Handoff' });
  expect((await team.plan(other)).signOffs[0]).toMatchObject({
    state: 'LIVE',
    acceptedConflicts: [{ week: '2027-W01', role: 'Network engineer', hoursOver: '6' }],
    conflictReason,
  });
  const [entry] = await team.world.rows(
    "select content from ledger_entry where tenant_id = $1 and action = 'signOffFeasibility' and outcome = 'DONE' order by id desc limit 1",
  );
  expect(entry!.content).toContain(acceptedConflicts[0]);
  expect(entry!.content).not.toContain('contractor');
});

it('a plan begins from the task pack and the budget, once', async () => {
  const other = third;
  const { proposedResourcePlan } = await team.plan(other);
  expect(proposedResourcePlan.length).toBeGreaterThan(2);
  expect(new Set(proposedResourcePlan.map(({ role }: { role: string }) => role))).toContain('Network engineer');
  const adopted = await team.change('adopt-proposed-plan', other, {});
  expect(adopted.answer.resourcePlan).toHaveLength(proposedResourcePlan.length);
  expect((await team.change('adopt-proposed-plan', other, {})).codes).toEqual(['PLAN_NOT_EMPTY']);
});

it('two sign-offs at once for the last free hours: the second sees what the first was promised', async () => {
  const both = [second, third];
  for (const id of both) await team.add(id, { hoursPerWeek: '40' });
  for (let round = 0; round < 3; round += 1) {
    const answers = await Promise.all(both.map((id) => team.signOff(id)));
    expect(answers.map(({ type }) => type).toSorted()).toEqual(['Handoff', 'Refused']);
    expect(answers.find(({ type }) => type === 'Refused')!.codes).toContain('CAPACITY_EXCEEDED');
    const winner = both[answers.findIndex(({ type }) => type === 'Handoff')]!;
    await team.change('revoke-sign-off', winner, { reason: 'Another round is played.' });
  }
  const [{ n }] = (await team.world.rows(
    'select deadlocks::int as n from pg_stat_database where datname = current_database() and $1::uuid is not null',
  )) as [{ n: number }];
  expect(n).toBe(0);
});

describe('what is said of single weeks', () => {
  const said = (parts: object = {}) => ({
    role: 'Network engineer',
    personId: null,
    week: '2027-W10',
    hours: '5',
    reason: 'LEAVE',
    ...parts,
  });

  it('counts before the configuration, and is kept with who said it and why', async () => {
    const personId = await team.world.idOf('liam.lead');
    await team.send('set-capacity', said({ hours: '100', reason: 'TEAM_CHANGE' }));
    await team.send('set-absence', said({ personId, hours: '20' }));
    expect((await team.week('2027-W10')).slice(0, 2)).toEqual(['100', '0']);
    const changes = `{ capacity(fromWeek: "2027-W10", weeks: 1) { role changes { kind hours reason person { handle } setter { handle } } } }`;
    const { data } = await team.lead.graphql(changes);
    expect(data!.capacity[0].changes).toEqual([
      {
        kind: 'ABSENCE',
        hours: '20',
        reason: 'LEAVE',
        person: { handle: 'liam.lead' },
        setter: { handle: 'dana.delivery' },
      },
      { kind: 'CAPACITY', hours: '100', reason: 'TEAM_CHANGE', person: null, setter: { handle: 'dana.delivery' } },
    ]);
    const auditor = await team.world.as('audrey.audit');
    expect((await auditor.graphql(changes)).errors[0]?.extensions.code).toBe('FORBIDDEN');
  });

  it.each([
    {
      what: 'a week that does not exist',
      name: 'set-capacity',
      parts: { week: '2026-W54' },
      type: 'BAD_USER_INPUT',
      codes: [],
    },
    { what: 'negative hours', name: 'set-capacity', parts: { hours: '-1' }, type: 'BAD_USER_INPUT', codes: [] },
    {
      what: 'an absence in no week',
      name: 'set-absence',
      parts: { week: '2027-W53' },
      type: 'BAD_USER_INPUT',
      codes: [],
    },
    {
      what: 'an absence of more than there is',
      name: 'set-absence',
      parts: { hours: '100.01', week: '2027-W11' },
      type: 'Refused',
      codes: ['ABSENCE_ABOVE_CAPACITY'],
    },
    {
      what: 'an absence from a role that nobody has',
      name: 'set-absence',
      parts: { role: 'Welder' },
      type: 'Refused',
      codes: ['NO_CAPACITY'],
    },
  ])('$what', async ({ name, parts, type, codes }) => {
    expect(await team.send(name, said(parts))).toMatchObject({ type, codes });
  });
});

it('a line is refused for what no week has, and for who left; who leaves later is named at the sign-off', async () => {
  const other = second;
  const liam = await team.world.idOf('liam.lead');
  expect(await team.add(other, { hoursPerWeek: '-4' })).toMatchObject({ type: 'BAD_USER_INPUT' });
  expect((await team.add(other, { hoursPerWeek: '168.5', fromOn: '2027-01-10' })).codes).toEqual([
    'HOURS_OUT_OF_RANGE',
    'PERIOD_NOT_WORKED',
  ]);
  expect((await team.add(other, { toOn: '2026-12-31' })).codes).toEqual(['PERIOD_REVERSED']);
  expect((await team.add(other, { toOn: '2099-12-31' })).codes).toEqual(['PERIOD_TOO_LONG']);
  await team.add(other, { personId: liam, role: 'Welder' });
  const admin = await team.world.as('ravi.revops');
  await admin.done(suspendMember, { personId: liam, expectedRevision: 1 });
  expect((await team.add(other, { personId: liam })).codes).toEqual(['PERSON_LEFT']);
  expect((await team.signOff(other)).codes).toEqual(
    expect.arrayContaining(['BOOKED_PERSON_LEFT', 'ROLE_WITHOUT_CAPACITY']),
  );
  // Liam's twenty hours went with him.
  expect((await team.week('2027-W20'))[0]).toBe('40');
});

it('a change of the plan ends the sign-off, says why, and leaves the client no date', async () => {
  const [line] = await team.linesOf(first);
  const removed = await team.change('remove-resource-booking', first, { bookingId: line!.id });
  expect(removed.answer).toMatchObject({ __typename: 'Handoff', stage: 'IN_REVIEW' });
  const [signOff] = await team.world.rows(
    'select state, end_reason, end_code from feasibility_sign_off where tenant_id = $1 and handoff_id = $2',
    [first],
  );
  expect(signOff).toEqual({ state: 'LAPSED', end_reason: 'the resource plan has changed', end_code: 'PLAN_CHANGED' });
  const asked = 'query($id: ID!) { handoff(id: $id) { kickoffs { state live } project { state } } }';
  const { data } = await team.delivery.graphql(asked, { id: first });
  expect(data!.handoff).toEqual({
    kickoffs: [{ state: 'VOID', live: false }],
    project: { state: 'AWAITING_SIGN_OFF' },
  });
  const kickoff = { startsAt: '2026-12-02T11:00:00Z', durationMinutes: 45 };
  expect((await team.change('schedule-kickoff', first, kickoff)).codes).toEqual(
    expect.arrayContaining(['WRONG_STAGE', 'SIGN_OFF_MISSING']),
  );
});

it('a withdrawal frees the hours, and closes the plan', async () => {
  await team.add(third, { hoursPerWeek: '30' });
  expect((await team.week())[2]).toBe('30');
  const sales = await team.world.as('sofia.sales');
  await team.send('withdraw-handoff', await team.on(third, { reason: 'The deal was lost after all.' }), sales);
  expect((await team.week())[2]).toBe('0');
  expect((await team.plan(third)).resourcePlan).toMatchObject([{ booking: 'FREED' }]);
  expect((await team.add(third)).codes).toEqual(['PLAN_CLOSED']);
});
