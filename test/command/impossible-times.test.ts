import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseConfigurationFile } from '../../src/catalogue/configuration-file.js';
import { operation } from '../kit/operation.js';
import { playStory } from '../kit/story.js';
import { openSuite, START, type Suite } from '../kit/suite.js';
import type { GraphQLResult, Persona, World } from '../kit/world.js';

/**
 * Times that cannot be (issue 5, "Bad input"): calendars with gaps, dates that do not exist, negative hours, people who
 * have left, two who move the same kickoff. Each is a fault, a finding or a coded error that names the field and a remedy,
 * and none of them makes a clock wrong.
 */
const SAMPLE = readFileSync(resolve('tenants/northwind-managed.yaml'), 'utf8');

describe("a tenant's file", () => {
  const monday = `mon: [{ from: '09:00', to: '17:30' }]`;
  const week = SAMPLE.slice(SAMPLE.indexOf(`    ${monday}`), SAMPLE.indexOf('  holidays:'));
  const christmas = `- { date: '2026-12-25', name: 'Christmas Day' }`;
  const kickoff = 'KICKOFF_HELD: { amount: 5, unit: BUSINESS_DAYS }';
  const survey = 'dependsOn: [assign-project-lead]';

  it.each([
    { what: 'no working hour in a week', from: `hours:\n${week}`, to: 'hours: {}\n', code: 'NO_WORKING_TIME' },
    {
      what: 'a day that ends before it begins',
      from: monday,
      to: `mon: [{ from: '17:30', to: '09:00' }]`,
      code: 'REVERSED_HOURS',
    },
    {
      what: 'hours that overlap',
      from: monday,
      to: `mon: [{ from: '09:00', to: '13:00' }, { from: '12:00', to: '17:30' }]`,
      code: 'OVERLAPPING_HOURS',
    },
    { what: 'an hour that no day has', from: monday, to: `mon: [{ from: '09:00', to: '25:00' }]`, code: null },
    {
      what: 'a time zone that does not exist',
      from: 'calendar:\n  timeZone: Europe/London',
      to: 'calendar:\n  timeZone: Europe/Leeds',
      code: null,
    },
    { what: 'a holiday on 30 February', from: christmas, to: `- { date: '2026-02-30', name: 'Never' }`, code: null },
    { what: 'the same holiday twice', from: christmas, to: `${christmas}\n    ${christmas}`, code: null },
    { what: 'a clock of negative length', from: kickoff, to: kickoff.replace('5', '-5'), code: null },
    { what: 'a clock of no length', from: kickoff, to: kickoff.replace('5', '0'), code: null },
    { what: 'a clock of half a day', from: kickoff, to: kickoff.replace('5', '0.5'), code: null },
    { what: 'a clock in weeks', from: kickoff, to: kickoff.replace('BUSINESS_DAYS', 'WEEKS'), code: null },
    {
      what: 'a kickoff held before it is scheduled',
      from: kickoff,
      to: kickoff.replace('5', '1'),
      code: 'CLOCK_ORDER',
    },
    {
      what: 'a ladder of somebody who is not a member',
      from: '[leah.lead, dana.delivery, ravi.revops]',
      to: '[nobody.here]',
      code: null,
    },
    { what: 'tasks that wait for each other', from: survey, to: 'dependsOn: [review-handoff-document]', code: null },
  ])('with $what is refused', ({ from, to, code }) => {
    expect(SAMPLE.includes(from)).toBe(true);
    const parsed = parseConfigurationFile(SAMPLE.replace(from, () => to));
    const faults = parsed.ok ? [] : parsed.faults;
    expect(faults.length).toBeGreaterThan(0);
    if (code) expect(faults.map((fault) => fault.code)).toContain(code);
    for (const { path, remedy } of faults) expect([path.length > 0, remedy.length > 10]).toEqual([true, true]);
  });
});

