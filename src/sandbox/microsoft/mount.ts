import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import type { ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { MICROSOFT_PATH } from './constants.js';
import { control } from './control.js';
import { type Answer, type Exchange, type Outcome, Refusal } from './exchange.js';
import { channelPage, pageHeaders } from './page.js';
import { MicrosoftSimulator, type SimulatorOptions } from './simulator.js';

const BODY_LIMIT = 260 * 1024 * 1024;
const LOOPBACK = ['127.0.0.1', 'localhost', '[::1]'];

/**
 * Mounts the simulator in a listener under `/sandbox/microsoft`: the page, `control/...`, and each of Microsoft's hosts
 * under its own name (`/sandbox/microsoft/graph.microsoft.com/v1.0/...`). Requests that name another host than this
 * machine are refused with 421, so that a foreign web page cannot reach it by DNS rebinding.
 *
 * `prepare` runs before each request that may need a directory: there the caller seeds those of tenants added meanwhile.
 */
export async function mountMicrosoft(
  app: FastifyInstance,
  simulator: MicrosoftSimulator,
  prepare: () => Promise<void> = async () => undefined,
): Promise<void> {
  await app.register(
    async (scope) => {
      scope.removeAllContentTypeParsers();
      scope.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: BODY_LIMIT }, (_request, body, done) =>
        done(null, body),
      );
      scope.addHook('onRequest', async (request, reply) => {
        const host = request.headers.host ?? '';
        if (URL.canParse(`http://${host}`) && LOOPBACK.includes(new URL(`http://${host}`).hostname)) return undefined;
        return reply
          .code(421)
          .send({ error: { code: 'misdirected', message: 'The sandbox answers this machine alone.' } });
      });
      scope.addHook('preHandler', prepare);
      scope.get('/', async (_request, reply) => reply.headers(pageHeaders()).send(channelPage(simulator)));
      const options = { bodyLimit: BODY_LIMIT };
      scope.all('/control/*', options, async (request, reply) => {
        const exchange = exchangeOf(request, '');
        const answer = await control(simulator, { ...exchange, path: exchange.path.replace(/^\/control/, '') }).catch(
          refused,
        );
        return reply.code(answer.status).send(answer.body);
      });
      scope.all('/:host/*', options, async (request, reply) => {
        const { host } = request.params as { host: string };
        send(reply, await simulator.handle(exchangeOf(request, host)));
      });
    },
    { prefix: MICROSOFT_PATH },
  );
}

/** A simulator on a listener of its own, on a free port of this machine: for tests. */
export async function startMicrosoft(
  options: SimulatorOptions = {},
): Promise<{ simulator: MicrosoftSimulator; base: string; close: () => Promise<void> }> {
  const simulator = new MicrosoftSimulator(options);
  const app = Fastify({ forceCloseConnections: true });
  await mountMicrosoft(app, simulator);
  await app.listen({ port: 0, host: '127.0.0.1' });
  const { port } = app.server.address() as AddressInfo;
  return { simulator, base: `http://127.0.0.1:${port}${MICROSOFT_PATH}`, close: () => app.close() };
}

/** The request as the vendor's host would see it; an empty host leaves the path below the mount. */
function exchangeOf(request: FastifyRequest, host: string): Exchange {
  const [path = '', query = ''] = (request.raw.url ?? '').split(/\?(.*)/s);
  const start = MICROSOFT_PATH.length + (host ? host.length + 1 : 0);
  const headers = Object.entries(request.headers).map(([name, value]) => [
    name,
    Array.isArray(value) ? value.join(', ') : value,
  ]);
  return {
    method: request.method,
    host: host.toLowerCase(),
    path: path.slice(start),
    query: new URLSearchParams(query),
    headers: Object.fromEntries(headers) as Record<string, string | undefined>,
    body: Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0),
  };
}

/** Writes the outcome on the raw connection: Fastify would not send half a body. */
function send(reply: FastifyReply, outcome: Outcome): void {
  reply.hijack();
  const { raw } = reply;
  const { answer } = outcome;
  if (!answer) {
    raw.destroy();
    return;
  }
  const body = bytesOf(answer);
  const type =
    Buffer.isBuffer(answer.body) || body.length === 0 ? {} : { 'content-type': 'application/json; charset=utf-8' };
  raw.writeHead(answer.status, { ...type, 'content-length': String(body.length), ...answer.headers });
  const half = body.length >> 1;
  if (outcome.cut) raw.write(body.subarray(0, half), () => raw.destroy());
  else if (outcome.pauseMs > 0) trickle(raw, body, half, outcome.pauseMs);
  else raw.end(body);
}

function trickle(raw: ServerResponse, body: Buffer, half: number, pauseMs: number): void {
  raw.write(body.subarray(0, half));
  setTimeout(() => raw.end(body.subarray(half)), pauseMs);
}

function bytesOf(answer: Answer): Buffer {
  if (answer.body === undefined || answer.status === 204 || answer.status === 304) return Buffer.alloc(0);
  return Buffer.isBuffer(answer.body) ? answer.body : Buffer.from(JSON.stringify(answer.body));
}

function refused(error: unknown): Answer {
  if (!(error instanceof Refusal)) throw error;
  return { status: error.status, body: { error: { code: error.code, message: error.message } } };
}
