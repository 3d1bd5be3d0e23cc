import { join } from 'node:path';
import type { DataSource } from 'typeorm';
import { operatorActor } from '../core/actor.js';
import { databaseClock } from '../core/clock.js';
import { newId } from '../core/id.js';
import { appendToLedger, LedgerOutcome } from '../core/ledger/entry.js';
import { StartupError } from '../core/startup-error.js';
import type { Query, Statement } from '../core/statement.js';
import { registryRow } from './export.js';
import { copyWhole, fileTally, filesUnder } from './files.js';
import { digestOf, documentFile, type Manifest, readExport, tableFile } from './manifest.js';
import { type Ask, asOwnerOf } from './owner.js';
import { listUnmailed } from '../notice/notice.effects.js';
import { epochOf, lockUndone, nextEpoch, parkUndone } from './park.commands.js';
import { readRows, writeRows } from './rows.js';
import { exportedTables, schemaOf } from './tables.js';

export interface RestoreOptions {
  readonly owner: DataSource;
  /** The folder of an export. */
  readonly folder: string;
  readonly documentsFolder: string;
  /** Whose hand it is on this machine, for the ledger. */
  readonly account: string;
  /** The digest that the export said, when it was kept elsewhere. */
  readonly digest?: string;
}

/** What came back. */
export interface Restored {
  readonly manifest: Manifest;
  /** Effects that wait for a person, since nobody here knows whether they were sent after the export. */
  readonly parked: number;
  readonly epoch: number;
}

/**
 * Puts a tenant back into a database that does not have it. The export is checked first; documents are put back; then
 * every row is written in one transaction, read again and compared with the export before it is committed. In the same
 * transaction the tenant begins a new epoch, every effect that was not done is parked, and the ledger gets its entry:
 * no worker sees the tenant in between. Ended half-way, nothing but documents has changed, and it may be run again.
 * @throws StartupError for an export that was changed or does not fit, and for a tenant that is there or was erased.
 */
export async function restoreTenant(options: RestoreOptions): Promise<Restored> {
  const { owner, folder, documentsFolder, account, digest } = options;
  const manifest = await readExport(folder, digest);
  const { id: tenantId } = manifest.tenant;
  await asOwnerOf(owner, tenantId, 'isolation level repeatable read read only', (ask) => assertFits(ask, manifest));
  await putDocuments(manifest, folder, join(documentsFolder, tenantId));
  return asOwnerOf(owner, tenantId, '', async (ask) => {
    await putRegistryRow(ask, manifest);
    for (const table of await exportedTables(ask)) await writeRows(ask, table, join(folder, tableFile(table.name)));
    for (const table of await exportedTables(ask)) {
      const { rows, sha256 } = await readRows(ask, tenantId, table);
      const exported = manifest.tables.find(({ name }) => name === table.name);
      if (exported?.rows !== rows || exported.sha256 !== sha256)
        throw new StartupError(
          `${table.name} came back different from ${tableFile(table.name)}: nothing was restored.`,
        );
    }
    return begin(ask, manifest, account);
  });
}

async function assertFits(ask: Ask, { tenant, registry, schema, tables }: Manifest): Promise<void> {
  const here = await schemaOf(ask);
  const [missing, extra] = [
    here.filter((name) => !schema.includes(name)),
    schema.filter((name) => !here.includes(name)),
  ];
  if (missing.length + extra.length > 0)
    throw new StartupError(
      `The export was made of another schema (${[...missing.map((name) => `without ${name}`), ...extra.map((name) => `with ${name}`)].join(', ')}): restore it with the version of Countersign that made it, then migrate.`,
    );
  const names = (await exportedTables(ask)).map(({ name }) => name);
  const unknown = names.filter((name) => !tables.some((table) => table.name === name));
  if (unknown.length > 0 || tables.length !== names.length)
    throw new StartupError(`The export does not hold the tables of this database: ${unknown.join(', ')}.`);
  const there = await registryRow(ask, tenant.id);
  if (there?.state === 'ERASED')
    throw new StartupError(`${tenant.slug} was erased here at ${there.erased_at}: what was erased does not come back.`);
  if (there)
    throw new StartupError(`${tenant.slug} is in this database: a restore never writes over a tenant that is there.`);
  const [claimed] = await ask('select 1 from tenant where entra_tid = $1', [registry.entra_tid]);
  if (claimed)
    throw new StartupError(
      `Another tenant of this database has the directory ${registry.entra_tid}: it is one tenant's.`,
    );
}

async function putRegistryRow(ask: Ask, { tenant, registry }: Manifest): Promise<void> {
  if (registry.tenant_id !== tenant.id) throw new StartupError('The manifest names two tenants.');
  const columns = Object.keys(registry)
    .map((name) => `"${name.replaceAll('"', '""')}"`)
    .join(', ');
  await ask(`insert into tenant (${columns}) select ${columns} from json_populate_record(null::tenant, $1::json)`, [
    JSON.stringify(registry),
  ]);
}

async function begin(ask: Ask, manifest: Manifest, account: string): Promise<Restored> {
  const { id } = manifest.tenant;
  const send = ({ text, values }: Statement): Promise<Record<string, unknown>[]> => ask(text, [id, ...values]);
  const answer = async <T>(query: Query<T>): Promise<T> => query.read(await send(query));
  const parked = await answer(lockUndone());
  const epoch = (await answer(epochOf())) + 1;
  await send(nextEpoch());
  await send(parkUndone());
  await send(listUnmailed());
  await send(
    appendToLedger({
      id: newId(),
      at: await answer(databaseClock.now()),
      actor: operatorActor(id, account),
      action: 'restoreTenant',
      outcome: LedgerOutcome.DONE,
      subject: { type: 'Tenant', id },
      body: { epoch, parked, exportDigest: digestOf(manifest), exportedAt: manifest.at },
      sources: [],
    }),
  );
  return { manifest, parked, epoch };
}

/** A document that is there already is left alone when it is the same, and never written over when it is not. */
async function putDocuments({ documents }: Manifest, folder: string, target: string): Promise<void> {
  const there = new Set(await filesUnder(target));
  for (const { path, sha256 } of documents) {
    const place = join(target, path);
    const { sha256: put } = there.has(path)
      ? await fileTally(place)
      : await copyWhole(join(folder, documentFile(path)), place);
    if (put !== sha256)
      throw new StartupError(`${place} is there with other content: move it away, then restore again.`);
  }
}
