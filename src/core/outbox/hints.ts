import pg from 'pg';
import { newId } from '../id.js';
import type { Logger } from 'pino';
import type { Gateway } from '../gateway.js';

/** The channel on which the processes that asked for effects tell the workers of which tenants. */
const CHANNEL = 'countersign_work';

/** Behind the id of a tenant in which something happened that asks for no effect. */
const QUIET = '~';
/** Before the word by which a listener proves that it hears. */
const PROOF = '?';

/** A payload of NOTIFY holds 8,000 bytes: ids of 36, a mark and a comma. */
const MOST_IDS = 200;
const EVERY_MS = 50;
const LONGEST_PAUSE_MS = 15_000;
/** How often a listener proves that it hears, and within which time, in milliseconds. */
const PROVE_EVERY_MS = 30_000;
const PROVE_WITHIN_MS = 3000;
/** How long a server may take to answer a connection, or to LISTEN, in milliseconds. */
const ANSWERS_WITHIN_MS = 5000;

/**
 * Tells the workers which tenants have something new, after commit and never inside a transaction that changes
 * anything: NOTIFY takes a lock of the whole database at commit, so all the hints of 50 ms travel in one. A hint that
 * is lost costs at most the time until the workers' next sweep. Holds tenant ids only.
 */
export class HintSender {
  /** Whether there are effects to do, by tenant. */
  private readonly waiting = new Map<string, boolean>();
  private timer: NodeJS.Timeout | null = null;

  constructor(
    private readonly gateway: Pick<Gateway, 'global'>,
    private readonly log: Logger,
  ) {}

  /** There is something to do for this tenant. */
  readonly hint = (tenantId: string): void => this.tell(tenantId, true);

  /** Something has happened in this tenant: the ledger has an entry more. */
  readonly happened = (tenantId: string): void => this.tell(tenantId, false);

  private tell(tenantId: string, hasEffects: boolean): void {
    this.waiting.set(tenantId, hasEffects || this.waiting.get(tenantId) === true);
    this.timer ??= setTimeout(() => void this.send(), EVERY_MS).unref();
  }

  private async send(): Promise<void> {
    this.timer = null;
    const ids = [...this.waiting].map(([tenantId, hasEffects]) => (hasEffects ? tenantId : `${tenantId}${QUIET}`));
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
  /** There are effects to do. */
  readonly onHint: (tenantId: string) => void;
  /** Something has happened, with effects or without. */
  readonly onHappened?: (tenantId: string) => void;
  /** Called when hearing began (again): what was sent before was not heard. */
  readonly onConnected: () => void;
  /** Sends a notification by another connection, to prove that it is heard here: a pooler may swallow LISTEN. */
  readonly notify?: (channel: string, payload: string) => Promise<unknown>;
  /** How often it proves that it hears, in milliseconds; 30 seconds when left out. */
  readonly proveEveryMs?: number;
  readonly log: Logger;
}

/** Hears the hints on a connection of its own; reconnects with growing pauses. */
export class HintListener {
  private client: pg.Client | null = null;
  private stopping = false;
  private timer: NodeJS.Timeout | null = null;
  private failures = 0;
  private hearing = false;
  private proving: NodeJS.Timeout | null = null;
  private proof: { readonly word: string; readonly heard: () => void } | null = null;

  constructor(private readonly options: HintListenerOptions) {}

  /** Whether hints are known to arrive. */
  get isHearing(): boolean {
    return this.hearing;
  }

  async start(): Promise<void> {
    if (this.stopping) return;
    const client = new pg.Client({
      connectionString: this.options.url,
      connectionTimeoutMillis: ANSWERS_WITHIN_MS,
      query_timeout: ANSWERS_WITHIN_MS,
      keepAlive: true,
      application_name: 'countersign worker hints',
    });
    client.on('error', (error) => this.lost(client, error));
    client.on('end', () => this.lost(client, null));
    client.on('notification', ({ payload }) => {
      for (const word of (payload ?? '').split(',')) this.heard(word);
    });
    this.client = client;
    try {
      await client.connect();
      await client.query(`listen ${CHANNEL}`);
      await this.prove(client);
      const { proveEveryMs = PROVE_EVERY_MS } = this.options;
      if (this.client === client) this.proving = setInterval(() => void this.prove(client), proveEveryMs).unref();
    } catch (error) {
      this.lost(client, error);
    }
  }

  async stop(): Promise<void> {
    this.stopping = true;
    if (this.timer) clearTimeout(this.timer);
    const { client } = this;
    this.client = null;
    this.deaf();
    await client?.end().catch(() => undefined);
  }

  private heard(word: string): void {
    if (word === '') return;
    if (word.startsWith(PROOF)) {
      if (word === this.proof?.word) this.proof.heard();
      return;
    }
    const isQuiet = word.endsWith(QUIET);
    const tenantId = isQuiet ? word.slice(0, -QUIET.length) : word;
    if (!isQuiet) this.options.onHint(tenantId);
    this.options.onHappened?.(tenantId);
  }

  /** Sends itself a word; a connection on which it does not arrive is given up for another, and sweeps go on meanwhile. */
  private async prove(client: pg.Client): Promise<void> {
    const { notify, log, onConnected } = this.options;
    const word = `${PROOF}${newId()}`;
    let isHeard = true;
    if (notify) {
      let timer: NodeJS.Timeout | undefined;
      const heard = new Promise<boolean>((resolve) => {
        this.proof = { word, heard: () => resolve(true) };
        timer = setTimeout(() => resolve(false), PROVE_WITHIN_MS);
      });
      isHeard = await notify(CHANNEL, word).then(
        () => heard,
        () => false,
      );
      clearTimeout(timer);
      this.proof = null;
    }
    if (this.client !== client) return;
    if (!isHeard) {
      if (this.hearing) log.warn('hints do not arrive: every tenant is looked at by the clock');
      this.lost(client, new Error('A hint that was sent did not arrive'));
      return;
    }
    this.failures = 0;
    if (!this.hearing) onConnected();
    this.hearing = true;
  }

  private deaf(): void {
    this.hearing = false;
    if (this.proving) clearInterval(this.proving);
    this.proving = null;
  }

  /** Once a connection: an error and its end both come here. */
  private lost(client: pg.Client, error: unknown): void {
    if (this.client !== client) return;
    this.client = null;
    this.deaf();
    void client.end().catch(() => undefined);
    if (this.stopping) return;
    this.failures += 1;
    const pause = Math.min(LONGEST_PAUSE_MS, 250 * 2 ** Math.min(this.failures, 10));
    this.options.log.debug({ err: error, pause }, 'the connection for hints was lost; sweeps go on');
    this.timer = setTimeout(() => void this.start(), pause);
  }
}
