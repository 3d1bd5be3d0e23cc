import { newId } from '../../src/core/id.js';
import { EffectState } from '../../src/core/outbox/effect.entity.js';
import type { EffectHandler, PerformEffect, SteppedHandler } from '../../src/core/outbox/handler.js';
import { pauseVendor } from '../../src/core/outbox/lease.js';
import type { OutboxMessage } from '../../src/core/outbox/message.js';
import type { Statement } from '../../src/core/statement.js';
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
    advance(29);
    expect(await pass(handler)).toBe(0);
    advance(1);
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
    expect(await decide(admin, 'retryEffect', { effectId })).toEqual({ codes: ['EFFECT_OUTCOME_UNKNOWN'] });
    expect(await decide(admin, 'adoptEffect', { effectId, receipt: 'message 7' })).toEqual({ state: 'PENDING' });
    await pass(fails(new Error('must not be sent')));
    expect((await effects())[0]).toMatchObject({ state: 'DONE', receipt: 'message 7' });
    expect(await attempts()).toEqual(['PERFORM UNKNOWN_OUTCOME', 'ADOPT DONE']);
  });

  test('that a person denies is sent again, once', async () => {
    await ask(CONFIRM);
    await pass(fails(fault('UNKNOWN_OUTCOME')));
    const effectId = (await effects())[0]!.id;
    expect(await decide(admin, 'confirmEffect', { effectId })).toEqual({ state: 'PENDING' });
    advance(10);
    await pass(done);
    expect((await effects())[0]).toMatchObject({ state: 'DONE', receipt: 'done' });
    expect(await decide(admin, 'confirmEffect', { effectId })).toEqual({ codes: ['EFFECT_IS_DONE'] });
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
    expect(await decide(admin, 'cancelEffect', cancel)).toEqual({ codes: ['EFFECT_IS_BEING_DONE'] });
    advance(30);
    expect(await decide(admin, 'cancelEffect', cancel)).toEqual({ state: 'CANCELLED' });
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
    expect((await effects()).every(({ state }) => state === EffectState.DONE)).toBe(true);
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
    expect((await effects()).every(({ state }) => state === EffectState.PENDING)).toBe(true);
    for (let minute = 0; minute < 11; minute += 1) {
      while ((await pass(done)) > 0);
      advance(60);
    }
    expect((await effects()).every(({ state }) => state === EffectState.DONE)).toBe(true);
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
    expect(await decide(admin, 'retryEffect', { effectId: effect!.id })).toEqual({ state: 'PENDING' });
    expect(await pass(done)).toBe(1);
    expect((await effects())[0]).toMatchObject({ state: 'DONE', reason: null, lastError: null });
  });
});
