import { pino } from 'pino';
import { castVote } from '../../src/approval/approval.commands.js';
import { drawSample } from '../../src/audit/sample.commands.js';
import { Population } from '../../src/audit/population.js';
import { AuditSampleItem } from '../../src/audit/sample.entity.js';
import { ControlVerdict } from '../../src/audit/audit.input.js';
import { reviewControlItem } from '../../src/audit/control.commands.js';
import { ControlItem, ControlItemState, ControlRun } from '../../src/audit/control.entity.js';
import { controlOverdueHandler, controlRunHandler } from '../../src/audit/control.handler.js';
import { ControlPlanner } from '../../src/audit/control.planner.js';
import { Alert } from '../../src/core/alert.js';
import { Dispatcher } from '../../src/core/outbox/dispatcher.js';
import { select, update } from '../../src/core/statement.js';
import { Role } from '../../src/identity/roles.js';
import { openSuite, START, type Suite } from '../kit/suite.js';
import type { World } from '../kit/world.js';
import { attempt, ballot, open } from './approval.kit.js';
import { codes } from './engine.kit.js';

let suite: Suite;
let world: World;
beforeAll(async () => {
  suite = await openSuite();
});
beforeEach(async () => {
  suite.clock.at = START;
  world = await suite.tenant();
});
afterAll(() => suite.close());

const at = (text: string): void => void (suite.clock.at = new Date(text));

/** One look of the worker: what is due is asked for, and done. */
async function work(of = world): Promise<void> {
  const tenants = async (): Promise<string[]> => [of.tenantId];
  const log = pino({ level: 'silent' });
  const { gateway, clock, pipeline } = suite;
  await new ControlPlanner({ gateway, present: () => clock.now(), tenants, log }).pass();
  const handlers = { 'control.run': controlRunHandler, 'control.overdue': controlOverdueHandler };
  const dispatcher = new Dispatcher({ gateway, clock, pipeline, handlers, tenants, log });
  for (let pass = 0; pass < 6; pass += 1) await dispatcher.pass();
}

/** So many granted exceptions. */
async function exceptions(count: number, of = world): Promise<string[]> {
  const ids: string[] = [];
  for (let n = 0; n < count; n += 1) {
    const { id } = await open(of, { approvers: 1 });
    await (await of.as('freda.finance')).done(castVote, ballot(id));
    ids.push(id);
  }
  return ids;
}

const runs = async (): Promise<ControlRun[]> =>
  (await world.read({ runs: select(ControlRun, {}, { orderBy: ['period'] }) })).runs;
const items = async (): Promise<ControlItem[]> =>
  (await world.read({ items: select(ControlItem, {}, { orderBy: ['runId', 'position'] }) })).items;
const alerts = async (): Promise<[string, Alert['facts']][]> =>
  (await world.read({ found: select(Alert) })).found.map(({ code, facts }) => [code, facts]);

it('runs once a month has ended by the clock of the tenant, also a month without overrides', async () => {
  at('2026-11-30T23:59:59Z');
  await work();
  expect(await runs()).toEqual([]);
  at('2026-12-01T00:01:00Z');
  await work();
  await work();
  const [run, ...others] = await runs();
  expect(others).toEqual([]);
  expect(run!.period).toBe('2026-11');
  const [sample] = await world.rows('select * from audit_sample where tenant_id = $1');
  expect(sample).toMatchObject({ rows: 0, size: 0, drawn_by: 'control.run' });
  expect((sample!.from_at as Date).toISOString()).toBe('2026-11-01T00:00:00.000Z');
});

it('catches up after months of downtime, each month with its own overrides', async () => {
  await exceptions(2);
  at('2027-01-15T10:00:00Z');
  await exceptions(1);
  at('2027-04-02T10:00:00Z');
  await work();
  expect((await runs()).map(({ period }) => period)).toEqual(['2026-11', '2026-12', '2027-01', '2027-02', '2027-03']);
  const found = await world.rows(
    'select r.period, s.rows, s.from_at, s.to_at from control_run r join audit_sample s on s.tenant_id = $1 and s.id = r.sample_id where r.tenant_id = $1 order by r.period',
  );
  expect(found.map(({ period, rows }) => [period, rows])).toEqual([
    ['2026-11', 2],
    ['2026-12', 0],
    ['2027-01', 1],
    ['2027-02', 0],
    ['2027-03', 0],
  ]);
  // British clocks went forward on 28 March: the month is an hour short, and the next begins where it ends.
  expect((found.at(-1)!.to_at as Date).toISOString()).toBe('2027-03-31T23:00:00.000Z');
});

