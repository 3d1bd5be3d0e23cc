import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { EffectState } from '../../src/core/outbox/effect.entity.js';
import { retryEffect } from '../../src/integrations/outbox/outbox.commands.js';
import { updateIntegrationSettings } from '../../src/integrations/connection/connection.commands.js';
import { demoDeal } from '../../src/sandbox/demo/deal-files.js';
import { type Fault, FAULTS } from '../../src/sandbox/halopsa/faults.js';
import { perform } from '../../src/sandbox/halopsa/people.js';
import { seedDeal } from '../../src/sandbox/halopsa/seed.js';
import type { HaloRecord } from '../../src/sandbox/halopsa/store.js';
import { operation } from '../kit/operation.js';
import { playStory } from '../kit/story.js';
import { openSuite, START, type Suite } from '../kit/suite.js';
import type { World } from '../kit/world.js';
import { HaloWorld, SETTINGS } from './halopsa.kit.js';

const sample = readFileSync(resolve('samples/halopsa/managed-network-below-floor.json'), 'utf8');

let suite: Suite;
let world: World;
let there: HaloWorld;
let handoffId: string;
let opportunity: number;

beforeAll(async () => {
  suite = await openSuite();
});
afterAll(() => suite.close());

/** Every test has a handoff all the way to its kickoff, of which HaloPSA knows nothing yet but the opportunity. */
beforeEach(async () => {
  suite.clock.at = START;
  world = await suite.tenant();
  there = await HaloWorld.start(suite, world);
  await there.connect();
  ({ handoffId } = await playStory(world));
  const [row] = await world.rows(
    'select d.external_id from deal d join handoff h on h.tenant_id = $1 and h.deal_id = d.id where d.tenant_id = $1 and h.id = $2',
    [handoffId],
  );
  opportunity = Number(row!.external_id);
  seedDeal(there.halo, JSON.parse(demoDeal(sample, opportunity).won));
});
afterEach(() => there.close());

const tickets = (): readonly HaloRecord[] => there.halo.store.all('ticket');
const projects = (): readonly HaloRecord[] => tickets().filter((one) => one.tickettype_id === 5);
const tasks = (): readonly HaloRecord[] => tickets().filter((one) => one.tickettype_id === 6);
const fields = (record: HaloRecord): Record<string, unknown> =>
  Object.fromEntries(((record.customfields ?? []) as HaloRecord[]).map(({ name, value }) => [name, value]));
const parts = (record: HaloRecord, name: string): readonly HaloRecord[] =>
  (record[name] ?? []) as readonly HaloRecord[];
const planned = async (): Promise<number> =>
  Number(
    (await world.rows("select count(*) as n from project_task where tenant_id = $1 and state <> 'CANCELLED'", []))[0]!
      .n,
  );

/** One project and one task for each that is planned, all under it; nothing waits. */
async function expectOnce(): Promise<HaloRecord> {
  expect(projects()).toHaveLength(1);
  const [project] = projects();
  expect(tasks()).toHaveLength(await planned());
  expect(new Set(tasks().map(({ summary }) => summary)).size).toBe(tasks().length);
  expect(tasks().every(({ parent_id }) => parent_id === project!.id)).toBe(true);
  const open = await there.effects([EffectState.PENDING, EffectState.UNKNOWN, EffectState.DEAD, EffectState.PARKED]);
  const now = open.filter(({ notBefore }) => notBefore === null || notBefore <= suite.clock.at);
  expect(now.map(({ kind, state, reason, lastError }) => ({ kind, state, reason, lastError }))).toEqual([]);
  return project!;
}

