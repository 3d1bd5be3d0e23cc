import pg from 'pg';
import { FAILING_DAYS, RETRY_AFTER_MS } from '../../src/integrations/events/delivery.rules.js';
import { createEventEndpoint } from '../../src/integrations/events/endpoint.commands.js';
import { EventType } from '../../src/integrations/events/event-type.js';
import { EventsBench, status } from './events.kit.js';

const bench = new EventsBench();
const HOUR = 3_600_000;
const later = (ms: number): void => void (bench.suite.clock.at = new Date(bench.suite.clock.at.getTime() + ms));

beforeAll(() => bench.open());
beforeEach(() => bench.fresh());
afterAll(() => bench.close());

test('what fails is tried by the schedule, then given up; days of it disable the endpoint, and people are told', async () => {
  const { id } = await bench.endpoint('/bad');
  const watching = await bench.endpoint('/watching', [EventType.ENDPOINT_DISABLED]);
  bench.answers['/bad'] = status(500, {}, 'canary-answer-5150');
  await bench.happen();
  await bench.flow();
  for (const pause of RETRY_AFTER_MS) {
    later(pause - 1000);
    await bench.flow();
    const before = bench.at('/bad').length;
    later(1000);
    await bench.flow();
    expect(bench.at('/bad')).toHaveLength(before + 1);
  }
  expect(bench.at('/bad')).toHaveLength(10);
  expect(new Set(bench.at('/bad').map(({ headers }) => headers['webhook-id'])).size).toBe(1);
  expect(new Set(bench.at('/bad').map(({ body }) => body)).size).toBe(1);
  const [given] = await bench.deliveries(id);
  expect(given).toMatchObject({
    state: 'FAILED',
    attempts: 10,
    responseStatus: 500,
    reason: 'FAILED',
    nextAttemptAt: null,
  });
  expect(await bench.row(id)).toMatchObject({ state: 'ACTIVE', failures: 10 });
  later(FAILING_DAYS * 24 * HOUR);
  await bench.happen();
  await bench.flow();
  expect(await bench.row(id)).toMatchObject({ state: 'DISABLED', reason: 'FAILING' });
  const { data } = await bench.admin.graphql(
    '{ alerts { edges { node { code subjectId } } } eventEndpoints { edges { node { id state remedy secret } } } }',
  );
  expect(data!.alerts.edges[0].node).toEqual({ code: 'EVENT_ENDPOINT_DISABLED', subjectId: id });
  const shown = (data!.eventEndpoints.edges as { node: { id: string; remedy: string; secret: null } }[]).find(
    ({ node }) => node.id === id,
  )!.node;
  expect(shown.remedy).toContain('enableEventEndpoint');
  expect(shown.secret).toBeNull();
  await bench.flow();
  expect(bench.verified(watching.secret, bench.at('/watching')[0]!)).toMatchObject({
    type: 'endpoint.disabled',
    data: { subject: { type: 'EventEndpoint', id }, reason: 'FAILING' },
  });
  expect(await stored('canary-answer-5150')).toEqual([]);
});

test('410 disables at once and cancels what waits; Retry-After is waited for; a success forgets the failures', async () => {
  const gone = await bench.endpoint('/gone');
  const busy = await bench.endpoint('/busy', [EventType.INTEGRATION_CONNECTED]);
  bench.answers['/gone'] = status(410);
  bench.answers['/busy'] = status(429, { 'retry-after': '7200' });
  for (let n = 0; n < 3; n++) await bench.happen();
  // Everything else first, so that the worker takes all six deliveries in one batch.
  while ((await bench.dispatcher().pass()) > 0);
  await bench.flow();
  expect(bench.at('/gone')).toHaveLength(1);
  expect(await bench.row(gone.id)).toMatchObject({ state: 'DISABLED', reason: 'GONE' });
  expect((await bench.deliveries(gone.id)).map(({ state }) => state)).toEqual(Array(3).fill('CANCELLED'));
  // Not even the others of the batch that the worker had in hand.
  expect(bench.at('/busy')).toHaveLength(1);
  expect((await bench.deliveries(busy.id))[0]).toMatchObject({ reason: 'THROTTLED', responseStatus: 429 });
  bench.answers['/busy'] = status(204);
  later(2 * HOUR - 1000);
  await bench.flow();
  expect(bench.at('/busy')).toHaveLength(1);
  later(1000);
  await bench.flow();
  expect((await bench.deliveries(busy.id)).map(({ state }) => state)).toEqual(Array(3).fill('DELIVERED'));
  expect(await bench.row(busy.id)).toMatchObject({ failures: 0, failingSince: null, state: 'ACTIVE' });
  const { data } = await bench.admin.graphql('{ outboxStatus { pauses { vendor } } }');
  expect(data!.outboxStatus.pauses).toEqual([]);
});

