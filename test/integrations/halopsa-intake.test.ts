import { randomUUID } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import Fastify, { type FastifyInstance } from 'fastify';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { EffectState } from '../../src/core/outbox/effect.entity.js';
import { mountHaloWebhook } from '../../src/integrations/halopsa/webhook.js';
import { importDeal } from '../../src/passage/intake.commands.js';
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

interface Access {
  readonly path: string;
  readonly username: string;
  readonly password: string;
}

/** Connects, and has HaloPSA send its webhooks as an administrator sets them up. */
async function connect(settings: Record<string, string> = {}): Promise<Access> {
  const integrationId = await there.connect(settings);
  const admin = await world.as('REVOPS_ADMIN');
  const { data } = await admin.graphql(operation('issue-webhook'), { input: { integrationId } });
  const access = data!.issueWebhook.webhook as Access;
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
  await there.work();
  return access;
}

const act = (name: ActName, more: Record<string, number> = {}): unknown =>
  perform(there.halo, name, { id: DEAL, ...more });

async function arrived(): Promise<void> {
  await there.halo.webhooks.settled();
  await there.work();
}

/** The stages of the deal's handoffs, oldest first. */
async function stages(): Promise<unknown[]> {
  const rows = await world.rows(
    'select h.stage from handoff h join deal d on d.tenant_id = $1 and d.id = h.deal_id where h.tenant_id = $1 and d.external_id = $2 order by h.id',
    [String(DEAL)],
  );
  return rows.map(({ stage }) => stage);
}

async function deals(): Promise<{ state: string; problem: string | null; handoff: { stage: string } | null }[]> {
  const admin = await world.as('REVOPS_ADMIN');
  const { data } = await admin.graphql(operation('psa-deals'), { first: 20 });
  return (data!.psaDeals.edges as { node: never }[]).map(({ node }) => node);
}

const intakes = async (): Promise<number> =>
  (await there.effects()).filter(({ kind }) => kind === 'halopsa.intake').length;

describe('a won opportunity', () => {
  it('arrives by itself with its quotation, once however often HaloPSA says so', async () => {
    await connect();
    expect(await stages()).toEqual([]);
    there.halo.webhooks.plan('DUPLICATE', 'DUPLICATE');
    act('win');
    await arrived();
    expect(await stages()).toEqual(['DRAFT']);
    expect(await deals()).toMatchObject([{ state: 'WON', problem: 'WON_BEFORE_GATE', handoff: { stage: 'DRAFT' } }]);
    const [snapshots] = await world.rows('select count(*)::int as n from deal_snapshot where tenant_id = $1');
    expect(snapshots).toEqual({ n: 1 });
    const [entry] = await world.rows(
      "select actor_kind, actor_id from ledger_entry where tenant_id = $1 and action = 'importDeal'",
    );
    expect(entry).toEqual({ actor_kind: 'SYSTEM', actor_id: 'halopsa.intake' });
    expect(there.halo.store.all('ticket').filter(({ tickettype_id }) => tickettype_id === 5)).toEqual([]);
  });

  it.each(['TICKET', 'OBJECT_ID', 'TICKET_ID', 'FAULT_ID', 'ID', 'BATCH'] as const)(
    'is found in a body of style %s',
    async (payload) => {
      await connect();
      there.halo.configure({ payload });
      act('win');
      await arrived();
      expect(await stages()).toEqual(['DRAFT']);
    },
  );

  it('that bypassed the workflow and told nobody is found by the sweep', async () => {
    await connect();
    there.halo.webhooks.planAlways('NEVER');
    act('bypass');
    await there.later(1);
    expect(await stages()).toEqual([]);
    await there.later(5);
    expect(await stages()).toEqual(['DRAFT']);
  });

  it('is not taken when it was won before the connection was made', async () => {
    act('win');
    await connect();
    await there.later(30);
    expect(await stages()).toEqual([]);
  });

  it('without a quotation is a conflict with its remedy, and goes on when there is one', async () => {
    await connect();
    const quotation = there.halo.store.all('quotation').find(({ ticket_id }) => ticket_id === DEAL)!;
    there.halo.store.remove('quotation', quotation.id);
    act('win');
    await arrived();
    expect(await deals()).toMatchObject([{ state: 'WON', problem: 'QUOTATION_MISSING', handoff: null }]);
    there.halo.store.put('quotation', quotation);
    perform(there.halo, 'retitle', { id: DEAL, summary: 'Acme network' });
    await arrived();
    expect(await deals()).toMatchObject([{ problem: 'WON_BEFORE_GATE', handoff: { stage: 'DRAFT' } }]);
  });
});

