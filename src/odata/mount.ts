import { pipeline as pipe, Readable } from 'node:stream';
import { createGzip } from 'node:zlib';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { AppError } from '../core/error.js';
import type { Gateway } from '../core/gateway.js';
import { Feed, type FeedAnswer } from './feed.js';
import { FeedDatabase } from './feed.database.js';
import { signInToFeed, type SignInOptions } from './feed.reader.js';
import { connectionFile } from './metadata.js';
import { acceptsGzip, checkVersions } from './negotiate.js';
import { notImplemented, ODataError, type RefusalStatus } from './odata.error.js';
import { FEED_PATH } from './resource.js';
import { Slots } from './slots.js';

export interface FeedMountOptions extends Omit<SignInOptions, 'database'> {
  readonly gateway: Gateway;
  /** Connections of this process: at most half of them serve the feed. */
  readonly poolSize: number;
  /** Where people reach this server, without a slash at the end. */
  readonly publicUrl: () => string;
}

/** Answers of one tenant under way at once, those that wait, and for how long in milliseconds. */
const STREAMS = { places: 4, line: 40, patience: 20_000 } as const;
/** How long a reader may take no byte, and how long one answer may take, in milliseconds (Power Query's own limit is 600 s). */
const STALLED = 60_000;
const LONGEST = 600_000;
/** Nothing that the feed reads comes in a body. */
const BODY_LIMIT = 64 * 1024;
const READS = ['GET', 'HEAD'];
const CHALLENGE = 'Basic realm="Countersign", charset="UTF-8"';
const VERSION = '4.0';

const STATUS: Readonly<Record<string, RefusalStatus>> = {
  UNAUTHENTICATED: 401,
  FORBIDDEN: 403,
  NOT_FOUND: 404,
  BUSY: 503,
  RATE_LIMITED: 429,
  UNAVAILABLE: 503,
};
/** Seconds after which a repeat is worth it, where a refusal does not say. */
const RETRY_AFTER: Readonly<Record<number, number>> = { 429: 30, 503: 10 };

/**
 * Mounts the OData v4 feed under FEED_PATH, with the file by which Power BI Desktop connects itself. Every answer has one
 * `OData-Version: 4.0` header; every refusal is the protocol's. Only GET and HEAD: 405 for what would write, 501 for $batch.
 */
export async function mountFeed(listener: FastifyInstance, options: FeedMountOptions): Promise<void> {
  const database = new FeedDatabase(options.gateway, options.poolSize);
  const streams = new Slots(STREAMS.places, STREAMS.line, STREAMS.patience);
  const root = (): string => `${options.publicUrl()}${FEED_PATH}`;
  const feed = new Feed({ database, streams, root, longest: LONGEST });
  const signIn: SignInOptions = { ...options, database };

  // An address that the listener cannot read is refused before any route: the version stands on that answer as well.
  listener.server.prependListener('request', ({ url = '' }, response) => {
    if (isOfFeed(url)) response.setHeader('odata-version', VERSION);
  });
  await listener.register((scope, _options, ready) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: BODY_LIMIT }, (_request, _body, done) =>
      done(null),
    );
    scope.setErrorHandler((error, request, reply) => refuse(error, request, reply));
    scope.get(`${FEED_PATH}/countersign.pbids`, (_request, reply) =>
      reply
        .type('application/json;charset=utf-8')
        .header('content-disposition', 'attachment; filename="countersign.pbids"')
        .send(JSON.stringify(connectionFile(root()))),
    );
    const handler = async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
      const url = request.raw.url ?? '';
      checkVersions(request.headers);
      const reader = await signInToFeed(request, signIn);
      if (request.method === 'POST' && /\/\$batch\/?(\?|$)/.test(url)) throw notImplemented('$batch');
      if (!READS.includes(request.method))
        throw new ODataError(405, 'The feed is only read.', { allow: READS.join(', ') });
      return send(request, reply, await feed.answer(reader, { url, headers: request.headers }));
    };
    // A reader who takes no byte for so long has gone away, or holds a place from others.
    const config = { stalledAfter: STALLED };
    for (const url of [FEED_PATH, `${FEED_PATH}/`, `${FEED_PATH}/*`])
      scope.route({ url, method: scope.supportedMethods, exposeHeadRoute: false, config, handler });
    ready();
  });
}

const isOfFeed = (url: string): boolean =>
  url === FEED_PATH || url.startsWith(`${FEED_PATH}/`) || url.startsWith(`${FEED_PATH}?`);

function send(request: FastifyRequest, reply: FastifyReply, answer: FeedAnswer): FastifyReply {
  const { type, headers, body, release } = answer;
  reply
    .type(type)
    .headers(headers)
    .header('cache-control', 'no-store')
    .header('vary', 'accept-encoding, authorization');
  if (request.method === 'HEAD') {
    release();
    return reply.send();
  }
  const text = Readable.from(typeof body === 'string' ? [body] : body, { objectMode: false });
  // Its place is free again however the answer ends.
  text.once('close', release);
  if (reply.raw.destroyed) text.destroy();
  if (!acceptsGzip(request.headers['accept-encoding'])) return reply.send(text);
  const packed = createGzip({ level: 5 });
  pipe(text, packed, (error) => error && request.log.warn({ err: error }, 'an answer of the feed ended early'));
  return reply.header('content-encoding', 'gzip').send(packed);
}

/** The protocol's refusal; what is our own fault says nothing of itself. */
function refuse(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const refusal = refusalOf(error);
  if (!refusal) {
    request.log.error({ err: error }, 'a request to the feed failed');
    return answerWith(reply, 500, {
      error: { code: 'InternalServerError', message: 'Something went wrong on our side.' },
    });
  }
  const { status, details } = refusal;
  const retryAfter = details.retryAfter ?? RETRY_AFTER[status];
  if (retryAfter !== undefined) reply.header('retry-after', retryAfter);
  if (status === 401) reply.header('www-authenticate', CHALLENGE);
  if (details.allow !== undefined) reply.header('allow', details.allow);
  return answerWith(reply, status, refusal.body());
}

function refusalOf(error: unknown): ODataError | null {
  if (error instanceof ODataError) return error;
  if (error instanceof AppError) {
    const { remedy } = error.details as { remedy?: string };
    return new ODataError(STATUS[error.code] ?? 400, [error.message, remedy].filter(Boolean).join(' '));
  }
  const { statusCode, message } = (error ?? {}) as { statusCode?: number; message?: string };
  if (statusCode === 413) return new ODataError(413, 'The feed reads no body.');
  if (statusCode !== undefined && statusCode >= 400 && statusCode < 500)
    return new ODataError(400, message ?? 'The request is malformed.');
  return null;
}

function answerWith(reply: FastifyReply, status: number, body: unknown): FastifyReply {
  return reply
    .status(status)
    .type('application/json;odata.metadata=minimal;charset=utf-8')
    .header('cache-control', 'no-store')
    .send(JSON.stringify(body));
}