describe('a handoff that passed the gate', () => {
  it('has one project in HaloPSA with milestones, budgets, tasks and status, seen over GraphQL', async () => {
    await there.work();
    const project = await expectOnce();
    expect(project).toMatchObject({ status_id: 22, createdfrom_id: opportunity });
    expect(project.summary).toMatch(/^\[P-\d+\] /);
    expect(parts(project, 'milestones')).toHaveLength(5);
    expect(new Set(parts(project, 'budgets').map(({ budgettype_id }) => budgettype_id))).toEqual(new Set([1, 2, 3]));
    expect(fields(project)).toMatchObject({
      CFHandoffStatus: 'KICKOFF_SCHEDULED',
      CFBaseline: expect.stringMatching(/^v2 [0-9a-f]{16}$/),
      CFKickoff: expect.stringMatching(/T11:00:00/),
    });
    expect(fields(there.halo.store.get('ticket', opportunity)!)).toMatchObject({
      CFHandoffStatus: 'KICKOFF_SCHEDULED',
    });
    const delivery = await world.as('dana.delivery');
    const { data } = await delivery.graphql(
      'query ($id: ID!) { handoff(id: $id) { project { psaObjects { kind label remoteId writtenAt } } } }',
      { id: handoffId },
    );
    const objects = data!.handoff.project.psaObjects as { kind: string; remoteId: string | null }[];
    expect(objects.find(({ kind }) => kind === 'PROJECT')).toMatchObject({ remoteId: String(project.id) });
    expect(objects.filter(({ kind, remoteId }) => kind === 'TASK' && remoteId !== null)).toHaveLength(await planned());
    expect(objects.filter(({ kind, remoteId }) => kind === 'MILESTONE' && remoteId !== null)).toHaveLength(5);
  });

  it('asked for again, writes nothing twice and finds what is there', async () => {
    await there.work();
    const before = tickets().length;
    const admin = await world.as('REVOPS_ADMIN');
    const { data } = await admin.graphql(operation('provision-project'), { input: { handoffId } });
    expect(data!.provisionProject.__typename).toBe('Project');
    there.halo.log.clear();
    await there.work();
    await expectOnce();
    expect(tickets()).toHaveLength(before);
    expect(there.halo.log.list({ method: 'POST', path: '/api/' })).toEqual([]);
  });

  it('follows the handoff: a sign-off that lapses takes the date back, a withdrawal cancels the project', async () => {
    await there.work();
    const sales = await world.as('sofia.sales');
    const changed = demoDeal(sample, opportunity).won;
    await sales.graphql(operation('import-deal'), { input: { payload: changed } });
    await there.work();
    expect(fields(projects()[0]!)).toMatchObject({ CFHandoffStatus: 'IN_REVIEW', CFKickoff: '' });
    expect(projects()[0]).toMatchObject({ status_id: 21 });
    const { data } = await sales.graphql('query ($id: ID!) { handoff(id: $id) { revision } }', { id: handoffId });
    const input = { handoffId, expectedRevision: data!.handoff.revision, reason: 'The client has cancelled.' };
    await sales.graphql(operation('withdraw-handoff'), { input });
    await there.work();
    expect(await expectOnce()).toMatchObject({ status_id: 24 });
  });
});

it('its own writes are no news: nothing is imported again and the sign-off stands', async () => {
  await there.work();
  for (let sweep = 0; sweep < 3; sweep++) await there.later(6);
  const [row] = await world.rows('select stage from handoff where tenant_id = $1 and id = $2', [handoffId]);
  expect(row).toEqual({ stage: 'KICKOFF_SCHEDULED' });
  await expectOnce();
});

const project = { method: 'POST', path: '/Projects' };
const task = { method: 'POST', path: '/Tickets' };
const rows: readonly { readonly what: string; readonly faults: readonly Fault[] }[] = [
  { what: 'a reset after the project was made', faults: [{ ...project, ...FAULTS.resetAfter() }] },
  { what: 'a reset before', faults: [{ ...project, ...FAULTS.resetBefore() }] },
  { what: 'a 500 after the project was made', faults: [{ ...project, ...FAULTS.failsAfter() }] },
  { what: 'a 500 before', faults: [{ ...project, ...FAULTS.failsBefore() }] },
  { what: 'an answer that ends in the middle', faults: [{ ...project, ...FAULTS.cutAnswer() }] },
  { what: 'an error page of a proxy', faults: [{ ...project, ...FAULTS.htmlPage() }] },
  { what: 'a reset after a task was made', faults: [{ ...task, after: 3, ...FAULTS.resetAfter() }] },
  { what: 'a 500 after three tasks in a row', faults: [{ ...task, times: 3, ...FAULTS.failsAfter(502) }] },
  { what: '429 with Retry-After', faults: [{ ...task, times: 2, ...FAULTS.throttled('20') }] },
  { what: '429 without', faults: [{ times: 3, path: '/api/', ...FAULTS.throttled() }] },
  { what: 'faults everywhere', faults: [{ times: null, chance: 0.1, path: '/api/', ...FAULTS.failsAfter() }] },
];

