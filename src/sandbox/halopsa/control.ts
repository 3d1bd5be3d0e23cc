import { Ajv } from 'ajv';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { HaloInstance } from './instance.js';
import type { HaloInstances } from './instances.js';
import { indexPage, overviewPage, pageHeaders, toldPage } from './page.js';
import { type ActInput, ACTS, perform } from './people.js';
import { HaloRefusal } from './refusal.js';
import { seedDeal } from './seed.js';
import { stateOf } from './state.js';
import type { WebhookFault } from './webhook-sender.js';

const count = { type: 'integer', minimum: 0 };
const text = { type: 'string' };

/** The form of a scripted fault; see `Fault`. */
const FAULT = {
  type: 'object',
  additionalProperties: false,
  properties: {
    method: { enum: ['GET', 'POST', 'DELETE'] },
    path: text,
    body: text,
    times: { anyOf: [count, { type: 'null' }] },
    after: count,
    chance: { type: 'number', minimum: 0, maximum: 1 },
    delayMs: count,
    drop: { type: 'array', items: text },
    when: { enum: ['BEFORE', 'AFTER', 'LATE'] },
    breaks: {
      type: 'object',
      required: ['kind'],
      additionalProperties: false,
      properties: {
        kind: { enum: ['STATUS', 'RESET', 'HANG', 'CUT', 'SLOW'] },
        status: { type: 'integer', minimum: 200, maximum: 599 },
        body: text,
        headers: { type: 'object', additionalProperties: text },
        ms: count,
      },
    },
  },
};
const WEBHOOK_FAULT = { enum: ['DUPLICATE', 'HOLD', 'SWAP', 'NEVER'] };
const WEBHOOKS = {
  type: 'object',
  additionalProperties: false,
  properties: {
    plan: { type: 'array', items: WEBHOOK_FAULT },
    always: { anyOf: [WEBHOOK_FAULT, { type: 'null' }] },
    release: { type: 'boolean' },
  },
};
const ajv = new Ajv({ allErrors: true });
const isFault = ajv.compile(FAULT);
const isWebhookOrder = ajv.compile(WEBHOOKS);

/**
 * The simulator's own calls, beside the vendor's: state, log, settings, faults, webhooks, and what people do. Each is
 * described in docs/sandbox-halopsa.md.
 */
export async function mountControl(scope: FastifyInstance, { instances }: { instances: HaloInstances }): Promise<void> {
  const on = (work: (halo: HaloInstance, request: FastifyRequest, reply: FastifyReply) => unknown) => {
    return async (request: FastifyRequest, reply: FastifyReply): Promise<unknown> => {
      const halo = instances.of((request.params as { slug: string }).slug);
      if (!halo) return reply.code(404).send({ message: 'There is no such instance.' });
      try {
        // Not awaited: a reply is thenable, and would look like no answer.
        return work(halo, request, reply) ?? {};
      } catch (error) {
        return refuse(request, reply, error);
      }
    };
  };
  const page = on((halo, request, reply) => {
    const { acted } = request.query as { acted?: string };
    return reply.headers(pageHeaders()).send(overviewPage(stateOf(halo), acted ?? null));
  });
  // Relative links need the slash at the end.
  scope.get('/', { prefixTrailingSlash: 'no-slash' }, (request, reply) => reply.redirect(`${request.url}/`));
  scope.get('/', { prefixTrailingSlash: 'slash' }, async (_request, reply) =>
    reply.headers(pageHeaders()).send(indexPage(await instances.slugs())),
  );
  scope.get('/:slug', (request, reply) => reply.redirect(`${request.url}/`));
  scope.get('/:slug/', page);
  scope.get('/:slug/control/state', on(stateOf));
  scope.get(
    '/:slug/control/log',
    on((halo, request) => {
      const { after, ...filter } = request.query as { after?: string; method?: string; path?: string };
      return halo.log.list({ ...filter, after: Number(after ?? 0) });
    }),
  );
  scope.delete(
    '/:slug/control/log',
    on((halo) => halo.log.clear()),
  );
  scope.get(
    '/:slug/control/settings',
    on((halo) => halo.settings),
  );
  scope.patch(
    '/:slug/control/settings',
    on((halo, request) => {
      halo.configure(bodyOf(request));
      return halo.settings;
    }),
  );
  scope.get(
    '/:slug/control/faults',
    on((halo) => halo.faults.list()),
  );
  scope.post(
    '/:slug/control/faults',
    on((halo, request) => {
      const fault = bodyOf(request);
      if (!isFault(fault)) throw new HaloRefusal(400, ajv.errorsText(isFault.errors));
      halo.faults.add(fault);
      return halo.faults.list();
    }),
  );
  scope.delete(
    '/:slug/control/faults',
    on((halo) => halo.faults.clear()),
  );
  scope.post(
    '/:slug/control/faults/release',
    on((halo) => halo.faults.release()),
  );
  scope.post(
    '/:slug/control/webhooks',
    on((halo, request) => {
      const order = bodyOf(request) as { plan?: WebhookFault[]; always?: WebhookFault | null; release?: boolean };
      if (!isWebhookOrder(order)) throw new HaloRefusal(400, ajv.errorsText(isWebhookOrder.errors));
      halo.webhooks.plan(...(order.plan ?? []));
      if (order.always !== undefined) halo.webhooks.planAlways(order.always);
      if (order.release) halo.webhooks.release();
    }),
  );
  scope.post(
    '/:slug/control/tokens/revoke',
    on((halo) => halo.tokens.revoke()),
  );
  scope.post(
    '/:slug/control/deals',
    on((halo, request) => {
      const { deal, ...options } = bodyOf(request) as { deal?: unknown; id?: number; stage?: number };
      return { id: seedDeal(halo, deal, options) };
    }),
  );
  scope.get(
    '/:slug/control/acts',
    on(() => ACTS),
  );
  scope.post(
    '/:slug/control/acts/:act',
    on((halo, request, reply) => {
      const { act } = request.params as { act: string };
      const done = perform(halo, act, bodyOf(request) as ActInput);
      const back = `${request.url.split('/control/')[0]}/?acted=${encodeURIComponent(act)}`;
      return isForm(request) ? reply.redirect(back, 303) : done;
    }),
  );
  scope.post(
    '/:slug/control/reset',
    on((halo) => instances.reset(halo)),
  );
}

function isForm(request: FastifyRequest): boolean {
  return /^application\/x-www-form-urlencoded\b/i.test(request.headers['content-type'] ?? '');
}

function bodyOf(request: FastifyRequest): Record<string, unknown> {
  const body = typeof request.body === 'string' ? request.body : '';
  if (isForm(request)) return Object.fromEntries(new URLSearchParams(body));
  try {
    const parsed: unknown = JSON.parse(body === '' ? '{}' : body);
    if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed))
      return parsed as Record<string, unknown>;
  } catch {
    // The same refusal as for JSON that is no object.
  }
  throw new HaloRefusal(400, 'Send one JSON object.');
}

function refuse(request: FastifyRequest, reply: FastifyReply, error: unknown): unknown {
  const status = error instanceof HaloRefusal ? error.status : error instanceof RangeError ? 400 : null;
  if (status === null) throw error;
  const { message } = error as Error;
  if (isForm(request))
    return reply
      .code(status)
      .headers(pageHeaders())
      .send(toldPage(message, `${request.url.split('/control/')[0]}/`));
  return reply.code(status).send({ message });
}
