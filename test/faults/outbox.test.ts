import { systemActor } from '../../src/core/actor.js';
import { LedgerEntry } from '../../src/core/ledger/entry.js';
import { newId } from '../../src/core/id.js';
import { EffectClass } from '../../src/core/outbox/effect.entity.js';
import type { EffectHandler, PerformEffect, SteppedHandler } from '../../src/core/outbox/handler.js';
import { pauseVendor } from '../../src/core/outbox/lease.js';
import type { OutboxMessage } from '../../src/core/outbox/message.js';
import { select, type Statement } from '../../src/core/statement.js';
import { resumeTenant, suspendTenant } from '../../src/identity/tenant.commands.js';
import { openSuite, type Suite } from '../kit/suite.js';
import type { Persona, World } from '../kit/world.js';
import { ask as askOf, attemptsOf, dispatcherOf, door, effectsOf, fault } from './outbox.kit.js';

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

const HALO: Partial<OutboxMessage> = { vendor: 'HALOPSA' };
const LOOKUP: Partial<OutboxMessage> = { ...HALO, effectClass: EffectClass.LOOKUP };
const CONFIRM: Partial<OutboxMessage> = { vendor: 'TEAMS', effectClass: EffectClass.CONFIRM };
const done: PerformEffect = async () => ({ receipt: 'done', writes: [] });
const fails =
  (error: Error): PerformEffect =>
  async () =>
    Promise.reject(error);

const ask = (more?: Partial<OutboxMessage>): Promise<string> => askOf(suite, tenantId, more);
const pass = (handler: EffectHandler): Promise<number> => dispatcherOf(suite, [tenantId], handler).pass();
const effects = (): ReturnType<typeof effectsOf> => effectsOf(suite, tenantId);
const attempts = (): Promise<string[]> => attemptsOf(suite, tenantId);
const advance = (seconds: number): void => void (suite.clock.at = new Date(suite.clock.at.getTime() + seconds * 1000));
const write = (...statements: Statement[]): Promise<void> =>
  suite.gateway.transaction(tenantId, (tx) => tx.commit(statements));

/** Has a worker end right in the middle of so many effects. */
async function crash(lanes: number): Promise<void> {
  const begun = door();
  let waiting = lanes;
  void pass(async () => {
    waiting -= 1;
    if (waiting === 0) begun.open();
    return new Promise(() => undefined);
  });
  await begun.wait;
  advance(30);
}

/** A decision over GraphQL; the row, or the codes of the refusal or error. */
async function decide(
  field: string,
  input: Record<string, unknown>,
  who = admin,
): Promise<{ state?: string; codes?: string[] }> {
  const type = `${field === 'adoptEffect' ? 'Adopt' : field === 'cancelEffect' ? 'Cancel' : ''}EffectInput`;
  const { data, errors } = await who.graphql(
    `mutation ($input: ${type}!) { ${field}(input: $input) { ... on OutboxEffect { state } ... on Refused { findings { code remedy } } } }`,
    { input },
  );
  if (errors.length > 0) return { codes: errors.map(({ extensions }) => extensions.code as string) };
  const { state, findings } = data![field] as { state?: string; findings?: { code: string }[] };
  return state ? { state } : { codes: findings!.map(({ code }) => code) };
}

