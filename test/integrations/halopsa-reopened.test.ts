import { randomUUID } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import Fastify, { type FastifyInstance } from 'fastify';
import { pino } from 'pino';
import { newId } from '../../src/core/id.js';
import { insert } from '../../src/core/statement.js';
import { DealType } from '../../src/handoff/handoff.entity.js';
import { mountHaloWebhook } from '../../src/integrations/halopsa/webhook.js';
import { NoticePlanner } from '../../src/notice/notice.planner.js';
import { PreClose, PreCloseState } from '../../src/passage/pre-close.entity.js';
import { type ActName, perform } from '../../src/sandbox/halopsa/people.js';
import { operation } from '../kit/operation.js';
import { openSuite, START, type Suite } from '../kit/suite.js';
import type { World } from '../kit/world.js';
import { HaloWorld } from './halopsa.kit.js';

const DEAL = 2205;

let suite: Suite;
let world: World;
let there: HaloWorld;
let listener: FastifyInstance;
let origin: string;
beforeAll(async () => {
  suite = await openSuite();
  listener = Fastify({ bodyLimit: 2_500_000 });
  await mountHaloWebhook(listener, { gateway: suite.gateway, clock: suite.clock, hint: () => undefined });
  await listener.listen({ host: '127.0.0.1', port: 0 });
  origin = `http://127.0.0.1:${(listener.server.address() as AddressInfo).port}`;
});
beforeEach(async () => {
  suite.clock.at = START;
  world = await suite.tenant();
  there = await HaloWorld.start(suite, world);
});
afterEach(() => there.close());
afterAll(async () => {
  await listener.close();
  await suite.close();
});

/** Connects with webhooks, and gives the opportunity a deal type as sales chooses it there. */
async function connect(dealType: DealType, settings: Record<string, string> = {}): Promise<void> {
  const integrationId = await there.connect(settings);
  const { data } = await (
    await world.as('REVOPS_ADMIN')
  ).graphql(operation('issue-webhook'), { input: { integrationId } });
  const access = data!.issueWebhook.webhook as { path: string; username: string; password: string };
  there.halo.store.put('webhook', {
    id: randomUUID(),
    type: 0,
    url: `${origin}${access.path}`,
    active: true,
    authentication_type: 1,
    basic_username: access.username,
    basic_password: access.password,
    events: [],
  });
  const opportunity = there.halo.store.all('ticket').find(({ id }) => id === DEAL)!;
  const customfields = [
    { name: 'CFDealType', value: dealType },
    { name: 'CFServiceTemplate', value: 'managed-network' },
  ];
  there.halo.store.put('ticket', { ...opportunity, customfields });
  await there.work();
}

async function act(...names: ActName[]): Promise<void> {
  for (const name of names) perform(there.halo, name, { id: DEAL });
  await there.halo.webhooks.settled();
  await there.work();
}

const handoffs = () =>
  world.rows(
    `select h.id, h.stage, h.deal_type, h.pending_contract, h.deal_snapshot_id = d.current_snapshot_id as is_newest
      from handoff h join deal d on d.tenant_id = $1 and d.id = h.deal_id
      where h.tenant_id = $1 and d.external_id = $2 order by h.id`,
    [String(DEAL)],
  );
const stages = async (): Promise<unknown[]> => (await handoffs()).map(({ stage }) => stage);
const change = (text: string): Promise<void> =>
  suite.gateway.transaction(world.tenantId, (tx) => tx.commit([{ text, values: [] }]));
/** What a reopened deal must not make a second time. */
async function made(): Promise<Record<string, number>> {
  const { gateway, clock } = suite;
  const log = pino({ level: 'silent' });
  const tenants = async (): Promise<string[]> => [world.tenantId];
  await new NoticePlanner({ gateway, present: () => clock.now(), tenants, deliver: async () => 0, log }).pass();
  const counts: Record<string, number> = {};
  for (const table of ['handoff', 'notice', 'teams_card', 'project', 'decision', 'pre_close'])
    counts[table] = (await world.rows(`select count(*)::int as n from ${table} where tenant_id = $1`))[0]!.n as number;
  return counts;
}

it.each(Object.values(DealType))(
  'a deal of %s that is reopened, twice and out of order, before and after its close, keeps its one handoff',
  async (dealType) => {
    await connect(dealType);
    await act('win');
    expect(await handoffs()).toMatchObject([{ stage: 'DRAFT', deal_type: dealType }]);
    const first = await made();
    await act('reopen');
    await act('win');
    expect(await stages()).toEqual(['DRAFT']);
    await change("update handoff set stage = 'CLOSED', delivery_manager_id = owner_id where tenant_id = $1");
    there.halo.webhooks.plan('HOLD', 'SWAP', 'DUPLICATE');
    await act('reopen', 'win', 'reopen', 'win');
    there.halo.webhooks.release();
    await act('reopen');
    expect(await stages()).toEqual(['CLOSED']);
    expect(await made()).toEqual(first);
    expect(await made()).toEqual(first);
  },
);

it('a review before the signature follows the deal: told of the win once, pending in HaloPSA, withdrawn when it is lost', async () => {
  await connect(DealType.NEW_BUSINESS, { earlyProbability: '80' });
  perform(there.halo, 'stage', { id: DEAL, stage: 4, probability: 85 });
  await there.halo.webhooks.settled();
  await there.work();
  const [early] = await handoffs();
  expect(early).toMatchObject({ stage: 'DRAFT' });
  const [sales, delivery] = [await world.idOf('sofia.sales'), await world.idOf('dana.delivery')];
  const decided = { decidedBy: delivery, decidedAt: suite.clock.at, decisionReason: 'It can be reviewed.' };
  await suite.gateway.transaction(world.tenantId, (tx) =>
    tx.commit([
      insert(PreClose, {
        id: newId(),
        handoffId: early!.id as string,
        state: PreCloseState.APPROVED,
        expectedCloseOn: '2026-11-29',
        reason: 'Large.',
        requestedBy: sales,
        requestedAt: suite.clock.at,
        ...decided,
      }),
    ]),
  );
  await change("update handoff set stage = 'IN_REVIEW', pending_contract = true where tenant_id = $1");
  await act('win');
  await act('reopen');
  await act('win');
  expect(await handoffs()).toMatchObject([{ stage: 'IN_REVIEW', pending_contract: true, is_newest: true }]);
  const [won] = await world.rows(
    'select count(*)::int as n from deal_snapshot where tenant_id = $1 and won_on is not null',
  );
  expect(won!.n).toBeGreaterThan(0);
  const deals = await (await world.as('REVOPS_ADMIN')).graphql(operation('psa-deals'), { first: 20 });
  expect(deals.data!.psaDeals.edges).toMatchObject([{ node: { state: 'WON', problem: 'WON_BEFORE_GATE' } }]);
  const fields = there.halo.store.all('ticket').find(({ id }) => id === DEAL)!.customfields as {
    name: string;
    value: unknown;
  }[];
  expect(fields.find(({ name }) => name === 'CFHandoffStatus')?.value).toBe('IN_REVIEW (PENDING CONTRACT)');
  expect(fields.find(({ name }) => name === 'CFHandoffGate')?.value).toBe('BLOCKED');
  await act('lose');
  expect(await stages()).toEqual(['WITHDRAWN']);
  expect(await world.rows('select state from pre_close where tenant_id = $1')).toEqual([{ state: 'ENDED' }]);
  await act('reopen', 'win');
  expect(await stages()).toEqual(['WITHDRAWN', 'DRAFT']);
  await act('reopen', 'win');
  expect(await stages()).toEqual(['WITHDRAWN', 'DRAFT']);
});
