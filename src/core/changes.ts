import pg from 'pg';
import type { Logger } from 'pino';
import { newId } from './id.js';
import { CHANGES_CHANNEL } from './ledger/sealer.js';
import { SignalStream } from './signal-stream.js';

/** Pauses and limits of the listener, in milliseconds. */
export interface ChangesTiming {
  /** How often subscribers are told to look again while nothing can be heard. */
  readonly pollEvery: number;
  /** The same while notifications arrive: deadlines pass and memberships end without one. */
  readonly lookEvery: number;
  /** The pause before the first new connection; it doubles with every one that fails. */
  readonly firstPause: number;
  readonly longestPause: number;
  /** How often the connection is proved to be alive, and how long the proof may take. */
  readonly proveEvery: number;
  readonly proofWithin: number;
}

const TIMING: ChangesTiming = {
  pollEvery: 5000,
  lookEvery: 60_000,
  firstPause: 250,
  longestPause: 30_000,
  proveEvery: 20_000,
  proofWithin: 3000,
};

/** How long a goodbye may take, in milliseconds. */
const GOODBYE_WITHIN = 1000;

export interface ChangesOptions {
  /** A direct address of the database: behind a pooler in transaction mode LISTEN hears nothing. */
  readonly url: string;
  /** Sends a notification over another connection: only so is it proved that notifications arrive. */
  readonly notify: (channel: string, payload: string) => Promise<unknown>;
  readonly log: Logger;
  /** Told of every change that is heard, before whoever subscribed to it. */
  readonly heard?: (tenantId: string) => void;
  readonly timing?: Partial<ChangesTiming>;
}

interface Subscriber {
  readonly tenantId: string;
  readonly topics: ReadonlySet<string>;
  readonly stream: SignalStream;
}

/**
 * Tells who has subscribed that kinds of record of a tenant have changed: PostgreSQL's LISTEN on one connection of its
 * own, opened with the first subscriber. A notification holds the tenant and topics and nothing else: whoever is told
 * looks again. While the connection is down or proves deaf, everybody is told to look again every few seconds.
 */
export class Changes {
  private readonly subscribers = new Set<Subscriber>();
  private readonly timing: ChangesTiming;
  private readonly stopping = new AbortController();
  private running: Promise<void> | null = null;
  private listening = false;
  private isDeafnessTold = false;
  private toldAllAt = performance.now();

  constructor(private readonly options: ChangesOptions) {
    this.timing = { ...TIMING, ...options.timing };
  }

  /** Whether notifications are known to arrive now. */
  get isListening(): boolean {
    return this.listening;
  }

  /**
   * A signal at once, and one whenever something of these topics may have changed in the tenant. Signals that nobody has
   * taken are one. End it by `return()`.
   */
  subscribe(tenantId: string, topics: readonly string[]): SignalStream {
    if (this.stopping.signal.aborted) throw new Error('The process is shutting down');
    const subscriber: Subscriber = {
      tenantId,
      topics: new Set(topics),
      stream: new SignalStream(() => void this.subscribers.delete(subscriber)),
    };
    this.subscribers.add(subscriber);
    this.running ??= this.run();
    return subscriber.stream;
  }

  /** Ends every stream and the connection. */
  async stop(): Promise<void> {
    this.stopping.abort();
    for (const { stream } of this.subscribers) await stream.return();
    await this.running;
  }

  private async run(): Promise<void> {
    const timer = setInterval(() => this.lookAgain(), Math.min(this.timing.pollEvery, this.timing.lookEvery));
    let pause = this.timing.firstPause;
    while (!this.stopping.signal.aborted) {
      const hasListened = await this.listen();
      pause = hasListened ? this.timing.firstPause : Math.min(pause * 2, this.timing.longestPause);
      await this.sleep(pause);
    }
    clearInterval(timer);
  }

  /** One connection from its opening to its loss; whether anything could be heard on it. */
  private async listen(): Promise<boolean> {
    const { signal } = this.stopping;
    const connection = new Connection(this.options, this.timing.proofWithin, (payload) => this.heard(payload));
    try {
      await connection.open();
      if (signal.aborted) return true;
      this.listening = true;
      this.isDeafnessTold = false;
      // Whatever happened while nothing could be heard.
      this.tellAll();
      while (!signal.aborted && !connection.isLost) {
        await this.sleep(this.timing.proveEvery, connection.lost);
        if (!signal.aborted && !connection.isLost) await connection.prove();
      }
      return true;
    } catch (error) {
      this.tellDeafness(error);
      return this.listening;
    } finally {
      this.listening = false;
      await connection.close();
    }
  }