describe('a handoff with a kickoff', () => {
  let suite: Suite;
  let world: World;
  let handoffId: string;
  let sales: Persona;
  let delivery: Persona;
  beforeAll(async () => {
    suite = await openSuite();
    world = await suite.tenant();
    ({ handoffId } = await playStory(world));
    [sales, delivery] = [await world.as('sofia.sales'), await world.as('dana.delivery')];
  });
  afterAll(() => suite.close());
  beforeEach(() => void (suite.clock.at = START));

  const revision = async (): Promise<number> =>
    Number(
      (await world.rows('select revision from handoff where tenant_id = $1 and id = $2', [handoffId]))[0]!.revision,
    );
  const send = async (persona: Persona, name: string, input: object): Promise<GraphQLResult> =>
    persona.graphql(operation(name), { input: { handoffId, expectedRevision: await revision(), ...input } });
  /** The codes of an answer that changed nothing: of an error, or of findings that all have path and remedy. */
  const refusal = ({ data, errors }: GraphQLResult): string[] => {
    const [result] = Object.values(data ?? {}) as { __typename: string; findings?: Record<string, string>[] }[];
    if (!result) return errors.map(({ extensions }) => String(extensions.code));
    const findings = result.findings ?? [];
    for (const { path, remedy } of findings) expect([path!.length > 0, remedy!.length > 10]).toEqual([true, true]);
    return findings.map(({ code }) => code!);
  };
  const date = async (): Promise<unknown> =>
    (
      await world.rows(
        "select starts_at from kickoff where tenant_id = $1 and handoff_id = $2 and state = 'SCHEDULED'",
        [handoffId],
      )
    ).map(({ starts_at }) => (starts_at as Date).toISOString());

  it.each([
    { startsAt: '2026-02-30T10:00:00Z', durationMinutes: 45, code: 'BAD_USER_INPUT' },
    { startsAt: '2026-12-02T25:00:00Z', durationMinutes: 45, code: 'BAD_USER_INPUT' },
    { startsAt: '2026-12-02', durationMinutes: 45, code: 'BAD_USER_INPUT' },
    { startsAt: '2026-12-02T10:00:00', durationMinutes: 45, code: 'BAD_USER_INPUT' },
    { startsAt: '0001-01-03T10:00:00Z', durationMinutes: 45, code: 'BAD_USER_INPUT' },
    { startsAt: '2026-11-20T10:00:00Z', durationMinutes: 45, code: 'DATE_IN_THE_PAST' },
    { startsAt: '2026-12-05T10:00:00Z', durationMinutes: 45, code: 'OUTSIDE_BUSINESS_HOURS' },
    { startsAt: '2026-12-28T10:00:00Z', durationMinutes: 45, code: 'OUTSIDE_BUSINESS_HOURS' },
    { startsAt: '2026-12-02T10:00:00Z', durationMinutes: -45, code: 'BAD_USER_INPUT' },
    { startsAt: '2026-12-02T10:00:00Z', durationMinutes: 0, code: 'BAD_USER_INPUT' },
    { startsAt: '2026-12-02T10:00:00Z', durationMinutes: 1e9, code: 'BAD_USER_INPUT' },
  ])('has none at $startsAt for $durationMinutes minutes', async ({ code, ...input }) => {
    const before = await date();
    expect(refusal(await send(delivery, 'schedule-kickoff', input))).toContain(code);
    expect(await date()).toEqual(before);
  });

  it.each([
    { dueOn: '2026-02-30', code: 'BAD_USER_INPUT' },
    { dueOn: '2026-13-01', code: 'BAD_USER_INPUT' },
    { dueOn: '20261201', code: 'BAD_USER_INPUT' },
    { dueOn: '2026-11-22', code: 'DUE_IN_THE_PAST' },
  ])('has no decision due on $dueOn', async ({ dueOn, code }) => {
    const [ownerId, escalationContactId] = [delivery.actor.id, await world.idOf('leah.lead')];
    const asked = {
      kind: 'QUESTION',
      question: 'Who pays?',
      ownerId,
      escalationContactId,
      blocksKickoff: false,
      dueOn,
    };
    expect(refusal(await send(delivery, 'open-decision', asked))).toContain(code);
  });

  it('is moved by one of two people at once, and the other is told that it has changed', async () => {
    const expectedRevision = await revision();
    const answers = await Promise.all(
      ['2026-12-02T11:00:00Z', '2026-12-03T11:00:00Z'].map((startsAt) =>
        send(delivery, 'schedule-kickoff', { startsAt, durationMinutes: 45, expectedRevision }),
      ),
    );
    const codes = answers.flatMap(refusal);
    expect(codes.filter((code) => code === 'STALE_REVISION')).toHaveLength(1);
    expect(await date()).toHaveLength(1);
  });

  it('is not moved in the hour that comes twice to another instant than was meant', async () => {
    // 09:30 in London is another instant before and after the change; the API takes instants, and keeps them.
    const startsAt = '2027-03-30T08:30:00.000Z';
    expect(refusal(await send(delivery, 'schedule-kickoff', { startsAt, durationMinutes: 45 }))).toEqual([]);
    expect(await date()).toEqual([startsAt]);
    const early = { startsAt: '2027-03-25T08:30:00.000Z', durationMinutes: 45 };
    expect(refusal(await send(delivery, 'schedule-kickoff', early))).toContain('OUTSIDE_BUSINESS_HOURS');
  });

  it('lets nobody who has left own a decision, be told of one, or give a date', async () => {
    const admin = await world.as('ravi.revops');
    const left = await world.idOf('dylan.delivery');
    const [gone] = await world.rows('select revision from person where tenant_id = $1 and id = $2', [left]);
    const dylan = await world.as('dylan.delivery');
    const suspended = await admin.graphql(operation('suspend-member'), {
      input: { personId: left, expectedRevision: Number(gone!.revision) },
    });
    expect(suspended.errors).toEqual([]);
    const owner = delivery.actor.id;
    const asked = { kind: 'QUESTION', question: 'Who pays?', dueOn: '2026-11-30', blocksKickoff: false };
    const owned = { ...asked, ownerId: left, escalationContactId: owner };
    expect(refusal(await send(sales, 'open-decision', owned))).toContain('OWNER_NOT_ELIGIBLE');
    const told = { ...asked, ownerId: owner, escalationContactId: left };
    expect(refusal(await send(sales, 'open-decision', told))).toContain('CONTACT_NOT_ELIGIBLE');
    expect(refusal(await send(sales, 'assign-delivery-manager', { personId: left })).length).toBeGreaterThan(0);
    const startsAt = '2026-12-04T11:00:00Z';
    expect(refusal(await send(dylan, 'schedule-kickoff', { startsAt, durationMinutes: 45 }))).toEqual(['FORBIDDEN']);
  });
});
