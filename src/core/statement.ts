import { type EntityClass, hydrate, type TableColumn, tableOf } from './table.js';
import { notFound } from './error.js';

export type Row = Readonly<Record<string, unknown>>;

/**
 * One SQL statement of one tenant. `$1` is always the tenant: the gateway binds it, so no caller can name another;
 * `values` are `$2` and on. Every statement repeats `tenant_id = $1` on every table (design 4: routed on Citus).
 */
export interface Statement {
  readonly text: string;
  readonly values: readonly unknown[];
  /** Its text is of one request alone, as a reader of the feed worded it: not worth a plan that is kept. */
  readonly isOneOff?: boolean;
  /** Reads one row and what hangs on it, in a millisecond or two: it may travel with those of others (shared-trips.ts). */
  readonly isBrief?: boolean;
}

/** A statement with an answer. */
export interface Query<T> extends Statement {
  readonly read: (rows: readonly Row[]) => T;
  /** The value behind all others, where it depends on the tenant: asked when the query is sent. */
  readonly ofTenant?: (tenantId: string) => unknown;
  /** The abilities' name for the row that it answers with, where a command tells nothing of one that is hidden (visibleAs). */
  readonly visibleAs?: string;
}

/** Named queries that travel in one flush, in the order given: put locks first. */
export type Queries = Readonly<Record<string, Query<unknown>>>;

/** Whether each of them is brief. */
export const areBrief = (queries: Queries): boolean => Object.values(queries).every(({ isBrief }) => isBrief === true);

/** The answers of named queries. */
export type Answers<Q extends Queries> = { readonly [K in keyof Q]: Q[K] extends Query<infer T> ? T : never };

/** What a row may be looked up by: equality, or membership when the value is an array. `null` means IS NULL. */
export type Where<T> = { readonly [K in keyof T]?: T[K] | readonly T[K][] | null };

export interface SelectOptions {
  /** Columns as properties, `-property` for descending. */
  readonly orderBy?: readonly string[];
  readonly limit?: number;
  /** Lock the rows until the transaction ends; UPDATE for the aggregate, SHARE for what a decision relies on. */
  readonly lock?: 'UPDATE' | 'SHARE';
}

function column(entity: EntityClass, property: string): TableColumn {
  const found = tableOf(entity).byProperty.get(property);
  if (!found) throw new Error(`${entity.name} has no column for ${property}`);
  return found;
}

/** Builds `col = $n and ...`; exported for the readers in this folder. */
export function conditions<T extends object>(entity: EntityClass<T>, where: Where<T>, values: unknown[]): string {
  return Object.entries(where as Record<string, unknown>)
    .map(([property, value]) => {
      const { name, to } = column(entity, property);
      if (value === undefined) throw new Error(`${entity.name}.${property} is undefined in a condition`);
      if (value === null) return ` and ${name} is null`;
      if (Array.isArray(value)) {
        values.push(value.map(to));
        return ` and ${name} = any($${values.length + 1})`;
      }
      values.push(to(value));
      return ` and ${name} = $${values.length + 1}`;
    })
    .join('');
}

/** `order by ...` for properties, `-property` descending. */
export function ordering(entity: EntityClass, orderBy: readonly string[], alias?: string): string {
  if (orderBy.length === 0) return '';
  const of = alias === undefined ? '' : `${alias}.`;
  const terms = orderBy.map((p) =>
    p.startsWith('-') ? `${of}${column(entity, p.slice(1)).name} desc` : `${of}${column(entity, p).name}`,
  );
  return ` order by ${terms.join(', ')}`;
}

/** Rows of an entity by equality. */
export function select<T extends object>(
  entity: EntityClass<T>,
  where: Where<T> = {},
  options: SelectOptions = {},
): Query<T[]> {
  const table = tableOf(entity);
  const values: unknown[] = [];
  const filter = conditions(entity, where, values);
  const order = ordering(entity, options.orderBy ?? []);
  const limit = options.limit === undefined ? '' : ` limit ${Math.trunc(options.limit)}`;
  const lock = options.lock ? ` for ${options.lock === 'UPDATE' ? 'update' : 'share'}` : '';
  return {
    text: `select ${table.selection} from ${table.name} where tenant_id = $1${filter}${order}${limit}${lock}`,
    values,
    read: (rows) => rows.map((row) => hydrate(entity, row)),
  };
}

/** The first row or null. */
export function selectFirst<T extends object>(
  entity: EntityClass<T>,
  where: Where<T>,
  options: SelectOptions = {},
): Query<T | null> {
  const query = select(entity, where, { ...options, limit: 1 });
  return mapQuery(query, (rows) => rows[0] ?? null);
}

