/** Counts per key and time window; windows stand at full minutes or seconds of the clock, as the vendor's do. */
export class Throttle {
  readonly #counts = new Map<string, { window: number; spent: number }>();

  /**
   * Spends units of a budget. Answers what is left and in how many seconds the window ends; `left` is negative when the
   * budget was already spent (refused calls count too).
   */
  spend(
    key: string,
    units: number,
    budget: number,
    windowMs: number,
    now: Date,
  ): { left: number; resetSeconds: number } {
    const window = Math.floor(now.getTime() / windowMs);
    const held = this.#counts.get(key);
    const spent = (held?.window === window ? held.spent : 0) + units;
    this.#counts.set(key, { window, spent });
    const resetMs = (window + 1) * windowMs - now.getTime();
    return { left: budget - spent, resetSeconds: Math.max(1, Math.ceil(resetMs / 1000)) };
  }
}
