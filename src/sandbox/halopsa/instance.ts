import { FaultScript } from './faults.js';
import { RateLimit } from './rate-limit.js';
import { RequestLog } from './request-log.js';
import { changeSettings, DEFAULT_SETTINGS, type HaloSettings } from './settings.js';
import { type HaloRecord, Store } from './store.js';
import { haloTime } from './times.js';
import { Tokens } from './tokens.js';
import { WebhookSender } from './webhook-sender.js';

/** What a webhook tells about. */
export type HaloEvent = 'New Ticket Logged' | 'Ticket Updated' | 'Status Changed' | 'New Action' | 'Ticket Deleted';

/** Options of an instance. */
export interface InstanceOptions {
  readonly settings?: Partial<HaloSettings>;
  /** Keeps the records across starts; without it they end with the process. */
  readonly stateFile?: string;
  /** For tests. */
  readonly now?: () => Date;
}

/** One MSP's HaloPSA: its records, settings, tokens, faults, log and webhooks. */
export class HaloInstance {
  readonly store: Store;
  readonly tokens = new Tokens();
  readonly rate = new RateLimit();
  readonly log = new RequestLog();
  readonly faults: FaultScript;
  readonly webhooks: WebhookSender;
  settings: HaloSettings;
  readonly now: () => Date;
  /** Answers that hang, to be ended with the instance. */
  readonly hanging = new Set<() => void>();

  constructor(
    /** The tenant's name in addresses and in token requests. */
    readonly slug: string,
    options: InstanceOptions = {},
  ) {
    this.settings = changeSettings(DEFAULT_SETTINGS, options.settings ?? {});
    this.now = options.now ?? (() => new Date());
    this.store = new Store(options.stateFile);
    this.faults = new FaultScript(this.settings.seed);
    this.webhooks = new WebhookSender(this);
  }

  /** The present, as this instance writes it. */
  time(): string {
    return haloTime(this.now(), this.settings.utcOffsetMinutes);
  }

  /** Changes settings; throws a RangeError for one that does not exist. */
  configure(patch: Partial<HaloSettings>): void {
    this.settings = changeSettings(this.settings, patch);
    if (patch.seed !== undefined) this.faults.reseed(patch.seed);
  }

  /** Tells every webhook of a change. */
  announce(event: HaloEvent, ticket: HaloRecord, action?: HaloRecord): void {
    this.webhooks.announce(event, ticket, action);
  }

  /** Ends what is under way: held webhooks are forgotten, hanging answers cut. */
  async close(): Promise<void> {
    for (const cut of this.hanging) cut();
    await this.webhooks.close();
  }
}