/** The row by id, or NOT_FOUND: what a command cannot go on without. */
export function selectRequired<T extends { id: string }>(
  entity: EntityClass<T>,
  id: string,
  options: SelectOptions = {},
): Query<T> {
  return mapQuery(selectFirst(entity, { id } as Where<T>, options), (row) => {
    if (!row) throw notFound(entity.name, id);
    return row;
  });
}

/** A query of hand-written SQL (`$1` is the tenant). */
export function sql<T>(text: string, values: readonly unknown[], read: (rows: readonly Row[]) => T): Query<T> {
  return { text, values, read };
}

/** The same query, which is brief. */
export const brief = <T>(query: Query<T>): Query<T> => ({ ...query, isBrief: true });

/** The same query with another reading of its answer. */
export function mapQuery<T, U>(query: Query<T>, map: (answer: T) => U): Query<U> {
  const { text, values, ofTenant, read } = query;
  return { text, values, ...(ofTenant && { ofTenant }), read: (rows) => map(read(rows)) };
}

/**
 * The same query as the fact of a command for a row that the actor must be able to read, whatever the command's own
 * subject is: to anybody else the row is not there, and nothing is decided (pipeline.ts). `subject` is its name in the
 * abilities.
 */
export function visibleAs<T extends { readonly id: string }>(subject: string, query: Query<T>): Query<T> {
  return { ...query, visibleAs: subject };
}

/** The same queries with their rows as the answers, for whoever reads them in another order than they are sent. */
export function asRows(queries: Queries): Readonly<Record<string, Query<readonly Row[]>>> {
  return Object.fromEntries(
    Object.entries(queries).map(([key, query]) => [key, { ...query, read: (rows: readonly Row[]) => rows }]),
  );
}

/** Reads queries from the rows that `asRows` has brought. */
export function readRows<Q extends Queries>(queries: Q, rows: Readonly<Record<string, readonly Row[]>>): Answers<Q> {
  return Object.fromEntries(Object.entries(queries).map(([key, query]) => [key, query.read(rows[key]!)])) as Answers<Q>;
}

/** Inserts rows; `tenant_id` is stamped with `$1`. Every row must give the same properties. */
export function insert<T extends object>(
  entity: EntityClass<T>,
  rows: Partial<Omit<T, 'tenantId'>> | readonly Partial<Omit<T, 'tenantId'>>[],
  onConflict = '',
): Statement {
  const list = (Array.isArray(rows) ? rows : [rows]) as Record<string, unknown>[];
  const first = list[0];
  if (!first) throw new Error(`Nothing to insert into ${entity.name}`);
  const columns = Object.keys(first).map((property) => column(entity, property));
  const values: unknown[] = [];
  const tuples = list.map((row) => {
    const marks = columns.map(({ property, to }) => {
      values.push(to(row[property] ?? null));
      return `$${values.length + 1}`;
    });
    return `($1, ${marks.join(', ')})`;
  });
  const names = columns.map((c) => c.name).join(', ');
  return {
    text: `insert into ${tableOf(entity).name} (tenant_id, ${names}) values ${tuples.join(', ')} ${onConflict}`.trim(),
    values,
  };
}

/** `insert` for a list that may be empty. */
export function insertAll<T extends object>(
  entity: EntityClass<T>,
  rows: readonly Partial<Omit<T, 'tenantId'>>[],
): Statement[] {
  return rows.length === 0 ? [] : [insert(entity, rows)];
}

/** Changes the rows that match; the caller holds their lock. */
export function update<T extends object>(
  entity: EntityClass<T>,
  where: Where<T>,
  changes: Partial<Omit<T, 'tenantId' | 'id'>>,
): Statement {
  const values: unknown[] = [];
  const assignments = Object.entries(changes).map(([property, value]) => {
    const { name, to } = column(entity, property);
    values.push(to(value ?? null));
    return `${name} = $${values.length + 1}`;
  });
  const filter = conditions(entity, where, values);
  return {
    text: `update ${tableOf(entity).name} set ${assignments.join(', ')} where tenant_id = $1${filter}`,
    values,
  };
}

/** Deletes the rows that match; only for rows that no rule keeps (the grants of most tables forbid it). */
export function remove<T extends object>(entity: EntityClass<T>, where: Where<T>): Statement {
  const values: unknown[] = [];
  const filter = conditions(entity, where, values);
  return { text: `delete from ${tableOf(entity).name} where tenant_id = $1${filter}`, values };
}
