import pg from 'pg';
import { serialize } from 'pg-protocol';
import type { Row } from './statement.js';

/** A statement as it is sent. */
export interface Sending {
  readonly text: string;
  readonly values?: readonly unknown[];
  /** Under which name the connection keeps it prepared; without a name it is parsed each time. */
  readonly name?: string | undefined;
  /** Sent last, after a COMMIT: whether it was answered changes nothing. */
  readonly mayFail?: boolean;
}

/** What PostgreSQL answers to one statement. */
export interface Result {
  readonly rows: Row[];
  /** Rows that were answered or touched. */
  readonly rowCount: number;
  /** The first word of its command tag: SELECT, COMMIT ... */
  readonly command: string;
}

/** The columns of a statement's rows. */
interface Shape {
  readonly columns: readonly { readonly name: string; readonly parse: (text: string) => unknown }[];
  /** A row of nulls: a copy of it has all its properties at once, where adding each makes garbage. */
  readonly blank: Row;
}

const NO_ROWS: Shape = { columns: [], blank: {} };

/** The driver writes values as it always does; its types do not tell of the function. */
const { prepareValue } = (pg as unknown as { readonly utils: { prepareValue(this: void, value: unknown): unknown } })
  .utils;

/** By connection: the rows of the statements that it keeps prepared, by their names; null where it may keep one, or not. */
const prepared = new WeakMap<object, Map<string, Shape | null>>();

/**
 * Statements that leave as one message and are answered as one: the driver ends each statement with a Sync, after which
 * the server answers, and both sides wake up, once for every statement. Here there is one Sync, at the end; what follows a
 * statement that fails is skipped (PostgreSQL manual, 54.2.4 Pipelining). The driver calls the `handle` methods.
 */
class RoundTrip implements pg.Submittable {
  private readonly results: Result[] = [];
  private readonly named = new Map<string, Shape>();
  private readonly parsed = new Set<string>();
  private readonly kept: Map<string, Shape | null>;
  private shape: Shape | null = null;
  private rows: Row[] = [];
  /** The driver's, where it times the query; called when it has ended. */
  callback?: (error: Error | null, results?: readonly Result[]) => void;

  constructor(
    private readonly client: pg.ClientBase,
    readonly statements: readonly Sending[],
    private readonly done: (results: readonly Result[]) => void,
    private readonly failed: (error: Error) => void,
  ) {
    const { connection } = client as unknown as { readonly connection: object };
    this.kept = prepared.get(connection) ?? new Map<string, Shape | null>();
    prepared.set(connection, this.kept);
  }

  submit({ stream }: pg.Connection): Error | null {
    try {
      const pieces = this.statements.flatMap((statement) => this.messages(statement));
      stream.write(Buffer.concat([...pieces, serialize.sync()]));
      return null;
    } catch (error) {
      return error as Error;
    }
  }

  private messages({ text, values = [], name = '' }: Sending): Buffer[] {
    const bind = serialize.bind({ statement: name, values: values as unknown[], valueMapper: prepareValue });
    const known = this.kept.get(name);
    if (known) return [bind, serialize.execute()];
    const described = [bind, serialize.describe({ type: 'P' }), serialize.execute()];
    if (this.parsed.has(name)) return described;
    if (name !== '') this.parsed.add(name);
    const parsed = [serialize.parse({ name, text }), ...described];
    // A name that another session has given, behind a pooler that shares sessions, must stay an error: only ours is closed.
    return known === null ? [serialize.close({ type: 'S', name }), ...parsed] : parsed;
  }

  handleRowDescription({ fields }: { readonly fields: readonly { name: string; dataTypeID: number }[] }): void {
    const columns = fields.map(({ name, dataTypeID }) => ({
      name,
      parse: this.client.getTypeParser(dataTypeID, 'text') as (text: string) => unknown,
    }));
    this.shape = { columns, blank: Object.fromEntries(columns.map(({ name }) => [name, null])) };
  }

  handleDataRow({ fields }: { readonly fields: readonly (string | null)[] }): void {
    this.shape ??= this.kept.get(this.statements[this.results.length]?.name ?? '') ?? NO_ROWS;
    const { columns, blank } = this.shape;
    const row: Record<string, unknown> = { ...blank };
    for (let at = 0; at < fields.length; at++) {
      const text = fields[at]!;
      if (text !== null) row[columns[at]!.name] = columns[at]!.parse(text);
    }
    this.rows.push(row);
  }

  handleCommandComplete({ text }: { readonly text: string }): void {
    const name = this.statements[this.results.length]?.name;
    if (name && this.parsed.has(name)) this.named.set(name, this.shape ?? NO_ROWS);
    const [command = ''] = text.split(' ', 1);
    this.results.push({ rows: this.rows, rowCount: Number(text.slice(text.lastIndexOf(' ') + 1)) || 0, command });
    this.rows = [];
    this.shape = null;
  }

  handleEmptyQuery(): void {
    this.handleCommandComplete({ text: '' });
  }

  handleReadyForQuery(): void {
    for (const [name, shape] of this.named) this.kept.set(name, shape);
    this.done(this.results);
    this.callback?.(null, this.results);
  }

  /** The server's error, after which it skips to the Sync; or the driver's, when the connection is lost. */
  handleError(error: Error): void {
    for (const name of this.parsed) this.kept.set(name, this.named.get(name) ?? null);
    const at = this.statements[this.results.length];
    // Its rows may have been altered: the next one parses it anew.
    if (at?.name) this.kept.set(at.name, null);
    if (at?.mayFail) this.done(this.results);
    else this.failed(error);
    this.callback?.(error);
  }
}

/** Sends statements in one round trip; the first one that fails is the error, and the others are not done. */
export function roundTrip(client: pg.ClientBase, statements: readonly Sending[]): Promise<readonly Result[]> {
  return new Promise((resolve, reject) => {
    client.query(new RoundTrip(client, statements, resolve, reject));
  });
}
