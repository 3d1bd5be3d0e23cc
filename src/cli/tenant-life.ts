import type { Command } from 'commander';
import { readFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join, resolve } from 'node:path';
import type { DataSource } from 'typeorm';
import { operatorActor } from '../core/actor.js';
import { StartupError } from '../core/startup-error.js';
import { selectRequired } from '../core/statement.js';
import { TenantRegistry } from '../identity/registry.js';
import { TenantProfile } from '../identity/tenant.entity.js';
import { differences, eraseTenant } from '../tenant-life/erase.js';
import { exportTenant, type LedgerExport } from '../tenant-life/export.js';
import { digestOf, holdsExport, readExport } from '../tenant-life/manifest.js';
import { offboardTenant } from '../tenant-life/offboard.commands.js';
import { parkEffects } from '../tenant-life/park.commands.js';
import { restoreTenant } from '../tenant-life/restore.js';
import { asOwner, type Database } from './database.js';
import { findTenant } from './find-tenant.js';
import { exportLedgerTo } from './ledger.js';
import { type Tools, withTools } from './tenants.js';

/** `tenants export`, `restore`, `offboard`, `erase`, `park`: the operator's commands about a whole tenant. */
export function registerTenantLife(tenants: Command): void {
  tenants
    .command('export')
    .argument('<tenant>', 'its slug or id')
    .requiredOption('--out <folder>', 'a folder that is empty or not there yet')
    .description('Exports everything of a tenant: tables, documents, ledger, and a manifest with the hash of each.')
    .action((tenant: string, { out }: { out: string }) =>
      withTools(async (tools) => exportTo(tools, await knownTenant(tools, tenant), resolve(out))),
    );
  tenants
    .command('restore')
    .argument('<folder>', 'an export')
    .option('--digest <digest>', 'the digest that the export said')
    .description('Puts a tenant back into a database that does not have it; what was not sent yet is parked.')
    .action((folder: string, { digest }: { digest?: string }) => withTools((tools) => restore(tools, folder, digest)));
  tenants
    .command('offboard')
    .argument('<tenant>', 'its slug or id')
    .option('--export <folder>', 'exports the tenant once it is closed')
    .description(
      'Ends a tenant: requests withdrawn, deliveries cancelled, keys and secrets destroyed, nobody signs in.',
    )
    .action((tenant: string, options: { export?: string }) =>
      withTools((tools) => offboard(tools, tenant, options.export)),
    );
  tenants
    .command('erase')
    .argument('<slug>')
    .requiredOption('--yes <slug>', 'the slug once more')
    .requiredOption('--export <folder>', 'the export that was made after the tenant was closed')
    .description('Erases a closed tenant for good: keys, rows and documents. There is no way back.')
    .action((slug: string, options: { yes: string; export: string }) =>
      withTools((tools) => erase(tools, slug, options)),
    );
  tenants
    .command('park')
    .argument('[tenant]', 'its slug or id')
    .option('--all', 'every tenant')
    .description('After the whole database came back from a backup: what was not sent yet waits for a person.')
    .action((tenant: string | undefined, { all = false }: { all?: boolean }) =>
      withTools((tools) => park(tools, tenant, all)),
    );
}

interface Known {
  readonly tenantId: string;
  readonly slug: string;
  readonly state: string;
}

const account = (): string => userInfo().username;

async function exportTo(tools: Tools, { tenantId, slug }: Known, folder: string): Promise<void> {
  const { config, root, database, gateway } = tools;
  const { documentsFolder } = config;
  const { version: product } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
  const ledger: LedgerExport = (id, file) =>
    exportLedgerTo({ gateway, ledgerKey: config.ledgerKey, tenantId: id, period: { from: null, to: null } }, file);
  const manifest = await withOwner(database, (owner) =>
    exportTenant({ owner, tenantId, folder, documentsFolder, product, ledger }),
  );
  const rows = manifest.tables.reduce((sum, table) => sum + table.rows, 0);
  console.log(
    `${slug}: ${rows} rows of ${manifest.tables.length} tables and ${manifest.documents.length} documents in ${folder}.`,
  );
  console.log(`Digest ${digestOf(manifest)}: keep it elsewhere, and give it to restore with --digest.`);
}