it.each(rows)('is there once after $what', async ({ faults }) => {
  for (const fault of faults) there.halo.faults.add(fault);
  await there.work(200);
  await expectOnce();
});

it.each([
  { what: 'project', fault: project, made: projects },
  { what: 'task', fault: task, made: tasks },
])('is there once although a gateway gave up before HaloPSA had made the $what', async ({ fault, made }) => {
  there.halo.faults.add({ ...fault, ...FAULTS.doneLate() });
  await there.work(2);
  expect(there.halo.faults.list()).toEqual([]);
  expect(made()).toHaveLength(0);
  there.halo.faults.release();
  expect(made()).toHaveLength(1);
  await there.work();
  await expectOnce();
});

it('goes on after its token was revoked', async () => {
  await there.work();
  there.halo.tokens.revoke();
  const admin = await world.as('REVOPS_ADMIN');
  await admin.graphql(operation('provision-project'), { input: { handoffId } });
  await there.work();
  await expectOnce();
});

it('adopts a project that somebody made by hand, and makes no second', async () => {
  const made = perform(there.halo, 'project', { id: opportunity, summary: 'Acme network' });
  await there.work();
  expect((await expectOnce()).id).toBe(made.id);
});

const losses: readonly { readonly what: string; readonly fault: Partial<Fault> }[] = [
  { what: 'a reset', fault: FAULTS.resetAfter() },
  { what: 'a 502', fault: FAULTS.failsAfter(502) },
  { what: 'an answer that ends in the middle', fault: FAULTS.cutAnswer() },
];

it.each(losses)('adds what a project made by hand lacks once, also after $what', async ({ fault }) => {
  perform(there.halo, 'project', { id: opportunity, summary: 'Acme network' });
  there.halo.faults.add({ ...project, ...fault });
  await there.work(200);
  expect(parts(await expectOnce(), 'milestones')).toHaveLength(5);
});

it('says which field HaloPSA dropped in silence, and goes on when it is put right', async () => {
  there.halo.faults.add({ ...FAULTS.drops('targetdate'), times: null });
  await there.work();
  const [dead] = await there.effects([EffectState.DEAD]);
  expect(dead).toMatchObject({ kind: 'halopsa.project', reason: 'HALOPSA_FIELD_DROPPED' });
  expect(dead!.lastError).toContain('targetdate');
  expect(dead!.remedy).toContain('agent of the API application');
  expect(tasks()).toHaveLength(0);
  there.halo.faults.clear();
  const admin = await world.as('REVOPS_ADMIN');
  for (const effect of await there.effects([EffectState.DEAD])) await admin.done(retryEffect, { effectId: effect.id });
  await there.work();
  await expectOnce();
});

it('makes no further task when HaloPSA leaves the first without its project', async () => {
  there.halo.faults.add({ ...task, ...FAULTS.drops('parent_id'), times: null });
  await there.work();
  const dead = await there.effects([EffectState.DEAD]);
  expect(new Set(dead.map(({ reason, payload }) => `${reason} ${payload.first}`))).toEqual(
    new Set(['HALOPSA_FIELD_DROPPED true']),
  );
  expect(tasks()).toHaveLength(1);
  there.halo.faults.clear();
  const admin = await world.as('REVOPS_ADMIN');
  for (const effect of await there.effects([EffectState.DEAD])) await admin.done(retryEffect, { effectId: effect.id });
  await there.work();
  await expectOnce();
});

it('waits with a remedy that names the setting that is missing', async () => {
  const other = await suite.tenant();
  const bare = await HaloWorld.start(suite, other);
  const { budgetTypeIds: _left, ...settings } = SETTINGS;
  const id = await bare.connect();
  const admin = await other.as('REVOPS_ADMIN');
  const list = Object.entries({ ...settings, tenant: 'msp' }).map(([name, value]) => ({ name, value }));
  const baseUrl = `${bare.simulator.origin}/sandbox/halopsa/msp`;
  await admin.done(updateIntegrationSettings, { integrationId: id, expectedRevision: 1, baseUrl, settings: list });
  await playStory(other);
  await bare.work();
  const dead = await bare.effects([EffectState.DEAD]);
  const missing = dead.find(({ reason }) => reason === 'HALOPSA_SETTING_MISSING');
  expect(missing).toMatchObject({ remedy: expect.stringContaining('engineering=<id>') });
  await bare.close();
});
