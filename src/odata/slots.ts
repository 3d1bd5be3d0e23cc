import { ODataError } from './odata.error.js';

/** Gives a place back; a second call does nothing. */
export type Release = () => void;

interface Waiting {
  readonly begin: () => void;
  readonly giveUp: NodeJS.Timeout;
}

interface Queue {
  taken: number;
  waiting: Waiting[];
}

/**
 * So many at a time of one name; the others wait in line, for so long. Keeps one tenant's readers from taking every
 * connection: the next in line of a name begins when one of that name ends.
 */
export class Slots {
  private readonly queues = new Map<string, Queue>();

  constructor(
    private readonly places: number,
    /** How many may wait for a place of one name. */
    private readonly line: number,
    /** How long they wait, in milliseconds. */
    private readonly patience: number,
  ) {}

  /** A place; 429 when the line is full or the wait too long. */
  async take(name: string): Promise<Release> {
    const queue = this.queues.get(name) ?? { taken: 0, waiting: [] };
    this.queues.set(name, queue);
    if (queue.taken < this.places) queue.taken++;
    else await this.wait(queue);
    let isTaken = true;
    return () => {
      if (!isTaken) return;
      isTaken = false;
      this.next(name, queue);
    };
  }

  private wait(queue: Queue): Promise<void> {
    if (queue.waiting.length >= this.line) throw tooMany();
    return new Promise((resolve, reject) => {
      const giveUp = setTimeout(() => {
        queue.waiting = queue.waiting.filter((other) => other !== me);
        reject(tooMany());
      }, this.patience);
      const me: Waiting = { begin: resolve, giveUp };
      queue.waiting.push(me);
    });
  }

  /** The place goes to the first in line, or is free. */
  private next(name: string, queue: Queue): void {
    const first = queue.waiting.shift();
    if (first) {
      clearTimeout(first.giveUp);
      first.begin();
      return;
    }
    queue.taken--;
    if (queue.taken === 0) this.queues.delete(name);
  }
}

const tooMany = (): ODataError =>
  new ODataError(429, 'Too many answers of this feed are being read at once.', { retryAfter: 5 });
