import { timingSafeEqual } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Clock } from '../../core/clock.js';
import { Doorkeeper } from '../../core/doorkeeper.js';
import { AppError } from '../../core/error.js';
import type { Gateway } from '../../core/gateway.js';
import { newId } from '../../core/id.js';
import { enqueue } from '../../core/outbox/message.js';
import { type Query, sql } from '../../core/statement.js';
import { columnsOf, hydrate } from '../../core/table.js';
import { intakeMessage, opportunityKey, waitingIntakes } from './intake.message.js';
import { PsaWebhook } from './psa-sync.entity.js';
import { ticketIds } from './webhook.rules.js';
import { HALOPSA_HOOKS, hashOf, HOOK_USER } from './webhook.secret.js';

/** HaloPSA's own bodies are some kilobytes; larger ones are refused (facts 3.4). */
const LARGEST_BODY = 1_000_000;
const NOBODY = '00000000-0000-0000-0000-000000000000';
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** What the webhooks need. */
export interface HaloWebhookOptions {
  readonly gateway: Gateway;
  readonly clock: Clock;
  /** Told of which tenant the worker has something new to do. */
  readonly hint: (tenantId: string) => void;
}

/**
 * Takes HaloPSA's webhooks: `POST /webhooks/halopsa/<tenant>/<secret path>` with Basic credentials, since HaloPSA signs
 * nothing (facts 3.4). A body is a hint alone: what it may be about is written down, answered with 202, and read again
 * from the API by the worker. An unknown tenant, path or password is the same 401 after the same work, before a byte of
 * the body is read.
 */
export async function mountHaloWebhook(listener: FastifyInstance, options: HaloWebhookOptions): Promise<void> {
  const { gateway, clock, hint } = options;
  const doorkeeper = new Doorkeeper(gateway);
  const senders = new WeakMap<FastifyRequest, Sender>();
  await listener.register((scope, _options, ready) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => done(null, body));
    scope.addHook('onRequest', async (request, reply) => {
      const sender = await senderOf(doorkeeper, request);
      if (sender) senders.set(request, sender);
      else await refuse(reply);
    });
    scope.setErrorHandler((error, _request, reply) => {
      if (error instanceof AppError && error.code === 'BUSY') return comeAgain(reply);
      throw error;
    });
    // The address carries a secret: it is not logged.
    scope.post(
      `${HALOPSA_HOOKS}/:tenant/:path`,
      { bodyLimit: LARGEST_BODY, logLevel: 'silent' },
      async (request, reply) => {
        const { tenantId, integrationId } = senders.get(request)!;
        const ids = ticketIds(typeof request.body === 'string' ? request.body : '').map(String);
        if (ids.length > 0) await note({ gateway, clock }, tenantId, integrationId, ids);
        hint(tenantId);
        return reply.status(202).send({});
      },
    );
    ready();
  });
}

interface Sender {
  readonly tenantId: string;
  readonly integrationId: string;
}

/** The connection whose path and password these are; the same work whoever asks. */
async function senderOf(doorkeeper: Doorkeeper, request: FastifyRequest): Promise<Sender | null> {
  const { tenant = '', path = '' } = request.params as { tenant?: string; path?: string };
  const tenantId = UUID.test(tenant) ? tenant : NOBODY;
  const [pathHash, passwordHash] = [hashOf(path), hashOf(passwordIn(request.headers.authorization))];
  const claim = { tenantId, proof: `${pathHash} ${passwordHash}` };
  const webhook = await doorkeeper.find(claim, webhookOf(pathHash, passwordHash));
  return webhook && { tenantId, integrationId: webhook.integrationId };
}

function webhookOf(pathHash: string, passwordHash: string): Query<PsaWebhook | null> {
  return sql(
    `select ${columnsOf(PsaWebhook, 'w')} from psa_webhook w
      join integration i on i.tenant_id = $1 and i.id = w.integration_id and i.disconnected_at is null
      where w.tenant_id = $1 and w.path_hash = $2`,
    [pathHash],
    ([row]) => {
      const webhook = row ? hydrate(PsaWebhook, row) : null;
      const expected = Buffer.from(webhook?.passwordHash ?? hashOf(''), 'hex');
      const isRight = timingSafeEqual(Buffer.from(passwordHash, 'hex'), expected);
      return isRight ? webhook : null;
    },
  );
}

/** The password of Basic credentials (RFC 7617) of our user; empty otherwise. */
function passwordIn(authorization = ''): string {
  const [scheme = '', encoded = ''] = authorization.split(' ');
  if (scheme.toLowerCase() !== 'basic') return '';
  const pair = Buffer.from(encoded, 'base64').toString('utf8');
  return pair.startsWith(`${HOOK_USER}:`) ? pair.slice(HOOK_USER.length + 1) : '';
}

function refuse(reply: FastifyReply): FastifyReply {
  return reply
    .status(401)
    .header('www-authenticate', 'Basic realm="Countersign"')
    .send({ errors: [{ message: 'Not signed in.', extensions: { code: 'UNAUTHENTICATED' } }] });
}

const comeAgain = (reply: FastifyReply): FastifyReply =>
  reply
    .status(503)
    .header('retry-after', '5')
    .send({ errors: [{ message: 'Too much at once: send it again.', extensions: { code: 'BUSY' } }] });

/** Writes down that these are to be read again; once, while nobody has begun to. */
async function note(
  { gateway, clock }: Pick<HaloWebhookOptions, 'gateway' | 'clock'>,
  tenantId: string,
  integrationId: string,
  ids: readonly string[],
): Promise<void> {
  const keys = ids.map((id) => opportunityKey(integrationId, id));
  await gateway.transaction(tenantId, async (tx) => {
    const { waiting, now } = await tx.flush({ waiting: waitingIntakes(keys), now: clock.now() });
    const fresh = ids.filter((id) => !waiting.has(opportunityKey(integrationId, id)));
    const messages = fresh.map((id) => intakeMessage(integrationId, id, newId()));
    await tx.commit(enqueue(messages, now, newId));
  });
}
