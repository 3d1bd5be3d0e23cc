import type { DataSource } from 'typeorm';
import { join } from 'node:path';
import { databaseClock } from '../core/clock.js';
import { CHECKPOINTS_FILE } from '../core/ledger/checkpoint-store.js';
import { StartupError } from '../core/startup-error.js';
import { beginFolder, copyWhole, fileTally, filesUnder, finishFolder, writeNew } from './files.js';
import {
  documentFile,
  type ExportedDocument,
  type ExportedTable,
  LEDGER_FILE,
  type Manifest,
  tableFile,
  writeManifest,
} from './manifest.js';
import { type Ask, asOwnerOf } from './owner.js';
import { readRows } from './rows.js';
import { exportedTables, schemaOf, type TenantTable } from './tables.js';

/** Writes the ledger's own export of a tenant to a file: sealed, with a signed checkpoint that covers all of it. */
export type LedgerExport = (tenantId: string, file: string) => Promise<void>;

export interface ExportOptions {
  readonly owner: DataSource;
  readonly tenantId: string;
  /** A new or empty folder. */
  readonly folder: string;
  /** Where the documents of all tenants stand. */
  readonly documentsFolder: string;
  /** The product's version. */
  readonly product: string;
  readonly ledger: LedgerExport;
}

const SECRETS =
  "Keys and secrets are exported as they are stored: wrapped under the installation's key (KEK) or as hashes. Without that key, which is in no export, what they protect cannot be read. Names, mail addresses and texts of live tables are plain: keep this folder like the database.";

/** What stands in the database of one tenant, all of one snapshot. */
export interface TenantState {
  readonly at: Date;
  readonly snapshot: string;
  readonly schema: readonly string[];
  readonly slug: string;
  readonly registry: Readonly<Record<string, string | null>>;
  readonly tables: readonly ExportedTable[];
}

/**
 * Exports everything of one tenant: its row of the registry, every table, its documents, the ledger for auditors, and a
 * manifest with the hash of each. The tables are read in one repeatable-read snapshot, so that they agree; the ledger's
 * file is made before it and the documents, which are only ever added, after it. Of these the signed checkpoints come
 * before it: one of entries that the tables do not hold would contradict the ledger that goes on from them after a
 * restore. The tenant may be at work.
 */
export async function exportTenant(options: ExportOptions): Promise<Manifest> {
  const { owner, tenantId, folder, documentsFolder, product, ledger } = options;
  await beginFolder(folder);
  await ledger(tenantId, join(folder, LEDGER_FILE));
  const copied = (isWanted: (path: string) => boolean): Promise<ExportedDocument[]> =>
    copyDocuments(join(documentsFolder, tenantId), folder, isWanted);
  const checkpoints = await copied((path) => path === CHECKPOINTS_FILE);
  const state = await readTenant(owner, tenantId, (ask, table) =>
    writeNew(join(folder, tableFile(table.name)), (file) =>
      readRows(ask, tenantId, table, (piece) => file.appendFile(piece)),
    ),
  );
  const documents = [...checkpoints, ...(await copied((path) => path !== CHECKPOINTS_FILE))];
  const { at, slug, snapshot, schema, registry, tables } = state;
  const manifest: Manifest = {
    format: 'countersign-tenant',
    version: 1,
    product,
    schema,
    tenant: { id: tenantId, slug },
    at: at.toISOString(),
    snapshot,
    registry,
    tables,
    documents,
    ledger: await fileTally(join(folder, LEDGER_FILE)),
    secrets: SECRETS,
  };
  await writeManifest(folder, manifest);
  await finishFolder(folder);
  return manifest;
}

async function copyDocuments(
  from: string,
  folder: string,
  isWanted: (path: string) => boolean,
): Promise<ExportedDocument[]> {
  const documents: ExportedDocument[] = [];
  for (const path of (await filesUnder(from)).filter(isWanted))
    documents.push({ path, ...(await copyWhole(join(from, path), join(folder, documentFile(path)))) });
  return documents;
}

/** Reads a tenant through in one snapshot; `read` does what is to be done with a table's rows. */
export async function readTenant(
  owner: DataSource,
  tenantId: string,
  read: (ask: Ask, table: TenantTable) => Promise<Omit<ExportedTable, 'name'>>,
): Promise<TenantState> {
  return asOwnerOf(owner, tenantId, 'isolation level repeatable read read only', async (ask) => {
    const registry = await registryRow(ask, tenantId);
    if (!registry) throw new StartupError(`There is no tenant ${tenantId} in this database.`);
    const [profile] = await ask<{ slug: string }>('select slug from tenant_profile where tenant_id = $1', [tenantId]);
    const tables: ExportedTable[] = [];
    for (const table of await exportedTables(ask)) tables.push({ name: table.name, ...(await read(ask, table)) });
    const [{ snapshot } = { snapshot: '' }] = await ask<{ snapshot: string }>(
      'select pg_current_snapshot()::text as snapshot',
    );
    const clock = databaseClock.now();
    const at = clock.read(await ask(clock.text, [tenantId, ...clock.values]));
    return { at, snapshot, schema: await schemaOf(ask), slug: profile?.slug ?? '', registry, tables };
  });
}

/** The row of the global registry, every value as text; null when there is none. */
export async function registryRow(ask: Ask, tenantId: string): Promise<Record<string, string | null> | null> {
  const rows = await ask<{ column: string; value: string | null }>(
    `select e.key as column, e.value from tenant t, json_each_text(row_to_json(t)) e where t.tenant_id = $1`,
    [tenantId],
  );
  return rows.length === 0 ? null : Object.fromEntries(rows.map(({ column, value }) => [column, value]));
}
