/**
 * How many statements a process has names for, and how many of them a connection keeps prepared: each may hold some
 * hundred kilobytes of the server's memory.
 */
export const MOST_PREPARED = 500;

/**
 * Under which names connections keep statements prepared: those that were asked last. A text gets its name when it is
 * asked again, as the most of those that differ in a number of rows are asked once; one that was forgotten gets another
 * name, so that a name never stands for two texts.
 */
export class StatementNames {
  /** By text, the longest unused first; null where it was asked once. */
  private readonly names = new Map<string, string | null>();
  private made = 0;

  constructor(private readonly most = MOST_PREPARED) {}

  /** The name of the text; undefined where it is not worth one yet. */
  of(text: string): string | undefined {
    const known = this.names.get(text);
    const name = known === undefined ? null : (known ?? `s${this.made++}`);
    this.names.delete(text);
    this.names.set(text, name);
    if (this.names.size > this.most) this.forgetOldest();
    return name ?? undefined;
  }

  private forgetOldest(): void {
    for (const text of this.names.keys()) {
      this.names.delete(text);
      return;
    }
  }
}
