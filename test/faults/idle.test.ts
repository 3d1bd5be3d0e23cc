import { setTimeout as pause } from 'node:timers/promises';
import { pino } from 'pino';
import { glance, type Glance } from '../../src/cli/worker-glance.js';
import { HintListener, HintSender } from '../../src/core/outbox/hints.js';
import { Sweep } from '../../src/core/sweep.js';
import { Role } from '../../src/identity/roles.js';
import { ask, LOOKUP } from './outbox.kit.js';
import { sealerOf } from '../kit/sealer.js';
import { openSuite, type Suite } from '../kit/suite.js';

/** What an idle worker relies on: hints that are proven to arrive, and a glance at everyone as the net under them. */
let suite: Suite;
const log = pino({ level: 'silent' });

beforeAll(async () => {
  suite = await openSuite();
});
afterAll(() => suite.close());

async function until(condition: () => boolean): Promise<void> {
  const since = performance.now();
  while (!condition()) {
    if (performance.now() - since > 8000) throw new Error('not in time');
    await pause(10);
  }
}

test('a glance sees what waits in each tenant, in that one alone, and a round trip is enough for all', async () => {
  const worlds = await Promise.all([1, 2, 3].map(() => suite.tenant()));
  const [entries, effects, calm] = worlds.map(({ tenantId }) => tenantId) as [string, string, string];
  const sealer = sealerOf(worlds[1]!, [effects, calm]);
  await sealer.cover(effects);
  await sealer.cover(calm);
  await ask(suite, effects, LOOKUP);
  const seen = new Map<string, Glance>();
  const sweep = new Sweep({
    gateway: suite.gateway,
    tenants: async () => [entries, effects, calm],
    glance: glance(),
    found: (tenantId, found) => void seen.set(tenantId, found),
    everyMs: 1000,
    log,
  });
  suite.statements.length = 0;
  await sweep.pass();
  expect(suite.statements.filter((text) => text.startsWith('begin'))).toHaveLength(1);
  expect([...seen].map(([, { entries: e, effects: f }]) => [e, f])).toEqual([
    [true, false],
    [false, true],
    // A checkpoint that is to be sent away.
    [false, true],
  ]);
  expect(seen.get(calm)!.isOpen).toBe(false);
});

test('a listener hears who has effects and who has not, and knows whether it hears', async () => {
  const { tenantId } = await suite.tenant();
  const heard: string[] = [];
  const listener = new HintListener({
    url: suite.appUrl,
    onHint: (id) => void heard.push(`effects ${id}`),
    onHappened: (id) => void heard.push(`entry ${id}`),
    onConnected: () => void heard.push('connected'),
    notify: (channel, payload) => suite.gateway.global('select pg_notify($1, $2)', [channel, payload]),
    log,
  });
  await listener.start();
  try {
    expect([listener.isHearing, heard]).toEqual([true, ['connected']]);
    const sender = new HintSender(suite.gateway, log);
    sender.happened(tenantId);
    await until(() => heard.length === 2);
    sender.happened(tenantId);
    sender.hint(tenantId);
    await until(() => heard.length === 4);
    expect(heard.slice(1)).toEqual([`entry ${tenantId}`, `effects ${tenantId}`, `entry ${tenantId}`]);
  } finally {
    await listener.stop();
  }
  expect(listener.isHearing).toBe(false);
});

test('a listener to which nothing arrives says so: then everyone is looked at by the clock', async () => {
  const listener = new HintListener({
    url: suite.appUrl,
    onHint: () => undefined,
    onConnected: () => undefined,
    // A pooler in transaction mode takes LISTEN and delivers nothing.
    notify: () => Promise.resolve(),
    log,
  });
  await listener.start();
  expect(listener.isHearing).toBe(false);
  await listener.stop();
});

test('a command tells of its entry, also one that is refused its right', async () => {
  const told: string[] = [];
  const world = await suite.tenant();
  const { pipeline } = suite as unknown as { pipeline: { options: { happened?: (id: string) => void } } };
  Object.assign(pipeline.options, { happened: (id: string) => void told.push(id) });
  const auditor = await world.as(Role.AUDITOR);
  await auditor.graphql(
    'mutation { createApiKey(input: { name: "k", scopes: ["handoffs:read"], days: 30 }) { __typename } }',
  );
  delete pipeline.options.happened;
  expect(told.every((id) => id === world.tenantId)).toBe(true);
  expect(told.length).toBeGreaterThan(0);
});
