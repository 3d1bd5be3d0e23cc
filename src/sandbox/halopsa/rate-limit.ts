/** Requests in a rolling window (facts 3.3: 700 in 5 minutes an instance, whoever sends them). */
export class RateLimit {
  private times: number[] = [];

  /** Counts a request; answers in how many seconds the next is taken when this one is one too many, else null. */
  spend(now: number, limit: number, windowSeconds: number): number | null {
    const from = now - windowSeconds * 1000;
    this.times = this.times.filter((time) => time > from);
    if (this.times.length < limit) {
      this.times.push(now);
      return null;
    }
    const oldest = this.times[this.times.length - limit] ?? now;
    return Math.max(1, Math.ceil((oldest - from) / 1000));
  }
}
