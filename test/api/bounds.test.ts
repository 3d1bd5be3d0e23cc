import { connect, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { Readable } from 'node:stream';
import Fastify, { type FastifyRequest } from 'fastify';
import { getIntrospectionQuery } from 'graphql';
import pg from 'pg';
import { newId } from '../../src/core/id.js';
import { RequestTurns } from '../../src/core/request-turns.js';
import { against } from '../../src/core/slow-clients.js';
import { makeApiKey } from '../../src/identity/api-key.secret.js';
import { Role } from '../../src/identity/roles.js';
import { HALOPSA_HOOKS, HOOK_USER } from '../../src/integrations/halopsa/webhook.secret.js';
import { makeFeedSecret, userOfKey } from '../../src/odata/keys/feed-key.secret.js';
import { FEED_PATH } from '../../src/odata/resource.js';
import { startServer, type TestServer } from '../kit/server.js';
import { openSuite, type Suite } from '../kit/suite.js';
import type { World } from '../kit/world.js';

/** What one tenant, or one client, may take of a process: everybody else is answered as if it were not there. */
let suite: Suite;
let server: TestServer;

beforeAll(async () => {
  suite = await openSuite();
  server = await startServer(suite);
});
afterAll(async () => {
  await server.close();
  await suite.close();
});

const tenant = (slug: string): Promise<World> =>
  suite.tenant((configuration) => void (configuration.tenant.slug = slug));
const signedIn = async (world: World): Promise<Record<string, string>> => ({
  authorization: `Bearer ${await server.token(world, Role.REVOPS_ADMIN)}`,
});

const ask = (query: string, headers: Record<string, string>): Promise<Response> =>
  fetch(`${server.address}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ query }),
  });

/** A connection that holds a table until it is rolled back: whoever reads it waits. */
async function holding(table: string): Promise<pg.Client> {
  const blocker = new pg.Client({ connectionString: suite.superuserUrl });
  await blocker.connect();
  await blocker.query(`begin; lock table ${table} in access exclusive mode`);
  return blocker;
}

test('who has not signed in is refused before the document is read where there is nothing to ask for', async () => {
  const closed = await startServer(suite, { INTROSPECTION: 'off' });
  try {
    for (const query of ['{ me { id } }', '{', '{ __typename }', `{ ${'me { id } '.repeat(400)} }`]) {
      const { status, json } = await closed.send({ query });
      expect([status, json]).toEqual([
        401,
        {
          errors: [
            {
              message: 'Sign in first: send `Authorization: Bearer <token>`.',
              extensions: { code: 'UNAUTHENTICATED', remedy: expect.stringContaining('identity provider') },
            },
          ],
        },
      ]);
    }
  } finally {
    await closed.close();
  }
});

test('who has not signed in but may ask for the schema is counted by address', async () => {
  const open = await startServer(suite, { REQUESTS_PER_MINUTE: '60' });
  try {
    const ask = async () => (await open.send({ query: '{ __schema { queryType { name } } }' })).status;
    for (let n = 0; n < 60; n++) expect(await ask()).toBe(200);
    expect(await ask()).toBe(429);
  } finally {
    await open.close();
  }
});

test('who has not signed in but may ask for the schema is answered it once in a request, not many times', async () => {
  const whole = await server.send({ query: getIntrospectionQuery() });
  expect([whole.status, Object.keys(whole.json as object)]).toEqual([200, ['data']]);
  const fields = Array.from({ length: 25 }, (_, n) => `a${n}: fields { name description args { name description } }`);
  const { status, json } = await server.send({ query: `{ __schema { types { ${fields.join(' ')} } } }` });
  expect([status, json]).toMatchObject([
    400,
    { errors: [{ extensions: { code: 'QUERY_TOO_COSTLY', limit: 'cost' } }] },
  ]);
});

test('a tenant whose requests hang holds its share: others are answered, and what is too much is told when to come again', async () => {
  const [flood, neighbour] = [await signedIn(await tenant('flood')), await signedIn(await tenant('neighbour'))];
  await ask('{ me { handle } }', neighbour);
  const blocker = await holding('handoff');
  const asked = Array.from({ length: 230 }, () => ask('{ handoffs { edges { cursor } } }', flood));
  try {
    const refused = await Promise.race(asked);
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '5']);
    const { errors } = (await refused.json()) as { errors: { extensions: Record<string, unknown> }[] };
    expect(errors[0]!.extensions).toMatchObject({
      code: 'BUSY',
      field: 'request',
      remedy: expect.stringContaining('again in 5 seconds'),
    });
    for (let n = 0; n < 10; n++) {
      const since = performance.now();
      expect((await ask('{ me { handle } }', neighbour)).status).toBe(200);
      expect(performance.now() - since).toBeLessThan(1000);
    }
  } finally {
    await blocker.query('rollback');
    await blocker.end();
  }
  const statuses = (await Promise.all(asked)).map(({ status }) => status);
  // Eight at a time and two hundred in line; one of the eight may have ended meanwhile.
  expect(statuses.filter((status) => status === 503).length).toBeGreaterThan(10);
  expect([...new Set(statuses)].toSorted((a, b) => a - b)).toEqual([200, 503]);
  expect((await ask('{ handoffs { edges { cursor } } }', flood)).status).toBe(200);
});

const basic = (user: string, password: string): Record<string, string> => ({
  authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`,
});

