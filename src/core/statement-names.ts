import { RecentlyUsed } from './recently-used.js';

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
  /** By text; null where it was asked once. */
  private readonly names: RecentlyUsed<string, string | null>;
  private made = 0;

  constructor(most = MOST_PREPARED) {
    this.names = new RecentlyUsed(most);
  }

  /** The name of the text; undefined where it is not worth one yet. */
  of(text: string): string | undefined {
    const known = this.names.get(text);
    const name = known === undefined ? null : (known ?? `s${this.made++}`);
    if (name !== known) this.names.set(text, name);
    return name ?? undefined;
  }
}
