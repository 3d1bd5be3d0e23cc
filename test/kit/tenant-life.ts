import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Client } from 'pg';
import type { DataSource } from 'typeorm';
import { MIGRATIONS } from '../../migrations/index.js';
import { exportLedgerTo } from '../../src/cli/ledger.js';
import { openOwner } from '../../src/core/data-source.js';
import { Gateway } from '../../src/core/gateway.js';
import { ENTITIES } from '../../src/entities.js';
import { eraseTenant } from '../../src/tenant-life/erase.js';
import { exportTenant, type LedgerExport, readTenant } from '../../src/tenant-life/export.js';
import type { Manifest } from '../../src/tenant-life/manifest.js';
import { type Restored, restoreTenant } from '../../src/tenant-life/restore.js';
import { readRows } from '../../src/tenant-life/rows.js';

/** An installation: a database with its owner, and a folder for documents. */
export class Installation {
  private readonly root = mkdtempSync(join(tmpdir(), 'countersign-life-'));
  private folders = 0;

  private constructor(
    readonly owner: DataSource,
    private readonly gateway: Gateway,
  ) {}

  /** Over a database; migrated already or not. */
  static async over(urls: { ownerUrl: string; appUrl: string }): Promise<Installation> {
    const owner = await openOwner(urls.ownerUrl, urls.appUrl, ENTITIES, MIGRATIONS);
    await owner.runMigrations();
    return new Installation(owner, new Gateway({ url: urls.appUrl, poolSize: 1, prepare: false }));
  }

  get documentsFolder(): string {
    return join(this.root, 'documents');
  }

  get ledgerKeyFile(): string {
    return join(this.root, 'keys/ledger.pem');
  }

  /** A folder that is not there yet. */
  newFolder(): string {
    return join(this.root, `export-${++this.folders}`);
  }

  /** Puts a document below the tenant's folder. */
  putDocument(tenantId: string, path: string, content: string): void {
    const place = join(this.documentsFolder, tenantId, path);
    mkdirSync(dirname(place), { recursive: true });
    writeFileSync(place, content);
  }

  async export(tenantId: string, folder = this.newFolder()): Promise<{ folder: string; manifest: Manifest }> {
    const { owner, documentsFolder, gateway } = this;
    const ledgerKey = { files: [this.ledgerKeyFile], make: true };
    const ledger: LedgerExport = (id, file) =>
      exportLedgerTo({ gateway, ledgerKey, tenantId: id, period: { from: null, to: null } }, file);
    const manifest = await exportTenant({ owner, tenantId, folder, documentsFolder, product: 'test', ledger });
    return { folder, manifest };
  }

  restore(folder: string, digest?: string): Promise<Restored> {
    const { owner, documentsFolder } = this;
    return restoreTenant({
      owner,
      folder,
      documentsFolder,
      account: 'test',
      ...(digest === undefined ? {} : { digest }),
    });
  }

  erase(slug: string, folder: string): Promise<Manifest> {
    const { owner, documentsFolder } = this;
    return eraseTenant({ owner, slug, folder, documentsFolder });
  }

  /** The hash of a tenant's rows, by table, and of its registry row. */
  async fingerprint(tenantId: string): Promise<Record<string, string>> {
    const state = await readTenant(this.owner, tenantId, (ask, table) => readRows(ask, tenantId, table));
    const tables = state.tables.map(({ name, rows, sha256 }) => [name, `${rows} ${sha256}`] as const);
    return { ...Object.fromEntries(tables), tenant: JSON.stringify(state.registry) };
  }

  async close(): Promise<void> {
    await this.gateway.end();
    await this.owner.destroy();
    rmSync(this.root, { recursive: true, force: true });
  }
}

/** The lines of an exported table. */
export function exportedLines(folder: string, table: string): string[] {
  return readFileSync(join(folder, `tables/${table}.ndjson`), 'utf8')
    .split('\n')
    .filter((line) => line !== '');
}

/** One statement past row-level security. */
export async function asSuper(
  superuserUrl: string,
  text: string,
  values: unknown[] = [],
): Promise<Record<string, unknown>[]> {
  return withClient(superuserUrl, async (client) => (await client.query<Record<string, unknown>>(text, values)).rows);
}

/**
 * Holds a table until another session waits for it, of the application where one is named, does `then`, and lets go.
 * Answers how the work ended.
 * @param mode share holds who writes, access exclusive also who reads.
 * @param then gets the processes of the database that wait, and how the work ends once they do not.
 */
export async function heldAt(
  superuserUrl: string,
  table: string,
  mode: 'share' | 'access exclusive',
  work: () => Promise<unknown>,
  then: (waiting: readonly number[], client: Client, outcome: Promise<unknown>) => Promise<unknown>,
  application: string | null = null,
): Promise<'finished' | 'failed'> {
  return withClient(superuserUrl, async (client) => {
    const waiting = `select l.pid from pg_locks l join pg_stat_activity a on a.pid = l.pid and a.application_name = coalesce($1, a.application_name)
      where not l.granted and l.relation = '${table}'::regclass
        and l.database = (select oid from pg_database where datname = current_database())`;
    await client.query(`begin; lock table ${table} in ${mode} mode`);
    const outcome = work().then(
      () => 'finished' as const,
      () => 'failed' as const,
    );
    let pids: number[] = [];
    while (pids.length === 0) {
      // pg_stat_activity would answer from one moment all through this transaction.
      await client.query('select pg_stat_clear_snapshot()');
      pids = (await client.query<{ pid: number }>(waiting, [application])).rows.map(({ pid }) => pid);
      const early = await Promise.race([outcome, new Promise<null>((resolve) => setTimeout(() => resolve(null), 10))]);
      if (early !== null && pids.length === 0) throw new Error(`It ${early} before it came to ${table}`);
    }
    await then(pids, client, outcome);
    await client.query('rollback');
    return outcome;
  });
}

/** Ends the connection of the work when it comes to write a table: what a process that dies there leaves behind. */
export async function cutAt(superuserUrl: string, table: string, work: () => Promise<unknown>): Promise<void> {
  const outcome = await heldAt(superuserUrl, table, 'share', work, async (pids, client, ended) => {
    await client.query('select pg_terminate_backend(pid) from unnest($1::int[]) as pid', [pids]);
    await ended;
  });
  if (outcome !== 'failed') throw new Error(`It was not cut at ${table}`);
}

async function withClient<T>(url: string, work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
