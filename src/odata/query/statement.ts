import { type Query, type Row, sql } from '../../core/statement.js';
import { rowGuard } from '../../reporting/datasets.js';
import type { Column, Navigation } from '../../reporting/dataset.js';
import type { FeedModel, FeedSet } from '../model.js';
import { badRequest, notImplemented } from '../odata.error.js';
import type { ExpandItem, PropertyPath, QueryOptions, SelectItem } from './ast.js';
import { conditionOf, type FoundColumn, type Scope } from './condition.js';
import { SQL_TYPES } from './literal.js';

/** A column of an answer and where it stands in the database's row. */
export interface ShownColumn {
  readonly column: Column;
  readonly alias: string;
}

/** An expanded navigation: its columns, and the alias that is null when there is no such row. */
export interface ShownNavigation {
  readonly name: string;
  readonly presence: string;
  readonly columns: readonly ShownColumn[];
  /** Whether its columns were chosen, which the context address then lists. */
  readonly isSelected: boolean;
}

/** A part of the order, with the value by which a page ends. */
interface Order extends FoundColumn {
  readonly alias: string;
  readonly descending: boolean;
}

interface Join {
  readonly alias: string;
  readonly set: FeedSet;
  readonly navigation: Navigation;
}

/** Where a page ended: the values of its order in its last row, as text. */
export type Position = readonly (string | null)[];

/** One page's worth of a statement. */
export interface Slice {
  readonly after: Position | null;
  readonly skip: number;
  readonly limit: number;
}

/**
 * One request as one SQL statement. Every relation of it, joined ones too, is under `tenant_id = $1` and the guard on rows
 * for the reader's classes before anything of the request is added, and whatever the request adds stands in brackets behind
 * them: no option can drop them. Values travel as parameters; names come from the model alone.
 */
export class FeedStatement {
  readonly shown: readonly ShownColumn[];
  readonly expanded: readonly ShownNavigation[];
  private readonly joins = new Map<string, Join>();
  private readonly orders: readonly Order[];
  private readonly values: unknown[] = [];
  private readonly conditions: readonly string[];

  constructor(
    private readonly model: FeedModel,
    readonly set: FeedSet,
    options: Pick<QueryOptions, 'filter' | 'orderby' | 'select' | 'expand'>,
    key: { readonly text: string; readonly type: string } | null = null,
  ) {
    const scope: Scope = {
      column: (path, option) => this.columnOf(path, option),
      bind: (value) => bindTo(this.values, value),
    };
    this.conditions = [
      ...(key ? [`t.${set.key.column} = ${scope.bind(key.text)}::${key.type}`] : []),
      ...(options.filter ? [conditionOf(options.filter, scope)] : []),
    ];
    this.orders = this.ordersOf(options);
    this.shown = columnsOf(set, options.select, options.expand).map((column, n) => ({ column, alias: `c${n}` }));
    this.expanded = options.expand.map((item, n) => this.expandedOf(item, n));
    const twice = options.expand.find(({ navigation }, n) =>
      options.expand.some((other, m) => m < n && other.navigation === navigation),
    );
    if (twice) throw badRequest(`${twice.navigation} is expanded twice`, '$expand', twice.at);
  }

  /** The rows of a slice, in order. */
  rows({ after, skip, limit }: Slice): Query<readonly Row[]> {
    const values = [...this.values];
    const position = after ? [this.positionAfter(after, values)] : [];
    const offset = skip > 0 ? ` offset ${bindTo(values, skip)}::bigint` : '';
    return {
      ...sql(
        `select ${this.selection().join(', ')} from ${this.from()}${conditionsText([...this.conditions, ...position])}
          order by ${this.orders.map(orderText).join(', ')} limit ${bindTo(values, limit)}::bigint${offset}`,
        values,
        (rows) => rows,
      ),
      isOneOff: true,
    };
  }

  /** How many rows there are, whatever page is asked for. */
  count(): Query<bigint> {
    return {
      ...sql(
        `select count(*) as n from ${this.from()}${conditionsText(this.conditions)}`,
        this.values,
        ([row]) => row?.n as bigint,
      ),
      isOneOff: true,
    };
  }

  /** Where a page ends whose last row this is. */
  positionOf(row: Row): Position {
    return this.orders.map(({ alias }) => {
      const value = row[alias] as string | number | bigint | boolean | Date | null;
      if (value === null) return null;
      return value instanceof Date ? value.toISOString() : String(value);
    });
  }

  /** Whether a position has as many values as this order; one that we signed for another model may not. */
  fits(position: Position): boolean {
    return position.length === this.orders.length;
  }

  private columnOf({ names, at }: PropertyPath, option: string): FoundColumn {
    const [first = '', second] = names;
    if (names.length > 2) throw notImplemented('A path over two navigations', option, at);
    if (second === undefined) {
      if (this.set.navigations.has(first)) throw notImplemented('A navigation as a value', option, at);
      return found('t', propertyOf(this.set, first, option, at), false);
    }
    const join = this.join(first, option, at);
    return found(join.alias, propertyOf(join.set, second, option, at), true);
  }

  private join(name: string, option: string, at: number): Join {
    const known = this.joins.get(name);
    if (known) return known;
    const navigation = this.set.navigations.get(name);
    if (!navigation) {
      const what = this.set.byName.has(name) ? 'is no way to another set' : 'is not known here';
      throw badRequest(`${this.set.dataset.entity}: "${name.slice(0, 60)}" ${what}`, option, at);
    }
    const join = { alias: `j${this.joins.size}`, set: this.model.sets.get(navigation.to)!, navigation };
    this.joins.set(name, join);
    return join;
  }

