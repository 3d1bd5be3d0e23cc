import { randomBytes, randomUUID } from 'node:crypto';
import { FaultBook } from './faults.js';
import { type Effect, RequestLog } from './request-log.js';
import { DEFAULT_SETTINGS, type Settings } from './settings.js';
import { Store } from './store.js';
import { Throttle } from './throttle.js';

/** What an access token of the sandbox stands for. */
export interface Token {
  readonly tid: string;
  readonly appId: string;
  /** What it is good for. */
  readonly resource: 'graph' | 'powerbi';
  /** Application permissions; empty in a delegated token. */
  readonly roles: readonly string[];
  /** Delegated permissions; empty in an app-only token. */
  readonly scopes: readonly string[];
  /** The person of a delegated token. */
  readonly user: { readonly oid: string; readonly name: string } | null;
  readonly issuedAt: Date;
  readonly expiresAt: Date;
}

export interface WorldOptions {
  /** Where state is kept across starts; in memory when absent. */
  readonly folder?: string | null;
  readonly settings?: Partial<Settings>;
  /** Of the random faults. */
  readonly seed?: number;
  readonly now?: () => Date;
  /** Where links for people lead: `https://<host>` as at Microsoft when absent, else `<origin>/<host>`. */
  readonly webOrigin?: () => string;
}

/** The simulated Microsoft 365 of all customers: state, settings, clock, faults, log. Holds no rule of the vendor. */
export class MicrosoftWorld {
  readonly store: Store;
  readonly faults: FaultBook;
  readonly log = new RequestLog();
  readonly throttle = new Throttle();
  /** Access tokens that were handed out; they do not outlive the process. */
  readonly tokens = new Map<string, Token>();
  /** Signs pre-authenticated addresses; made anew by each process. */
  readonly ticketKey = randomBytes(32);
  /** Delta links of an older epoch answer 410. */
  deltaEpoch = 1;
  settings: Settings;
  readonly now: () => Date;
  readonly webOrigin: (host: string) => string;
  #effects: Effect[] = [];
  #change: number;
  #lastMessage = 0;

  constructor(options: WorldOptions = {}) {
    this.store = new Store(options.folder ?? null);
    this.settings = { ...DEFAULT_SETTINGS, ...options.settings };
    this.faults = new FaultBook(options.seed ?? 1);
    this.now = options.now ?? (() => new Date());
    const own = options.webOrigin;
    this.webOrigin = (host) => (own ? `${own()}/${host}` : `https://${host}`);
    this.#change = this.store.all('item').reduce((most, item) => Math.max(most, item.change), 0);
  }

  /** The present as Graph writes it: whole seconds, UTC. */
  stamp(): string {
    return `${this.now().toISOString().slice(0, 19)}Z`;
  }

  newGuid(): string {
    return randomUUID();
  }

  /** A drive item's id: `01` and 32 letters and digits. */
  newItemId(): string {
    return `01${base32(32)}`;
  }

  /** An opaque secret for tokens, tickets and signatures. */
  newSecret(): string {
    return randomBytes(32).toString('base64url');
  }

  /** The next place in the sequence of changes. */
  nextChange(): number {
    this.#change += 1;
    return this.#change;
  }

  /** A message's id: the time in milliseconds, never twice. */
  newMessageId(): string {
    this.#lastMessage = Math.max(this.now().getTime(), this.#lastMessage + 1);
    return String(this.#lastMessage);
  }

  /** Notes something that was really done, for the log. */
  did(what: string, id: string): void {
    this.#effects.push({ what, id });
  }

  /** Takes the effects noted since the last time. */
  takeEffects(): Effect[] {
    const taken = this.#effects;
    this.#effects = [];
    return taken;
  }
}

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

function base32(length: number): string {
  return [...randomBytes(length)].map((byte) => LETTERS[byte % 32]).join('');
}
