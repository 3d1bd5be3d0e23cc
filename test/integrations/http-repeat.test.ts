import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { VendorHttp, type VendorRequest } from '../../src/integrations/http/client.js';

/** The vendor fails at first and then answers; `arrived` are the methods that came. */
let server: Server;
let http: VendorHttp;
let origin: string;
let arrived: string[];
let failures: number;
let fail: (response: ServerResponse) => void;

beforeAll(async () => {
  server = createServer((request: IncomingMessage, response) => {
    arrived.push(request.method!);
    request.resume();
    if (arrived.length <= failures) fail(response);
    else response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  http = new VendorHttp({ loopback: () => [origin], hosts: [] });
});
beforeEach(() => {
  arrived = [];
  failures = 1;
  fail = (response) => void response.writeHead(500).end();
});
afterAll(async () => {
  await http.close();
  await new Promise((closed) => server.close(closed));
});

const send = async (more: Partial<VendorRequest> = {}): Promise<string> =>
  http
    .send({ vendor: 'HaloPSA', method: 'GET', url: `${origin}/api`, ...more })
    .then(({ status }) => String(status))
    .catch(({ kind }: { kind: string }) => kind);

test('a question that failed is asked again in the same attempt, three times in all', async () => {
  failures = 2;
  expect(await send()).toBe('200');
  expect(arrived).toEqual(['GET', 'GET', 'GET']);
  arrived = [];
  failures = 3;
  expect(await send()).toBe('RETRY');
  expect(arrived).toHaveLength(3);
});

test('so is a change that is harmless; a new record or a file that was put is never sent again', async () => {
  fail = (response) => void response.socket!.destroy();
  expect(await send({ method: 'POST', json: {}, isRepeatable: true })).toBe('200');
  expect(arrived).toHaveLength(2);
  arrived = [];
  expect(await send({ method: 'POST', json: {} })).toBe('UNKNOWN_OUTCOME');
  expect(arrived).toHaveLength(1);
  arrived = [];
  expect(await send({ method: 'PUT', body: 'text', isRepeatable: true })).toBe('RETRY');
  expect(arrived).toHaveLength(1);
});

test('a 429 for a moment is waited for, whatever was asked', async () => {
  fail = (response) => void response.writeHead(429, { 'retry-after': '1' }).end();
  const since = performance.now();
  expect(await send({ method: 'POST', json: {} })).toBe('200');
  expect(performance.now() - since).toBeGreaterThanOrEqual(1000);
  expect(arrived).toHaveLength(2);
});

test('what the caller reads itself is no fault, and an attempt that ends waits for nothing', async () => {
  expect(await send({ accept: [500] })).toBe('500');
  expect(arrived).toHaveLength(1);
  arrived = [];
  failures = 3;
  const stopping = new AbortController();
  setTimeout(() => stopping.abort(), 100);
  expect(await send({ signal: stopping.signal })).toBe('RETRY');
  expect(arrived).toHaveLength(1);
});
