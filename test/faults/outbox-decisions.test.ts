import { systemActor } from '../../src/core/actor.js';
import type { Gateway } from '../../src/core/gateway.js';
import { newId } from '../../src/core/id.js';
import { LedgerEntry } from '../../src/core/ledger/entry.js';
import type { EffectHandler, PerformEffect, SteppedHandler } from '../../src/core/outbox/handler.js';
import type { OutboxMessage } from '../../src/core/outbox/message.js';
import { select, type Statement } from '../../src/core/statement.js';
import { faultOfStatus } from '../../src/integrations/http/fault.rules.js';
import { resumeTenant, suspendTenant } from '../../src/identity/tenant.commands.js';
import { openSuite, type Suite } from '../kit/suite.js';
import type { Persona, World } from '../kit/world.js';
import {
  ask as askOf,
  attemptsOf,
  CONFIRM,
  decide,
  dispatcherOf,
  done,
  door,
  effectsOf,
  fails,
  fault,
  HALO,
  LOOKUP,
} from './outbox.kit.js';

let suite: Suite;
let world: World;
let admin: Persona;
let tenantId: string;
beforeAll(async () => {
  suite = await openSuite();
});
beforeEach(async () => {
  world = await suite.tenant();
  admin = await world.as('REVOPS_ADMIN');
  ({ tenantId } = world);
});
afterAll(() => suite.close());

const ask = (more?: Partial<OutboxMessage>): Promise<string> => askOf(suite, tenantId, more);
const pass = (handler: EffectHandler): Promise<number> => dispatcherOf(suite, [tenantId], handler).pass();
const effects = (): ReturnType<typeof effectsOf> => effectsOf(suite, tenantId);
const attempts = (): Promise<string[]> => attemptsOf(suite, tenantId);
const advance = (seconds: number): void => void (suite.clock.at = new Date(suite.clock.at.getTime() + seconds * 1000));
const write = (...statements: Statement[]): Promise<void> =>
  suite.gateway.transaction(tenantId, (tx) => tx.commit(statements));

describe('the order', () => {
  test('holds within an aggregate and a vendor, and a schedule holds up nothing', async () => {
    const aggregate = { type: 'Handoff', id: newId() };
    const notBefore = new Date(suite.clock.at.getTime() + 3_600_000);
    await ask({ ...HALO, aggregate, effectKey: 'later', notBefore });
    await ask({ ...HALO, aggregate, effectKey: 'first' });
    await ask({ ...HALO, aggregate, effectKey: 'second' });
    await ask({ vendor: 'SHAREPOINT', aggregate, effectKey: 'file' });
    const did: string[] = [];
    let isFirst = true;
    const worker = dispatcherOf(suite, [tenantId], async ({ effectKey }) => {
      if (effectKey === 'first' && isFirst) {
        isFirst = false;
        throw new Error('not yet');
      }
      did.push(effectKey);
      return { receipt: 'done', writes: [] };
    });
    while ((await worker.pass()) > 0);
    expect(did).toEqual(['file']);
    advance(10);
    while ((await worker.pass()) > 0);
    expect(did).toEqual(['file', 'first', 'second']);
    advance(3600);
    while ((await worker.pass()) > 0);
    expect(did).toEqual(['file', 'first', 'second', 'later']);
  });
});

describe('a handler', () => {
  test('runs a command once, however often the effect is tried', async () => {
    await ask(HALO);
    const answers: unknown[] = [];
    const handler =
      (isLast: boolean): PerformEffect =>
      async (_effect, { run }) => {
        answers.push(await run(suspendTenant, { reason: 'not paid for', expectedRevision: 1 }));
        const operator = systemActor(tenantId, 'test');
        const request = { idempotencyKey: null, path: 'test' };
        if (!isLast)
          await suite.pipeline.run(operator, resumeTenant, { reason: 'paid for', expectedRevision: 2 }, request);
        if (!isLast) throw new Error('after the command');
        return { receipt: 'done', writes: [] };
      };
    await pass(handler(false));
    advance(10);
    await pass(handler(true));
    expect(answers).toEqual([
      expect.objectContaining({ kind: 'done', replayed: false }),
      expect.objectContaining({ kind: 'done', replayed: true }),
    ]);
    const { entries } = await world.read({ entries: select(LedgerEntry, { action: 'suspendTenant' }) });
    expect(entries.map(({ actorKind, actorId }) => [actorKind, actorId])).toEqual([['SYSTEM', 'test.effect']]);
  });

  test('asks for what follows, in the same commit', async () => {
    await ask({ effectKey: 'parent' });
    const follows = {
      kind: 'test.effect',
      aggregate: { type: 'Handoff', id: newId() },
      effectKey: 'child',
      payload: {},
    };
    await pass(async () => ({ receipt: 'done', writes: [], messages: [follows] }));
    expect((await effects()).map(({ effectKey, state }) => [effectKey, state])).toEqual([
      ['parent', 'DONE'],
      ['child', 'PENDING'],
    ]);
  });

  test('hears that its lease was lost', async () => {
    await ask({});
    const begun = door();
    let isTold = false;
    jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'queueMicrotask', 'performance'] });
    try {
      const slow = pass(async (_effect, { signal }) => {
        begun.open();
        await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
        isTold = true;
        return { receipt: 'x', writes: [] };
      });
      await begun.wait;
      await write({
        text: 'update outbox_effect set fencing_token = fencing_token + 1 where tenant_id = $1',
        values: [],
      });
      await jest.advanceTimersByTimeAsync(10_000);
      await slow;
    } finally {
      jest.useRealTimers();
    }
    expect(isTold).toBe(true);
    expect(await attempts()).toEqual(['PERFORM FENCED']);
  });
});