async function restore({ config, database }: Tools, folder: string, digest: string | undefined): Promise<void> {
  const { manifest, parked, epoch } = await withOwner(database, (owner) =>
    restoreTenant({
      owner,
      folder: resolve(folder),
      documentsFolder: config.documentsFolder,
      account: account(),
      ...(digest === undefined ? {} : { digest }),
    }),
  );
  console.log(`${manifest.tenant.slug} is back as it was at ${manifest.at}, in epoch ${epoch}.`);
  sayParked(parked);
}

function sayParked(parked: number): void {
  console.log(
    parked === 0
      ? 'Nothing waited to be sent.'
      : `${parked} side effects are parked: review them before anything is sent.`,
  );
}

async function offboard(tools: Tools, name: string, folder: string | undefined): Promise<void> {
  const tenant = await knownTenant(tools, name);
  if (tenant.state === 'CLOSED') console.log(`${tenant.slug} is CLOSED already.`);
  else {
    const { tenantId } = tenant;
    await tools.pipeline.run(operatorActor(tenantId, account()), offboardTenant, null, {
      idempotencyKey: null,
      path: 'offboard',
    });
    console.log(`${tenant.slug} is CLOSED.`);
  }
  if (folder === undefined) return;
  const target = resolve(folder);
  if (!(await holdsExport(target))) return exportTo(tools, tenant, target);
  const manifest = await readExport(target);
  const changed =
    manifest.tenant.id === tenant.tenantId
      ? await withOwner(tools.database, (owner) => differences(owner, manifest))
      : ['another tenant'];
  if (changed.length > 0)
    throw new StartupError(
      `${target} holds an export that is not the one of now (${changed.join(', ')}): give another folder.`,
    );
  console.log(`${target} holds its complete export already.`);
}

async function erase(
  { config, database }: Tools,
  slug: string,
  options: { readonly yes: string; readonly export: string },
): Promise<void> {
  if (options.yes !== slug) throw new StartupError(`--yes ${options.yes} is not ${slug}: nothing was erased.`);
  const { documentsFolder } = config;
  await withOwner(database, (owner) => eraseTenant({ owner, slug, folder: resolve(options.export), documentsFolder }));
  console.log(`${slug} is erased. Backups of the database hold it until they lapse: see docs/tenant-life.md.`);
}

async function park(tools: Tools, name: string | undefined, all: boolean): Promise<void> {
  if (all === (name !== undefined)) throw new StartupError('Name one tenant, or all of them with --all.');
  const names =
    name === undefined ? (await new TenantRegistry(tools.gateway).all()).map((one) => one.tenantId) : [name];
  for (const one of names) {
    const { tenantId, slug } = await knownTenant(tools, one);
    await tools.pipeline.run(operatorActor(tenantId, account()), parkEffects, null, {
      idempotencyKey: null,
      path: 'park',
    });
    console.log(`${slug}: what was not sent is parked.`);
  }
}

async function knownTenant({ gateway }: Tools, name: string): Promise<Known> {
  const tenantId = await findTenant(gateway, name);
  const { profile } = await gateway.read(tenantId, { profile: selectRequired(TenantProfile, tenantId) });
  return { tenantId, slug: profile.slug, state: profile.state };
}

/** Row-level security binds the owner too, but only the owner may read and write every table. */
async function withOwner<T>(database: Database, work: (owner: DataSource) => Promise<T>): Promise<T> {
  if (!database.ownerUrl)
    throw new StartupError('DATABASE_OWNER_URL is not set: this needs the role that owns the tables.');
  return asOwner(database, work);
}
