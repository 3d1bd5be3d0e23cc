/** Values by key, at most so many: what was asked for longest ago goes first. */
export class RecentlyUsed<K, V> {
  /** The longest unused first. */
  private readonly entries = new Map<K, V>();

  constructor(private readonly most: number) {}

  /** How many there are. */
  get size(): number {
    return this.entries.size;
  }

  /** The value of the key, which is used by this; undefined without one. */
  get(key: K): V | undefined {
    const value = this.entries.get(key);
    if (value === undefined) return undefined;
    this.entries.delete(key);
    this.entries.set(key, value);
    return value;
  }

  /** Keeps a value in place of the key's former one, as the last that was used. */
  set(key: K, value: V): void {
    this.entries.delete(key);
    this.entries.set(key, value);
    if (this.entries.size > this.most) this.entries.delete(this.entries.keys().next().value!);
  }

  /** Forgets the key. */
  delete(key: K): void {
    this.entries.delete(key);
  }
}