it('is asked for once by two workers at the same time', async () => {
  await exceptions(3);
  at('2026-12-02T10:00:00Z');
  await Promise.all([work(), work(), work()]);
  expect(await runs()).toHaveLength(1);
  expect(await items()).toHaveLength(3);
});

it('gives each override to somebody with a role who had no hand in it, and the seed draws the same again', async () => {
  const ids = await exceptions(9);
  at('2026-12-02T10:00:00Z');
  await work();
  const found = await items();
  expect(found).toHaveLength(5);
  const able = await Promise.all(
    ['femi.finance', 'fiona.finance', 'leah.lead', 'liam.lead'].map((key) => world.idOf(key)),
  );
  for (const { reviewerId, state, actors } of found) {
    expect(state).toBe(ControlItemState.OPEN);
    expect(able).toContain(reviewerId);
    expect(actors).not.toContain(reviewerId);
    expect(actors).toEqual(
      expect.arrayContaining([await world.idOf('sofia.sales'), await world.idOf('freda.finance')]),
    );
  }
  expect(new Set(found.map(({ reviewerId }) => reviewerId)).size).toBe(4);
  const [sample] = await world.rows('select * from audit_sample where tenant_id = $1');
  const again = await (
    await world.as(Role.AUDITOR)
  ).done(drawSample, {
    population: Population.OVERRIDES,
    from: sample!.from_at as Date,
    to: sample!.to_at as Date,
    size: 5,
    seed: sample!.seed as string,
  });
  const rowsOf = async (sampleId: string): Promise<string[]> => {
    const { rows } = await world.read({ rows: select(AuditSampleItem, { sampleId }, { orderBy: ['position'] }) });
    return rows.map(({ rowId }) => rowId);
  };
  expect(await rowsOf(again)).toEqual(await rowsOf(sample!.id as string));
  const requests = await world.rows('select request_id from audit_sample_item where tenant_id = $1');
  for (const { request_id: id } of requests) expect(ids).toContain(id);
});

it('leaves an override without reviewer when nobody independent is left, and says which role is missing', async () => {
  world = await suite.tenant((changed) => {
    for (const person of changed.people)
      if (
        !['sofia.sales', 'freda.finance', 'ravi.revops', 'rita.revops', 'audrey.audit', 'dana.delivery'].includes(
          person.key,
        )
      )
        person.roles = [Role.DELIVERY_MANAGER];
  });
  await exceptions(1);
  at('2026-12-02T10:00:00Z');
  await work();
  expect((await items()).map(({ state, reviewerId }) => [state, reviewerId])).toEqual([['UNASSIGNED', null]]);
  expect(await alerts()).toEqual([
    [
      'CONTROL_UNASSIGNED',
      { control: 'OVERRIDE_SAMPLING', period: '2026-11', items: 1, roles: 'FINANCE_APPROVER SERVICE_DELIVERY_LEAD' },
    ],
  ]);
});

