import { join } from 'node:path';
import type { Logger } from 'pino';
import { createApp, type App } from '../app.js';
import { type Config, withAddress } from '../core/config.js';
import { createLog } from '../core/log.js';
import { StartupError } from '../core/startup-error.js';
import { mountMetrics, openMetricsListener } from '../core/telemetry/metrics-endpoint.js';
import { openTelemetry } from '../core/telemetry/open.js';
import { connectSamples } from '../sandbox/connections/connect.js';
import type { SampleState } from '../sandbox/connections/sample-connection.js';
import { standingOf } from '../sandbox/connections/standing.js';
import { noteAddress } from './address.js';
import { assertMigrated, type Database, migrateUp, openDatabase } from './database.js';
import { type MountedSandbox, mountSandbox } from './sandbox-mount.js';
import { provision, readTenantFolder, type TenantFile } from './tenant-files.js';
import { startWorker } from './worker.js';

export interface Running {
  readonly address: string;
  readonly app: App;
  readonly database: Database;
  stop(): Promise<void>;
}

export interface RunOptions {
  readonly config: Config;
  readonly root: string;
  readonly log?: Logger;
  /** Which parts run in this process. */
  readonly api: boolean;
  readonly worker: boolean;
  /** A fresh clone's start migrates and loads tenants/*.yaml; `serve` and `worker` alone expect it done. */
  readonly prepare: boolean;
  readonly say?: (line: string) => void;
  /** Aborted when the process is to stop: a start half-way is undone. */
  readonly stop: AbortSignal;
}

/** Starts what was asked for, in order, and undoes it in reverse when a step fails. */
export async function run(options: RunOptions): Promise<Running> {
  const { config, root, stop: halt, say = () => undefined } = options;
  const log = options.log ?? createLog(config.logLevel);
  const undo: (() => Promise<void>)[] = [];
  const stop = async (): Promise<void> => {
    for (const step of undo.splice(0).toReversed()) await step();
  };
  try {
    const database = await openDatabase(config, root);
    undo.push(() => database.release());
    halt.throwIfAborted();
    say(`Database    ${database.label}`);
    if (options.prepare) await migrateUp(database);
    else await assertMigrated(database);
    halt.throwIfAborted();
    let address = '';
    const { telemetry, scrape } = await openTelemetry(config.telemetry, log);
    undo.push(() => telemetry.close());
    const app = await createApp({
      telemetry,
      config,
      databaseUrl: database.applicationUrl,
      readsReplica: options.api && !options.worker,
      log,
      operationsFolder: join(root, 'schema/operations'),
      ownAddress: () => address,
    });
    undo.push(() => app.close());
    await assertUsable(app);
    const files = options.prepare ? readTenantFolder(join(root, 'tenants')) : [];
    for (const file of files) await provision(app, file);
    let sandbox: MountedSandbox | null = null;
    if (config.identity.kind === 'sandbox' && options.api) {
      assertLoopback(config.host);
      sandbox = await mountSandbox(app, config, root, () => address);
    }
    if (config.identity.kind === 'sandbox' && options.api && config.database.kind === 'external')
      log.warn('No identity provider is configured: the sandbox gives whoever asks a token for anybody.');
    const metrics = config.telemetry.metrics;
    if (scrape && metrics) {
      if (metrics.port !== null) {
        const { port } = metrics;
        const endpoint = await openMetricsListener({ ...metrics, port }, scrape, log);
        undo.push(endpoint.close);
        say(`Metrics     ${endpoint.address}/metrics`);
      } else if (options.api) mountMetrics(app.listener, { scrape, token: metrics.token });
      else
        log.warn(
          'METRICS_TOKEN is set without METRICS_PORT: this process has no listener, so its metrics are nowhere.',
        );
    }
    if (options.api) {
      address = await listen(app, config);
      if (config.identity.kind === 'sandbox') undo.push(noteAddress(config.dataRoot, address));
      say(`API         ${address}/graphql`);
    }
    const samples =
      sandbox && config.sampleConnections && options.worker
        ? await connectSampleTenants(app, sandbox, address, files, log)
        : [];
    if (options.worker) {
      const places = { listenUrl: config.changesUrl ?? database.applicationUrl, ownAddress: address };
      const worker = await startWorker(app, withAddress(config, address), places, log, telemetry);
      undo.push(() => worker.stop());
      say('Worker      running');
    }
    for (const line of await standingOf(app.gateway, samples, halt)) say(`Connected   ${line}`);
    halt.throwIfAborted();
    return { address, app, database, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** A sandbox that could not be wired still runs: whoever tries it is told, and may connect by hand. */
async function connectSampleTenants(
  { gateway, pipeline }: App,
  sandbox: MountedSandbox,
  origin: string,
  files: readonly TenantFile[],
  log: Logger,
): Promise<SampleState[]> {
  try {
    const configurations = files.map(({ parsed }) => parsed.configuration);
    return await connectSamples({ gateway, pipeline, ...sandbox, origin }, configurations);
  } catch (error) {
    log.warn({ err: error }, 'the sample tenants could not be connected to the simulators');
    return [];
  }
}

/** The sandbox signs in whoever asks: it answers this machine alone. */
function assertLoopback(host: string): void {
  if (['127.0.0.1', '::1', 'localhost'].includes(host)) return;
  throw new StartupError(
    `Without an identity provider Countersign listens on this machine alone: set ENTRA_CLIENT_ID or OIDC_ISSUER, or leave HOST (${host}) out.`,
  );
}

async function listen(app: App, config: Config): Promise<string> {
  try {
    const address = await app.listener.listen({ port: config.port, host: config.host });
    return address.replace('0.0.0.0', '127.0.0.1');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EADDRINUSE')
      throw new StartupError(`Port ${config.port} is taken: stop what uses it, or set PORT to another.`);
    if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND')
      throw new StartupError(`HOST is "${config.host}": this machine has no such address to listen on.`);
    if (code === 'EACCES')
      throw new StartupError(`Port ${config.port} may not be used by this user: set PORT to one above 1023.`);
    throw error;
  }
}

/** Refuses to run with tables that are not isolated, or with a role that could see past the isolation. */
async function assertUsable(app: App): Promise<void> {
  let open: readonly Readonly<Record<string, unknown>>[];
  try {
    open = await app.gateway.global(`select c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where n.nspname = current_schema() and c.relkind in ('r', 'p') and c.relname not in ('tenant', 'migration')
        and not (c.relrowsecurity and c.relforcerowsecurity and exists (select 1 from pg_policy p where p.polrelid = c.oid))
      union all select 'role ' || rolname from pg_roles where rolname = current_user and (rolsuper or rolbypassrls)`);
  } catch (error) {
    throw new StartupError(`The database of DATABASE_URL cannot be used: ${(error as Error).message}`, {
      cause: error,
    });
  }
  const [deaf] = await app.gateway.global(`select 1 from pg_extension where extname = 'citus'
    and current_setting('citus.propagate_set_commands', true) is distinct from 'local'`);
  if (deaf)
    throw new StartupError(
      "Citus would not tell its workers the tenant: run `countersign migrate --distributed`, or set citus.propagate_set_commands to 'local' for the application's role.",
    );
  if (open.length > 0)
    throw new StartupError(
      `Tenants would not be isolated: ${open.map((row) => row.relname).join(', ')}. Countersign does not start like this.`,
    );
}
