import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { pino } from 'pino';
import { recordActuals } from '../../src/actuals/actuals.commands.js';
import { systemActor } from '../../src/core/actor.js';
import { EffectState } from '../../src/core/outbox/effect.entity.js';
import { WatchPlanner } from '../../src/integrations/connection/watch.planner.js';
import { demoDeal } from '../../src/sandbox/demo/deal-files.js';
import { FAULTS } from '../../src/sandbox/halopsa/faults.js';
import { noNotes, personActor } from '../../src/sandbox/halopsa/actor.js';
import { type ActName, perform } from '../../src/sandbox/halopsa/people.js';
import { seedDeal } from '../../src/sandbox/halopsa/seed.js';
import type { HaloRecord } from '../../src/sandbox/halopsa/store.js';
import { saveTicket } from '../../src/sandbox/halopsa/tickets.write.js';
import { operation } from '../kit/operation.js';
import { playStory } from '../kit/story.js';
import { openSuite, START, type Suite } from '../kit/suite.js';
import type { World } from '../kit/world.js';
import { HaloWorld } from './halopsa.kit.js';

const sample = readFileSync(resolve('samples/halopsa/managed-network-below-floor.json'), 'utf8');

let suite: Suite;
let world: World;
let there: HaloWorld;
let handoffId: string;
let opportunity: number;

/** One project that stands in HaloPSA as it was planned; the tests follow it, one after the other. */
beforeAll(async () => {
  suite = await openSuite();
  suite.clock.at = START;
  world = await suite.tenant();
  there = await HaloWorld.start(suite, world);
  // Hours of the test's clock pass within five minutes of the simulator's.
  there.halo.configure({ rateLimit: 100_000 });
  await there.connect();
  ({ handoffId } = await playStory(world));
  const [row] = await world.rows(
    'select d.external_id from deal d join handoff h on h.tenant_id = $1 and h.deal_id = d.id where d.tenant_id = $1 and h.id = $2',
    [handoffId],
  );
  opportunity = Number(row!.external_id);
  seedDeal(there.halo, JSON.parse(demoDeal(sample, opportunity).won));
  await there.work();
});
afterAll(async () => {
  await there.close();
  await suite.close();
});

const tickets = (): readonly HaloRecord[] => there.halo.store.all('ticket');
const project = (): HaloRecord => tickets().find((one) => one.tickettype_id === 5)!;
const tasks = (): readonly HaloRecord[] => tickets().filter((one) => one.tickettype_id === 6);
const act = (name: ActName, input: Record<string, string | number>): HaloRecord => perform(there.halo, name, input);
const parts = (record: HaloRecord, name: string): readonly HaloRecord[] =>
  (record[name] ?? []) as readonly HaloRecord[];

// oxlint-disable-next-line typescript/no-explicit-any -- a test reads whatever it asked for
type Seen = Record<string, any>;

/** What a service delivery lead sees of the project. */
async function seen(): Promise<Seen> {
  const finance = await world.as('SERVICE_DELIVERY_LEAD');
  const { data, errors } = await finance.graphql(operation('project-actuals'), { id: await projectId() });
  expect(errors).toEqual([]);
  return data!.project;
}

async function projectId(): Promise<string> {
  const [row] = await world.rows('select id from project where tenant_id = $1 and handoff_id = $2', [handoffId]);
  return row!.id as string;
}

const count = async (sql: string): Promise<number> => (await world.rows(sql, []))[0]!.n as number;
const snapshots = (): Promise<number> => count('select count(*)::int as n from actuals_snapshot where tenant_id = $1');
const alerts = (): Promise<number> =>
  count("select count(*)::int as n from alert where tenant_id = $1 and code = 'PSA_DRIFT'");

/** The drifts, newest first; of one field when it is named. */
async function drifts(field?: string): Promise<Seen[]> {
  const all = (await seen()).drifts as Seen[];
  return field === undefined ? all : all.filter((drift) => drift.field === field);
}

async function decide(name: 'restore-baseline' | 'accept-drift', { id, revision }: Seen): Promise<Seen> {
  const lead = await world.as('SERVICE_DELIVERY_LEAD');
  const { data, errors } = await lead.graphql(operation(name), { input: { driftId: id, expectedRevision: revision } });
  expect(errors).toEqual([]);
  return Object.values(data!)[0];
}

