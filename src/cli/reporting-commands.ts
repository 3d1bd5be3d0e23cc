import type { Command } from 'commander';
import { readConfig } from '../core/config.js';
import { Gateway } from '../core/gateway.js';
import { TenantRegistry } from '../identity/registry.js';
import { checkReporting } from '../reporting/check.js';
import { Reporter } from '../reporting/reporter.js';
import { assertMigrated, borrowDatabase } from './database.js';
import { findTenant } from './find-tenant.js';
import { projectRoot } from './project-root.js';
import { stopSignal, unlessStopped } from './stop-signal.js';

interface Options {
  readonly tenant?: string;
}

/** Differences that are printed one by one; of more the number is enough. */
const MOST_LINES = 100;

/** `reporting rebuild`, `reporting check`. */
export function registerReportingCommands(program: Command): void {
  const reporting = program.command('reporting').description('The facts and dimensions that reports read.');
  reporting
    .command('rebuild')
    .option('--tenant <tenant>', 'its slug or id; every tenant when left out')
    .description('Projects everything anew from the records; readers see the old rows until the new ones are there.')
    .action((options: Options) => eachTenant(options, rebuild));
  reporting
    .command('check')
    .option('--tenant <tenant>', 'its slug or id; every tenant when left out')
    .description('Compares every row with a new projection. Exit code 0 the same, 1 something differs.')
    .action((options: Options) => eachTenant(options, check));
}

async function rebuild(gateway: Gateway, tenantId: string): Promise<void> {
  const started = performance.now();
  const handoffs = await new Reporter(gateway).rebuild(tenantId);
  console.log(`${tenantId}: ${handoffs} handoffs in ${Math.ceil((performance.now() - started) / 1000)} s.`);
}

async function check(gateway: Gateway, tenantId: string): Promise<void> {
  const { isBuilt, handoffs, waiting, differences } = await checkReporting(gateway, tenantId);
  for (const { table, key, kind, columns } of differences.slice(0, MOST_LINES))
    console.log([`${tenantId}: ${table} ${key}: ${kind}`, columns.join(', ')].join(' ').trim());
  if (isBuilt) {
    const later = waiting > 0 ? `, ${waiting} left out since they have just changed` : '';
    console.log(`${tenantId}: ${handoffs} handoffs compared${later}; ${differences.length} rows differ.`);
  } else {
    console.log(`${tenantId}: not built yet: run \`countersign reporting rebuild\`, or let a worker do it.`);
  }
  if (!isBuilt || differences.length > 0) process.exitCode = 1;
}

async function eachTenant(
  { tenant }: Options,
  work: (gateway: Gateway, tenantId: string) => Promise<void>,
): Promise<void> {
  const root = projectRoot();
  const stop = stopSignal();
  const database = await borrowDatabase(readConfig(process.env, root), root);
  const gateway = new Gateway({ url: database.applicationUrl, poolSize: 1, prepare: true });
  const all = async (): Promise<void> => {
    await assertMigrated(database);
    const tenants = tenant
      ? [await findTenant(gateway, tenant)]
      : (await new TenantRegistry(gateway).all()).map(({ tenantId }) => tenantId);
    for (const tenantId of tenants) await work(gateway, tenantId);
  };
  try {
    await unlessStopped(all(), stop);
  } finally {
    await gateway.end();
    await database.release();
  }
}
