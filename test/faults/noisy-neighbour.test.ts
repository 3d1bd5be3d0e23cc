import { setTimeout as pause } from 'node:timers/promises';
import { newId } from '../../src/core/id.js';
import type { Dispatcher } from '../../src/core/outbox/dispatcher.js';
import { EffectState } from '../../src/core/outbox/effect.entity.js';
import type { PerformEffect, SteppedHandler } from '../../src/core/outbox/handler.js';
import { openSuite, type Suite } from '../kit/suite.js';
import { ask, attemptsOf, dispatcherOf, door, effectsOf, fault, LOOKUP } from './outbox.kit.js';

/**
 * An hour in which one tenant's vendor is down, by the test's clock in rounds of half a minute; beside it the same hour
 * in which it is not. What is measured are rounds, so that the figures do not depend on the machine.
 */
const ROUND_MS = 30_000;
const HOUR = 120;
const CATCHING_UP = 20;
/** A worker that has not come by after so long does not come in this round. */
const PATIENCE_MS = 5000;

let suite: Suite;
beforeAll(async () => {
  suite = await openSuite();
});
afterAll(() => suite.close());

/** Two tenants of one worker; the first one's vendor may be down, the second one asks for an effect a round. */
class Pair {
  /** Rounds that each effect of the second tenant waited. */
  readonly waits: number[] = [];
  isDown = false;
  private readonly hanging: (() => void)[] = [];
  private readonly worker: Dispatcher;
  private readonly waiting = new Map<string, number>();
  private attempts = 0;

  private constructor(
    readonly first: string,
    private readonly second: string,
  ) {
    const handler: SteppedHandler = { perform: this.perform, lookup: async () => null };
    this.worker = dispatcherOf(suite, [first, second], handler);
    this.worker.start();
  }

  static async start(): Promise<Pair> {
    const [first, second] = await Promise.all([suite.tenant(), suite.tenant()]);
    return new Pair(first.tenantId, second.tenantId);
  }

  /** Both ask for one effect; what hung since the last round gives up. */
  async begin(round: number): Promise<void> {
    for (const giveUp of this.hanging.splice(0)) giveUp();
    await ask(suite, this.first, LOOKUP);
    const effectKey = newId();
    this.waiting.set(effectKey, round);
    await ask(suite, this.second, { ...LOOKUP, effectKey });
    this.worker.wake(this.first);
    this.worker.wake(this.second);
  }

  /** The round is over when the second tenant has nothing left, or nobody has come. */
  async end(round: number): Promise<void> {
    const since = performance.now();
    while (this.waiting.size > 0 && performance.now() - since < PATIENCE_MS) await pause(2);
    this.round = round + 1;
  }

  /** Only the first tenant's backlog is left. */
  wake(): void {
    for (const giveUp of this.hanging.splice(0)) giveUp();
    this.worker.wake(this.first);
  }

  async stop(): Promise<void> {
    this.wake();
    await this.worker.stop();
  }

  private round = 0;

  /** While it is down, the vendor answers 503 and says nothing at all by turns. */
  private readonly perform: PerformEffect = async ({ effectKey }, { tenantId }) => {
    if (tenantId === this.second) {
      this.waits.push(this.round - this.waiting.get(effectKey)!);
      this.waiting.delete(effectKey);
    } else if (this.isDown) {
      this.attempts += 1;
      if (this.attempts % 2 === 0) throw fault('RETRY', { status: 503 });
      const { wait, open } = door();
      this.hanging.push(open);
      await wait;
      throw fault('UNKNOWN_OUTCOME');
    }
    return { receipt: 'done', writes: [] };
  };
}

const p95 = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.ceil(values.length * 0.95) - 1]!;

test('an hour without its vendor costs the other tenants nothing, and is caught up with by itself', async () => {
  const [calm, troubled] = [await Pair.start(), await Pair.start()];
  try {
    troubled.isDown = true;
    for (let round = 0; round < HOUR; round++) {
      suite.clock.at = new Date(suite.clock.at.getTime() + ROUND_MS);
      await Promise.all([calm.begin(round), troubled.begin(round)]);
      await Promise.all([calm.end(round), troubled.end(round)]);
    }
    // An effect that is done in its own round has waited for one.
    expect(troubled.waits).toHaveLength(HOUR);
    expect(p95(troubled.waits) + 1).toBeLessThan(2 * (p95(calm.waits) + 1));
    expect(Math.max(...troubled.waits)).toBe(Math.max(...calm.waits));
    // The vendor that is down was asked about once in five minutes.
    const asked = (await attemptsOf(suite, troubled.first)).length;
    expect(asked).toBeGreaterThan(10);
    expect(asked).toBeLessThan(40);

    troubled.isDown = false;
    const open = async (): Promise<number> =>
      (await effectsOf(suite, troubled.first)).filter(({ state }) => state !== EffectState.DONE).length;
    expect(await open()).toBe(HOUR);
    let rounds = 0;
    for (; rounds < CATCHING_UP && (await open()) > 0; rounds++) {
      suite.clock.at = new Date(suite.clock.at.getTime() + ROUND_MS);
      troubled.wake();
      for (let before = Infinity, left = await open(); left > 0 && left < before; left = await open()) {
        before = left;
        await pause(200);
      }
    }
    expect(await open()).toBe(0);
    // Five minutes of the longest pause, and the half that an effect of its own may wait.
    expect(rounds).toBeLessThanOrEqual(12);
  } finally {
    await Promise.all([calm.stop(), troubled.stop()]);
  }
});