describe('what the vendor says now decides', () => {
  it('lost after it was won: the handoff is withdrawn', async () => {
    await connect();
    act('win');
    await arrived();
    act('lose');
    await arrived();
    expect(await stages()).toEqual(['WITHDRAWN']);
    expect(await deals()).toMatchObject([{ state: 'LOST' }]);
  });

  it('opened again: the draft stays, and is won anew without a second', async () => {
    await connect();
    act('win');
    await arrived();
    act('reopen');
    await arrived();
    expect(await stages()).toEqual(['DRAFT']);
    expect(await deals()).toMatchObject([{ state: 'OPEN' }]);
    act('win');
    await arrived();
    expect(await stages()).toEqual(['DRAFT']);
  });

  it('webhooks that come late and in another order change nothing', async () => {
    await connect();
    there.halo.webhooks.plan('HOLD', 'SWAP');
    act('win');
    act('lose');
    act('reopen');
    act('win');
    await arrived();
    expect(await stages()).toEqual(['DRAFT']);
    act('lose');
    await arrived();
    there.halo.webhooks.release();
    await arrived();
    expect(await stages()).toEqual(['WITHDRAWN']);
  });

  it('won again after it was lost: a new handoff', async () => {
    await connect();
    for (const step of ['win', 'lose', 'reopen', 'win'] as const) {
      act(step);
      await arrived();
    }
    expect(await stages()).toEqual(['WITHDRAWN', 'DRAFT']);
  });

  it('deleted: the handoff is withdrawn', async () => {
    await connect();
    act('win');
    await arrived();
    act('delete');
    await arrived();
    expect(await stages()).toEqual(['WITHDRAWN']);
    expect(await deals()).toMatchObject([{ state: 'GONE' }]);
  });

  it('opens early by stage or probability, and fills in what the quotation says', async () => {
    await connect({ earlyProbability: '80' });
    expect(await stages()).toEqual([]);
    act('stage', { stage: 4, probability: 85 });
    await arrived();
    expect(await stages()).toEqual(['DRAFT']);
    const { data } = await (
      await world.as('sofia.sales')
    ).graphql('{ handoffs(first: 1) { edges { node { statements { kind source } deal { title } } } } }');
    expect(data!.handoffs.edges[0].node.deal.title).not.toBe('');
    act('win');
    await arrived();
    expect(await stages()).toEqual(['DRAFT']);
  });
});