const labour = (): HaloRecord => parts(project(), 'budgets').find(({ budgettype_id }) => budgettype_id === 1)!;

/** The tasks and conversations that were asked for one by one after a request. */
const askedOneByOne = (after: number): readonly string[] =>
  there.halo.log
    .list({ after, method: 'GET' })
    .filter(({ path, query }) => {
      const ids = tasks().map(({ id }) => String(id));
      return ids.some((id) => path.endsWith(`/Tickets/${id}`) || query.ticket_id === id);
    })
    .map(({ path }) => path);

it('is read when it stands, and a read that says the same adds nothing', async () => {
  const written = there.halo.log.list().at(-1)!.number;
  await there.later(6);
  // What nobody touched since we wrote it costs none of the requests that the instance allows.
  expect(askedOneByOne(written)).toEqual([]);
  const first = await seen();
  expect(first.actuals).toMatchObject({ source: 'HALOPSA', sourceId: String(project().id), firstContactAt: null });
  expect(first.forecast).toMatchObject({ actualMinutes: 0, isRealised: false, unknown: null });
  expect(first.forecast.forecastMinutes).toBe(first.forecast.baselineMinutes);
  expect(first.erosion.erosion.amount).toBe('0.00');
  expect(first.firstTouch).toMatchObject({ contactAt: null, minutes: null });
  expect(first.drifts).toEqual([]);
  await there.later(6);
  await there.later(65);
  expect(await snapshots()).toBe(1);
});

it('keeps amounts of margin and cost from who may not see them', async () => {
  const manager = await world.as('dana.delivery');
  const query = 'query ($id: ID!) { project(id: $id) { erosion { erosionBps } } }';
  const { errors } = await manager.graphql(query, { id: await projectId() });
  expect(errors[0]!.extensions.code).toBe('FORBIDDEN');
});

