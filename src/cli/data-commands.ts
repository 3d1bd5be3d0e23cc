import type { Command } from 'commander';
import { readFileSync } from 'node:fs';
import { readConfig } from '../core/config.js';
import { StartupError } from '../core/startup-error.js';
import { requestSandboxToken, SandboxTokenError } from '../sandbox/identity/client.js';
import { serverAddress } from './address.js';
import { borrowDatabase, type Database, migrateDown, migrateUp, pendingMigrations } from './database.js';
import { distributionScript, migrateDistributed } from './distribute.js';
import { GraphQLClient } from './graphql-client.js';
import { projectRoot } from './project-root.js';
import { stopSignal, unlessStopped } from './stop-signal.js';
import { registerTenantLife } from './tenant-life.js';
import { type ApplyOptions, applyTenant, diffTenant, setTenantState, validateTenants } from './tenants.js';

/** `migrate`, `tenants`, `token`, `import`: what works on data. */
export function registerDataCommands(program: Command): void {
  const migrate = program
    .command('migrate')
    .description('The database schema.')
    .option('--distributed', 'runs what is pending, then spreads every tenant table over a Citus cluster')
    .option('--print', 'with --distributed: prints the SQL that would spread them, and changes nothing')
    .action((options: { distributed?: boolean; print?: boolean }) => {
      if (!options.distributed) return migrate.help({ error: true });
      return withDatabase(async (database) => {
        if (options.print) console.log(await distributionScript(database));
        else console.log((await migrateDistributed(database)).join('\n') || 'Everything is distributed.');
      });
    });
  migrate
    .command('up')
    .description('Runs what is pending.')
    .action(() =>
      withDatabase(async (database) => {
        const names = await migrateUp(database);
        console.log(names.length === 0 ? 'Nothing was pending.' : names.join('\n'));
      }),
    );
  migrate
    .command('down')
    .description('Undoes the last migration; refuses over a ledger that is not empty.')
    .action(() =>
      withDatabase(async (database) => {
        const name = await migrateDown(database);
        console.log(name ? `${name} was undone.` : 'There is no migration to undo.');
      }),
    );
  migrate
    .command('status')
    .description('What is pending.')
    .action(() =>
      withDatabase(async (database) => {
        const names = await pendingMigrations(database);
        console.log(
          names.length === 0
            ? 'The schema is up to date.'
            : ['Pending; `countersign migrate up` runs them:', ...names].join('\n'),
        );
      }),
    );

  const tenants = program.command('tenants').description("The tenants' configuration files.");
  tenants
    .command('validate')
    .argument('[files...]', 'files; all of tenants/ when left out')
    .description('Checks files; prints every fault with its line.')
    .action((files: string[]) => validateTenants(files));
  tenants
    .command('diff')
    .argument('<file>')
    .description('What a file would change.')
    .action((file: string) => diffTenant(file));
  tenants
    .command('apply')
    .argument('<file>')
    .option('--effective-from <instant>', 'from when it is to rule')
    .option('--as <handle>', 'the member who proposes, for a tenant that is there already')
    .description('Makes the tenant, or proposes the file as its next version.')
    .action((file: string, options: ApplyOptions) => applyTenant(file, options));
  tenants
    .command('suspend')
    .argument('<tenant-id>')
    .description('Stops every sign-in and side effect of a tenant.')
    .action((id: string) => setTenantState(id, 'SUSPENDED'));
  tenants
    .command('resume')
    .argument('<tenant-id>')
    .description('Lets a suspended or closed tenant work again.')
    .action((id: string) => setTenantState(id, 'ACTIVE'));
  registerTenantLife(tenants);

  program
    .command('token')
    .argument('<person>', 'such as sofia.sales@northwind-managed')
    .option('--auth-age <seconds>', 'as if signed in so long ago')
    .description('Prints a token for a sample person of the running sandbox.')
    .action(async (person: string, options: { authAge?: string }) => {
      console.log(await sandboxToken(person, options.authAge ? Number(options.authAge) : undefined));
    });

  const importing = program.command('import').description('Brings deals in.');
  importing
    .command('halopsa')
    .argument('<file>', "an opportunity with its quotation, HaloPSA's own JSON")
    .requiredOption('--as <person>', 'who imports, such as sofia.sales@northwind-managed')
    .option('--service-template <key>')
    .option('--deal-type <type>')
    .description('Imports a HaloPSA opportunity into the running server.')
    .action(importHaloPsa);
}

async function withDatabase(work: (database: Database) => Promise<void>): Promise<void> {
  const root = projectRoot();
  const stop = stopSignal();
  const database = await borrowDatabase(readConfig(process.env, root), root);
  try {
    await unlessStopped(work(database), stop);
  } finally {
    await database.release();
  }
}

async function sandboxToken(person: string, authAgeSeconds?: number): Promise<string> {
  try {
    const { accessToken } = await requestSandboxToken(
      serverAddress(),
      person,
      authAgeSeconds === undefined ? {} : { authAgeSeconds },
    );
    return accessToken;
  } catch (error) {
    if (error instanceof SandboxTokenError) throw new StartupError(error.message);
    throw error;
  }
}

async function importHaloPsa(
  file: string,
  options: { as: string; serviceTemplate?: string; dealType?: string },
): Promise<void> {
  let payload: string;
  try {
    payload = readFileSync(file, 'utf8');
  } catch {
    throw new StartupError(`${file} cannot be read.`);
  }
  const client = new GraphQLClient(serverAddress(), await sandboxToken(options.as));
  const input = { payload, serviceTemplate: options.serviceTemplate ?? null, dealType: options.dealType ?? null };
  const { data, errors } = await client.send(
    readFileSync(`${projectRoot()}/schema/operations/import-deal.graphql`, 'utf8'),
    { input },
  );
  console.log(JSON.stringify(data ?? errors, null, 2));
  const result = (data as { importDeal?: { __typename: string } } | null)?.importDeal;
  if (!result || result.__typename === 'Refused') process.exitCode = 1;
}
