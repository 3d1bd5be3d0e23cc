import { StartupError } from './startup-error.js';

/** Runs one statement as the owner of the tables; answers its rows. */
export type AskOwner = (text: string) => Promise<readonly Readonly<Record<string, unknown>>[]>;

/** Statements of one transaction, and what they are for. */
export interface DistributionStep {
  readonly what: string;
  readonly statements: readonly string[];
}

/** The least Citus: before it, grants of single columns did not reach the shards (13.1.0, pull request 7918). */
const LEAST_CITUS = [13, 1] as const;

/** TypeORM's own list of what was run: the owner's alone, so that it stays on the coordinator. */
const LOCAL = ['migration'];

/**
 * Else every table that refers to a reference table would become a local one of Citus's own, to which no distributed
 * table may be bound while the others still wait (create_distributed_table.c).
 */
const PLAIN = 'citus.enable_local_reference_table_foreign_keys = off';

interface TableFacts {
  readonly name: string;
  readonly isTenants: boolean;
  readonly isDone: boolean;
  /** Other tables that its foreign keys name. */
  readonly needs: readonly string[];
  readonly triggers: readonly string[];
}

/** The version of Citus in the database, or null without it. */
export async function citusVersion(ask: AskOwner): Promise<string | null> {
  const [row] = await ask("select extversion as version from pg_extension where extname = 'citus'");
  return (row?.version as string | undefined) ?? null;
}

/** @throws StartupError where Citus is missing or too old. */
export async function assertCitus(ask: AskOwner): Promise<void> {
  const version = await citusVersion(ask);
  if (version === null)
    throw new StartupError(
      'The database has no Citus: let an administrator run `create extension citus` on every node, or run `countersign migrate up` for one machine.',
    );
  const [major = 0, minor = 0] = version.split(/[.-]/).map(Number);
  if (major < LEAST_CITUS[0] || (major === LEAST_CITUS[0] && minor < LEAST_CITUS[1]))
    throw new StartupError(
      `The database has Citus ${version}: Countersign needs ${LEAST_CITUS.join('.')} or newer, which hands grants of columns on.`,
    );
}

/**
 * What is left to do until every tenant's table is distributed by `tenant_id`, all colocated, and every table of all
 * tenants is on every node. Nothing when all is done: a run that was stopped half-way goes on where it was.
 */
export async function distributionSteps(ask: AskOwner): Promise<readonly DistributionStep[]> {
  const [{ database, doneList }] = (await ask(
    `select quote_ident(current_database()) as database,
       case when to_regclass('pg_dist_partition') is null then '' else 'pg_dist_partition' end as "doneList"`,
  )) as unknown as [{ database: string; doneList: string }];
  const tables = inOrder(await tablesOf(ask, doneList !== ''));
  const first = tables.find(({ isTenants }) => isTenants);
  if (!first) throw new StartupError('The database has no tables yet: run `countersign migrate up` first.');
  const left = tables.filter(({ isDone }) => !isDone);
  if (left.length === 0) return [];
  return [
    {
      what: "each transaction's tenant reaches the workers, and a new table waits to be distributed",
      statements: [
        `alter database ${database} set citus.propagate_set_commands = 'local'`,
        `alter database ${database} set ${PLAIN}`,
      ],
    },
    ...left.map((table) => stepOf(table, first)),
    {
      what: 'the rows that the coordinator has kept beside those of the shards',
      statements: left.toReversed().map(({ name }) => `select truncate_local_data_after_distributing_table('${name}')`),
    },
  ];
}

/**
 * The owner is bound by FORCE ROW LEVEL SECURITY like everybody: under it Citus would find every table empty and leave
 * its rows behind.
 */
function stepOf({ name, isTenants, triggers }: TableFacts, first: TableFacts): DistributionStep {
  const beside = name === first.name ? 'none' : first.name;
  const settings = [`set local ${PLAIN}`, "set local citus.multi_shard_modify_mode = 'sequential'"];
  const dropped = triggers.map((trigger) => `drop trigger ${trigger} on ${name}`);
  if (!isTenants)
    return {
      what: `${name} on every node`,
      statements: [...settings, ...dropped, `select create_reference_table('${name}')`],
    };
  return {
    what: `${name} by tenant_id`,
    statements: [
      ...settings,
      ...dropped,
      `alter table ${name} no force row level security`,
      `select create_distributed_table('${name}', 'tenant_id', colocate_with => '${beside}')`,
      `alter table ${name} force row level security`,
    ],
  };
}

async function tablesOf(ask: AskOwner, hasList: boolean): Promise<TableFacts[]> {
  const done = hasList ? 'exists (select 1 from pg_dist_partition d where d.logicalrelid = c.oid)' : 'false';
  const rows = await ask(`select quote_ident(c.relname) as name, ${done} as done,
      exists (select 1 from pg_policy p where p.polrelid = c.oid) as tenants,
      array(select distinct quote_ident(o.relname) from pg_constraint k join pg_class o on o.oid = k.confrelid
        where k.conrelid = c.oid and k.contype = 'f' and k.confrelid <> c.oid order by 1)::text[] as needs,
      array(select quote_ident(t.tgname) from pg_trigger t where t.tgrelid = c.oid and not t.tgisinternal order by 1)::text[] as triggers
    from pg_class c where c.relnamespace = current_schema()::regnamespace and c.relkind in ('r', 'p')
      and c.relname not in (${LOCAL.map((name) => `'${name}'`).join(', ')})
    order by c.relname`);
  return rows.map((row) => ({
    name: row.name as string,
    isTenants: row.tenants as boolean,
    isDone: row.done as boolean,
    needs: row.needs as string[],
    triggers: row.triggers as string[],
  }));
}

/** The tables of all tenants first, then every table after those that it refers to. */
function inOrder(tables: readonly TableFacts[]): TableFacts[] {
  const ordered: TableFacts[] = [];
  const placed = new Set<string>();
  let waiting = tables.toSorted((a, b) => Number(a.isTenants) - Number(b.isTenants));
  while (waiting.length > 0) {
    const ready = waiting.filter(({ needs }) => needs.every((name) => placed.has(name)));
    if (ready.length === 0)
      throw new StartupError(
        `These tables refer to each other in a circle: ${waiting.map(({ name }) => name).join(', ')}.`,
      );
    for (const table of ready) {
      ordered.push(table);
      placed.add(table.name);
    }
    waiting = waiting.filter(({ name }) => !placed.has(name));
  }
  return ordered;
}