describe('the drift watch', () => {
  it('opens one incident for an edit behind the baseline, restores it, and moves nothing of ours', async () => {
    const before = await seen();
    const agreed = Number(labour().hours);
    act('budget', { id: project().id as number, hours: agreed + 40, type: 1 });
    await there.later(6);
    await there.later(6);
    const [hours, ...others] = await drifts('budgets.1.hours');
    expect(others).toEqual([]);
    const values = { ours: String(agreed), theirs: String(agreed + 40) };
    expect(hours).toMatchObject({ state: 'OPEN', ...values, changedBy: 'agent 8' });
    const [money] = await drifts('budgets.1.money');
    expect(money).toMatchObject({ ours: null, theirs: null, theirsAmount: { currency: 'GBP' } });
    expect(await alerts()).toBe(1);
    const during = await seen();
    expect(during.forecast.forecastMinutes).toBe(before.forecast.forecastMinutes + 2400);
    expect(await decide('restore-baseline', hours!)).toMatchObject({ __typename: 'PsaDrift', state: 'RESTORING' });
    await there.work();
    expect((await drifts('budgets.1.hours'))[0]).toMatchObject({ state: 'RESTORED' });
    // One record is written whole, so the amount came back with the hours.
    expect((await drifts('budgets.1.money'))[0]).toMatchObject({ state: 'GONE' });
    expect(labour().hours).toBe(agreed);
    const after = await seen();
    expect(after.currentBaseline).toEqual(before.currentBaseline);
    expect(after.forecast.forecastMinutes).toBe(before.forecast.forecastMinutes);
    expect(await alerts()).toBe(1);
    expect(await decide('restore-baseline', { ...hours, revision: hours!.revision + 2 })).toMatchObject({
      findings: [{ code: 'DRIFT_ENDED' }],
    });
  });

  it('ends by itself when somebody puts it right there', async () => {
    const task = tasks()[0]!;
    const baseline = parts(project(), 'customfields').find(({ name }) => name === 'CFBaseline')!.value as string;
    act('retitle', { id: task.id as number, summary: 'Something else' });
    act('field', { id: project().id as number, name: 'CFBaseline', value: 'v9' });
    await there.later(6);
    expect((await drifts('summary'))[0]).toMatchObject({ state: 'OPEN', theirs: 'Something else' });
    expect((await drifts('customfields.CFBaseline'))[0]).toMatchObject({ state: 'OPEN', ours: baseline, theirs: 'v9' });
    act('retitle', { id: task.id as number, summary: String(task.summary) });
    act('field', { id: project().id as number, name: 'CFBaseline', value: baseline });
    await there.later(6);
    expect((await drifts('summary'))[0]).toMatchObject({ state: 'GONE' });
    expect((await drifts('customfields.CFBaseline'))[0]).toMatchObject({ state: 'GONE' });
  });

  it('finds a task that was deleted, and makes it anew once', async () => {
    const many = tasks().length;
    act('delete', { id: tasks()[1]!.id as number });
    // No list of changes has it: found by the look of the hour.
    await there.later(65);
    const [removed] = await drifts('removed');
    expect(removed).toMatchObject({ state: 'OPEN' });
    await decide('restore-baseline', removed!);
    await there.work();
    expect(tasks()).toHaveLength(many);
    expect((await drifts('removed'))[0]).toMatchObject({ state: 'RESTORED' });
  });

  it('lets an accepted difference stand until it changes further, and refuses a decision twice', async () => {
    const { id, name } = parts(project(), 'milestones')[0]!;
    const field = `milestones.${String(name)}.target_date`;
    act('move', { id: project().id as number, milestone: id as number, day: '2027-06-01' });
    await there.later(6);
    const [moved] = await drifts(field);
    expect(await decide('accept-drift', moved!)).toMatchObject({ state: 'ACCEPTED' });
    const again = { ...moved, revision: moved!.revision + 1 };
    expect(await decide('accept-drift', again)).toMatchObject({ findings: [{ code: 'DRIFT_DECIDED' }] });
    await there.later(65);
    expect(await drifts(field)).toHaveLength(1);
    act('move', { id: project().id as number, milestone: id as number, day: '2027-07-01' });
    await there.later(6);
    const states = (await drifts(field)).map(({ state }) => state);
    expect(states).toEqual(['OPEN', 'ACCEPTED']);
    await decide('restore-baseline', (await drifts(field))[0]!);
    await there.work();
    expect((await drifts(field))[0]).toMatchObject({ state: 'RESTORED' });
  });

  it('says that nothing can be written again of what somebody added there', async () => {
    const milestones = [{ name: 'Extra', sequence: 9, start_date: '2027-01-04', target_date: '2027-01-08' }];
    saveTicket(there.halo, { id: project().id, milestones }, personActor(8), noNotes());
    await there.later(6);
    const [added] = await drifts('milestones.Extra');
    expect(added).toMatchObject({ state: 'OPEN', ours: null, theirs: 'Extra' });
    expect(await decide('restore-baseline', added!)).toMatchObject({ findings: [{ code: 'DRIFT_NOT_OURS' }] });
    await decide('accept-drift', added!);
  });
});

