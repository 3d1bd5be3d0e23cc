import pg from 'pg';
import { serialize } from 'pg-protocol';
import { type FieldParser, type RowMaker, rowMakerOf } from './row-maker.js';
import type { Row } from './statement.js';
import { MOST_PREPARED } from './statement-names.js';

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
  /** Until they are read. */
  rows: readonly Row[];
  /** Rows that were answered or touched. */
  readonly rowCount: number;
  /** The first word of its command tag: SELECT, COMMIT ... */
  readonly command: string;
}

type Field = { readonly name: string; readonly dataTypeID: number };

/** The driver's reader of text, which answers what it is given. */
const AS_IT_IS = pg.types.getTypeParser(pg.types.builtins.TEXT, 'text');

const NO_ROWS: RowMaker = () => ({});

/** The driver writes values as it always does; its types do not tell of the function. */
const { prepareValue } = (pg as unknown as { readonly utils: { prepareValue(this: void, value: unknown): unknown } })
  .utils;

/**
 * By connection: how rows of the statements that it keeps prepared are made, by their names, the longest unused first; null
 * where it may keep one, or not.
 */
const prepared = new WeakMap<object, Map<string, RowMaker | null>>();

/**
 * Statements that leave as one message and are answered as one: the driver ends each statement with a Sync, after which
 * the server answers, and both sides wake up, once for every statement. Here there is one Sync, at the end; what follows a
 * statement that fails is skipped (PostgreSQL manual, 54.2.4 Pipelining). The driver calls the `handle` methods.
 */
class RoundTrip implements pg.Submittable {
  private readonly results: Result[] = [];
  private readonly named = new Map<string, RowMaker>();
  private readonly parsed = new Set<string>();
  private outgrown: readonly string[] = [];
  private readonly kept: Map<string, RowMaker | null>;
  private rowOf: RowMaker | null = null;
  private rows: Row[] = [];

  constructor(
    private readonly client: pg.ClientBase,
    readonly statements: readonly Sending[],
    private readonly done: (results: readonly Result[]) => void,
    private readonly failed: (error: Error) => void,
  ) {
    const { connection } = client as unknown as { readonly connection: object };
    this.kept = prepared.get(connection) ?? new Map<string, RowMaker | null>();
    prepared.set(connection, this.kept);
  }

  submit({ stream }: pg.Connection): Error | null {
    try {
      const closed = this.closeOutgrown();
      const pieces = this.statements.flatMap((statement) => this.messages(statement));
      stream.write(Buffer.concat([...closed, ...pieces, serialize.sync()]));
      return null;
    } catch (error) {
      return error as Error;
    }
  }

  /** Lets go of the longest unused of more than a connection is to keep; until that is answered, it may keep them. */
  private closeOutgrown(): Buffer[] {
    const { kept } = this;
    if (kept.size <= MOST_PREPARED) return [];
    this.outgrown = [...kept.keys()].slice(0, kept.size - MOST_PREPARED);
    for (const name of this.outgrown) kept.set(name, null);
    return this.outgrown.map((name) => serialize.close({ type: 'S', name }));
  }

  private messages({ text, values = [], name = '' }: Sending): Buffer[] {
    const bind = serialize.bind({ statement: name, values: values as unknown[], valueMapper: prepareValue });
    const known = this.kept.get(name);
    if (known) {
      this.kept.delete(name);
      this.kept.set(name, known);
      return [bind, serialize.execute()];
    }
    const described = [bind, serialize.describe({ type: 'P' }), serialize.execute()];
    if (this.parsed.has(name)) return described;
    if (name !== '') this.parsed.add(name);
    const parsed = [serialize.parse({ name, text }), ...described];
    // A name that another session has given, behind a pooler that shares sessions, must stay an error: only ours is closed.
    return known === null ? [serialize.close({ type: 'S', name }), ...parsed] : parsed;
  }

  handleRowDescription({ fields }: { readonly fields: readonly Field[] }): void {
    const parserOf = ({ dataTypeID }: Field): FieldParser => {
      const parser = this.client.getTypeParser(dataTypeID, 'text') as (text: string) => unknown;
      return parser === AS_IT_IS ? null : parser;
    };
    this.rowOf = rowMakerOf(
      fields.map(({ name }) => name),
      fields.map(parserOf),
    );
  }

  handleDataRow({ fields }: { readonly fields: readonly (string | null)[] }): void {
    this.rowOf ??= this.kept.get(this.statements[this.results.length]?.name ?? '') ?? NO_ROWS;
    this.rows.push(this.rowOf(fields));
  }

  handleCommandComplete({ text }: { readonly text: string }): void {
    const name = this.statements[this.results.length]?.name;
    if (name && this.parsed.has(name)) this.named.set(name, this.rowOf ?? NO_ROWS);
    const [command = ''] = text.split(' ', 1);
    this.results.push({ rows: this.rows, rowCount: Number(text.slice(text.lastIndexOf(' ') + 1)) || 0, command });
    this.rows = [];
    this.rowOf = null;
  }

  handleEmptyQuery(): void {
    this.handleCommandComplete({ text: '' });
  }

  handleReadyForQuery(): void {
    for (const name of this.outgrown) this.kept.delete(name);
    for (const [name, rowOf] of this.named) this.kept.set(name, rowOf);
    this.done(this.results);
  }

  /** The server's error, after which it skips to the Sync; or the driver's, when the connection is lost. */
  handleError(error: Error): void {
    for (const name of this.parsed) this.kept.set(name, this.named.get(name) ?? null);
    const at = this.statements[this.results.length];
    // Its rows may have been altered: the next one parses it anew.
    if (at?.name) this.kept.set(at.name, null);
    if (at?.mayFail) this.done(this.results);
    else this.failed(error);
  }
}

/** Sends statements in one round trip; the first one that fails is the error, and the others are not done. */
export function roundTrip(client: pg.ClientBase, statements: readonly Sending[]): Promise<readonly Result[]> {
  return new Promise((resolve, reject) => {
    client.query(new RoundTrip(client, statements, resolve, reject));
  });
}
