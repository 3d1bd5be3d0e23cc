import { randomUUID } from 'node:crypto';
import type { Actor, Notes } from './actor.js';
import type { HaloInstance } from './instance.js';
import { badRequest, notFound } from './refusal.js';
import type { HaloRecord } from './store.js';

const LOOPBACK = ['127.0.0.1', 'localhost', '[::1]'];

/** A webhook as the API shows it: its password is never given back. */
export function shownWebhook({ basic_password: _secret, ...webhook }: HaloRecord): HaloRecord {
  return webhook;
}

/** `POST /Webhook`: registers or changes one. The simulator sends to this machine alone; another address is refused. */
export function saveWebhook(halo: HaloInstance, sent: HaloRecord, _actor: Actor, notes: Notes): HaloRecord {
  const before = sent.id ? halo.store.get('webhook', sent.id) : undefined;
  if (sent.id && !before) throw notFound('webhook', sent.id);
  const webhook = {
    type: 0,
    method: 0,
    active: true,
    authentication_type: 0,
    events: [],
    ...before,
    ...sent,
    id: before?.id ?? randomUUID(),
  } as HaloRecord;
  const url = typeof webhook.url === 'string' && URL.canParse(webhook.url) ? new URL(webhook.url) : null;
  if (!url || !/^https?:$/.test(url.protocol)) throw badRequest('url is no address.');
  if (!LOOPBACK.includes(url.hostname)) throw badRequest('The simulator sends webhooks to this machine alone.');
  halo.store.put('webhook', webhook);
  notes.effects.push({ change: before ? 'UPDATED' : 'CREATED', kind: 'WEBHOOK', id: webhook.id as string });
  return shownWebhook(webhook);
}

/** `DELETE /Webhook/{id}`. */
export function removeWebhook(halo: HaloInstance, id: string): HaloRecord {
  const webhook = halo.store.get('webhook', id);
  if (!webhook) throw notFound('webhook', id);
  halo.store.remove('webhook', id);
  return shownWebhook(webhook);
}