test('a handler is told when its worker could not renew the lease for as long as it lasts', async () => {
  await ask(LOOKUP);
  const begun = door();
  let isCut = false;
  let isTold = false;
  const gateway = Object.create(suite.gateway) as Gateway;
  const answers: Promise<unknown>[] = [];
  gateway.transaction = (...given) => {
    if (isCut) return Promise.reject(new Error('Connection terminated unexpectedly'));
    const answer = suite.gateway.transaction(...given);
    answers.push(answer);
    return answer;
  };
  jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'queueMicrotask', 'performance'] });
  try {
    const handler: SteppedHandler = {
      perform: async (_effect, { signal }) => {
        begun.open();
        await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
        [isTold, isCut] = [true, false];
        return { receipt: 'x', writes: [] };
      },
      lookup: async () => null,
    };
    const slow = dispatcherOf(suite, [tenantId], handler, { gateway }).pass();
    await begun.wait;
    await jest.advanceTimersByTimeAsync(10_000);
    await Promise.all(answers);
    isCut = true;
    await jest.advanceTimersByTimeAsync(25_000);
    expect(isTold).toBe(false);
    await jest.advanceTimersByTimeAsync(5000);
    expect(isTold).toBe(true);
    await slow;
  } finally {
    jest.useRealTimers();
  }
  expect(await attempts()).toEqual(['PERFORM UNKNOWN_OUTCOME']);
});

describe('a completion whose acknowledgement was lost', () => {
  /** The suite's gateway, whose next transaction after `lose()` is committed and answers nothing. */
  function deaf(): { gateway: Gateway; lose: () => void } {
    let isLost = false;
    const gateway = Object.create(suite.gateway) as Gateway;
    gateway.transaction = async (...given) => {
      const answer = await suite.gateway.transaction(...given);
      if (!isLost) return answer;
      isLost = false;
      throw new Error('Connection terminated unexpectedly');
    };
    return { gateway, lose: () => (isLost = true) };
  }

  test.each([
    { what: 'of what was done', thrown: null, state: 'DONE', outcome: 'DONE' },
    { what: 'of what was certainly not done', thrown: fault('RETRY'), state: 'PENDING', outcome: 'RETRY' },
  ])('$what stands as it was recorded', async ({ thrown, state, outcome }) => {
    await ask(CONFIRM);
    const { gateway, lose } = deaf();
    const handler: PerformEffect = async () => {
      lose();
      if (thrown) throw thrown;
      return { receipt: 'card 7', writes: [] };
    };
    await dispatcherOf(suite, [tenantId], handler, { gateway }).pass();
    expect((await effects())[0]).toMatchObject({ state, inDoubt: false, strikes: 0 });
    expect(await attempts()).toEqual([`PERFORM ${outcome}`]);
  });
});

test('a vendor goes on while one item of it is locked, however long, and that one is given up with a remedy', async () => {
  const locked = await ask(HALO);
  let calls = 0;
  const worker = dispatcherOf(suite, [tenantId], async ({ effectKey }, { now }) => {
    if (effectKey !== locked) return { receipt: 'done', writes: [] };
    calls += 1;
    throw faultOfStatus(423, {}, null, { vendor: 'HaloPSA', isRepeatable: true }, now);
  });
  const states = async () => (await effects()).map(({ state }) => state);
  for (let asked = 1; asked <= 10; asked += 1) {
    await ask(HALO);
    await worker.pass();
    expect(await states()).toEqual(['PENDING', ...Array.from({ length: asked }, () => 'DONE')]);
    advance(60);
  }
  expect(calls).toBeGreaterThan(4);
  for (let minute = 0; minute < 1500; minute += 5) {
    await worker.pass();
    advance(300);
  }
  expect((await effects())[0]).toMatchObject({
    state: 'DEAD',
    reason: 'VENDOR_LOCKED',
    remedy: expect.stringMatching(/retry it/),
  });
}, 60_000);