  private ordersOf({ orderby }: Pick<QueryOptions, 'orderby'>): Order[] {
    const orders: Order[] = [];
    for (const { expression, descending } of orderby) {
      const column = this.columnOf(expression, '$orderby');
      // Of what is named twice the first decides.
      if (!orders.some(({ sql: known }) => known === column.sql))
        orders.push({ ...column, descending, alias: `o${orders.length}` });
    }
    const key = found('t', this.set.key, false);
    if (!orders.some(({ sql: known }) => known === key.sql))
      orders.push({ ...key, descending: false, alias: `o${orders.length}` });
    return orders;
  }

  private expandedOf({ navigation, select, at }: ExpandItem, n: number): ShownNavigation {
    const { alias, set } = this.join(navigation, '$expand', at);
    return {
      name: navigation,
      presence: `p${n}`,
      columns: columnsOf(set, select, []).map((column, m) => ({ column, alias: `${alias}c${m}` })),
      isSelected: select !== null && !select.some(({ name }) => name === '*'),
    };
  }

  private selection(): string[] {
    const expanded = this.expanded.flatMap(({ name, presence, columns }) => {
      const { alias, set } = this.joins.get(name)!;
      return [
        `${alias}.${set.key.column} is not null as ${presence}`,
        ...columns.map((shown) => `${alias}.${shown.column.column} as ${shown.alias}`),
      ];
    });
    return [
      ...this.shown.map(({ column, alias }) => `t.${column.column} as ${alias}`),
      ...expanded,
      ...this.orders.map((order) => `${order.sql} as ${order.alias}`),
    ];
  }

  private from(): string {
    const joins = [...this.joins.values()].map(({ alias, set, navigation }) => {
      const from = this.set.byName.get(navigation.from)!.column;
      const guard = rowGuard(set.dataset, this.model.sees, alias);
      return `
          left join ${set.dataset.relation} ${alias} on ${alias}.tenant_id = $1 and ${alias}.${set.key.column} = t.${from}${guard}`;
    });
    const guard = rowGuard(this.set.dataset, this.model.sees, 't');
    return `${this.set.dataset.relation} t${joins.join('')}
          where t.tenant_id = $1${guard}`;
  }

  /**
   * The rows after a position: those later in the first value that differs. A first column that is never null is bounded
   * as well, which an index can use.
   */
  private positionAfter(position: Position, values: unknown[]): string {
    const marks = this.orders.map(({ type }, n) => {
      const value = position[n] ?? null;
      return value === null ? null : `${bindTo(values, value)}::${SQL_TYPES[type]}`;
    });
    const same = (n: number): string => {
      const { sql: column } = this.orders[n]!;
      return marks[n] === null ? `${column} is null` : `${column} = ${marks[n]}`;
    };
    const alternatives = this.orders.flatMap((order, n) => {
      const later = laterThan(order, marks[n]!);
      if (later === null) return [];
      return `(${[...this.orders.keys()].slice(0, n).map(same).concat(later).join(' and ')})`;
    });
    const [first] = this.orders;
    const bound =
      this.orders.length > 1 && first && !first.nullable && marks[0] !== null
        ? `${first.sql} ${first.descending ? '<=' : '>='} ${marks[0]} and `
        : '';
    return `(${bound}(${alternatives.join(' or ')}))`;
  }
}

/** Null comes first when ascending and last when descending (OData 4.0 part 1, section 11.2.5.2). */
const orderText = ({ sql: column, descending, nullable }: Order): string => {
  if (descending) return `${column} desc${nullable ? ' nulls last' : ''}`;
  return `${column}${nullable ? ' nulls first' : ''}`;
};

/** The condition of being later than a value in this order; null when nothing is. */
function laterThan({ sql: column, descending, nullable }: Order, mark: string | null): string | null {
  if (mark === null) return descending ? null : `${column} is not null`;
  if (!descending) return `${column} > ${mark}`;
  return nullable ? `(${column} < ${mark} or ${column} is null)` : `${column} < ${mark}`;
}

const conditionsText = (conditions: readonly string[]): string =>
  conditions.map((condition) => ` and (${condition})`).join('');

function bindTo(values: unknown[], value: unknown): string {
  values.push(value);
  return `$${values.length + 1}`;
}

const found = (alias: string, { column, type, nullable }: Column, isJoined: boolean): FoundColumn => ({
  sql: `${alias}.${column}`,
  type,
  nullable: nullable || isJoined,
});

function propertyOf({ dataset, byName }: FeedSet, name: string, option: string, at: number): Column {
  const column = byName.get(name);
  // A property that the reader's classes hide is unknown to them, as it is in their $metadata.
  if (!column) throw badRequest(`${dataset.entity} has no property "${name.slice(0, 60)}"`, option, at);
  return column;
}

/** The columns that are shown, in the order of the dataset; a navigation in $select is one that is expanded. */
function columnsOf(
  set: FeedSet,
  select: readonly SelectItem[] | null,
  expand: readonly ExpandItem[],
): readonly Column[] {
  if (select === null) return set.columns;
  const chosen = new Set<Column>();
  for (const { name, at } of select) {
    if (name === '*') for (const column of set.columns) chosen.add(column);
    else if (!expand.some(({ navigation }) => navigation === name)) chosen.add(propertyOf(set, name, '$select', at));
  }
  return set.columns.filter((column) => chosen.has(column));
}
