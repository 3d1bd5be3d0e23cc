import type { Logger } from 'pino';
import type { Attention, Looks } from './attention.js';
import type { Gateway } from './gateway.js';
import { newId } from './id.js';
import { enqueue, type OutboxMessage } from './outbox/message.js';
import { type Query, sql } from './statement.js';
import { SILENT, type Telemetry } from './telemetry/telemetry.js';

/** What a planner works with. */
export interface PlannerOptions {
  readonly gateway: Gateway;
  /** The present, as the database tells it. */
  readonly present: () => Query<Date>;
  /** The active tenants. */
  readonly tenants: () => Promise<readonly string[]>;
  /** There may be something to do for this tenant. */
  readonly wake?: (tenantId: string) => void;
  /** Which tenants are worth a look; without it everyone is, every time. */
  readonly attention?: Attention;
  /** Told every look. */
  readonly telemetry?: Telemetry;
  readonly log: Logger;
}

/**
 * Looks at every active tenant from time to time and asks for what is due there. What is due has to follow from the
 * database alone, and to be asked for under a key of its own: then a worker that was down for days, or a second one, asks
 * for the same. One tenant's fault is logged and keeps no other waiting.
 */
export abstract class Planner<O extends PlannerOptions = PlannerOptions> {
  private timer: NodeJS.Timeout | null = null;
  private running: Promise<void> = Promise.resolve();
  private stopping = false;
  private readonly looks: Looks | null;

  /** `what` is planned, in words for the log; `everyMs` is how often it is looked for, in milliseconds. */
  constructor(
    protected readonly options: O,
    private readonly what: string,
    private readonly everyMs: number,
  ) {
    this.looks = options.attention?.looks(everyMs) ?? null;
  }

  /** Asks for what is due of one tenant; how much that was. */
  protected abstract plan(tenantId: string): Promise<number>;

  /** Asks the outbox for these effects and says so; how many they were. One that was asked for before is not there twice. */
  protected async ask(tenantId: string, messages: readonly OutboxMessage[], now: Date): Promise<number> {
    if (messages.length === 0) return 0;
    const { gateway, wake } = this.options;
    await gateway.transaction(tenantId, (tx) => tx.commit(enqueue(messages, now, newId)));
    wake?.(tenantId);
    return messages.length;
  }

  /** The same, where most of what is due was asked for long ago: those cost a read and count for nothing. */
  protected async askForNew(tenantId: string, wanted: readonly OutboxMessage[], now: Date): Promise<number> {
    if (wanted.length === 0) return 0;
    const keys = wanted.map(({ effectKey }) => effectKey);
    const { known } = await this.options.gateway.read(tenantId, { known: knownKeys(keys) });
    return this.ask(
      tenantId,
      wanted.filter(({ effectKey }) => !known.has(effectKey)),
      now,
    );
  }

  /** Works until stopped; the first look at once, and never two at the same time. */
  start(): void {
    const { telemetry = SILENT } = this.options;
    const look = (): void => {
      this.running = this.running
        .then(() =>
          telemetry.during(
            { kind: 'plan', name: this.what },
            () => this.pass((tenantId) => !this.stopping && (this.looks?.isTurn(tenantId) ?? true)),
            (due) => ({ outcome: 'DONE', isIdle: due === 0 }),
          ),
        )
        .then(
          () => undefined,
          (error: unknown) => this.options.log.warn({ err: error }, `${this.what}: not planned; the next look tries`),
        );
    };
    this.timer = setInterval(look, this.everyMs);
    this.timer.unref();
    look();
  }

  /** Finishes the look in hand. */
  async stop(): Promise<void> {
    this.stopping = true;
    if (this.timer) clearInterval(this.timer);
    await this.running;
  }

  /** One look at every tenant whose turn it is; how much was due in all. */
  async pass(isTurn: (tenantId: string) => boolean = () => true): Promise<number> {
    let due = 0;
    for (const tenantId of await this.options.tenants()) {
      if (!isTurn(tenantId)) continue;
      const since = performance.now();
      try {
        const found = await this.plan(tenantId);
        this.looks?.looked(tenantId, since, found > 0);
        due += found;
      } catch (error) {
        this.options.log.warn({ err: error, tenantId }, `${this.what}: not planned for a tenant`);
      }
    }
    return due;
  }
}

const knownKeys = (keys: readonly string[]): Query<ReadonlySet<string>> =>
  sql(
    'select effect_key from outbox_effect where tenant_id = $1 and effect_key = any($2)',
    [keys],
    (rows) => new Set(rows.map(({ effect_key }) => effect_key as string)),
  );