test.each([
  {
    what: 'API keys',
    table: 'api_key',
    knock: (tenantId: string) =>
      ask('{ me { handle } }', { authorization: `Bearer ${makeApiKey(tenantId, newId()).text}` }),
  },
  {
    what: 'feed keys',
    table: 'feed_key',
    knock: (tenantId: string) =>
      fetch(`${server.address}${FEED_PATH}/Handoffs`, {
        headers: basic(userOfKey(tenantId, newId()), makeFeedSecret().secret),
      }),
  },
  {
    what: 'credentials of webhooks',
    table: 'psa_webhook',
    knock: (tenantId: string) =>
      fetch(`${server.address}${HALOPSA_HOOKS}/${tenantId}/path`, {
        method: 'POST',
        headers: basic(HOOK_USER, 'password'),
      }),
  },
])('a flood of false $what takes nothing from a tenant, whichever tenants they name', async ({ table, knock }) => {
  const world = await tenant(`named-${table.replace('_', '-')}`);
  const neighbour = await signedIn(world);
  const isAnswered = async (): Promise<void> => {
    expect((await ask('{ me { handle } }', neighbour)).status).toBe(200);
    expect((await fetch(`${server.address}${FEED_PATH}/Handoffs?$top=1`, { headers: neighbour })).status).toBe(200);
  };
  await isAnswered();
  const blocker = await holding(table);
  const knocked = Array.from({ length: 120 }, (_, n) => knock(n % 2 === 0 ? world.tenantId : newId()));
  try {
    // Until the first of them have waited as long as a lock may take.
    for (let n = 0; n < 5; n++) {
      const since = performance.now();
      await isAnswered();
      expect(performance.now() - since).toBeLessThan(1000);
    }
  } finally {
    await blocker.query('rollback');
    await blocker.end();
  }
  for (const { status } of await Promise.all(knocked)) expect([401, 503]).toContain(status);
});

/** What a raw connection to a port answers until it ends. */
function raw(port: number, text: string): { socket: Socket; answer: Promise<string> } {
  const socket = connect(port, '127.0.0.1');
  socket.write(text);
  const parts: Buffer[] = [];
  socket.on('data', (part) => parts.push(part));
  socket.on('error', () => undefined);
  const answer = new Promise<string>((resolve) => {
    socket.on('close', () => resolve(Buffer.concat(parts).toString()));
  });
  return { socket, answer };
}

test.each([
  { what: 'its headers', head: 'POST / HTTP/1.1\r\nHost: a\r\nX: ' },
  {
    what: 'its body',
    head: 'POST / HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 5000\r\n\r\n{',
  },
])('a client that sends $what drop by drop is cut off with a code', async ({ head }) => {
  const listener = Fastify(against({ headers: 300, whole: 600 }));
  listener.post('/', async () => 'never');
  await listener.listen({ port: 0, host: '127.0.0.1' });
  try {
    const { socket, answer } = raw((listener.server.address() as { port: number }).port, head);
    const drip = setInterval(() => socket.writable && socket.write('x'), 50);
    const text = await answer;
    clearInterval(drip);
    expect(text).toMatch(/^HTTP\/1\.1 408 Request Timeout/);
    expect(text).toMatch(/"code":"REQUEST_TIMEOUT","field":"request","remedy":"Send the headers within/);
  } finally {
    await listener.close();
  }
});

/** A listener whose `/large` answers more than a socket holds. */
async function withLargeAnswer(turns: RequestTurns, config: { readonly stalledAfter?: number } = {}) {
  const listener = Fastify();
  turns.watch(listener);
  const large = (request: FastifyRequest): Promise<Buffer> =>
    turns.enter(request, 'tenant').then(() => Buffer.alloc(64 * 1_048_576));
  listener.get('/large', { config }, large);
  await listener.listen({ port: 0, host: '127.0.0.1' });
  return listener;
}

test('a client that stops reading is cut off, and its place is free again', async () => {
  const turns = new RequestTurns(300);
  const listener = await withLargeAnswer(turns);
  try {
    const { port } = listener.server.address() as { port: number };
    const { socket, answer } = raw(port, 'GET /large HTTP/1.1\r\nHost: a\r\n\r\n');
    socket.once('data', () => socket.pause());
    while (turns.inUse === 0) await pause(5);
    const since = performance.now();
    while (turns.inUse > 0 && performance.now() - since < 10_000) await pause(20);
    expect(turns.inUse).toBe(0);
    socket.destroy();
    await answer;
  } finally {
    await listener.close();
  }
});

test('an answer whose rows are long in coming is not cut off: only a client that takes nothing is', async () => {
  const turns = new RequestTurns(200);
  const listener = Fastify();
  turns.watch(listener);
  async function* slow(): AsyncGenerator<string> {
    yield 'first, ';
    await pause(700);
    yield 'last';
  }
  listener.get('/slow', async () => Readable.from(slow(), { objectMode: false }));
  const address = await listener.listen({ port: 0, host: '127.0.0.1' });
  try {
    expect(await (await fetch(`${address}/slow`)).text()).toBe('first, last');
  } finally {
    await listener.close();
  }
});

test('a route may be more patient than the others with a client that takes nothing', async () => {
  const turns = new RequestTurns(200);
  const listener = await withLargeAnswer(turns, { stalledAfter: 2000 });
  try {
    const { port } = listener.server.address() as { port: number };
    const { socket, answer } = raw(port, 'GET /large HTTP/1.1\r\nHost: a\r\n\r\n');
    socket.once('data', () => socket.pause());
    while (turns.inUse === 0) await pause(5);
    await pause(1000);
    expect(turns.inUse).toBe(1);
    while (turns.inUse > 0) await pause(20);
    socket.destroy();
    await answer;
  } finally {
    await listener.close();
  }
});
