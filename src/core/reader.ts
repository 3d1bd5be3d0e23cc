import DataLoader from 'dataloader';
import { type Ability, readCondition } from './ability.js';
import type { Clock } from './clock.js';
import { notFound } from './error.js';
import type { Gateway } from './gateway.js';
import { decodeCursor, encodeCursor, type Page, type PageArguments } from './page.js';
import { type Answers, brief, conditions, ordering, type Queries, type Query, sql, type Where } from './statement.js';
import { type EntityClass, hydrate, type Table, tableOf } from './table.js';

/** The rows of so many parents are read briefly. */
const FEW_KEYS = 30;

interface Waiting {
  readonly query: Query<unknown>;
  readonly resolve: (answer: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Reads of one request, for one actor. Whatever the resolvers of one depth ask is sent together: a flush a depth,
 * a statement a field, whatever the size of the page. Rows that the actor may not read are not found.
 */
export class Reader {
  private readonly loaders = new Map<string, DataLoader<string, unknown>>();
  private waiting: Waiting[] = [];
  private time: Promise<Date> | null = null;
  private readonly known = new Map<string, Promise<unknown>>();

  constructor(
    private readonly gateway: Pick<Gateway, 'read'>,
    private readonly tenantId: string,
    private readonly ability: Ability,
    private readonly clock: Clock,
  ) {}

  /** The time of this request: asked once, one time for all its fields. */
  now(): Promise<Date> {
    this.time ??= this.ask(this.clock.now());
    return this.time;
  }

  /** A query that is the same for every row of a list: asked once a request, under a name of its own. */
  once<T>(name: string, query: () => Query<T>): Promise<T> {
    return this.workedOut(name, () => this.ask(query()));
  }

  /** What several fields need that is worked out of reads: once a request, under a name of its own. */
  workedOut<T>(name: string, work: () => Promise<T>): Promise<T> {
    const known = this.known.get(name) as Promise<T> | undefined;
    if (known) return known;
    const answer = work();
    this.known.set(name, answer);
    return answer;
  }

  /** One key's part of a query that answers many keys at once: asked once for all the keys of a page. */
  async keyed<T>(
    name: string,
    query: (keys: readonly string[]) => Query<ReadonlyMap<string, T>>,
    key: string,
  ): Promise<T | null> {
    const known = this.loaders.get(name);
    const loader =
      known ??
      new DataLoader<string, unknown>(async (keys) => {
        const answers = await this.ask(query([...new Set(keys)]));
        return keys.map((one) => answers.get(one) ?? null);
      });
    if (!known) this.loaders.set(name, loader);
    return (await loader.load(key)) as T | null;
  }

  /** The answers of named queries, sent together. */
  async askAll<Q extends Queries>(queries: Q): Promise<Answers<Q>> {
    const asked = Object.entries(queries).map(async ([key, query]) => [key, await this.ask(query)] as const);
    return Object.fromEntries(await Promise.all(asked)) as Answers<Q>;
  }

  /** The answer of a query, sent with all others of this tick. */
  ask<T>(query: Query<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      this.waiting.push({ query, resolve: resolve as (answer: unknown) => void, reject });
      // After the promise jobs of this tick, so that sibling fields share the flush (as DataLoader does).
      if (this.waiting.length === 1) setImmediate(() => void this.flush());
    });
  }

  /** The row by id, or null when it is not there or not for this actor. */
  async one<T extends { id: string }>(entity: EntityClass<T>, id: string | null): Promise<T | null> {
    if (id === null) return null;
    const rows = await this.loader(entity, 'id', []).load(id);
    return (rows as T[])[0] ?? null;
  }

  /** The row by id, or NOT_FOUND. */
  async required<T extends { id: string }>(entity: EntityClass<T>, id: string): Promise<T> {
    const row = await this.one(entity, id);
    if (!row) throw notFound(entity.name, id);
    return row;
  }

  /** All rows of one parent, by the property that names it. Batched over the parents of a page. */
  async many<T extends object>(
    entity: EntityClass<T>,
    property: keyof T & string,
    parentId: string,
    orderBy: readonly string[] = ['id'],
  ): Promise<T[]> {
    return (await this.loader(entity, property, orderBy).load(parentId)) as T[];
  }

  /** The first row of one parent in the given order, or null. */
  async first<T extends object>(
    entity: EntityClass<T>,
    property: keyof T & string,
    parentId: string,
    orderBy: readonly string[] = ['-id'],
  ): Promise<T | null> {
    return (await this.many(entity, property, parentId, orderBy))[0] ?? null;
  }

  /** The newest rows of one parent, at most so many of each. Batched over the parents of a page. */
  async newest<T extends object>(
    entity: EntityClass<T>,
    property: keyof T & string,
    parentId: string,
    most: number,
  ): Promise<T[]> {
    return (await this.loader(entity, property, ['-id'], most).load(parentId)) as T[];
  }

