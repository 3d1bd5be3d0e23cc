import type { ApolloServer } from '@apollo/server';
import { fastifyApolloHandler } from '@as-integrations/fastify';
import Fastify, { LogController, type FastifyBaseLogger, type FastifyInstance, type FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import type { ApiContext } from './graphql/context.js';
import { earlyRefusal } from './graphql/early-refusal.js';
import { newId } from './id.js';
import { requestLog } from './log.js';
import { against } from './slow-clients.js';
import type { OperationObserver } from './telemetry/operation-observer.js';
import { PassingText } from './passing-text.js';

/** The largest body: an import's payload of 1 MiB in JSON text, escaped. */
const BODY_LIMIT = 2_500_000;

export interface ListenerOptions {
  readonly api: ApolloServer<ApiContext>;
  readonly log: Logger;
  /** Makes the context of a request, or throws AppError. */
  readonly contextOf: (request: FastifyRequest) => Promise<ApiContext>;
  /** Why the process should get no traffic, or null when it may. */
  readonly notReady: () => Promise<string | null>;
  /** Told when an operation begins and ends. */
  readonly observer: OperationObserver;
  /** The offline GraphiQL page, or null when the setting is off. */
  readonly graphiql: string | null;
}

/** The one HTTP listener: `/graphql`, `/healthz`, `/readyz`, and whatever the sandbox mounts beside them. */
export function createListener(options: ListenerOptions): FastifyInstance {
  const { api, log, contextOf, notReady, observer, graphiql } = options;
  const app = Fastify({
    loggerInstance: log as unknown as FastifyBaseLogger,
    // One line a request, when it has been answered: a second one before it says nothing more and costs as much.
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: BODY_LIMIT,
    genReqId: () => newId(),
    ...against(),
    // A request that is being answered is answered to its end; only idle connections are closed at once.
    forceCloseConnections: 'idle',
    onProtoPoisoning: 'error',
    onConstructorPoisoning: 'error',
  });
  const lines = requestLog(log);
  // A route whose address holds a secret is silent.
  const isTold = (request: FastifyRequest): boolean => (request.log as Logger).isLevelEnabled('info');
  app.addHook('onResponse', (request, reply, done) => {
    const line = { req: request, res: reply, ms: Math.trunc(reply.elapsedTime) };
    if (isTold(request)) lines.info(line, 'request completed');
    done();
  });
  app.addHook('onRequestAbort', (request, done) => {
    if (isTold(request)) lines.info({ req: request }, 'the client went away');
    done();
  });
  app.setErrorHandler(async (error: Error & { statusCode?: number; code?: string }, request, reply) => {
    const status = error.statusCode && error.statusCode < 500 ? error.statusCode : 500;
    if (status === 500) request.log.error({ err: error }, 'a request failed');
    const message = status === 500 ? 'Something went wrong on our side.' : error.message;
    return reply
      .status(status)
      .send({ errors: [{ message, extensions: { code: status === 500 ? 'INTERNAL_SERVER_ERROR' : 'BAD_REQUEST' } }] });
  });
  app.setNotFoundHandler(async (_request, reply) =>
    reply.status(404).send({
      errors: [
        { message: 'There is nothing here.', extensions: { code: 'NOT_FOUND', remedy: 'The API is at /graphql.' } },
      ],
    }),
  );
  app.get('/healthz', async () => ({ status: 'alive' }));
  app.get('/readyz', async (_request, reply) => {
    const reason = await notReady();
    return reply.status(reason ? 503 : 200).send(reason ? { status: 'not ready', reason } : { status: 'ready' });
  });
  const handler = fastifyApolloHandler<ApiContext>(api, {
    context: async (request) => withStatus(() => contextOf(request)),
  });
  app.route({
    url: '/graphql',
    method: ['GET', 'POST'],
    onSend: (request, reply, payload, done) => {
      observer.end(request, reply.statusCode);
      done(null, payload);
    },
    handler: async function (request, reply) {
      if (graphiql && request.method === 'GET' && request.headers.accept?.includes('text/html')) {
        return reply.type('text/html; charset=utf-8').send(graphiql);
      }
      observer.begin(request);
      reply.serializer(textOf);
      return handler.call(app, request as never, reply as never);
    },
  });
  return app;
}

/** What is written of an answer. */
function textOf(answer: unknown): string {
  return answer instanceof PassingText ? answer.take() : JSON.stringify(answer);
}

/** Apollo turns what the context throws into an answer. */
async function withStatus<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw earlyRefusal(error);
  }
}