describe('an unknown outcome', () => {
  test('of what can be looked up is looked up before it is done again', async () => {
    const vendor = new Map<string, string>();
    let performed = 0;
    const handler: SteppedHandler = {
      perform: async ({ effectKey }) => {
        performed += 1;
        vendor.set(effectKey, `project ${performed}`);
        throw fault('UNKNOWN_OUTCOME', { status: 504 });
      },
      lookup: async ({ effectKey }) => {
        const receipt = vendor.get(effectKey);
        return receipt === undefined ? null : { receipt, writes: [] };
      },
    };
    await ask(LOOKUP);
    await pass(handler);
    expect((await effects())[0]).toMatchObject({ state: 'UNKNOWN', inDoubt: true, reason: 'TEST_UNKNOWN_OUTCOME' });
    advance(3);
    await pass(handler);
    expect((await effects())[0]).toMatchObject({
      state: 'DONE',
      inDoubt: false,
      receipt: 'project 1',
      lastError: null,
    });
    expect(performed).toBe(1);
    expect(await attempts()).toEqual(['PERFORM UNKNOWN_OUTCOME', 'LOOKUP DONE']);
  });

  test('that the look-up denies is done, and a look-up that fails tells nothing', async () => {
    let lookups = 0;
    const handler: SteppedHandler = {
      perform: async () => {
        if (lookups === 0) throw new Error('a fault of ours after the send');
        return { receipt: 'second', writes: [] };
      },
      lookup: async () => {
        lookups += 1;
        if (lookups === 1) throw fault('RETRY');
        return null;
      },
    };
    await ask(LOOKUP);
    for (let round = 0; round < 3; round += 1) {
      await pass(handler);
      advance(60);
    }
    expect((await effects())[0]).toMatchObject({ state: 'DONE', receipt: 'second' });
    expect(await attempts()).toEqual(['PERFORM FAILED', 'LOOKUP RETRY', 'PERFORM DONE']);
  });

  test('of what nobody can look up waits for a person, however long', async () => {
    await ask(CONFIRM);
    await pass(fails(fault('UNKNOWN_OUTCOME')));
    advance(86_400);
    expect(await pass(done)).toBe(0);
    const [effect] = await effects();
    expect(effect).toMatchObject({ state: 'UNKNOWN', inDoubt: true, remedy: 'do something' });
    const effectId = effect!.id;
    expect(await decide('retryEffect', { effectId })).toEqual({ codes: ['EFFECT_OUTCOME_UNKNOWN'] });
    expect(await decide('adoptEffect', { effectId, receipt: 'message 7' })).toEqual({ state: 'PENDING' });
    await pass(fails(new Error('must not be sent')));
    expect((await effects())[0]).toMatchObject({ state: 'DONE', receipt: 'message 7' });
    expect(await attempts()).toEqual(['PERFORM UNKNOWN_OUTCOME', 'ADOPT DONE']);
  });

  test('that a person denies is sent again, once', async () => {
    await ask(CONFIRM);
    await pass(fails(fault('UNKNOWN_OUTCOME')));
    const effectId = (await effects())[0]!.id;
    expect(await decide('confirmEffect', { effectId })).toEqual({ state: 'PENDING' });
    advance(10);
    await pass(done);
    expect((await effects())[0]).toMatchObject({ state: 'DONE', receipt: 'done' });
    expect(await decide('confirmEffect', { effectId })).toEqual({ codes: ['EFFECT_IS_DONE'] });
  });

  test('does not hold up what comes after it when it waits for a person', async () => {
    const aggregate = { type: 'Handoff', id: newId() };
    await ask({ ...CONFIRM, aggregate });
    await ask({ ...CONFIRM, aggregate });
    await pass(fails(fault('UNKNOWN_OUTCOME')));
    advance(10);
    await pass(done);
    expect((await effects()).map(({ state }) => state)).toEqual(['UNKNOWN', 'DONE']);
  });
});

