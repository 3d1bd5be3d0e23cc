import { StartupError } from '../core/startup-error.js';
import type { Ask } from './owner.js';

/** A table with rows of tenants, as the database's catalogue tells it. */
export interface TenantTable {
  readonly name: string;
  /** Every stored column, in the table's order. */
  readonly columns: readonly string[];
  /** The terms of an order of the table `t` by its primary key that is the same on every server. */
  readonly order: readonly string[];
  /** A row may refer to another of this table: its rows can only be written all at once. */
  readonly refersToItself: boolean;
}

/** Tables that belong to no tenant (docs/decisions/0005): the registry, whose row stands in the manifest, and TypeORM's. */
const GLOBAL = ['tenant', 'migration'];

interface Found {
  readonly name: string;
  readonly columns: readonly string[];
  readonly order: readonly string[] | null;
  readonly parents: readonly string[];
}

const TABLES = `select c.relname::text as name,
    (select array_agg(a.attname::text order by a.attnum) from pg_attribute a
      where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = '') as columns,
    (select array_agg('t.' || quote_ident(a.attname) || case when a.attcollation = 0 then '' else ' collate "C"' end order by k.place)
      from pg_index i, unnest(i.indkey::int2[]) with ordinality k(number, place)
      join pg_attribute a on a.attrelid = c.oid and a.attnum = k.number
      where i.indrelid = c.oid and i.indisprimary) as "order",
    array(select distinct f.confrelid::regclass::text from pg_constraint f
      where f.conrelid = c.oid and f.contype = 'f' and f.confrelid <> 'tenant'::regclass) as parents
  from pg_class c
  where c.relnamespace = current_schema()::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
    and c.relname <> all ($1) order by 1`;

/**
 * Every tenant's table that the database has, each after those that it refers to: the order to write in, and reversed
 * the order to delete in. Read from the catalogue, so that a new table cannot be forgotten.
 * @throws StartupError when a table has no tenant or no key, or when tables refer to each other in a circle.
 */
export async function tenantTables(ask: Ask): Promise<TenantTable[]> {
  const found = await ask<Found>(TABLES, [GLOBAL]);
  const odd = found.filter(({ columns, order }) => !columns.includes('tenant_id') || order === null);
  if (odd.length > 0)
    throw new StartupError(
      `${odd.map(({ name }) => name).join(', ')}: a table without tenant_id or primary key can neither be exported nor erased with its tenant.`,
    );
  return ordered(found).map(({ name, columns, order, parents }) => ({
    name,
    columns,
    order: order ?? [],
    refersToItself: parents.includes(name),
  }));
}

function ordered(found: readonly Found[]): Found[] {
  const placed: Found[] = [];
  let left = [...found];
  while (left.length > 0) {
    const waiting = new Set(left.map(({ name }) => name));
    const ready = left.filter(({ name, parents }) =>
      parents.every((parent) => parent === name || !waiting.has(parent)),
    );
    if (ready.length === 0)
      throw new StartupError(`${[...waiting].join(', ')}: these tables refer to each other in a circle.`);
    placed.push(...ready);
    left = left.filter((table) => !ready.includes(table));
  }
  return placed;
}

/**
 * The tables that an export holds, in the same order: all but the stamp of the membership, which tells nothing elsewhere
 * and is given anew as the rows come back.
 */
export const exportedTables = async (ask: Ask): Promise<TenantTable[]> =>
  (await tenantTables(ask)).filter(({ name }) => name !== 'membership_stamp');

/** The names of the migrations that made this schema, in order: an export fits only the schema that it was made of. */
export async function schemaOf(ask: Ask): Promise<string[]> {
  const rows = await ask<{ name: string }>('select name from migration order by timestamp, name');
  return rows.map(({ name }) => name);
}
