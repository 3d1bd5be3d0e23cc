import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { assignTask } from '../../src/project/project.commands.js';
import { provisionProject } from '../../src/integrations/halopsa/psa.commands.js';
import { testIntegration } from '../../src/integrations/connection/connection.commands.js';
import { furnishHalo } from '../../src/sandbox/connections/halopsa-setup.js';
import { SAMPLE_APPLICATION } from '../../src/sandbox/halopsa/settings.js';
import type { HaloRecord } from '../../src/sandbox/halopsa/store.js';
import { seedDeal } from '../../src/sandbox/halopsa/seed.js';
import { demoDeal } from '../../src/sandbox/demo/deal-files.js';
import { playStory } from '../kit/story.js';
import { openSuite, type Suite } from '../kit/suite.js';
import type { World } from '../kit/world.js';
import { HaloWorld } from './halopsa.kit.js';

const sample = readFileSync(resolve('samples/halopsa/managed-network-below-floor.json'), 'utf8');

let suite: Suite;
let world: World;
let there: HaloWorld;
let handoffId: string;

beforeAll(async () => {
  suite = await openSuite();
  world = await suite.tenant();
  there = await HaloWorld.start(suite, world);
  furnishHalo(there.halo, world.configuration);
  // Somebody who left, and an address that two have: neither is anybody's owner.
  const { store } = there.halo;
  const liam = store.all('agent').find(({ email }) => email === 'liam.lead@northwind.example')!;
  store.put('agent', { ...liam, isdisabled: true });
  await there.connect({ taskOwners: 'BY_EMAIL', taskDependencies: 'DATES' });
  ({ handoffId } = await playStory(world));
  const [row] = await world.rows(
    'select d.external_id from deal d join handoff h on h.tenant_id = $1 and h.deal_id = d.id where d.tenant_id = $1 and h.id = $2',
    [handoffId],
  );
  seedDeal(there.halo, JSON.parse(demoDeal(sample, Number(row!.external_id)).won));
  await there.work();
  await (await world.as('REVOPS_ADMIN')).done(provisionProject, { handoffId });
  await there.work();
});
afterAll(async () => {
  await there.close();
  await suite.close();
});

const agentOf = (email: string) => there.halo.store.all('agent').find((agent) => agent.email === email)!.id;
const tickets = (type: number): readonly HaloRecord[] =>
  there.halo.store.all('ticket').filter((one) => one.tickettype_id === type);
const taskNamed = (part: string): HaloRecord =>
  tickets(6).find(({ summary }) => String(summary).includes(part)) as HaloRecord;

it('the project gets the agent of the delivery manager, and a task that of its owner, by e-mail address', async () => {
  const dana = agentOf('dana.delivery@northwind.example');
  expect(tickets(5)).toMatchObject([{ agent_id: dana }]);
  const owned = await world.rows(
    `select o.label, t.owner_id from project_task t join psa_object o on o.tenant_id = $1 and o.own_id = t.id
      where t.tenant_id = $1 order by o.label`,
  );
  const expected = owned.map(({ label, owner_id: ownerId }) => [label, ownerId === null ? undefined : dana]);
  const found = tickets(6).map(({ summary, agent_id: agent }) => [/^\[([^\]]+)\]/.exec(String(summary))![1], agent]);
  expect(Object.fromEntries(found)).toEqual(Object.fromEntries(expected));
  expect(expected.filter(([, agent]) => agent !== undefined).length).toBeGreaterThan(3);
});

it('a task names those that it waits for, once each, in dates and in words', async () => {
  const edges = await world.rows(
    `select w.remote_id as waiting, a.remote_id as awaited from task_dependency d
      join psa_object w on w.tenant_id = $1 and w.own_id = d.task_id
      join psa_object a on a.tenant_id = $1 and a.own_id = d.depends_on_task_id where d.tenant_id = $1`,
  );
  const expected = edges.map(({ waiting, awaited }) => `${String(waiting)} waits for ${String(awaited)}`);
  const found = tickets(6).flatMap(({ id, date_dependencies: list }) =>
    ((list ?? []) as HaloRecord[]).map((one) => `${String(id)} waits for ${String(one.dependentfaultid)}`),
  );
  expect(expected.length).toBeGreaterThan(5);
  expect(found.toSorted()).toEqual(expected.toSorted());
  expect(String(taskNamed('Have the design approved').details)).toMatch(/Waits for: \[P-\d+\/T-\d\d\]\.$/);
});

it('whoever gets a task later is named there without anybody asking; who works there no more is not', async () => {
  const [task] = await world.rows(
    `select t.id, h.revision, o.remote_id from project_task t join handoff h on h.tenant_id = $1 and h.id = t.handoff_id
      join psa_object o on o.tenant_id = $1 and o.own_id = t.id
      where t.tenant_id = $1 and t.owner_id is null and t.owner_role = 'SERVICE_DELIVERY_LEAD' and t.state = 'OPEN' limit 1`,
  );
  const give = async (handle: string, revision: number): Promise<unknown> => {
    const input = { handoffId, expectedRevision: revision, taskId: task!.id as string };
    const dana = await world.as('dana.delivery');
    await dana.done(assignTask, { ...input, personId: await world.idOf(handle) });
    await there.work();
    return there.halo.store.get('ticket', task!.remote_id)?.agent_id;
  };
  const revision = task!.revision as number;
  const leah = agentOf('leah.lead@northwind.example');
  expect(await give('leah.lead', revision)).toBe(leah);
  expect(await give('liam.lead', revision + 1)).toBe(leah);
});

it('the test of the connection names the permission that owners need', async () => {
  const agentScopes = ['read:tickets', 'edit:tickets', 'read:customers'];
  there.halo.configure({ applications: [{ ...SAMPLE_APPLICATION, agentScopes }] });
  await (await world.as('REVOPS_ADMIN')).done(testIntegration, { integrationId: there.integrationId });
  await there.work();
  const [row] = await world.rows('select state, checks from integration where tenant_id = $1');
  expect(row!.state).toBe('ERROR');
  expect(JSON.parse(row!.checks as string)).toContainEqual(
    expect.objectContaining({ name: 'read:agents', state: 'MISSING' }),
  );
});
