import { createHash } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { AppError, notFound } from '../error.js';
import type { Finding } from '../finding.js';
import type { RequestContext } from './context.js';
import { refusal } from './types.js';

export interface DownloadOptions {
  /** Who asks, as on /graphql; null without a token. Throws AppError as there. */
  readonly contextOf: (request: FastifyRequest) => Promise<RequestContext | null>;
}

/** Hands the file of an id out to whoever has the secret of its address. */
export type HandOut = (
  context: RequestContext,
  asked: { readonly id: string; readonly secret: string },
  reply: FastifyReply,
) => Promise<unknown>;

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const SECRET = /^[A-Za-z0-9_-]{43}$/;

const STATUS: Readonly<Record<string, number>> = {
  UNAUTHENTICATED: 401,
  FORBIDDEN: 403,
  NOT_FOUND: 404,
  BUSY: 409,
  RATE_LIMITED: 429,
  UNAVAILABLE: 503,
};

/**
 * Mounts `GET <path><id>?secret=<secret>`, for bearers of a token alone. What the handing out throws as AppError is
 * answered in the shape of GraphQL's errors, with the status that fits its code.
 */
export function mountDownload(
  listener: FastifyInstance,
  { path, type }: { readonly path: string; readonly type: string },
  { contextOf }: DownloadOptions,
  handOut: HandOut,
): void {
  listener.get(`${path}:id`, async (request, reply) => {
    try {
      const context = await contextOf(request);
      if (!context)
        throw new AppError('UNAUTHENTICATED', 'Who are you?', { remedy: 'Send your token as Authorization: Bearer.' });
      const { id } = request.params as { id: string };
      const { secret } = request.query as { secret?: unknown };
      if (!UUID.test(id) || typeof secret !== 'string' || !SECRET.test(secret)) throw notFound(type, id);
      return await handOut(context, { id, secret }, reply);
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      const { code, message, details } = error;
      return reply.status(STATUS[code] ?? 400).send({ errors: [{ message, extensions: { code, ...details } }] });
    }
  });
}

/** 410 with the reasons; of what is somebody else's (finding NOT_YOURS) only that it is not there. */
export function gone(
  { ability }: RequestContext,
  { type, id }: { readonly type: string; readonly id: string },
  findings: readonly Finding[],
  reply: FastifyReply,
): FastifyReply {
  if (findings.some(({ code }) => code === 'NOT_YOURS')) throw notFound(type, id);
  const [first] = findings;
  const extensions = { code: 'GONE', remedy: first?.remedy, findings: refusal(findings, ability).findings };
  return reply.status(410).send({ errors: [{ message: first?.message ?? 'It is gone.', extensions }] });
}

/** SHA-256 of a file, lower-case hex. */
export const sha256OfFile = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** The headers of a file that was made whole before its first byte leaves. */
export const wholeFileHeaders = (
  reply: FastifyReply,
  file: { readonly name: string; readonly type: string; readonly bytes: Uint8Array },
): FastifyReply =>
  fileHeaders(reply, file)
    .header('content-length', file.bytes.length)
    .header('digest', `sha-256=${createHash('sha256').update(file.bytes).digest('base64')}`);

/** The headers of a file that is handed out once. */
export function fileHeaders(
  reply: FastifyReply,
  { name, type }: { readonly name: string; readonly type: string },
): FastifyReply {
  return reply
    .header('content-type', type)
    .header('content-disposition', `attachment; filename="${name}"`)
    .header('cache-control', 'no-store')
    .header('x-content-type-options', 'nosniff');
}