  /** A keyset page, newest first by default; the cursor is opaque and stays flat at page 1,000. */
  async page<T extends { id: string }>(entity: EntityClass<T>, where: Where<T>, args: PageArguments): Promise<Page<T>> {
    const table = tableOf(entity);
    const values: unknown[] = [];
    const filter = conditions(entity, where, values);
    const allowed = readCondition(this.ability, entity, values);
    let after = '';
    if (args.after !== null) {
      values.push(decodeCursor(args.after));
      after = ` and id < $${values.length + 1}`;
    }
    const rows = await this.ask(
      sql(
        `select ${table.selection} from ${table.name} where tenant_id = $1${filter}${allowed}${after} order by id desc limit ${args.first + 1}`,
        values,
        (found) => found.map((row) => hydrate(entity, row)),
      ),
    );
    const nodes = rows.slice(0, args.first);
    return {
      edges: nodes.map((node) => ({ node, cursor: encodeCursor(node.id) })),
      pageInfo: {
        hasNextPage: rows.length > args.first,
        hasPreviousPage: args.after !== null,
        startCursor: nodes[0] ? encodeCursor(nodes[0].id) : null,
        endCursor: nodes.at(-1) ? encodeCursor(nodes.at(-1)!.id) : null,
      },
    };
  }

  /** Takes the answer of `readableRow` as loaded, so that the row is not read again. */
  prime<T extends { id: string }>(entity: EntityClass<T>, id: string, row: T | null): void {
    this.loader(entity, 'id', []).prime(id, row ? [row] : []);
  }

  /** A reader of the same request that has read nothing yet. */
  anew(): Reader {
    return new Reader(this.gateway, this.tenantId, this.ability, this.clock);
  }

  /** Forgets what was loaded: after a change the same request must see it. */
  clear(): void {
    this.loaders.clear();
    this.known.clear();
  }

  private loader<T extends object>(
    entity: EntityClass<T>,
    property: string,
    orderBy: readonly string[],
    most: number | null = null,
  ): DataLoader<string, unknown> {
    const key = `${entity.name}.${property}.${orderBy.join(',')}.${most ?? ''}`;
    const known = this.loaders.get(key);
    if (known) return known;
    const loader = new DataLoader<string, unknown>((ids) => this.load(entity, property, orderBy, most, ids));
    this.loaders.set(key, loader);
    return loader;
  }

  private async load<T extends object>(
    entity: EntityClass<T>,
    property: string,
    orderBy: readonly string[],
    most: number | null,
    ids: readonly string[],
  ): Promise<T[][]> {
    const table = tableOf(entity);
    const values: unknown[] = [];
    const where = readable(entity, property, ids, this.ability, values);
    const order = ordering(entity, orderBy);
    const all = `select ${table.selection} from ${table.name} ${where}${order}`;
    const text = most === null ? all : newestOfEach(table, table.byProperty.get(property)!.name, where, order, most);
    const query = sql(text, values, (found) => found.map((row) => hydrate(entity, row)));
    const rows = await this.ask(ids.length <= FEW_KEYS ? brief(query) : query);
    const groups = groupBy(rows, (row) => (row as Record<string, unknown>)[property] as string);
    return ids.map((id) => groups.get(id) ?? []);
  }

  private async flush(): Promise<void> {
    const batch = this.waiting;
    this.waiting = [];
    const queries = Object.fromEntries(batch.map(({ query }, index) => [String(index), query]));
    try {
      const answers = await this.gateway.read(this.tenantId, queries);
      batch.forEach(({ resolve }, index) => resolve(answers[String(index)]));
    } catch (error) {
      for (const { reject } of batch) reject(error);
    }
  }
}

/** A property of a row that holds the id of another row. */
interface Holder {
  readonly entity: EntityClass;
  readonly key: string;
}

/**
 * The row by id as the Reader would find it; null when it is not there or not for whoever has the ability. With a holder
 * the id is the holder's, and the row is the one that it names at that moment.
 */
export function readableRow<T extends { id: string }>(
  entity: EntityClass<T>,
  id: string,
  ability: Ability,
  holder?: Holder,
): Query<T | null> {
  const { name, selection } = tableOf(entity);
  const values: unknown[] = [id];
  const allowed = readCondition(ability, entity, values);
  const wanted = holder ? heldBy(holder) : '$2';
  const text = `select ${selection} from ${name} where tenant_id = $1 and id = ${wanted}${allowed}`;
  return brief(sql(text, values, (found) => (found[0] ? hydrate(entity, found[0]) : null)));
}

function heldBy({ entity, key }: Holder): string {
  const { name, byProperty } = tableOf(entity);
  return `(select h.${byProperty.get(key)!.name} from ${name} h where h.tenant_id = $1 and h.id = $2)`;
}

/** The rows whose property is one of the ids, and which may be read; appends its values. */
function readable<T extends object>(
  entity: EntityClass<T>,
  property: string,
  ids: readonly string[],
  ability: Ability,
  values: unknown[],
): string {
  const filter = conditions(entity, { [property]: [...new Set(ids)] } as unknown as Where<T>, values);
  return `where tenant_id = $1${filter}${readCondition(ability, entity, values)}`;
}

/** The first rows of each parent in an order: one statement for all parents. */
function newestOfEach(table: Table, parent: string, where: string, order: string, most: number): string {
  const numbered = `select ${table.selection}, row_number() over (partition by ${parent}${order}) as place
    from ${table.name} ${where}`;
  return `select ${table.selection} from (${numbered}) numbered where place <= ${Math.trunc(most)}${order}`;
}

function groupBy<T>(rows: readonly T[], keyOf: (row: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const row of rows) {
    const group = groups.get(keyOf(row));
    if (group) group.push(row);
    else groups.set(keyOf(row), [row]);
  }
  return groups;
}
