import pg from 'pg';
import type { Logger } from 'pino';
import type { Gateway } from '../gateway.js';

/** The channel on which the processes that asked for effects tell the workers of which tenants. */
const CHANNEL = 'countersign_work';

/** A payload of NOTIFY holds 8,000 bytes: ids of 36 and a comma. */
const MOST_IDS = 200;
const EVERY_MS = 50;
const LONGEST_PAUSE_MS = 15_000;

/**
 * Tells the workers which tenants have something new, after commit and never inside a transaction that changes
 * anything: NOTIFY takes a lock of the whole database at commit, so all the hints of 50 ms travel in one. A hint that
 * is lost costs at most the time until the workers' next sweep. Holds tenant ids only.
 */
export class HintSender {
  private readonly waiting = new Set<string>();
  private timer: NodeJS.Timeout | null = null;

  constructor(
    private readonly gateway: Pick<Gateway, 'global'>,
    private readonly log: Logger,
  ) {}

  /** There is something to do for this tenant. */
  readonly hint = (tenantId: string): void => {
    this.waiting.add(tenantId);
    this.timer ??= setTimeout(() => void this.send(), EVERY_MS).unref();
  };

  private async send(): Promise<void> {
    this.timer = null;
    const ids = [...this.waiting];
    this.waiting.clear();
    try {
      for (let at = 0; at < ids.length; at += MOST_IDS)
        await this.gateway.global('select pg_notify($1, $2)', [CHANNEL, ids.slice(at, at + MOST_IDS).join(',')]);
    } catch (error) {
      this.log.debug({ err: error }, 'a hint was not sent; the next sweep finds the work');
    }
  }
}

export interface HintListenerOptions {
  /** A direct address: LISTEN does not pass a pooler in transaction mode. */
  readonly url: string;
  readonly onHint: (tenantId: string) => void;
  /** Called when listening began (again): what was sent before was not heard. */
  readonly onConnected: () => void;
  readonly log: Logger;
}

/** Hears the hints on a connection of its own; reconnects with growing pauses. */
export class HintListener {
  private client: pg.Client | null = null;
  private stopping = false;
  private timer: NodeJS.Timeout | null = null;
  private failures = 0;

  constructor(private readonly options: HintListenerOptions) {}

  async start(): Promise<void> {
    if (this.stopping) return;
    const client = new pg.Client({ connectionString: this.options.url, application_name: 'countersign worker hints' });
    client.on('error', (error) => this.lost(client, error));
    client.on('end', () => this.lost(client, null));
    client.on('notification', ({ payload }) => {
      for (const tenantId of (payload ?? '').split(',')) if (tenantId !== '') this.options.onHint(tenantId);
    });
    this.client = client;
    try {
      await client.connect();
      await client.query(`listen ${CHANNEL}`);
      this.failures = 0;
      this.options.onConnected();
    } catch (error) {
      this.lost(client, error);
    }
  }

  async stop(): Promise<void> {
    this.stopping = true;
    if (this.timer) clearTimeout(this.timer);
    const { client } = this;
    this.client = null;
    await client?.end().catch(() => undefined);
  }

  /** Once a connection: an error and its end both come here. */
  private lost(client: pg.Client, error: unknown): void {
    if (this.client !== client) return;
    this.client = null;
    void client.end().catch(() => undefined);
    if (this.stopping) return;
    this.failures += 1;
    const pause = Math.min(LONGEST_PAUSE_MS, 250 * 2 ** Math.min(this.failures, 10));
    this.options.log.debug({ err: error, pause }, 'the connection for hints was lost; sweeps go on');
    this.timer = setTimeout(() => void this.start(), pause);
  }
}
