import { Field, ID, ObjectType } from 'type-graphql';
import { type ColumnOptions, getMetadataArgsStorage, Column } from './column.js';
import { instanceMaker } from './unrolled.js';

/** The class of an entity. */
export type EntityClass<T extends object = object> = new () => T;

/** What a column's values are to PostgreSQL. */
export type ColumnType = 'uuid' | 'text' | 'int' | 'bigint' | 'boolean' | 'date' | 'timestamptz';

/** A column of a table: the entity's property, the column's name, and how its values travel. */
export interface TableColumn {
  readonly property: string;
  readonly name: string;
  readonly type: ColumnType;
  readonly isNullable: boolean;
  /** PLAIN as PostgreSQL gives it, JSON as text of its own, OTHER through a transformer of the entity's. */
  readonly form: 'PLAIN' | 'JSON' | 'OTHER';
  readonly to: (value: unknown) => unknown;
  readonly from: (value: unknown) => unknown;
}

/** What core needs to know of an entity to read and write its rows; TypeORM's decorators are the source. */
export interface Table {
  readonly name: string;
  readonly columns: readonly TableColumn[];
  readonly byProperty: ReadonlyMap<string, TableColumn>;
  /** `a, b, c`: every column, in the entity's order. */
  readonly selection: string;
}

/** `handoffId` becomes `handoff_id`: one naming rule for tables, columns and the TypeORM data source. */
export function snakeCase(name: string): string {
  return name.replaceAll(/([a-z0-9])([A-Z])/g, '$1_$2').toLowerCase();
}

/** Base of every tenant-owned entity: the key is always `(tenant_id, id)` (design 4). */
@ObjectType()
export abstract class TenantOwned {
  @Column('uuid', { primary: true })
  tenantId: string;

  /** uuid v7, made by the application. */
  @Field(() => ID, { description: 'The id, a uuid v7.' })
  @Column('uuid', { primary: true })
  id: string;
}

/** A column of an instant, at the one precision that every table has: milliseconds, as JavaScript's. */
export function Instant(options: ColumnOptions = {}): PropertyDecorator {
  return Column({ ...options, type: 'timestamptz', precision: 3 });
}

const JSON_TEXT = {
  to: (value: unknown) => (value === null || value === undefined ? value : JSON.stringify(value)),
  from: (value: unknown): unknown => (typeof value === 'string' ? JSON.parse(value) : value),
};

/** A column that holds structured data as canonical JSON text (not jsonb, which reorders). */
export function JsonText(options: ColumnOptions = {}): PropertyDecorator {
  return Column('text', { ...options, transformer: JSON_TEXT });
}

const tables = new Map<EntityClass, Table>();

/** The table of an entity, read once from TypeORM's decorator metadata. */
export function tableOf(entity: EntityClass): Table {
  const known = tables.get(entity);
  if (known) return known;
  const lineage = new Set<unknown>();
  for (let type: unknown = entity; typeof type === 'function'; type = Object.getPrototypeOf(type)) lineage.add(type);
  const storage = getMetadataArgsStorage();
  const tableArgs = storage.tables.find((t) => t.target === entity);
  if (!tableArgs) throw new Error(`${entity.name} is not an entity`);
  const columns = storage.columns
    .filter((c) => lineage.has(c.target))
    .map((c): TableColumn => {
      const transformer = Array.isArray(c.options.transformer) ? c.options.transformer[0] : c.options.transformer;
      const same = (value: unknown): unknown => value;
      return {
        property: c.propertyName,
        name: c.options.name ?? snakeCase(c.propertyName),
        type: (c.options.type === 'bool' ? 'boolean' : c.options.type) as ColumnType,
        isNullable: c.options.nullable === true,
        form: transformer === undefined ? 'PLAIN' : transformer === JSON_TEXT ? 'JSON' : 'OTHER',
        to: transformer ? (value) => transformer.to(value) as unknown : same,
        from: transformer ? (value) => transformer.from(value) as unknown : same,
      };
    });
  const table: Table = {
    name: tableArgs.name ?? snakeCase(entity.name),
    columns,
    byProperty: new Map(columns.map((c) => [c.property, c])),
    selection: columns.map((c) => c.name).join(', '),
  };
  tables.set(entity, table);
  return table;
}

/** `h.a, h.b`: every column of an entity's table, under the alias that a statement gives it. */
export function columnsOf(entity: EntityClass, alias: string): string {
  return tableOf(entity)
    .columns.map(({ name }) => `${alias}.${name}`)
    .join(', ');
}

const makers = new Map<EntityClass, (row: Readonly<Record<string, unknown>>) => object>();

function makerOf(entity: EntityClass): (row: Readonly<Record<string, unknown>>) => object {
  const properties = tableOf(entity).columns.map(({ property, name, form, from }) => ({
    property,
    column: name,
    from: form === 'PLAIN' ? null : from,
  }));
  const maker = instanceMaker(entity, properties);
  makers.set(entity, maker);
  return maker;
}

/** Turns a database row into an instance of the entity. */
export function hydrate<T extends object>(entity: EntityClass<T>, row: Readonly<Record<string, unknown>>): T {
  return (makers.get(entity) ?? makerOf(entity))(row) as T;
}
