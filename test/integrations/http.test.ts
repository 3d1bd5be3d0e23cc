import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { LosslessNumber } from 'lossless-json';
import { VendorError, type VendorFault } from '../../src/core/outbox/vendor-error.js';
import { Budgets } from '../../src/integrations/http/budget.js';
import { VendorHttp, type VendorRequest } from '../../src/integrations/http/client.js';

type Answer = (request: IncomingMessage, response: ServerResponse, body: string) => void;

let server: Server;
let origin: string;
let http: VendorHttp;
let answer: Answer;
/** What arrived: a fault after the work must not hide that the work was done. */
let arrived: { method: string; url: string; headers: IncomingMessage['headers']; body: string }[];

beforeAll(async () => {
  server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString('utf8');
      arrived.push({ method: request.method!, url: request.url!, headers: request.headers, body });
      answer(request, response, body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
beforeEach(() => {
  arrived = [];
  http = new VendorHttp({ loopback: () => [origin], hosts: null });
});
afterEach(() => http.close());
afterAll(() => new Promise((resolve) => server.close(resolve)));

const json =
  (status: number, text: string, headers: Record<string, string> = {}): Answer =>
  (_request, response) =>
    void response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(text);

function ask(more: Partial<VendorRequest> = {}): Promise<Awaited<ReturnType<VendorHttp['send']>>> {
  return http.send({ vendor: 'HaloPSA', method: 'GET', url: `${origin}/api/tickets`, ...more });
}

async function fault(more: Partial<VendorRequest> = {}): Promise<VendorError> {
  const error: unknown = await ask(more).then(
    () => null,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(VendorError);
  return error as VendorError;
}

test('a request and its answer travel whole, and no amount passes through a float', async () => {
  answer = json(200, '{"id": 7, "cost": 12345678901234567.10}');
  const answered = await ask({
    method: 'POST',
    json: { price: new LosslessNumber('0.10') },
    headers: { Authorization: 'Bearer secret' },
  });
  expect(answered.status).toBe(200);
  expect(String((answered.json() as { cost: LosslessNumber }).cost)).toBe('12345678901234567.10');
  expect(arrived).toEqual([
    expect.objectContaining({
      method: 'POST',
      url: '/api/tickets',
      body: '{"price":0.10}',
      headers: expect.objectContaining({
        authorization: 'Bearer secret',
        'content-type': 'application/json',
        'client-request-id': expect.stringMatching(/^[0-9a-f-]{36}$/),
      }),
    }),
  ]);
});

test.each<{ status: number; safe: VendorFault; unsafe: VendorFault }>([
  { status: 302, safe: 'REFUSED', unsafe: 'REFUSED' },
  { status: 400, safe: 'REFUSED', unsafe: 'REFUSED' },
  { status: 401, safe: 'DISCONNECTED', unsafe: 'DISCONNECTED' },
  { status: 403, safe: 'REFUSED', unsafe: 'REFUSED' },
  { status: 404, safe: 'REFUSED', unsafe: 'REFUSED' },
  { status: 408, safe: 'RETRY', unsafe: 'UNKNOWN_OUTCOME' },
  { status: 423, safe: 'BUSY', unsafe: 'BUSY' },
  { status: 425, safe: 'BUSY', unsafe: 'BUSY' },
  { status: 429, safe: 'THROTTLED', unsafe: 'THROTTLED' },
  { status: 500, safe: 'RETRY', unsafe: 'UNKNOWN_OUTCOME' },
  { status: 502, safe: 'RETRY', unsafe: 'UNKNOWN_OUTCOME' },
  { status: 503, safe: 'RETRY', unsafe: 'UNKNOWN_OUTCOME' },
  { status: 504, safe: 'RETRY', unsafe: 'UNKNOWN_OUTCOME' },
  { status: 507, safe: 'REFUSED', unsafe: 'REFUSED' },
])('$status is $safe to a question and $unsafe to a change', async ({ status, safe, unsafe }) => {
  answer = json(status, '{"error":{"code":"someCode","message":"Ada Lovelace at ada@client.test"}}', {
    'request-id': 'r-1',
  });
  const asked = await fault();
  expect(asked).toMatchObject({ kind: safe, status, message: `HaloPSA answered ${status} (someCode), request r-1.` });
  expect(asked.remedy).not.toBe('');
  expect((await fault({ method: 'POST', json: {} })).kind).toBe(unsafe);
  expect((await fault({ method: 'PUT', json: {}, isRepeatable: true })).kind).toBe(safe);
});

test('a status that the caller reads itself is answered, not thrown', async () => {
  answer = json(404, '{"error":{"code":"itemNotFound"}}');
  expect((await ask({ accept: [404] })).status).toBe(404);
});

test.each<{ why: string; headers: () => Record<string, string>; ms: number; status?: number }>([
  { why: 'seconds', headers: () => ({ 'retry-after': '17' }), ms: 17_000 },
  { why: 'seconds with a 503', headers: () => ({ 'retry-after': '17' }), ms: 17_000, status: 503 },
  {
    why: "an HTTP date against the vendor's clock",
    headers: () => ({ date: 'Mon, 23 Nov 2026 14:00:00 GMT', 'retry-after': 'Mon, 23 Nov 2026 14:01:30 GMT' }),
    ms: 90_000,
  },
  {
    why: 'the older rate-limit headers',
    headers: () => ({ 'ratelimit-limit': '700', 'ratelimit-remaining': '0', 'ratelimit-reset': '42' }),
    ms: 42_000,
  },
  { why: 'the combined rate-limit header', headers: () => ({ ratelimit: '"default";r=0;t=21' }), ms: 21_000 },
])('Retry-After is read as $why', async ({ headers, ms, status = 429 }) => {
  answer = json(status, '{}', headers());
  expect(await fault({ method: 'POST', json: {} })).toMatchObject({ kind: 'THROTTLED', retryAfterMs: ms });
});

test.each(['soon', '-5', '1e9', '', '99999999999', 'tomorrow'])('"%s" is no Retry-After', async (text) => {
  answer = json(429, '{}', { 'retry-after': text });
  expect(await fault()).toMatchObject({ kind: 'THROTTLED', retryAfterMs: null });
});

test('a vendor that does the work and then fails leaves a doubt, not a repetition', async () => {
  answer = (_request, response) => void response.socket!.destroy();
  expect(await fault({ method: 'POST', json: {} })).toMatchObject({
    kind: 'UNKNOWN_OUTCOME',
    code: 'VENDOR_NO_ANSWER',
  });
  expect(arrived).toHaveLength(1);
  expect((await fault()).kind).toBe('RETRY');
});

test('a slow body ends at the limit of the whole', async () => {
  answer = (_request, response) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    const drip = setInterval(() => response.write(' '), 20);
    response.on('close', () => clearInterval(drip));
  };
  const since = performance.now();
  expect((await fault({ method: 'POST', json: {}, withinMs: 300 })).kind).toBe('UNKNOWN_OUTCOME');
  expect(performance.now() - since).toBeLessThan(2000);
});

test('an answer that never comes ends when the attempt does', async () => {
  answer = () => undefined;
  const stopping = new AbortController();
  setTimeout(() => stopping.abort(), 100);
  expect((await fault({ method: 'POST', json: {}, signal: stopping.signal })).kind).toBe('UNKNOWN_OUTCOME');
  expect((await fault({ method: 'POST', json: {}, signal: stopping.signal })).kind).toBe('RETRY');
  expect(arrived).toHaveLength(1);
});

test('nobody listens there: certainly not done', async () => {
  const closed = createServer();
  await new Promise<void>((resolve) => closed.listen(0, '127.0.0.1', resolve));
  const gone = `http://127.0.0.1:${(closed.address() as AddressInfo).port}`;
  await new Promise((resolve) => closed.close(resolve));
  await http.close();
  http = new VendorHttp({ loopback: () => [gone], hosts: null });
  expect(await fault({ method: 'POST', json: {}, url: gone })).toMatchObject({
    kind: 'RETRY',
    code: 'VENDOR_UNREACHABLE',
    message: 'HaloPSA could not be reached (ECONNREFUSED).',
  });
});

test('a gzip bomb and an endless body are cut at the limit', async () => {
  const bomb = gzipSync(Buffer.alloc(50_000_000, 32));
  expect(bomb.length).toBeLessThan(100_000);
  answer = (_request, response) =>
    void response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' }).end(bomb);
  const before = process.memoryUsage().rss;
  expect(await fault()).toMatchObject({ kind: 'RETRY', code: 'VENDOR_ANSWER_UNREADABLE' });
  expect(process.memoryUsage().rss - before).toBeLessThan(40_000_000);
  answer = (_request, response) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    const write = (): void => void (response.destroyed || response.write(Buffer.alloc(100_000, 32), write));
    write();
  };
  expect((await fault({ atMostBytes: 1_000_000 })).code).toBe('VENDOR_ANSWER_UNREADABLE');
});

test('a compressed answer is read', async () => {
  answer = (_request, response) =>
    void response
      .writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' })
      .end(gzipSync('{"ok":true}'));
  expect((await ask()).json()).toEqual({ ok: true });
});

test.each([
  { what: 'an HTML page', type: 'text/html', text: '<h1>Maintenance</h1>' },
  { what: 'cut JSON', type: 'application/json', text: '{"id": 1' },
  { what: 'nothing', type: '', text: '' },
])('$what instead of JSON is a fault when it is read', async ({ type, text }) => {
  answer = (_request, response) => void response.writeHead(200, type ? { 'content-type': type } : {}).end(text);
  const answered = await ask({ method: 'POST', json: {} });
  expect(() => answered.json()).toThrow(expect.objectContaining({ kind: 'UNKNOWN_OUTCOME' }));
});

test('a redirect is not followed, wherever it leads', async () => {
  answer = (request, response) =>
    request.url === '/api/tickets'
      ? void response.writeHead(302, { location: `${origin}/inside` }).end()
      : json(200, '{"secret":true}')(request, response, '');
  expect(await fault()).toMatchObject({ kind: 'REFUSED', code: 'VENDOR_REDIRECTS' });
  expect(arrived.map(({ url }) => url)).toEqual(['/api/tickets']);
});

describe('the guard of addresses', () => {
  test.each([
    { url: 'https://halopsa.com.evil.test/', code: 'HOST_NOT_ALLOWED' },
    { url: 'https://evilhalopsa.com/', code: 'HOST_NOT_ALLOWED' },
    { url: 'https://halopsa.com/', code: 'ADDRESS_REFUSED' },
    { url: 'https://msp.halopsa.com/', code: 'ADDRESS_REFUSED' },
  ])('$url is $code where hosts are listed', async ({ url, code }) => {
    await http.close();
    http = new VendorHttp({ loopback: () => [], hosts: ['halopsa.com'], resolve: async () => ['10.0.0.1'] });
    expect((await fault({ url })).code).toBe(code);
  });

  test('an allowed simulator must be on this machine', async () => {
    await http.close();
    http = new VendorHttp({
      loopback: () => ['http://vendor.test:80', 'http://vendor.test'],
      hosts: null,
      resolve: async () => ['93.184.216.34'],
    });
    expect(await fault({ url: 'http://vendor.test/' })).toMatchObject({ code: 'ADDRESS_REFUSED' });
  });

  test('connects to the address that was checked, asking the resolver once', async () => {
    const { port } = new URL(origin);
    let asked = 0;
    await http.close();
    http = new VendorHttp({
      loopback: () => [`http://vendor.test:${port}`],
      hosts: null,
      resolve: async () => {
        asked += 1;
        return ['127.0.0.1'];
      },
    });
    answer = json(200, '{}');
    expect((await ask({ url: `http://vendor.test:${port}/x` })).status).toBe(200);
    expect(arrived[0]!.headers.host).toBe(`vendor.test:${port}`);
    expect(asked).toBe(1);
  });

  test('a proxy of the environment is not used', async () => {
    process.env.HTTPS_PROXY = process.env.HTTP_PROXY = 'http://127.0.0.1:1';
    answer = json(200, '{}');
    await http.close();
    http = new VendorHttp({ loopback: () => [origin], hosts: null });
    expect((await ask()).status).toBe(200);
    delete process.env.HTTPS_PROXY;
    delete process.env.HTTP_PROXY;
  });
});

describe('the budget', () => {
  const budget = { instance: 'one', perMinute: 60, burst: 3 };

  test('lets a burst through, makes the next wait, and throttles what would wait too long', async () => {
    let now = 0;
    const budgets = new Budgets(() => now);
    for (let sent = 0; sent < 3; sent += 1) await budgets.spend(budget);
    const line = [budgets.spend(budget), budgets.spend(budget), budgets.spend(budget)];
    await expect(budgets.spend(budget)).rejects.toMatchObject({
      kind: 'THROTTLED',
      code: 'BUDGET_SPENT',
      retryAfterMs: 4000,
    });
    await expect(budgets.spend({ ...budget, instance: 'another' })).resolves.toBeUndefined();
    now += 10_000;
    await expect(budgets.spend(budget)).resolves.toBeUndefined();
    await Promise.all(line);
  });

  test('is closed by what the vendor says, for every request to the instance', async () => {
    answer = json(200, '{}', { 'ratelimit-remaining': '0', 'ratelimit-reset': '30' });
    expect((await ask({ budget })).status).toBe(200);
    expect(await fault({ budget })).toMatchObject({ kind: 'THROTTLED', code: 'BUDGET_SPENT' });
    expect(arrived).toHaveLength(1);
  });
});

test("vendors' own libraries get the same way out", async () => {
  answer = (_request, response) =>
    void response
      .writeHead(404, { 'content-type': 'application/json', 'content-encoding': 'gzip', 'request-id': 'r-2' })
      .end(gzipSync('{"error":{"code":"itemNotFound"}}'));
  await http.close();
  http = new VendorHttp({
    loopback: () => [origin],
    hosts: null,
    simulated: (url) => (url.hostname === 'graph.microsoft.com' ? `${origin}/graph${url.pathname}${url.search}` : null),
  });
  const fetch = http.fetch({ vendor: 'SharePoint' });
  const answered = await fetch('https://graph.microsoft.com/v1.0/sites?x=1', { method: 'PATCH', body: '{"a":1}' });
  expect([answered.status, answered.headers.get('request-id')]).toEqual([404, 'r-2']);
  expect(await answered.json()).toEqual({ error: { code: 'itemNotFound' } });
  expect(arrived[0]).toMatchObject({ method: 'PATCH', url: '/graph/v1.0/sites?x=1', body: '{"a":1}' });
  await expect(fetch('https://10.0.0.1/')).rejects.toBeInstanceOf(VendorError);
});
