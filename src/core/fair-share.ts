import { AppError } from './error.js';

/** Gives a place back; a second call does nothing. */
export type Leave = () => void;

export interface FairShareOptions {
  /** What is shared out and whose, in the words of whoever is refused, such as `requests of your organisation`. */
  readonly what: string;
  /** Places of all names together. */
  readonly places: number;
  /** Places that one name may hold; below `places`, so that one name never holds all of them. */
  readonly share: number;
  /** How many of one name may wait in line. */
  readonly line: number;
  /** How long they wait, in milliseconds. */
  readonly patience: number;
}

interface Waiting {
  readonly begin: (leave: Leave) => void;
  readonly giveUp: NodeJS.Timeout;
}

interface Name {
  taken: number;
  line: Waiting[];
}

/**
 * So many at a time, of which one name (a tenant) holds its share at most; the others wait in a line of their own, for so
 * long. A free place goes to the names in turn, so that whoever asks once does not wait behind whoever asks a thousand
 * times: a queue with a deadline in front of what is scarce, instead of a tail that grows.
 */
export class FairShare {
  /** In the order of their turns: a name that was served goes to the end. */
  private readonly names = new Map<string, Name>();
  private taken = 0;

  constructor(private readonly options: FairShareOptions) {}

  /** How many places are taken now, of all names. */
  get inUse(): number {
    return this.taken;
  }

  /** How many wait in line now, of all names. */
  get waiting(): number {
    return [...this.names.values()].reduce((sum, { line }) => sum + line.length, 0);
  }

  /** A place; BUSY with a remedy and `retryAfterSeconds` when the line is full or the wait too long. */
  enter(key: string): Promise<Leave> {
    const name = this.names.get(key) ?? { taken: 0, line: [] };
    this.names.set(key, name);
    if (name.line.length === 0 && this.isFreeFor(name)) return Promise.resolve(this.seat(key, name));
    return this.wait(key, name);
  }

  private isFreeFor(name: Name): boolean {
    return this.taken < this.options.places && name.taken < this.options.share;
  }

  private seat(key: string, name: Name): Leave {
    this.taken += 1;
    name.taken += 1;
    let isSeated = true;
    return () => {
      if (!isSeated) return;
      isSeated = false;
      this.taken -= 1;
      name.taken -= 1;
      this.forgetIdle(key, name);
      this.callNext();
    };
  }

  private wait(key: string, name: Name): Promise<Leave> {
    const { line, patience } = this.options;
    if (name.line.length >= line) return Promise.reject(this.busy());
    return new Promise((resolve, reject) => {
      const giveUp = setTimeout(() => {
        name.line = name.line.filter((other) => other !== me);
        this.forgetIdle(key, name);
        reject(this.busy());
      }, patience);
      const me: Waiting = { begin: resolve, giveUp };
      name.line.push(me);
    });
  }

  /** The place goes to the first name in turn that waits and may have one more. */
  private callNext(): void {
    for (const [key, name] of this.names) {
      const [first] = name.line;
      if (!first || !this.isFreeFor(name)) continue;
      name.line.shift();
      clearTimeout(first.giveUp);
      this.names.delete(key);
      this.names.set(key, name);
      first.begin(this.seat(key, name));
      return;
    }
  }

  private forgetIdle(key: string, name: Name): void {
    if (name.taken === 0 && name.line.length === 0) this.names.delete(key);
  }

  private busy(): AppError {
    const { what, patience } = this.options;
    const retryAfterSeconds = Math.max(1, Math.ceil(patience / 1000));
    return new AppError('BUSY', `Too many ${what} at once.`, {
      field: 'request',
      retryAfterSeconds,
      remedy: `Send fewer at the same time, ask for less in each, and try again in ${retryAfterSeconds} seconds.`,
    });
  }
}
