import { newId } from '../../src/core/id.js';
import { select } from '../../src/core/statement.js';
import { freshDelivery, kept } from '../../src/integrations/events/delivery.plan.js';
import { DeliveryState, EventDelivery } from '../../src/integrations/events/delivery.entity.js';
import { EventType } from '../../src/integrations/events/event-type.js';
import { EventsBench } from './events.kit.js';

/** Real time: rounds, lanes and slow receivers. */
const bench = new EventsBench();
beforeAll(() => bench.open());
beforeEach(() => bench.fresh());
afterAll(() => bench.close());

const wait = (ms: number): Promise<void> => new Promise((over) => setTimeout(over, ms));

async function until(condition: () => boolean, withinMs: number): Promise<number> {
  const since = performance.now();
  while (!condition()) {
    if (performance.now() - since > withinMs) throw new Error(`not within ${withinMs} ms`);
    await wait(10);
  }
  return performance.now() - since;
}

/** Asks for many deliveries to an endpoint, as a relay does that finds many events. */
async function backlog(endpointId: string, count: number, world = bench.world): Promise<void> {
  const making = { now: bench.suite.clock.at, newId };
  const deliveries = Array.from({ length: count }, () => {
    const subject = { subjectType: 'Handoff', subjectId: newId() };
    const id = `evt_${newId().replaceAll('-', '')}`;
    const event = { id, type: EventType.HANDOFF_CLOSED, occurredAt: making.now, ...subject, data: {} };
    return freshDelivery(event, endpointId, null, making);
  });
  await bench.suite.gateway.transaction(world.tenantId, (tx) => tx.commit(kept(deliveries, making)));
}

const waiting = async (endpointId: string): Promise<number> =>
  (await bench.world.read({ found: select(EventDelivery, { endpointId, state: DeliveryState.PENDING }) })).found.length;

test.each([
  { how: 'answers after half a second', slow: (send: () => void) => void setTimeout(send, 500) },
  { how: 'never answers', slow: () => undefined },
])('1,000 events to an endpoint that $how hold up neither another endpoint nor another tenant', async ({ slow }) => {
  const { id } = await bench.endpoint('/slow', [EventType.HANDOFF_CLOSED]);
  await bench.endpoint('/quick', [EventType.INTEGRATION_CONNECTED]);
  const other = await bench.suite.tenant();
  await bench.endpoint('/theirs', [EventType.INTEGRATION_CONNECTED], other);
  bench.answers['/slow'] = (response) => slow(() => response.writeHead(200).end());
  await backlog(id, 1000);
  const dispatcher = bench.dispatcher([bench.world.tenantId, other.tenantId], 5000);
  dispatcher.start();
  try {
    await until(() => bench.at('/slow').length > 0, 5000);
    const times: number[] = [];
    for (let round = 1; round <= 5; round++) {
      await bench.happen();
      await bench.happen(other);
      for (const world of [bench.world, other]) {
        await bench.seal(world);
        await bench.relay().pass(world.tenantId);
        dispatcher.wake(world.tenantId);
      }
      times.push(await until(() => bench.at('/quick').length === round && bench.at('/theirs').length === round, 3000));
    }
    expect(Math.max(...times)).toBeLessThan(1500);
    expect(await waiting(id)).toBeGreaterThan(900);
    console.info(`slowest of ten beside the backlog: ${Math.ceil(Math.max(...times))} ms`);
  } finally {
    await dispatcher.stop();
  }
});
