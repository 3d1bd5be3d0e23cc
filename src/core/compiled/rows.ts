/** Rows that a statement reads, under an alias. */
export class Rows {
  /** What brings the relations of a set: they belong behind it, where it is read. */
  readonly joins: string[] = [];
  private readonly asked = new Set<string>();

  /** A set is the name under which all of them stand, where their relations are read for all of them at once. */
  constructor(
    readonly alias: string,
    readonly set: string | null = null,
  ) {}

  /** A column of each row, as an expression. */
  column(name: string): string {
    this.asked.add(name);
    return `${this.alias}.${name}`;
  }

  /** The columns that were asked for. */
  get columns(): string {
    return [...this.asked].join(', ');
  }
}