  private tellDeafness(error: unknown): void {
    if (this.isDeafnessTold || this.stopping.signal.aborted) return;
    this.isDeafnessTold = true;
    this.options.log.warn(
      { err: error },
      'notifications of changes do not arrive, so subscribers look again every few seconds; behind a pooler set CHANGES_DATABASE_URL to a direct address',
    );
  }

  private heard(payload: string): void {
    const change = readChange(payload);
    if (!change) return;
    this.options.heard?.(change.tenant);
    for (const { tenantId, topics, stream } of this.subscribers) {
      if (tenantId === change.tenant && change.topics.some((topic) => topics.has(topic))) stream.signal();
    }
  }

  private lookAgain(): void {
    const { pollEvery, lookEvery } = this.timing;
    const due = this.toldAllAt + (this.listening ? lookEvery : pollEvery);
    // Timers come a little early or late: what is nearly due is due.
    if (performance.now() >= due - 50) this.tellAll();
  }

  private tellAll(): void {
    this.toldAllAt = performance.now();
    for (const { stream } of this.subscribers) stream.signal();
  }

  /** Waits, but not longer than until the process stops or the other promise settles. */
  private async sleep(ms: number, other?: Promise<void>): Promise<void> {
    const { signal } = this.stopping;
    if (signal.aborted) return;
    let wake = (): void => undefined;
    const woken = new Promise<void>((resolve) => (wake = resolve));
    const timer = setTimeout(wake, ms);
    signal.addEventListener('abort', wake, { once: true });
    await Promise.race([woken, ...(other ? [other] : [])]);
    clearTimeout(timer);
    signal.removeEventListener('abort', wake);
  }
}

/** One listening connection. */
class Connection {
  readonly lost: Promise<void>;
  isLost = false;
  private readonly client: pg.Client;
  private readonly proofs = new Map<string, () => void>();

  constructor(
    private readonly options: ChangesOptions,
    private readonly proofWithin: number,
    heard: (payload: string) => void,
  ) {
    this.client = new pg.Client({
      connectionString: options.url,
      connectionTimeoutMillis: 5000,
      keepAlive: true,
      application_name: 'countersign-changes',
    });
    this.lost = new Promise((resolve) => {
      const lose = (): void => {
        this.isLost = true;
        resolve();
      };
      this.client.on('error', lose);
      this.client.on('end', lose);
    });
    this.client.on('notification', ({ payload = '' }) => {
      const proof = this.proofs.get(payload);
      if (proof) proof();
      else heard(payload);
    });
  }

  /** Connects, listens, and proves that it hears. */
  async open(): Promise<void> {
    await this.client.connect();
    await this.client.query(`listen ${CHANGES_CHANNEL}`);
    await this.prove();
  }

  /** Sends a notification by another connection and waits until it is heard here. */
  async prove(): Promise<void> {
    const payload = JSON.stringify({ proof: newId() });
    let timer: NodeJS.Timeout | undefined;
    const heard = new Promise<boolean>((resolve) => {
      this.proofs.set(payload, () => resolve(true));
      timer = setTimeout(() => resolve(false), this.proofWithin);
    });
    try {
      await this.options.notify(CHANGES_CHANNEL, payload);
      const isHeard = await Promise.race([heard, this.lost.then(() => false)]);
      if (!isHeard) throw new Error('A notification that was sent did not arrive');
    } finally {
      clearTimeout(timer);
      this.proofs.delete(payload);
    }
  }

  /** Says goodbye, without waiting for the answer of a server that has gone. */
  async close(): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const patience = new Promise<void>((resolve) => (timer = setTimeout(resolve, GOODBYE_WITHIN)));
    await Promise.race([this.client.end().catch(() => undefined), patience]);
    clearTimeout(timer);
  }
}

/** A notification of the sealer, or null for anything else on the channel. */
function readChange(payload: string): { readonly tenant: string; readonly topics: readonly string[] } | null {
  try {
    const { tenant, topics } = JSON.parse(payload) as { tenant?: unknown; topics?: unknown };
    const isChange = typeof tenant === 'string' && Array.isArray(topics) && topics.every((t) => typeof t === 'string');
    return isChange ? { tenant, topics } : null;
  } catch {
    return null;
  }
}
