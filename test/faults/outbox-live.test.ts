import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { resolve } from 'node:path';
import { pino } from 'pino';
import { systemActor } from '../../src/core/actor.js';
import { command, done } from '../../src/core/command.js';
import { newId } from '../../src/core/id.js';
import { databaseClock } from '../../src/core/clock.js';
import { Gateway } from '../../src/core/gateway.js';
import { Dispatcher, type DispatcherOptions } from '../../src/core/outbox/dispatcher.js';
import { EffectClass, EffectState } from '../../src/core/outbox/effect.entity.js';
import type { PerformEffect } from '../../src/core/outbox/handler.js';
import { HintListener, HintSender } from '../../src/core/outbox/hints.js';
import { Pipeline } from '../../src/core/pipeline.js';
import { refreshActor } from '../../src/identity/actor.queries.js';
import { openSuite, type Suite } from '../kit/suite.js';
import { ask, attemptsOf, effectsOf, fault, KIND } from './outbox.kit.js';

/** Everything here runs on real time: the worker's rounds, hints, and processes that are killed. */
let suite: Suite;
let gateway: Gateway;
const statements: string[] = [];
const log = pino({ level: 'silent' });
const wait = (ms: number): Promise<void> => new Promise((finish) => setTimeout(finish, ms));

beforeAll(async () => {
  suite = await openSuite();
  gateway = new Gateway({
    url: suite.appUrl,
    poolSize: 10,
    prepare: true,
    onStatement: (text) => void statements.push(text),
  });
});
afterAll(async () => {
  await gateway.end();
  await suite.close();
});

function dispatcher(
  tenants: readonly string[],
  perform: PerformEffect,
  more: Partial<DispatcherOptions> = {},
): Dispatcher {
  return new Dispatcher({
    gateway,
    clock: databaseClock,
    pipeline: suite.pipeline,
    handlers: { [KIND]: perform },
    tenants: async () => tenants,
    log,
    ...more,
  });
}

async function until(condition: () => Promise<boolean> | boolean, withinMs: number): Promise<number> {
  const since = performance.now();
  while (!(await condition())) {
    if (performance.now() - since > withinMs) throw new Error(`not within ${withinMs} ms`);
    await wait(10);
  }
  return performance.now() - since;
}

test('a command wakes the worker of another connection at once; an idle tenant costs a visit a sweep', async () => {
  const worlds = await Promise.all(Array.from({ length: 8 }, () => suite.tenant()));
  const tenants = worlds.map(({ tenantId }) => tenantId);
  const [first] = tenants as [string];
  const did: number[] = [];
  const worker = dispatcher(
    tenants,
    async () => {
      did.push(performance.now());
      return { receipt: 'done', writes: [] };
    },
    { sweepMs: 60_000 },
  );
  let isListening = false;
  const listener = new HintListener({
    url: suite.appUrl,
    onHint: (tenantId) => worker.wake(tenantId),
    onConnected: () => (isListening = true),
    log,
  });
  await listener.start();
  worker.start();
  try {
    await until(() => isListening, 2000);
    await wait(500);
    statements.length = 0;
    await wait(1500);
    expect(statements.filter((text) => text.includes('with due'))).toEqual([]);
    const { hint } = new HintSender(suite.gateway, log);
    const { clock, abilities, vault } = pipelineParts();
    const pipeline = new Pipeline({ gateway, clock, abilities, refresh: refreshActor, vault, hint, log });
    const since = performance.now();
    const input = { kind: KIND };
    const result = await pipeline.run(systemActor(first, 'test'), wanting, input, { idempotencyKey: null, path: 't' });
    expect(result.kind).toBe('done');
    await until(() => did.length === 1, 2000);
    expect(did[0]! - since).toBeLessThan(700);
    // A lost connection is found again, and what was missed meanwhile with it.
    isListening = false;
    await gateway.global(
      "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'countersign worker hints' and datname = current_database()",
    );
    await until(() => isListening, 5000);
  } finally {
    await listener.stop();
    await worker.stop();
  }
});

/** Asks for one effect and changes nothing. */
const wanting = command({
  name: 'testWanting',
  action: 'want',
  subject: 'TestEffect',
  facts: (_input: { kind: string }) => ({}),
  decide: (_facts, { kind }, moment) =>
    done({
      id: moment.newId(),
      subject: { type: 'TestEffect', id: moment.newId() },
      messages: [{ kind, aggregate: { type: 'Handoff', id: moment.newId() }, effectKey: moment.newId(), payload: {} }],
    }),
});

function pipelineParts(): ConstructorParameters<typeof Pipeline>[0] {
  const { options } = suite.pipeline as unknown as { options: ConstructorParameters<typeof Pipeline>[0] };
  return {
    ...options,
    clock: databaseClock,
    abilities: [...options.abilities, (grant) => grant(['SYSTEM'], 'want', 'TestEffect')],
  };
}