test('redirects are not followed, hanging ends, bodies are not read, and every failure says its remedy', async () => {
  const cases = [
    {
      path: '/redirect',
      answer: status(302, { location: 'http://169.254.169.254/' }),
      state: 'PENDING',
      reason: 'REDIRECTED',
    },
    { path: '/refuse', answer: status(401), state: 'PENDING', reason: 'REFUSED' },
    { path: '/hang', answer: () => undefined, state: 'PENDING', reason: 'NO_ANSWER' },
    { path: '/html', answer: status(200, { 'content-type': 'text/html' }, '<html>'), state: 'DELIVERED', reason: null },
    { path: '/huge', answer: status(202, {}, 'x'.repeat(200_000)), state: 'DELIVERED', reason: null },
  ] as const;
  const ids: string[] = [];
  for (const { path, answer } of cases) {
    bench.answers[path] = answer;
    ids.push((await bench.endpoint(path)).id);
  }
  await bench.happen();
  await bench.flow();
  for (const [index, { state, reason }] of cases.entries()) {
    const { data } = await bench.admin.graphql(
      'query ($id: ID!) { eventDeliveries(endpointId: $id) { edges { node { state reason remedy attempts } } } }',
      { id: ids[index] },
    );
    const [{ node }] = data!.eventDeliveries.edges as [{ node: { remedy: string | null } }];
    expect(node).toMatchObject({ state, reason, attempts: 1 });
    expect(node.remedy === null).toBe(reason === null);
  }
});

test('a name that leads inside is found at every send, also when it changes after the first', async () => {
  const inside = ['127.0.0.1', '10.0.0.7', '169.254.169.254', '::1', '::ffff:127.0.0.1', 'fd00::1', '168.63.129.16'];
  for (const address of inside) {
    const url = `https://rebind.example/${inside.indexOf(address)}`;
    const id = await bench.admin.done(createEventEndpoint, { url, eventTypes: [] });
    bench.names['rebind.example'] = ['93.184.216.34', address];
    await bench.happen();
    await bench.flow();
    const [delivery] = await bench.deliveries(id);
    expect([address, delivery!.reason, delivery!.responseStatus]).toEqual([address, 'ADDRESS_REFUSED', null]);
  }
  expect(bench.arrived).toEqual([]);
});

test('two relays at once, a crash in between, and entries that commit late: each event is delivered exactly once', async () => {
  const { id } = await bench.endpoint('/once', [EventType.INTEGRATION_CONNECTED]);
  const made: string[] = [];
  for (let round = 0; round < 4; round++) {
    const writing = Promise.all(Array.from({ length: 6 }, async () => made.push(await bench.happen())));
    const relaying = Promise.all(
      [1, 2, 3].map(async () => {
        await bench.seal();
        await bench.relay().pass(bench.world.tenantId);
      }),
    );
    await Promise.all([writing, relaying]);
  }
  await bench.flow();
  const subjects = (await bench.deliveries(id)).map(({ subjectId }) => subjectId);
  expect(subjects.toSorted()).toEqual(made.toSorted());
  expect(bench.at('/once')).toHaveLength(made.length);
});

/** Tables in which a text stands anywhere. */
async function stored(text: string): Promise<string[]> {
  const superuser = new pg.Client({ connectionString: bench.suite.superuserUrl });
  await superuser.connect();
  try {
    const { rows } = await superuser.query<{ name: string }>(
      "select relname::text as name from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r'",
    );
    const found: string[] = [];
    for (const { name } of rows) {
      const { rowCount } = await superuser.query(`select 1 from ${name} t where t::text like $1 limit 1`, [
        `%${text}%`,
      ]);
      if (rowCount) found.push(name);
    }
    return found;
  } finally {
    await superuser.end();
  }
}