describe('the review', () => {
  const review = (itemId: string, verdict = ControlVerdict.PASS) => ({
    itemId,
    verdict,
    note: 'Read the pack: two independent people, before the effect.',
    expectedRevision: 1,
  });

  async function oneItem(): Promise<ControlItem> {
    await exceptions(1);
    at('2026-12-02T10:00:00Z');
    await work();
    return (await items())[0]!;
  }

  it('is written once, by somebody with a role who had no hand in it', async () => {
    const { id } = await oneItem();
    expect(codes(await (await world.as('freda.finance')).refused(reviewControlItem, review(id)))).toEqual([
      'SELF_REVIEW',
    ]);
    await expect((await world.as('sofia.sales')).run(reviewControlItem, review(id))).rejects.toMatchObject({
      code: 'FORBIDDEN',
    });
    const leah = await world.as('leah.lead');
    await expect(leah.run(reviewControlItem, { ...review(id), expectedRevision: 7 })).rejects.toMatchObject({
      code: 'STALE_REVISION',
    });
    await leah.done(reviewControlItem, review(id, ControlVerdict.EXCEPTION));
    expect((await items())[0]).toMatchObject({ state: 'EXCEPTION', reviewedBy: leah.actor.id, revision: 2 });
    const again = { ...review(id), expectedRevision: 2 };
    expect(codes(await (await world.as('liam.lead')).refused(reviewControlItem, again))).toEqual(['NOT_OPEN']);
  });

  it('is refused by the database too, for everybody who had a hand in it', async () => {
    const { id, actors } = await oneItem();
    for (const reviewedBy of actors) {
      const change = { state: ControlItemState.PASS, reviewedBy, reviewedAt: suite.clock.at, note: 'x', revision: 2 };
      expect(await attempt(suite, world, [update(ControlItem, { id }, change)])).toBe('control_item_not_by_actor');
    }
  });

  it('that is not there in time is told of once', async () => {
    const { id } = await oneItem();
    const [{ dueAt }] = (await runs()) as [ControlRun];
    // Ten business days after 2 December, at the close of the sixteenth.
    expect(dueAt.toISOString()).toBe('2026-12-16T17:30:00.000Z');
    suite.clock.at = new Date(dueAt.getTime() - 1);
    await work();
    expect(await alerts()).toEqual([]);
    suite.clock.at = new Date(dueAt.getTime() + 1);
    await work();
    await work();
    expect(await alerts()).toEqual([
      ['CONTROL_OVERDUE', { control: 'OVERRIDE_SAMPLING', period: '2026-11', items: 1 }],
    ]);
    await (await world.as('leah.lead')).done(reviewControlItem, review(id));
  });

  it('in time leaves no alert', async () => {
    const { id } = await oneItem();
    await (await world.as('leah.lead')).done(reviewControlItem, review(id));
    at('2027-01-20T10:00:00Z');
    await work();
    expect(await alerts()).toEqual([]);
  });

  it('is shown to auditors with the seed, and the note to who sees commercial fields', async () => {
    const { id } = await oneItem();
    await (await world.as('leah.lead')).done(reviewControlItem, review(id));
    const query = (note: string): string => `{ controlRuns(first: 5) { edges { node { period dueAt open overdue
      sample { seed size rows } items { id state ${note} reviewer { handle } reviewedBy { handle } override { rowKind request { id } } } } } } }`;
    const { data } = await (await world.as(Role.AUDITOR)).graphql(query('note'));
    const [run] = data!.controlRuns.edges as { node: Record<string, unknown> }[];
    expect(run!.node).toMatchObject({
      period: '2026-11',
      open: 0,
      overdue: false,
      items: [{ id, state: 'PASS', reviewedBy: { handle: 'leah.lead' }, override: { rowKind: 'EXCEPTION' } }],
    });
    const admin = await world.as(Role.REVOPS_ADMIN);
    expect((await admin.graphql(query('note'))).errors[0]!.extensions.code).toBe('FORBIDDEN');
    expect((await admin.graphql(query(''))).errors).toEqual([]);
    // Everybody may see what the control drew, and nobody else what an auditor drew.
    const sales = await world.as('sofia.sales');
    const period = { from: START, to: new Date(START.getTime() + 1) };
    await (await world.as(Role.AUDITOR)).done(drawSample, { population: Population.OVERRIDES, ...period, size: 1 });
    const samples = (await sales.graphql('{ samples(first: 9) { edges { node { drawnBy } } } }')).data!.samples.edges;
    expect(samples).toEqual([{ node: { drawnBy: 'control.run' } }]);
  });
});

it.each([
  { given: {}, found: ['ONE_OF_TWO'] },
  { given: { population: Population.OVERRIDES }, found: ['ONE_OF_TWO'] },
  { given: { population: Population.OVERRIDES, from: START, to: START }, found: ['PERIOD', 'PERIOD_NOT_OVER'] },
])('a sample of $given is refused with every reason', async ({ given, found }) => {
  const auditor = await world.as(Role.AUDITOR);
  expect(codes(await auditor.refused(drawSample, { ...given, size: 5 }))).toEqual(found);
});
