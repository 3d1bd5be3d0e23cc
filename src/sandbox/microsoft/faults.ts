/** Which requests a fault befalls. Everything that is given must fit. */
export interface FaultTarget {
  /** The operation's name as the log has it, for example `content.put`; a trailing `*` stands for any ending. */
  readonly operation?: string;
  /** The Entra tenant. */
  readonly tid?: string;
  /** Part of `host/path`. */
  readonly path?: string;
}

/** A fault that tests and the sandbox page can ask for. */
export interface FaultRule extends FaultTarget {
  /** How often it happens; 1 when absent, 0 for always. */
  readonly times?: number;
  /** How many fitting requests pass unharmed first. */
  readonly skip?: number;
  /** Probability from 0 to 1; drawn from the simulator's seed. */
  readonly chance?: number;
  /** Waits before anything else, in milliseconds. */
  readonly delayMs?: number;
  /**
   * `status` answers the status; `reset` breaks the connection; `cut` sends half the body; `malformed` sends broken
   * JSON; `slow` pauses `delayMs` in the middle of the body. Absent: only the delay.
   */
  readonly kind?: 'status' | 'reset' | 'cut' | 'malformed' | 'slow';
  /** Whether the work is left undone (`before`, the default of status and reset) or done all the same (`after`, of the rest). */
  readonly at?: 'before' | 'after';
  /** For `status`. */
  readonly status?: number;
  /** `error.code` of the body; a usual one of the status when absent. */
  readonly code?: string;
  /** The header as it is sent: seconds or an HTTP date. */
  readonly retryAfter?: string;
  /** Graph's error body, an HTML page or nothing. */
  readonly form?: 'graph' | 'html' | 'empty';
}

interface Armed {
  readonly id: number;
  readonly rule: FaultRule;
  seen: number;
  done: number;
}

/** The faults that are armed. Random ones follow from a seed, so that a run can be repeated. */
export class FaultBook {
  readonly #armed: Armed[] = [];
  #next = 1;
  #random: number;

  constructor(seed: number) {
    this.#random = seed >>> 0;
  }

  /** Arms a fault; answers its number. */
  arm(rule: FaultRule): number {
    const id = this.#next++;
    this.#armed.push({ id, rule, seen: 0, done: 0 });
    return id;
  }

  /** Takes one away, or all. */
  disarm(id?: number): void {
    this.#armed.splice(0, this.#armed.length, ...(id === undefined ? [] : this.#armed.filter((one) => one.id !== id)));
  }

  /** What is armed, and how often it has happened. */
  list(): { id: number; rule: FaultRule; happened: number }[] {
    return this.#armed.map(({ id, rule, done }) => ({ id, rule, happened: done }));
  }

  /** The fault of this request: the first armed one that fits and whose turn it is. */
  take(request: { operation: string; tid: string | null; path: string }): FaultRule | null {
    for (const one of this.#armed) {
      const { rule } = one;
      if (!fits(rule, request) || (rule.times !== 0 && one.done >= (rule.times ?? 1))) continue;
      one.seen += 1;
      if (one.seen <= (rule.skip ?? 0)) continue;
      if (rule.chance !== undefined && this.#draw() >= rule.chance) continue;
      one.done += 1;
      return rule;
    }
    return null;
  }

  /** mulberry32: small, and the same everywhere. */
  #draw(): number {
    this.#random = (this.#random + 0x6d2b79f5) >>> 0;
    let mixed = this.#random;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  }
}

function fits(target: FaultTarget, request: { operation: string; tid: string | null; path: string }): boolean {
  const { operation, tid, path } = target;
  const named =
    operation === undefined ||
    (operation.endsWith('*') ? request.operation.startsWith(operation.slice(0, -1)) : request.operation === operation);
  return named && (tid === undefined || tid === request.tid) && (path === undefined || request.path.includes(path));
}