describe('what delivery spent', () => {
  it('comes back although HaloPSA fails in between, and everything else follows from it', async () => {
    const before = await seen();
    const kept = await snapshots();
    // Twice the hours that were sold are booked: what is overspent does not come back.
    const hours = Number(labour().hours);
    const task = tasks().find(({ budgettype_id }) => budgettype_id === 1)!;
    act('time', { id: task.id as number, hours: hours * 2 });
    act('task', { id: task.id as number });
    act('email', { id: opportunity });
    there.halo.faults.add({ method: 'GET', path: '/Projects', times: 2, ...FAULTS.throttled('5') });
    there.halo.faults.add({ method: 'GET', path: '/Tickets', after: 1, times: 2, ...FAULTS.cutAnswer() });
    there.halo.faults.add({ method: 'GET', path: '/Actions', times: 1, ...FAULTS.failsBefore() });
    await there.later(6);
    const after = await seen();
    expect(await snapshots()).toBe(kept + 1);
    expect(after.forecast.actualMinutes).toBe(hours * 120);
    expect(after.forecast.forecastMinutes).toBe(before.forecast.baselineMinutes + hours * 60);
    expect(Number(after.erosion.erosion.amount)).toBeGreaterThan(0);
    const { baselineMarginBps, forecastMarginBps, erosionBps } = after.erosion;
    expect(Math.abs(baselineMarginBps - forecastMarginBps - erosionBps)).toBeLessThanOrEqual(1);
    expect(after.actuals.marks.map(({ kind }: { kind: string }) => kind)).toEqual(['TASK']);
    expect(after.firstTouch).toMatchObject({ wonAt: after.actuals.wonAt, contactAt: after.actuals.firstContactAt });
    expect(after.firstTouch.minutes).toBeGreaterThanOrEqual(0);
    expect(after.actualsHistory).toHaveLength(kept + 1);
  });

  it('is never what an older read says that comes late: that one stands in the history alone', async () => {
    const current = (await seen()).actuals;
    const kept = await snapshots();
    const late = {
      handoffId,
      source: 'HALOPSA',
      sourceId: current.sourceId as string,
      takenAt: new Date(new Date(current.takenAt as string).getTime() - 60_000),
      readAt: suite.clock.at,
      closedAt: null,
      wonAt: null,
      firstContactAt: null,
      todosDone: 0,
      todosTotal: 0,
      currency: 'GBP',
      lines: [],
      marks: [],
    };
    const actor = systemActor(world.tenantId, 'halopsa.actuals');
    const request = { idempotencyKey: null, path: 'late' };
    await suite.pipeline.run(actor, recordActuals, late, request);
    expect(await snapshots()).toBe(kept + 1);
    expect((await seen()).actuals).toEqual(current);
  });

  it('knows the first deliverable by its last task, and counts business days when it is late', async () => {
    const first = [...parts(project(), 'milestones')].toSorted((a, b) =>
      String(a.target_date).localeCompare(String(b.target_date)),
    )[0]!;
    // A month later, and nobody has finished it.
    suite.clock.at = new Date(suite.clock.at.getTime() + 40 * 86_400_000);
    const late = (await seen()).firstDeliverable;
    expect(late).toMatchObject({ doneAt: null, isLate: true });
    expect(late.businessDaysLate).toBeGreaterThan(1);
    act('milestone', { id: project().id as number, milestone: first.id as number });
    await there.later(6);
    const done = (await seen()).firstDeliverable;
    expect(done).toMatchObject({ isLate: false, milestone: { name: first.name } });
    expect(done.doneAt).not.toBeNull();
  });
});

it('goes on watching by itself after its sweep died of an outage', async () => {
  const sweeps = async (): Promise<number> =>
    (await there.effects([EffectState.PENDING])).filter(({ kind }) => kind === 'halopsa.sweep').length;
  expect(await sweeps()).toBe(1);
  const text = `update outbox_effect set state = 'DEAD' where tenant_id = $1 and kind = 'halopsa.sweep' and state = 'PENDING'`;
  await suite.gateway.transaction(world.tenantId, (tx) => tx.commit([{ text, values: [] }]));
  suite.clock.at = new Date(suite.clock.at.getTime() + 3 * 86_400_000);
  const planner = new WatchPlanner({
    gateway: suite.gateway,
    present: () => suite.clock.now(),
    tenants: async () => [world.tenantId],
    log: pino({ level: 'silent' }),
  });
  expect(await planner.pass()).toBe(1);
  expect(await planner.pass()).toBe(0);
  await there.work();
  expect(await sweeps()).toBe(1);
});

it('takes our own writes for no drift, also while they fail', async () => {
  const known = (await drifts()).length;
  there.halo.faults.add({ method: 'POST', path: '/Projects', ...FAULTS.drops('customfields'), times: null });
  const sales = await world.as('sofia.sales');
  await sales.graphql(operation('import-deal'), { input: { payload: demoDeal(sample, opportunity).won } });
  await there.later(6);
  await there.later(65);
  // The status could not be written: that is told at its effect, and is nobody's edit.
  const dead = (await there.effects([EffectState.DEAD])).map(({ kind }) => kind);
  expect(dead).toContain('halopsa.status');
  expect(await drifts()).toHaveLength(known);
});