test('tenants whose vendor hangs do not slow the others down', async () => {
  const worlds = await Promise.all(Array.from({ length: 6 }, () => suite.tenant()));
  const [slow, ...fast] = worlds.map(({ tenantId }) => tenantId) as [string, ...string[]];
  const asked = new Map<string, number>();
  const waits: Record<'fast' | 'own', number[]> = { fast: [], own: [] };
  const perform: PerformEffect = async ({ effectKey, vendor }, { tenantId, signal }) => {
    if (tenantId === slow && vendor === 'HALOPSA') {
      await new Promise<void>((finish) => {
        setTimeout(finish, 400);
        signal.addEventListener('abort', () => finish());
      });
      throw fault('RETRY');
    }
    waits[tenantId === slow ? 'own' : 'fast'].push(performance.now() - asked.get(effectKey)!);
    return { receipt: 'done', writes: [] };
  };
  suite.clock.at = new Date();
  for (let count = 0; count < 200; count += 1) await ask(suite, slow, { vendor: 'HALOPSA' });
  const worker = dispatcher([slow, ...fast], perform, { sweepMs: 60_000 });
  worker.start();
  try {
    await wait(300);
    for (let round = 0; round < 20; round += 1) {
      suite.clock.at = new Date(Date.now() - 1000);
      for (const [tenantId, vendor] of [...fast.map((id) => [id, 'HALOPSA'] as const), [slow, 'SHAREPOINT'] as const]) {
        const effectKey = newId();
        asked.set(effectKey, performance.now());
        await ask(suite, tenantId, { vendor, effectKey });
        worker.wake(tenantId);
      }
      await wait(50);
    }
    await until(() => waits.fast.length === 100 && waits.own.length === 20, 10_000);
  } finally {
    await worker.stop();
  }
  for (const kind of ['fast', 'own'] as const) {
    const sorted = waits[kind].toSorted((a, b) => a - b);
    expect(sorted[Math.floor(sorted.length * 0.95)]).toBeLessThan(500);
  }
});

describe('workers that are killed', () => {
  let vendor: Server;
  let address: string;
  /** What the vendor has, by effect key, and how often it was posted; a CONFIRM card is counted alike. */
  const made = new Map<string, number>();
  let posts = 0;
  const children = new Set<ChildProcess>();

  beforeAll(async () => {
    vendor = createServer((request, response) => {
      const key = decodeURIComponent(request.url!.slice(1));
      if (request.method === 'GET') response.writeHead(made.has(key) ? 200 : 404).end();
      else post(key, response);
    });
    await new Promise<void>((listening) => vendor.listen(0, '127.0.0.1', listening));
    address = `http://127.0.0.1:${(vendor.address() as AddressInfo).port}`;
  });
  afterAll(async () => {
    for (const child of children) child.kill('SIGKILL');
    await new Promise((closed) => vendor.close(closed));
  });

  /** Some are throttled; others are done, and then fail, are cut, or answer late. */
  function post(key: string, response: ServerResponse): void {
    posts += 1;
    const chance = (posts * 7919) % 100;
    if (chance < 3) {
      response.writeHead(429, { 'retry-after': '1' }).end();
      return;
    }
    made.set(key, (made.get(key) ?? 0) + 1);
    if (chance < 6) response.writeHead(500).end();
    else if (chance < 9) response.socket!.destroy();
    else setTimeout(() => response.writeHead(201).end(), chance % 10);
  }

  async function spawnWorker(tenants: readonly string[]): Promise<ChildProcess> {
    const args = [resolve('test/faults/outbox-worker.mjs'), suite.appUrl, address, tenants.join(',')];
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    children.add(child);
    child.on('exit', () => children.delete(child));
    await once(child.stdout, 'data');
    return child;
  }

  test('lose nothing and do nothing twice', async () => {
    const worlds = await Promise.all([suite.tenant(), suite.tenant()]);
    const tenants = worlds.map(({ tenantId }) => tenantId);
    suite.clock.at = new Date(Date.now() - 5000);
    const perTenant = 120;
    for (const tenantId of tenants) {
      for (let count = 0; count < perTenant; count += 1) {
        const isCard = count % 6 === 5;
        await ask(suite, tenantId, {
          vendor: isCard ? 'TEAMS' : 'HALOPSA',
          effectClass: isCard ? EffectClass.CONFIRM : EffectClass.LOOKUP,
        });
      }
    }
    const settled = async (): Promise<boolean> => {
      const all = (await Promise.all(tenants.map((tenantId) => effectsOf(suite, tenantId)))).flat();
      return all.every(
        ({ state, effectClass }) =>
          state === EffectState.DONE || (state === EffectState.UNKNOWN && effectClass === EffectClass.CONFIRM),
      );
    };
    let kills = 0;
    let random = 20_261_123;
    const next = (): number => (random = (random * 1_103_515_245 + 12_345) % 2_147_483_648) / 2_147_483_648;
    while (kills < 12) {
      const both = await Promise.all([spawnWorker(tenants), spawnWorker(tenants)]);
      await wait(30 + next() * 250);
      for (const child of both) {
        child.kill('SIGKILL');
        await once(child, 'exit');
        kills += 1;
      }
    }
    const last = await spawnWorker(tenants);
    const took = await until(settled, 180_000);
    last.kill('SIGTERM');
    const [code] = (await once(last, 'exit')) as [number | null];
    expect(code).toBe(0);
    const all = (await Promise.all(tenants.map((tenantId) => effectsOf(suite, tenantId)))).flat();
    expect(all).toHaveLength(2 * perTenant);
    const doneOnes = all.filter(({ state }) => state === EffectState.DONE);
    expect(doneOnes.filter(({ effectKey }) => made.get(effectKey) !== 1).map(({ id }) => id)).toEqual([]);
    // A card of unknown outcome was sent at most once, and waits for a person with its reason.
    const cards = all.filter(({ state }) => state === EffectState.UNKNOWN);
    for (const card of cards) {
      expect(made.get(card.effectKey) ?? 0).toBeLessThanOrEqual(1);
      expect([card.reason, card.remedy]).toEqual([expect.any(String), expect.any(String)]);
    }
    const lost = (await Promise.all(tenants.map((tenantId) => attemptsOf(suite, tenantId))))
      .flat()
      .filter((attempt) => attempt.endsWith('LOST')).length;
    expect(lost).toBeGreaterThan(0);
    if (process.env.TEST_LOG)
      console.log({ kills, posts, took, done: doneOnes.length, lost, unknownCards: cards.length });
  }, 300_000);
});
