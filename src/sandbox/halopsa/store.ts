import { appendFileSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** A record as the API carries it; never changed in place. */
export type HaloRecord = Readonly<Record<string, unknown>>;

/** What is kept: one table a kind. Actions and approvals are kept a list a ticket, under `list`. */
export type TableName =
  | 'ticket'
  | 'actions'
  | 'approvals'
  | 'quotation'
  | 'approvalProcess'
  | 'status'
  | 'ticketType'
  | 'outcome'
  | 'client'
  | 'site'
  | 'user'
  | 'agent'
  | 'budgetType'
  | 'fieldInfo'
  | 'template'
  | 'webhook'
  | 'webhookEvent';

type Line =
  readonly ['put', TableName, HaloRecord] | readonly ['remove', TableName, string] | readonly ['next', number];

/** First number that the instance gives by itself: above every id of the samples. */
const FIRST_ID = 50_000;

/**
 * The records of one instance, in memory; with a journal file they outlive the process. Every change is a line that is
 * written before the request is answered, so that a killed process forgets nothing that it has answered.
 */
export class Store {
  private readonly tables = new Map<TableName, Map<string, HaloRecord>>();
  private readonly children = new Map<number, Set<string>>();
  private next = FIRST_ID;
  private journal: string | null = null;

  constructor(file?: string) {
    if (file === undefined) return;
    if (existsSync(file)) this.replay(readFileSync(file, 'utf8'));
    mkdirSync(dirname(file), { recursive: true });
    const whole = [...this.lines()].map((line) => `${JSON.stringify(line)}\n`).join('');
    writeFileSync(`${file}.new`, whole, { mode: 0o600 });
    renameSync(`${file}.new`, file);
    this.journal = file;
  }

  /** True while nothing has been put. */
  get isEmpty(): boolean {
    return this.tables.size === 0;
  }

  /** A number that no record of this instance has had. */
  newId(): number {
    this.next += 1;
    return this.next;
  }

  get(table: TableName, id: unknown): HaloRecord | undefined {
    return this.tables.get(table)?.get(String(id));
  }

  all(table: TableName): readonly HaloRecord[] {
    const rows = this.tables.get(table);
    return rows ? [...rows.values()] : [];
  }

  /** The tickets whose parent this is, in the order of their making. */
  childrenOf(ticketId: number): readonly HaloRecord[] {
    return [...(this.children.get(ticketId) ?? [])].flatMap((id) => {
      const child = this.get('ticket', id);
      return child ? [child] : [];
    });
  }

  put(table: TableName, record: HaloRecord): HaloRecord {
    this.apply(['put', table, record]);
    // The counter goes along, so that a number is not given again after a restart.
    this.note(['put', table, record], ['next', this.next]);
    return record;
  }

  remove(table: TableName, id: unknown): void {
    this.apply(['remove', table, String(id)]);
    this.note(['remove', table, String(id)]);
  }

  /** Forgets everything. */
  clear(): void {
    this.tables.clear();
    this.children.clear();
    if (this.journal !== null) writeFileSync(this.journal, '');
  }

  private note(...lines: readonly Line[]): void {
    if (this.journal === null) return;
    appendFileSync(this.journal, lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
  }

  private apply(line: Line): void {
    if (line[0] === 'next') {
      this.next = Math.max(this.next, line[1]);
      return;
    }
    const [verb, table, what] = line;
    const rows = this.tables.get(table) ?? new Map<string, HaloRecord>();
    this.tables.set(table, rows);
    const id = verb === 'put' ? String(what.id) : what;
    if (table === 'ticket') this.reindex(id, rows.get(id)?.parent_id, verb === 'put' ? what.parent_id : undefined);
    if (verb === 'put') rows.set(id, what);
    else rows.delete(id);
  }

  private reindex(id: string, from: unknown, to: unknown): void {
    if (from === to) return;
    if (typeof from === 'number') this.children.get(from)?.delete(id);
    if (typeof to === 'number') this.children.set(to, (this.children.get(to) ?? new Set<string>()).add(id));
  }

  private *lines(): Generator<Line> {
    yield ['next', this.next];
    for (const [table, rows] of this.tables) for (const record of rows.values()) yield ['put', table, record];
  }

  /** A last line that was cut by the end of the process was never answered, and is left out. */
  private replay(text: string): void {
    for (const line of text.slice(0, text.lastIndexOf('\n') + 1).split('\n')) {
      if (line !== '') this.apply(JSON.parse(line) as Line);
    }
  }
}
