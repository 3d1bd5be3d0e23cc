import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { DataSource } from 'typeorm';
import { databaseClock } from '../core/clock.js';
import { StartupError } from '../core/startup-error.js';
import { readTenant, registryRow } from './export.js';
import { digestOf, type Manifest, readExport } from './manifest.js';
import { type Ask, asOwnerOf } from './owner.js';
import { readRows } from './rows.js';
import { type TenantTable, tenantTables } from './tables.js';

export interface EraseOptions {
  readonly owner: DataSource;
  readonly slug: string;
  /** The folder of the export that was made after the tenant was closed. */
  readonly folder: string;
  readonly documentsFolder: string;
}

/**
 * What is different now from what was exported, by table; nothing when the export is complete. The sealer's own
 * housekeeping is no difference: it sends the last checkpoint away when its minute has come, also of a closed tenant.
 */
export async function differences(owner: DataSource, manifest: Manifest): Promise<string[]> {
  const { id } = manifest.tenant;
  const sentAway = `t.kind = 'ledger.checkpoint' and t.created_at > '${new Date(manifest.at).toISOString()}'`;
  const state = await readTenant(owner, id, (ask, table) =>
    readRows(ask, id, table, undefined, table.name === 'outbox_effect' ? sentAway : undefined),
  );
  const exported = new Map(manifest.tables.map((table) => [table.name, table.sha256]));
  const isSameRow = JSON.stringify(state.registry) === JSON.stringify(manifest.registry);
  const changed = state.tables.filter(({ name, sha256 }) => name !== 'ledger_head' && exported.get(name) !== sha256);
  return [...(isSameRow ? [] : ['tenant']), ...changed.map(({ name }) => name)];
}

/**
 * Erases a closed tenant for good. The export is checked, file by file and against the database, so that nothing is lost
 * that was not handed over. Then, each step committed before the next: the keys of personal data are destroyed and the
 * tenant is ERASING, from where there is no way back; every table's rows go, those that refer before those that are
 * referred to; the documents go; of the registry's row a tombstone stays. Ended half-way, run it again: it goes on.
 * @throws StartupError for a tenant that is not closed, and an export that is not complete.
 */
export async function eraseTenant(options: EraseOptions): Promise<Manifest> {
  const { owner, slug, folder, documentsFolder } = options;
  const manifest = await readExport(folder);
  const { id: tenantId } = manifest.tenant;
  if (manifest.tenant.slug !== slug)
    throw new StartupError(`The export in ${folder} is of ${manifest.tenant.slug}, not of ${slug}.`);
  const state = await asOwnerOf(owner, tenantId, '', async (ask) => (await registryRow(ask, tenantId))?.state);
  if (state !== 'ERASING' && state !== 'ERASED') await begin(owner, manifest, state ?? null);
  if (state !== 'ERASED') {
    const tables = (await asOwnerOf(owner, tenantId, '', tenantTables)).toReversed();
    for (const table of tables) await asOwnerOf(owner, tenantId, '', (ask) => empty(ask, tenantId, table));
  }
  await rm(join(documentsFolder, tenantId), { recursive: true, force: true });
  if (state !== 'ERASED') await asOwnerOf(owner, tenantId, '', (ask) => bury(ask, tenantId));
  return manifest;
}

async function begin(owner: DataSource, manifest: Manifest, state: string | null): Promise<void> {
  const { id: tenantId, slug } = manifest.tenant;
  if (state === null) throw new StartupError(`${slug} is not in this database.`);
  if (state !== 'CLOSED')
    throw new StartupError(
      `${slug} is ${state}: only a closed tenant is erased; run \`countersign tenants offboard\`.`,
    );
  const changed = await differences(owner, manifest);
  if (changed.length > 0)
    throw new StartupError(
      `${slug} has changed since that export (${changed.join(', ')}): export it again, so that nothing is lost.`,
    );
  await asOwnerOf(owner, tenantId, '', async (ask) => {
    const held = await ask<{ state: string }>('select state from tenant where tenant_id = $1 for update', [tenantId]);
    if (held[0]?.state !== 'CLOSED')
      throw new StartupError(`${slug} is ${held[0]?.state} meanwhile: nothing was erased.`);
    const clock = databaseClock.now();
    const now = clock.read(await ask(clock.text, [tenantId, ...clock.values]));
    await ask(
      'update personal_key set wrapped = null, kek_id = null, destroyed_at = $2 where tenant_id = $1 and wrapped is not null',
      [tenantId, now],
    );
    await ask(
      `update tenant set state = 'ERASING', export_digest = $2, checkpoint_digest = (
         select encode(sha256(convert_to(c.note, 'UTF8')), 'hex') from ledger_checkpoint c
         where c.tenant_id = $1 order by c.size desc limit 1)
       where tenant_id = $1`,
      [tenantId, digestOf(manifest)],
    );
  });
}

async function empty(ask: Ask, tenantId: string, { name }: TenantTable): Promise<void> {
  await ask(`delete from "${name}" where tenant_id = $1`, [tenantId]);
}

/** Under the registry row's lock, which every new row of the tenant would have to wait for. */
async function bury(ask: Ask, tenantId: string): Promise<void> {
  await ask('select 1 from tenant where tenant_id = $1 for update', [tenantId]);
  for (const table of (await tenantTables(ask)).toReversed()) await empty(ask, tenantId, table);
  const clock = databaseClock.now();
  const now = clock.read(await ask(clock.text, [tenantId, ...clock.values]));
  await ask("update tenant set state = 'ERASED', entra_tid = null, erased_at = $2 where tenant_id = $1", [
    tenantId,
    now,
  ]);
}
