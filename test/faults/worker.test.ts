import { pino } from 'pino';
import { Dispatcher } from '../../src/core/outbox/dispatcher.js';
import { newId } from '../../src/core/id.js';
import { EffectState, OutboxEffect } from '../../src/core/outbox/effect.entity.js';
import type { EffectHandler } from '../../src/core/outbox/handler.js';
import { enqueue } from '../../src/core/outbox/message.js';
import { select, type Statement } from '../../src/core/statement.js';
import { openSuite, type Suite } from '../kit/suite.js';

let suite: Suite;
let tenantId: string;
beforeAll(async () => {
  suite = await openSuite();
});
beforeEach(async () => {
  ({ tenantId } = await suite.tenant());
});
afterAll(() => suite.close());

const LEASE_SECONDS = 30;
const done: EffectHandler = async () => ({ receipt: 'done', writes: [] });

function dispatcher(handler: EffectHandler, tenants = [tenantId]): Dispatcher {
  const { gateway, clock, pipeline } = suite;
  return new Dispatcher({
    gateway,
    clock,
    pipeline,
    handlers: { 'test.effect': handler },
    tenants: async () => tenants,
    log: pino({ level: 'silent' }),
    random: () => 0,
  });
}

/** Asks for effects as a command does; answers their keys. */
async function ask(
  count: number,
  aggregateOf: (index: number) => string = newId,
  tenant = tenantId,
): Promise<string[]> {
  const messages = Array.from({ length: count }, (_, index) => ({
    kind: 'test.effect',
    aggregate: { type: 'Handoff', id: aggregateOf(index) },
    effectKey: newId(),
    payload: { index: String(index) },
  }));
  await suite.gateway.transaction(tenant, (tx) => tx.commit(enqueue(messages, suite.clock.at, newId)));
  return messages.map(({ effectKey }) => effectKey);
}

async function effects(tenant = tenantId): Promise<OutboxEffect[]> {
  const { found } = await suite.gateway.read(tenant, { found: select(OutboxEffect, {}, { orderBy: ['id'] }) });
  return found;
}

async function drain(worker: Dispatcher): Promise<void> {
  while ((await worker.pass()) > 0);
}

function advance(seconds: number): void {
  suite.clock.at = new Date(suite.clock.at.getTime() + seconds * 1000);
}

/** A door that a handler waits at until the test opens it. */
function door(): { wait: Promise<void>; open: () => void } {
  let open = (): void => undefined;
  const wait = new Promise<void>((resolve) => (open = resolve));
  return { wait, open };
}

test('two dispatchers at once do every effect once', async () => {
  const keys = await ask(60);
  const did: [string, string][] = [];
  const worker = (name: string): Dispatcher =>
    dispatcher(async ({ effectKey }) => {
      did.push([name, effectKey]);
      await new Promise((resolve) => setTimeout(resolve, 2));
      return { receipt: name, writes: [] };
    });
  await Promise.all([drain(worker('one')), drain(worker('two'))]);
  expect(did.map(([, key]) => key).toSorted()).toEqual(keys.toSorted());
  expect(new Set(did.map(([name]) => name))).toEqual(new Set(['one', 'two']));
  for (const effect of await effects())
    expect(effect).toMatchObject({ state: 'DONE', attempts: 1, leasedUntil: null, lastError: null });
});

test('the same effect asked for twice is one effect', async () => {
  const message = { kind: 'test.effect', aggregate: { type: 'Handoff', id: newId() }, effectKey: 'once', payload: {} };
  for (let times = 0; times < 2; times += 1) {
    await suite.gateway.transaction(tenantId, (tx) => tx.commit(enqueue([message], suite.clock.at, newId)));
  }
  expect(await effects()).toHaveLength(1);
});

test('a failure is retried with growing pauses, and is dead after eight attempts', async () => {
  const aggregate = newId();
  await ask(2, () => aggregate);
  let calls = 0;
  const worker = dispatcher(async ({ payload }) => {
    if (payload.index === '1') return { receipt: 'second', writes: [] };
    calls += 1;
    throw new Error(`no luck ${calls}`);
  });
  const pauses: number[] = [];
  for (let attempt = 1; attempt <= 8; attempt += 1) {
    await worker.pass();
    const [first] = await effects();
    expect(first).toMatchObject({
      attempts: attempt,
      lastError: `no luck ${attempt}`,
      leasedUntil: null,
      state: attempt < 8 ? 'PENDING' : 'DEAD',
    });
    if (first!.state === EffectState.DEAD) break;
    const pause = (first!.nextAttemptAt.getTime() - suite.clock.at.getTime()) / 1000;
    pauses.push(pause);
    advance(pause - 0.001);
    expect(await worker.pass()).toBe(0);
    advance(0.001);
  }
  expect(pauses).toEqual([2, 4, 8, 16, 32, 64, 128]);
  // What is dead no longer holds up what came after it, and stays dead.
  await drain(worker);
  expect((await effects()).map(({ state }) => state)).toEqual(['DEAD', 'DONE']);
  advance(86_400);
  expect(await worker.pass()).toBe(0);
  expect(calls).toBe(8);
});

