import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { HaloEvent, HaloInstance } from './instance.js';
import type { HaloRecord } from './store.js';
import { textOf } from './values.js';

/** What happens to a webhook on its way: sent twice, kept until it is released, sent after the next one, or never. */
export type WebhookFault = 'DUPLICATE' | 'HOLD' | 'SWAP' | 'NEVER';

interface Delivery {
  readonly webhookId: string;
  readonly entityId: number;
  readonly body: string;
}

/** How long the receiver may take, in milliseconds. */
const PATIENCE = 10_000;
/** Deliveries that are kept for `GET /WebhookEvent`. */
const KEPT = 500;
const TEXT_KEPT = 2000;

/**
 * Sends webhooks one after another, as HaloPSA's queue does: JSON by POST with Basic credentials, no signature, no
 * promise of a retry (facts 3.4). What was answered stands under `GET /WebhookEvent`.
 */
export class WebhookSender {
  private script: WebhookFault[] = [];
  private always: WebhookFault | null = null;
  private held: Delivery[] = [];
  private swapped: Delivery[] = [];
  private queue: Promise<void> = Promise.resolve();
  private readonly ending = new AbortController();

  constructor(private readonly halo: HaloInstance) {}

  /** What happens to the coming deliveries, one after another. */
  plan(...faults: readonly WebhookFault[]): void {
    this.script.push(...faults);
  }

  /** What happens to every delivery that nothing is planned for. */
  planAlways(fault: WebhookFault | null): void {
    this.always = fault;
  }

  /** Sends what was held back. */
  release(): void {
    for (const delivery of [...this.held.splice(0), ...this.swapped.splice(0)]) this.enqueue(delivery);
  }

  /** Ends when everything that is on its way has been answered or has failed. */
  async settled(): Promise<void> {
    let seen: Promise<void>;
    do {
      seen = this.queue;
      await seen;
    } while (seen !== this.queue);
  }

  async close(): Promise<void> {
    this.ending.abort();
    await this.settled();
  }

  announce(event: HaloEvent, ticket: HaloRecord, action?: HaloRecord): void {
    for (const webhook of this.halo.store.all('webhook')) {
      if (webhook.active !== true || !wants(webhook, event)) continue;
      const body = JSON.stringify(this.payload(event, webhook, ticket, action));
      this.dispatch({ webhookId: webhook.id as string, entityId: ticket.id as number, body });
    }
  }

  private dispatch(delivery: Delivery): void {
    const fault = this.script.shift() ?? this.always;
    if (fault === 'NEVER') return;
    if (fault === 'HOLD') {
      this.held.push(delivery);
      return;
    }
    if (fault === 'SWAP') {
      this.swapped.push(delivery);
      return;
    }
    this.enqueue(delivery);
    if (fault === 'DUPLICATE') this.enqueue(delivery);
    for (const earlier of this.swapped.splice(0)) this.enqueue(earlier);
  }

  private enqueue(delivery: Delivery): void {
    this.queue = this.queue.then(() => this.send(delivery));
  }

  private async send({ webhookId, entityId, body }: Delivery): Promise<void> {
    const webhook = this.halo.store.get('webhook', webhookId);
    if (!webhook || this.ending.signal.aborted) return;
    let status: number | null = null;
    let answer = '';
    try {
      await pause(this.halo.settings.webhookDelayMs, undefined, { signal: this.ending.signal, ref: false });
      const response = await fetch(webhook.url as string, {
        method: 'POST',
        body,
        redirect: 'manual',
        signal: AbortSignal.any([this.ending.signal, AbortSignal.timeout(PATIENCE)]),
        headers: { 'content-type': 'application/json', ...credentials(webhook) },
      });
      status = response.status;
      answer = await response.text();
    } catch (error) {
      answer = error instanceof Error ? error.name : 'failed';
    }
    this.record(webhook, entityId, body, { status, answer });
  }

  private record(
    webhook: HaloRecord,
    entityId: number,
    body: string,
    { status, answer }: { readonly status: number | null; readonly answer: string },
  ): void {
    const { store } = this.halo;
    store.put('webhook', { ...webhook, last_status: status ?? 0 });
    store.put('webhookEvent', {
      id: randomUUID(),
      webhook_id: webhook.id,
      entity_id: entityId,
      timestamp: this.halo.time(),
      responsestatus: status ?? 0,
      requestbody: body.slice(0, TEXT_KEPT),
      responsebody: answer.slice(0, TEXT_KEPT),
      error: status === null || status >= 400,
    });
    const events = store.all('webhookEvent');
    if (events.length > KEPT) store.remove('webhookEvent', events[0]?.id);
  }

  private payload(event: HaloEvent, webhook: HaloRecord, ticket: HaloRecord, action?: HaloRecord): unknown {
    const { id } = ticket;
    switch (this.halo.settings.payload) {
      case 'OBJECT_ID':
        return { object_id: id, event };
      case 'TICKET_ID':
        return { ticket_id: id, event };
      case 'FAULT_ID':
        return { faultid: id, event };
      case 'ID':
        return { id, event };
      case 'BATCH':
        return [{ ticket: slim(ticket), event }];
      default:
        return {
          id: randomUUID(),
          webhook_id: webhook.id,
          event,
          timestamp: this.halo.time(),
          ticket: slim(ticket),
          ...(action === undefined ? {} : { action }),
        };
    }
  }
}

/** Which triggers a webhook has; one without any hears everything. Conditions are not evaluated: a webhook is a hint. */
function wants(webhook: HaloRecord, event: HaloEvent): boolean {
  const triggers = (webhook.events ?? []) as readonly HaloRecord[];
  return triggers.length === 0 || triggers.some(({ name }) => name === event);
}

function slim({ id, summary, status_id, client_id, tickettype_id, last_update }: HaloRecord): HaloRecord {
  return { id, summary, status_id, client_id, tickettype_id, last_update };
}

function credentials(webhook: HaloRecord): Record<string, string> {
  if (webhook.authentication_type !== 1) return {};
  const pair = `${textOf(webhook.basic_username)}:${textOf(webhook.basic_password)}`;
  return { authorization: `Basic ${Buffer.from(pair).toString('base64')}` };
}
