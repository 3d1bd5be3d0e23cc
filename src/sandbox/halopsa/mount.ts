import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { answer, type HaloAnswer } from './answer.js';
import { mountControl } from './control.js';
import type { HaloInstance } from './instance.js';
import { HaloInstances, type SimulatorOptions } from './instances.js';

/** Where the simulator lives in the listener; the tenant's short name follows. */
export const SANDBOX_HALOPSA_PATH = '/sandbox/halopsa';

const LOOPBACK = ['127.0.0.1', 'localhost', '[::1]'];

/**
 * Mounts a HaloPSA of every tenant in a listener, under `/sandbox/halopsa/<tenant's short name>`: the vendor's own
 * `/auth/token` and `/api/...`, a page to look at, and `/control/...` for tests and the page.
 *
 * Whoever reaches it may do anything in it: mount it only in a sandbox. Requests under a host name that is not this
 * machine's are refused with 421, and forms of other web pages with 403.
 */
export async function mountHaloSandbox(app: FastifyInstance, options: SimulatorOptions = {}): Promise<HaloInstances> {
  const instances = new HaloInstances(options);
  await app.register(
    async (scope) => {
      scope.removeAllContentTypeParsers();
      scope.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => done(null, body));
      scope.addHook('onRequest', async (request, reply) => {
        const refusal = foreign(request);
        return refusal ? reply.code(refusal).send({ message: 'The sandbox answers this machine alone.' }) : undefined;
      });
      scope.addHook('preClose', () => instances.close());
      const vendor = async (request: FastifyRequest, reply: FastifyReply): Promise<unknown> => {
        const halo = instances.of((request.params as { slug: string }).slug);
        if (!halo) return reply.code(404).send({ message: 'There is no such instance.' });
        return send(halo, request, reply, await answered(halo, request));
      };
      scope.all('/:slug/auth/token', vendor);
      scope.all('/:slug/api/*', vendor);
      await scope.register(mountControl, { instances });
    },
    { prefix: SANDBOX_HALOPSA_PATH },
  );
  return instances;
}

function answered(halo: HaloInstance, request: FastifyRequest): Promise<HaloAnswer> {
  const [path = ''] = request.url.split('?');
  const query = Object.entries(request.query as Record<string, string | string[]>);
  return answer(halo, {
    method: request.method,
    path: path.slice(`${SANDBOX_HALOPSA_PATH}/${halo.slug}`.length),
    query: Object.fromEntries(
      query.map(([name, value]) => [name, Array.isArray(value) ? (value.at(-1) ?? '') : value]),
    ),
    authorization: request.headers.authorization,
    contentType: request.headers['content-type'] ?? '',
    body: typeof request.body === 'string' ? request.body : '',
  });
}

/** Sends an answer, or breaks it on its way. */
function send(halo: HaloInstance, request: FastifyRequest, reply: FastifyReply, given: HaloAnswer): unknown {
  const { broken } = given;
  const half = Math.ceil(given.body.length / 2);
  if (broken === null) return reply.code(given.status).headers(given.headers).send(given.body);
  if (broken.kind === 'CUT') return reply.code(given.status).headers(given.headers).send(given.body.slice(0, half));
  const { socket } = request.raw;
  reply.hijack();
  if (broken.kind === 'RESET') socket.resetAndDestroy();
  if (broken.kind === 'HANG') {
    const cut = (): void => void socket.destroy();
    halo.hanging.add(cut);
    socket.once('close', () => halo.hanging.delete(cut));
  }
  if (broken.kind === 'SLOW') {
    reply.raw.writeHead(given.status, given.headers);
    reply.raw.write(given.body.slice(0, half));
    setTimeout(() => reply.raw.end(given.body.slice(half)), broken.ms).unref();
  }
  return reply;
}

/** Why a request is none of this machine's own pages and programs: the status to refuse it with. */
function foreign(request: FastifyRequest): number | null {
  const host = request.headers.host ?? '';
  if (!URL.canParse(`http://${host}`) || !LOOPBACK.includes(new URL(`http://${host}`).hostname)) return 421;
  const { origin } = request.headers;
  return origin === undefined || (URL.canParse(origin) && new URL(origin).host === host) ? null : 403;
}
