/** What goes wrong with an answer. */
export type Breakage =
  | {
      readonly kind: 'STATUS';
      readonly status: number;
      readonly body?: string;
      readonly headers?: Readonly<Record<string, string>>;
    }
  /** The connection is reset. */
  | { readonly kind: 'RESET' }
  /** No answer comes; the connection stays until the client gives up. */
  | { readonly kind: 'HANG' }
  /** The answer's JSON ends in the middle. */
  | { readonly kind: 'CUT' }
  /** The answer's second half comes so many milliseconds later. */
  | { readonly kind: 'SLOW'; readonly ms: number };

/** A scripted fault; the parts that are left out match everything, or do nothing. */
export interface Fault {
  /** GET, POST or DELETE. */
  readonly method?: string;
  /** A part of the path, such as `/Projects`, in any case; `/auth/token` is one too. */
  readonly path?: string;
  /** A part of the body's text. */
  readonly body?: string;
  /** How many requests it strikes; null is every one until it is cleared. One by default. */
  readonly times?: number | null;
  /** How many matching requests pass before it strikes. */
  readonly after?: number;
  /** Strikes with this probability, from 0 to 1, by the instance's seed. */
  readonly chance?: number;
  /** Waits before anything is done. */
  readonly delayMs?: number;
  /** Fields of tickets that are not written, in silence. */
  readonly drop?: readonly string[];
  /**
   * Before the effect, or after it: done, and yet not told. LATE: told at once, and done when it is released, as behind a
   * gateway that gave up first. AFTER by default.
   */
  readonly when?: 'BEFORE' | 'AFTER' | 'LATE';
  readonly breaks?: Breakage;
}

/** All that strikes one request. */
export interface Struck {
  readonly delayMs: number;
  readonly drop: readonly string[];
  readonly before: Breakage | null;
  readonly after: Breakage | null;
  readonly late: Breakage | null;
}

const HTML = '<!doctype html><html><head><title>Service unavailable</title></head><body><h1>502</h1></body></html>';

/** The faults that the facts and requirements name, ready to be scripted. */
export const FAULTS = {
  throttled: (retryAfter?: string): Fault => ({
    when: 'BEFORE',
    breaks: {
      kind: 'STATUS',
      status: 429,
      body: '{"message":"Too many requests."}',
      ...(retryAfter === undefined ? {} : { headers: { 'retry-after': retryAfter } }),
    },
  }),
  failsBefore: (status = 500): Fault => ({ when: 'BEFORE', breaks: { kind: 'STATUS', status } }),
  failsAfter: (status = 500): Fault => ({ breaks: { kind: 'STATUS', status } }),
  doneLate: (status = 504): Fault => ({ when: 'LATE', breaks: { kind: 'STATUS', status } }),
  resetBefore: (): Fault => ({ when: 'BEFORE', breaks: { kind: 'RESET' } }),
  resetAfter: (): Fault => ({ breaks: { kind: 'RESET' } }),
  hangsAfter: (): Fault => ({ breaks: { kind: 'HANG' } }),
  cutAnswer: (): Fault => ({ breaks: { kind: 'CUT' } }),
  slowAnswer: (ms: number): Fault => ({ breaks: { kind: 'SLOW', ms } }),
  slow: (ms: number): Fault => ({ delayMs: ms }),
  htmlPage: (): Fault => ({
    when: 'BEFORE',
    breaks: { kind: 'STATUS', status: 502, body: HTML, headers: { 'content-type': 'text/html' } },
  }),
  drops: (...fields: string[]): Fault => ({ method: 'POST', drop: fields }),
} as const;

interface Scripted {
  readonly fault: Fault;
  passed: number;
  left: number | null;
}

/** The scripted faults of one instance. */
export class FaultScript {
  private scripted: Scripted[] = [];
  private held: (() => void)[] = [];
  private state: number;

  constructor(seed: number) {
    this.state = seed;
  }

  add(fault: Fault): void {
    this.scripted.push({ fault, passed: 0, left: fault.times === undefined ? 1 : fault.times });
  }

  clear(): void {
    this.scripted = [];
  }

  /** Keeps the work of a request that was answered before it. */
  hold(work: () => void): void {
    this.held.push(work);
  }

  /** Does what was answered before it was done. */
  release(): void {
    for (const work of this.held.splice(0)) work();
  }

  /** Begins the row of chance anew. */
  reseed(seed: number): void {
    this.state = seed;
  }

  /** What is scripted and not used up. */
  list(): readonly Fault[] {
    return this.scripted.map(({ fault, left }) => ({ ...fault, times: left }));
  }

  /** What strikes this request; each fault that does is counted. The first that breaks the answer counts alone. */
  strike(method: string, path: string, body: string): Struck {
    let struck: Struck = { delayMs: 0, drop: [], before: null, after: null, late: null };
    for (const one of this.scripted) {
      const { fault } = one;
      if (fault.breaks && (struck.before ?? struck.after ?? struck.late)) continue;
      if (!matches(fault, method, path, body) || !this.falls(one)) continue;
      const { delayMs = 0, drop = [], when = 'AFTER', breaks = null } = fault;
      struck = {
        delayMs: struck.delayMs + delayMs,
        drop: [...struck.drop, ...drop],
        before: when === 'BEFORE' ? (breaks ?? struck.before) : struck.before,
        after: when === 'AFTER' ? (breaks ?? struck.after) : struck.after,
        late: when === 'LATE' ? (breaks ?? struck.late) : struck.late,
      };
    }
    this.scripted = this.scripted.filter(({ left }) => left === null || left > 0);
    return struck;
  }

  private falls(one: Scripted): boolean {
    one.passed += 1;
    if (one.passed <= (one.fault.after ?? 0) || one.left === 0) return false;
    if (one.fault.chance !== undefined && this.random() >= one.fault.chance) return false;
    if (one.left !== null) one.left -= 1;
    return true;
  }

  /** The mulberry32 generator: a short, well-known one with a seed, so that a campaign can be run again. */
  private random(): number {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  }
}

function matches(fault: Fault, method: string, path: string, body: string): boolean {
  if (fault.method !== undefined && fault.method.toUpperCase() !== method) return false;
  if (fault.path !== undefined && !path.toLowerCase().includes(fault.path.toLowerCase())) return false;
  return fault.body === undefined || body.includes(fault.body);
}