describe('without webhooks', () => {
  const imports = async (): Promise<unknown> =>
    (await world.rows("select count(*)::int as n from ledger_entry where tenant_id = $1 and action = 'importDeal'"))[0]!
      .n;

  it('a deleted opportunity withdraws its handoff within the hour; one that is as it was is not imported again', async () => {
    await there.connect();
    await there.work();
    act('win');
    await there.later(6);
    await there.later(6);
    expect(await stages()).toEqual(['DRAFT']);
    const before = { imports: await imports(), intakes: await intakes() };
    await there.later(61);
    await there.later(61);
    expect({ imports: await imports(), intakes: await intakes() }).toEqual(before);
    act('delete');
    await there.later(6);
    expect(await stages()).toEqual(['DRAFT']);
    await there.later(60);
    expect(await stages()).toEqual(['WITHDRAWN']);
    expect(await deals()).toMatchObject([{ state: 'GONE' }]);
  });

  it.each(['by the sweep that finds it', 'by the first look of a new connection'])(
    'a deal that a person imported follows its opportunity when that is lost, %s',
    async (when) => {
      act('win');
      const payload = readFileSync(resolve('samples/halopsa/managed-network-healthy.json'), 'utf8');
      const input = { payload, serviceTemplate: null, dealType: null, segment: null };
      await (await world.as('SALES_MANAGER')).done(importDeal, input);
      if (when.startsWith('by the first')) act('lose');
      await there.connect();
      await there.work();
      if (when.startsWith('by the sweep')) {
        await there.later(6);
        expect(await stages()).toEqual(['DRAFT']);
        act('lose');
        await there.later(6);
      }
      expect(await stages()).toEqual(['WITHDRAWN']);
      expect(await deals()).toMatchObject([{ state: 'LOST' }]);
    },
  );
});

describe('a webhook', () => {
  const post = (path: string, body: string, authorization?: string): Promise<Response> =>
    fetch(`${origin}${path}`, {
      method: 'POST',
      body,
      headers: { 'content-type': 'application/json', ...(authorization ? { authorization } : {}) },
    });
  const basic = (user: string, password: string): string =>
    `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;

  it('of anybody else is the same 401, and nothing is written down', async () => {
    const { path, username, password } = await connect();
    const right = basic(username, password);
    const other = await suite.tenant();
    const body = JSON.stringify({ ticket_id: DEAL });
    const before = await intakes();
    const answers = await Promise.all([
      post(path, body),
      post(path, body, basic(username, 'wrong')),
      post(path, body, basic('admin', password)),
      post(path, body, 'Bearer x'),
      post(`${path.slice(0, -1)}x`, body, right),
      post(path.replace(world.tenantId, other.tenantId), body, right),
      post(path.replace(world.tenantId, randomUUID()), body, right),
      post(path.replace(world.tenantId, 'nobody'), body, right),
      post(path, 'x'.repeat(1_200_000), basic(username, 'wrong')),
    ]);
    const seen = await Promise.all(answers.map(async (answer) => `${answer.status} ${await answer.text()}`));
    expect(new Set(seen).size).toBe(1);
    expect(seen[0]).toMatch(/^401 .*UNAUTHENTICATED/);
    expect(await intakes()).toBe(before);
  });

  it('with a body that says nothing is taken and ignored; too large a one is refused', async () => {
    const { path, username, password } = await connect();
    const right = basic(username, password);
    const before = await intakes();
    for (const body of [
      '',
      'null',
      '[]',
      '{',
      '"x"',
      '{"ticket_id":"2205"}',
      '{"ticket":{"id":1.5}}',
      '[[{"id":1}]]',
      '{"id":-1}',
    ])
      expect((await post(path, body, right)).status).toBe(202);
    expect(await intakes()).toBe(before);
    expect((await post(path, 'x'.repeat(1_000_001), right)).status).toBe(413);
  });

  it('replayed a hundred times is read once', async () => {
    const { path, username, password } = await connect();
    const before = await intakes();
    for (let turn = 0; turn < 20; turn++)
      await Promise.all(Array.from({ length: 5 }, () => post(path, '{"ticket_id":2205}', basic(username, password))));
    expect((await intakes()) - before).toBeLessThanOrEqual(5);
    await there.work();
    expect(await there.effects([EffectState.DEAD])).toEqual([]);
  });

  it('ends with its connection, and when another is issued', async () => {
    const { path, username, password } = await connect();
    const admin = await world.as('REVOPS_ADMIN');
    await admin.graphql(operation('issue-webhook'), { input: { integrationId: there.integrationId } });
    expect((await post(path, '{"id":1}', basic(username, password))).status).toBe(401);
  });
});
