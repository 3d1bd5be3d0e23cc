/**
 * "Look again", as an endless async iterator. It holds one bit: however many signals came while nobody was waiting, the
 * next `next()` answers once, so a slow consumer costs no memory. The first answer comes at once.
 */
export class SignalStream implements AsyncIterableIterator<void> {
  private isSignalled = true;
  private hasEnded = false;
  private waiting: ((result: IteratorResult<void>) => void)[] = [];

  /** @param onEnd told once, when the stream is ended by `return()`. */
  constructor(private readonly onEnd: () => void) {}

  /** Something may have changed. */
  signal(): void {
    const first = this.waiting.shift();
    if (first) first({ done: false, value: undefined });
    else this.isSignalled = true;
  }

  async next(): Promise<IteratorResult<void>> {
    if (this.hasEnded) return { done: true, value: undefined };
    if (this.isSignalled) {
      this.isSignalled = false;
      return { done: false, value: undefined };
    }
    return new Promise((resolve) => this.waiting.push(resolve));
  }

  /** Ends it; whoever waits is answered at once. */
  async return(): Promise<IteratorResult<void>> {
    if (!this.hasEnded) {
      this.hasEnded = true;
      this.onEnd();
      for (const resolve of this.waiting.splice(0)) resolve({ done: true, value: undefined });
    }
    return { done: true, value: undefined };
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}