describe('a suspended tenant', () => {
  test('has nothing done for it, also not what was taken already', async () => {
    await ask({});
    await ask({});
    let calls = 0;
    await pass(async () => {
      calls += 1;
      await admin.done(suspendTenant, { reason: 'not paid for', expectedRevision: 1 });
      return { receipt: 'done', writes: [] };
    });
    advance(60);
    await pass(done);
    expect(calls).toBe(1);
    // What had happened is recorded all the same.
    expect((await effects()).map(({ state }) => state)).toEqual(['DONE', 'PENDING']);
  });
});

describe('decisions about effects', () => {
  test('are for administrators, and each is in the ledger without its receipt', async () => {
    await ask(CONFIRM);
    await pass(fails(fault('UNKNOWN_OUTCOME')));
    const effectId = (await effects())[0]!.id;
    for (const role of ['SALES_MANAGER', 'DELIVERY_MANAGER', 'FINANCE_APPROVER', 'SERVICE_DELIVERY_LEAD', 'AUDITOR']) {
      const who = await world.as(role);
      expect(await decide(who, 'adoptEffect', { effectId, receipt: 'x' })).toEqual({ codes: ['FORBIDDEN'] });
    }
    const stranger = await (await suite.tenant()).as('REVOPS_ADMIN');
    expect(await decide(stranger, 'confirmEffect', { effectId })).toEqual({ codes: ['NOT_FOUND'] });
    expect(await decide(admin, 'confirmEffect', { effectId: 'no id' })).toEqual({ codes: ['BAD_USER_INPUT'] });
    expect(await decide(admin, 'adoptEffect', { effectId, receipt: '' })).toEqual({ codes: ['BAD_USER_INPUT'] });
    await decide(admin, 'adoptEffect', { effectId, receipt: 'message-id-77' });
    const { entries } = await world.read({
      entries: select(LedgerEntry, { action: 'adoptEffect', outcome: 'DONE' as never }),
    });
    expect(entries).toHaveLength(1);
    expect(entries[0]!.content).toContain('"before":"UNKNOWN"');
    expect(entries[0]!.content).not.toContain('message-id-77');
  });

  test('an administrator sees what waits, why, and what can be done about it', async () => {
    await ask(CONFIRM);
    await pass(fails(fault('UNKNOWN_OUTCOME', { status: 504 })));
    const { data, errors } = await admin.graphql(
      `{ outboxEffects(state: UNKNOWN, vendor: "TEAMS") { edges { node { kind reason lastError remedy attempts availableActions
         attemptLog { number phase outcome code status error startedAt endedAt } } } } }`,
    );
    expect(errors).toEqual([]);
    expect(data!.outboxEffects.edges.map(({ node }: { node: unknown }) => node)).toEqual([
      {
        kind: 'test.effect',
        reason: 'TEST_UNKNOWN_OUTCOME',
        lastError: 'it was UNKNOWN_OUTCOME',
        remedy: 'do something',
        attempts: 1,
        availableActions: ['ADOPT', 'CONFIRM', 'CANCEL'],
        attemptLog: [
          expect.objectContaining({
            number: 1,
            phase: 'PERFORM',
            outcome: 'UNKNOWN_OUTCOME',
            code: 'TEST_UNKNOWN_OUTCOME',
            status: 504,
          }),
        ],
      },
    ]);
  });

  test('what a restore parked is looked up, or confirmed by a person, before it is done', async () => {
    await ask(LOOKUP);
    await ask(CONFIRM);
    await write({
      text: "update outbox_effect set state = 'PARKED', reason = 'RESTORED' where tenant_id = $1",
      values: [],
    });
    advance(3600);
    expect(await pass(done)).toBe(0);
    const [project, card] = await effects();
    expect(await decide(admin, 'retryEffect', { effectId: card!.id })).toEqual({ codes: ['EFFECT_OUTCOME_UNKNOWN'] });
    expect(await decide(admin, 'retryEffect', { effectId: project!.id })).toEqual({ state: 'PENDING' });
    await pass({
      perform: fails(new Error('not before a look')),
      lookup: async () => ({ receipt: 'was there', writes: [] }),
    });
    expect((await effects())[0]).toMatchObject({ state: 'DONE', receipt: 'was there' });
  });
});