describe('a worker that ends on the way', () => {
  test('leaves a doubt where it had begun, and none where it had not', async () => {
    const aggregate = { type: 'Handoff', id: newId() };
    await ask({ ...LOOKUP, aggregate });
    await ask(LOOKUP);
    await ask(CONFIRM);
    await ask({ vendor: 'SHAREPOINT' });
    await crash(3);
    const seen: string[] = [];
    const handler: SteppedHandler = {
      perform: async ({ vendor, id }) => {
        seen.push(`perform ${vendor} ${id}`);
        return { receipt: 'new', writes: [] };
      },
      lookup: async ({ vendor, id }) => {
        seen.push(`lookup ${vendor} ${id}`);
        return { receipt: 'found', writes: [] };
      },
    };
    await pass(handler);
    const found = await effects();
    expect(found.map(({ state, receipt, reason }) => [state, receipt, reason])).toEqual([
      ['DONE', 'found', null],
      ['DONE', 'new', null],
      ['UNKNOWN', null, 'WORKER_LOST'],
      ['DONE', 'new', null],
    ]);
    expect(seen.toSorted()).toEqual(
      [
        `lookup HALOPSA ${found[0]!.id}`,
        `perform HALOPSA ${found[1]!.id}`,
        `perform SHAREPOINT ${found[3]!.id}`,
      ].toSorted(),
    );
    expect((await attempts()).filter((attempt) => attempt === 'PERFORM LOST')).toHaveLength(3);
    expect(found.map((effect) => effect.strikes)).toEqual([1, 0, 1, 1]);
  });

  test('and comes back late completes nothing, and says so', async () => {
    await ask(HALO);
    const [begun, held] = [door(), door()];
    const slow = pass(async () => {
      begun.open();
      await held.wait;
      return { receipt: 'slow', writes: [] };
    });
    await begun.wait;
    advance(30);
    await pass(async () => ({ receipt: 'fast', writes: [] }));
    held.open();
    await slow;
    expect((await effects())[0]).toMatchObject({ state: 'DONE', receipt: 'fast' });
    expect(await attempts()).toEqual(['PERFORM LOST', 'PERFORM DONE', 'PERFORM FENCED']);
  });

  test('cannot complete over what a person decided meanwhile', async () => {
    await ask(HALO);
    const [begun, held] = [door(), door()];
    const slow = pass(async () => {
      begun.open();
      await held.wait;
      return { receipt: 'slow', writes: [] };
    });
    await begun.wait;
    const effectId = (await effects())[0]!.id;
    const cancel = { effectId, reason: 'NOT_WANTED' };
    expect(await decide('cancelEffect', cancel)).toEqual({ codes: ['EFFECT_IS_BEING_DONE'] });
    advance(30);
    expect(await decide('cancelEffect', cancel)).toEqual({ state: 'CANCELLED' });
    held.open();
    await slow;
    expect((await effects())[0]).toMatchObject({ state: 'CANCELLED', receipt: null, reason: 'NOT_WANTED' });
  });

  test('cannot complete in a tenant that was restored meanwhile', async () => {
    await ask(HALO);
    await pass(async () => {
      await suite.gateway.global('update tenant set epoch = epoch + 1 where tenant_id = $1', [tenantId]);
      return { receipt: 'before the restore', writes: [] };
    });
    expect((await effects())[0]).toMatchObject({ state: 'PENDING', receipt: null });
  });
});