test('an effect that ends its worker every time is dead too', async () => {
  await ask(1);
  let calls = 0;
  for (let attempt = 0; attempt < 12; attempt += 1) {
    const held = door();
    void dispatcher(async () => {
      calls += 1;
      held.open();
      return new Promise(() => undefined);
    }).pass();
    await Promise.race([held.wait, new Promise((resolve) => setTimeout(resolve, 300))]);
    advance(LEASE_SECONDS);
  }
  expect(calls).toBe(8);
  expect((await effects())[0]).toMatchObject({
    state: 'DEAD',
    lastError: 'Every worker that took it ended before it was done',
  });
});

test.each(['completion', 'failure'])(
  'a lease that ran out is taken over, and the slow %s is fenced off',
  async (outcome) => {
    await ask(1);
    const rename = (name: string): Statement => ({
      text: 'update tenant_profile set name = $2 where tenant_id = $1',
      values: [name],
    });
    const [begun, held] = [door(), door()];
    const slow = dispatcher(async () => {
      begun.open();
      await held.wait;
      if (outcome === 'failure') throw new Error('too late');
      return { receipt: 'slow', writes: [rename('slow')] };
    }).pass();
    await begun.wait;
    const fast = dispatcher(async () => ({ receipt: 'fast', writes: [rename('fast')] }));
    advance(LEASE_SECONDS - 1);
    expect(await fast.pass()).toBe(0);
    advance(1);
    expect(await fast.pass()).toBe(1);
    held.open();
    await slow;
    expect((await effects())[0]).toMatchObject({ state: 'DONE', receipt: 'fast', fencingToken: 2, lastError: null });
    const { name } = await suite.gateway.read(tenantId, {
      name: { text: 'select name from tenant_profile where tenant_id = $1', values: [], read: (rows) => rows[0]?.name },
    });
    expect(name).toBe('fast');
  },
);

test('writes that the database refuses are a failure of the effect, and nothing of them stays', async () => {
  await ask(1);
  const writes = [
    { text: "update tenant_profile set name = 'half' where tenant_id = $1", values: [] },
    { text: 'update tenant_profile set name = null where tenant_id = $1', values: [] },
  ];
  await dispatcher(async () => ({ receipt: 'x', writes })).pass();
  expect((await effects())[0]).toMatchObject({
    state: 'PENDING',
    attempts: 1,
    receipt: null,
    lastError: expect.stringContaining('null'),
  });
  const { name } = await suite.gateway.read(tenantId, {
    name: { text: 'select name from tenant_profile where tenant_id = $1', values: [], read: (rows) => rows[0]?.name },
  });
  expect(name).not.toBe('half');
});

test('effects of one aggregate keep their order, also while the first fails and two work', async () => {
  const [one, other] = [newId(), newId()];
  await ask(9, (index) => (index % 2 === 0 ? one : other));
  const order: Record<string, number[]> = { [one]: [], [other]: [] };
  let failures = 2;
  const handler: EffectHandler = async ({ aggregateId, payload }) => {
    if (payload.index === '0' && failures-- > 0) throw new Error('not yet');
    order[aggregateId]!.push(Number(payload.index));
    return { receipt: 'done', writes: [] };
  };
  const workers = [dispatcher(handler), dispatcher(handler)];
  for (let round = 0; round < 4; round += 1) {
    await Promise.all(workers.map(drain));
    advance(10);
  }
  expect(order).toEqual({ [one]: [0, 2, 4, 6, 8], [other]: [1, 3, 5, 7] });
});

test('a long backlog of one tenant does not starve another', async () => {
  const { tenantId: small } = await suite.tenant();
  await ask(100);
  await ask(3, newId, small);
  const did: string[] = [];
  await drain(
    dispatcher(
      async (_effect, tools) => {
        did.push(tools.tenantId);
        return { receipt: 'done', writes: [] };
      },
      [tenantId, small],
    ),
  );
  expect(did).toHaveLength(103);
  expect(did.lastIndexOf(small)).toBeLessThan(20);
});

test('stop ends after the effect in hand and leaves the rest to the next worker', async () => {
  await ask(6);
  const [begun, held] = [door(), door()];
  let calls = 0;
  const worker = dispatcher(async () => {
    calls += 1;
    begun.open();
    await held.wait;
    return { receipt: 'done', writes: [] };
  });
  worker.start();
  await begun.wait;
  const stopping = worker.stop();
  held.open();
  await stopping;
  expect(calls).toBe(1);
  expect((await effects()).filter(({ state }) => state === EffectState.DONE)).toHaveLength(1);
  advance(LEASE_SECONDS);
  await drain(dispatcher(done));
  expect((await effects()).every(({ state }) => state === EffectState.DONE)).toBe(true);
});

test('an effect that nobody can do waits with its reason; a tenant that is not given is left alone', async () => {
  await ask(1);
  const { gateway, clock, pipeline } = suite;
  const without = new Dispatcher({
    gateway,
    clock,
    pipeline,
    handlers: {},
    tenants: async () => [tenantId],
    log: pino({ level: 'silent' }),
  });
  await without.pass();
  expect((await effects())[0]).toMatchObject({ state: 'PENDING', lastError: 'No handler for test.effect' });
  advance(10);
  expect(await dispatcher(done, []).pass()).toBe(0);
  expect(await dispatcher(done).pass()).toBe(1);
});