describe('a vendor', () => {
  test('that throttles gets the time it asked for; other vendors and tenants go on', async () => {
    const other = await suite.tenant();
    const asked: string[] = [];
    let throttles = true;
    const handler: PerformEffect = async ({ vendor }, tools) => {
      asked.push(`${tools.tenantId === tenantId ? 'one' : 'other'} ${vendor}`);
      if (throttles && vendor === 'HALOPSA' && tools.tenantId === tenantId)
        throw fault('THROTTLED', { retryAfterMs: 90_000, status: 429 });
      return { receipt: 'done', writes: [] };
    };
    await Promise.all([
      ask(HALO),
      ask(HALO),
      ask(HALO),
      ask({ vendor: 'SHAREPOINT' }),
      askOf(suite, other.tenantId, HALO),
    ]);
    const worker = dispatcherOf(suite, [tenantId, other.tenantId], handler);
    await worker.pass();
    expect(asked.toSorted()).toEqual(['one HALOPSA', 'one SHAREPOINT', 'other HALOPSA']);
    const status = await admin.graphql(
      '{ outboxStatus { counts { vendor state count } pauses { vendor reason failures } } outboxEffects { edges { node { state attempts waitsFor { until } } } } }',
    );
    expect(status.data!.outboxStatus).toEqual({
      counts: [{ vendor: 'HALOPSA', state: 'PENDING', count: 3 }],
      pauses: [{ vendor: 'HALOPSA', reason: 'THROTTLED', failures: 1 }],
    });
    advance(89.9);
    expect(await worker.pass()).toBe(0);
    throttles = false;
    advance(0.1);
    while ((await worker.pass()) > 0);
    expect((await effects()).every(({ state }) => state === 'DONE')).toBe(true);
    expect((await admin.graphql('{ outboxStatus { pauses { vendor } } }')).data!.outboxStatus.pauses).toEqual([]);
  });

  test('that is down is tried less and less, and catches up by itself', async () => {
    for (let count = 0; count < 5; count += 1) await ask(HALO);
    let calls = 0;
    const down = dispatcherOf(suite, [tenantId], async () => {
      calls += 1;
      throw fault('RETRY');
    });
    for (let second = 0; second < 3600; second += 5) {
      await down.pass();
      advance(5);
    }
    expect(calls).toBeLessThan(25);
    expect((await effects()).every(({ state }) => state === 'PENDING')).toBe(true);
    for (let minute = 0; minute < 11; minute += 1) {
      while ((await pass(done)) > 0);
      advance(60);
    }
    expect((await effects()).every(({ state }) => state === 'DONE')).toBe(true);
  }, 60_000);

  test('that does not accept the credentials waits until it is connected again', async () => {
    await ask(HALO);
    await ask({ vendor: 'SHAREPOINT' });
    await pass(async ({ vendor }) => {
      if (vendor === 'HALOPSA') throw fault('DISCONNECTED', { status: 401 });
      return { receipt: 'done', writes: [] };
    });
    advance(86_400 * 30);
    expect(await pass(done)).toBe(0);
    // A later fault of another worker does not put an end to it.
    await write(
      pauseVendor({
        vendor: 'HALOPSA',
        reason: 'THROTTLED',
        until: suite.clock.at,
        failures: 1,
        since: suite.clock.at,
        remedy: '',
      }),
    );
    advance(60);
    expect(await pass(done)).toBe(0);
    await write({ text: 'delete from vendor_pause where tenant_id = $1', values: [] });
    expect(await pass(done)).toBe(1);
  });

  test('that refuses is not asked again until a person wants it', async () => {
    await ask(HALO);
    await pass(fails(fault('REFUSED', { status: 422 })));
    advance(86_400);
    expect(await pass(done)).toBe(0);
    const [effect] = await effects();
    expect(effect).toMatchObject({ state: 'DEAD', attempts: 1, reason: 'TEST_REFUSED', remedy: 'do something' });
    expect(await decide('retryEffect', { effectId: effect!.id })).toEqual({ state: 'PENDING' });
    expect(await pass(done)).toBe(1);
    expect((await effects())[0]).toMatchObject({ state: 'DONE', reason: null, lastError: null });
  });
});

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
      expect(await decide('adoptEffect', { effectId, receipt: 'x' }, who)).toEqual({ codes: ['FORBIDDEN'] });
    }
    const stranger = await (await suite.tenant()).as('REVOPS_ADMIN');
    expect(await decide('confirmEffect', { effectId }, stranger)).toEqual({ codes: ['NOT_FOUND'] });
    expect(await decide('confirmEffect', { effectId: 'no id' })).toEqual({ codes: ['BAD_USER_INPUT'] });
    expect(await decide('adoptEffect', { effectId, receipt: '' })).toEqual({ codes: ['BAD_USER_INPUT'] });
    await decide('adoptEffect', { effectId, receipt: 'message-id-77' });
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
    expect(await decide('retryEffect', { effectId: card!.id })).toEqual({ codes: ['EFFECT_OUTCOME_UNKNOWN'] });
    expect(await decide('retryEffect', { effectId: project!.id })).toEqual({ state: 'PENDING' });
    await pass({
      perform: fails(new Error('not before a look')),
      lookup: async () => ({ receipt: 'was there', writes: [] }),
    });
    expect((await effects())[0]).toMatchObject({ state: 'DONE', receipt: 'was there' });
  });
});
