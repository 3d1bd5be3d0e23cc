// A PostgreSQL of a benchmark's own with everything that runs on it: in a temporary folder, which is a data root as the
// product's own (keys beside the data), and gone when it is closed. What a killed run left is removed by the next one.
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { pino } from 'pino';
import { load, root } from './product.mjs';

const { startEmbeddedPostgres } = await load('src/sandbox/postgres/index');
const { migrateUp } = await load('src/cli/database');
const { parseConfigurationFile } = await load('src/catalogue/configuration-file');
const { provisionTenant } = await load('src/catalogue/tenant.provision');
const { systemActor } = await load('src/core/actor');
const { databaseClock } = await load('src/core/clock');
const { Gateway } = await load('src/core/gateway');
const { newId } = await load('src/core/id');
const { openKeyRing } = await load('src/core/key-files');
const { openLedgerKeys } = await load('src/core/ledger/key-files');
const { Sealer } = await load('src/core/ledger/sealer');
const { Pipeline } = await load('src/core/pipeline');
const { Vault } = await load('src/core/vault');
const { refreshActor } = await load('src/identity/actor.queries');
const { ABILITIES } = await load('src/abilities');

/** What a machine of a benchmark can spare, whatever its size: the data of 100,000 handoffs do not fit into it. */
const SETTINGS = {
  shared_buffers: '512MB',
  max_wal_size: '8GB',
  maintenance_work_mem: '256MB',
  max_connections: '200',
};

const PREFIX = 'countersign-bench-';

/** A new folder that PostgreSQL's user may pass, named by this process. */
export function temporaryFolder() {
  removeLeftovers();
  const folder = mkdtempSync(join(tmpdir(), `${PREFIX}${process.pid}-`));
  chmodSync(folder, 0o711);
  return folder;
}

/** A folder whose process has gone, and whose PostgreSQL has too, belongs to nobody. */
function removeLeftovers() {
  for (const name of readdirSync(tmpdir())) {
    const pid = new RegExp(`^${PREFIX}(\\d+)-`).exec(name)?.[1];
    if (pid === undefined || isAlive(Number(pid))) continue;
    const folder = join(tmpdir(), name);
    if (!isAlive(postmasterOf(folder))) rmSync(folder, { recursive: true, force: true });
  }
}

function postmasterOf(folder) {
  try {
    return Number(readFileSync(join(folder, 'postgres', 'data', 'postmaster.pid'), 'utf8').split('\n')[0]);
  } catch {
    return 0;
  }
}

function isAlive(pid) {
  if (pid === 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

/**
 * Starts PostgreSQL on a folder (a new one by default) and brings its schema up to date. Answers:
 * - `folder`: the data root, with `keys/kek` and `keys/ledger.pem`; the product's configuration may name it;
 * - `appUrl`, `ownerUrl`, `superuserUrl`: the same database for the application, for the owner of the tables, and for a
 *   superuser, whom no row security binds;
 * - `gateway(options)`, `pipeline(gateway)`, `sealer(gateway, tenantIds)`: what runs on it; gateways are ended by `close`;
 * - `asSuperuser(work)`: work with a client that sees all tenants;
 * - `provision(index)`: makes a tenant as in tenants/northwind-managed.yaml with keys of its own; see dataset.mjs;
 * - `close()`: stops everything and removes the folder; it also happens on SIGINT and SIGTERM;
 * - `keep()`: stops everything and answers where the data stand, for whoever wants to keep them.
 */
export async function openCluster({ folder = temporaryFolder(), settings = {}, log = () => undefined } = {}) {
  const server = await startEmbeddedPostgres({
    dataRoot: folder,
    projectRoot: root,
    settings: { ...SETTINGS, ...settings },
  });
  const silent = pino({ level: 'silent' });
  const vault = new Vault(openKeyRing({ files: [join(folder, 'keys', 'kek')], make: true }));
  const [ledgerKey] = openLedgerKeys({ files: [join(folder, 'keys', 'ledger.pem')], make: true });
  const superuserUrl = Object.assign(new URL(server.superuserUrl), { pathname: new URL(server.appUrl).pathname }).href;
  const gateways = new Set();

  let stopped = null;
  const stop = () => (stopped ??= Promise.all([...gateways].map((gateway) => gateway.end())).then(() => server.stop()));
  const onSignal = (signal) => void close().finally(() => process.exit(signal === 'SIGINT' ? 130 : 143));
  process.once('SIGINT', onSignal);
  process.once('SIGTERM', onSignal);
  const keep = async () => {
    await stop();
    process.off('SIGINT', onSignal);
    process.off('SIGTERM', onSignal);
    return server.dataDirectory;
  };
  const close = async () => {
    await keep();
    rmSync(folder, { recursive: true, force: true });
  };

  const cluster = {
    folder,
    version: server.version,
    port: server.port,
    dataDirectory: server.dataDirectory,
    appUrl: server.appUrl,
    ownerUrl: server.ownerUrl,
    superuserUrl,
    vault,
    gateway: (options = {}) => {
      const gateway = new Gateway({ url: server.appUrl, poolSize: 10, prepare: true, ...options });
      gateways.add(gateway);
      return gateway;
    },
    pipeline: (gateway, options = {}) =>
      new Pipeline({
        gateway,
        clock: databaseClock,
        abilities: ABILITIES,
        refresh: refreshActor,
        vault,
        log: silent,
        ...options,
      }),
    sealer: (gateway, tenantIds) =>
      new Sealer({ gateway, key: ledgerKey, tenants: async () => tenantIds, log: silent }),
    asSuperuser: async (work) => {
      const client = new pg.Client({ connectionString: superuserUrl });
      await client.connect();
      try {
        return await work(client);
      } finally {
        await client.end();
      }
    },
    provision: (pipeline, index = 0) => provision(pipeline, index),
    keep,
    close,
  };
  try {
    const applied = await migrateUp({ applicationUrl: server.appUrl, ownerUrl: server.ownerUrl });
    if (applied.length > 0) log(`applied ${applied.length} migrations`);
    return cluster;
  } catch (error) {
    await close();
    throw error;
  }
}

const sample = readFileSync(join(root, 'tenants', 'northwind-managed.yaml'), 'utf8');

/**
 * A tenant as in tenants/northwind-managed.yaml, with keys of its own and the slug `bench-<index>`: what the benchmarks need to
 * know of it. An account without an issuer is one of the tenant's own Entra directory.
 */
async function provision(pipeline, index) {
  const configuration = structuredClone(parseConfigurationFile(sample).configuration);
  Object.assign(configuration.tenant, { id: newId(), entraTid: newId(), slug: `bench-${index}` });
  for (const person of configuration.people) {
    person.id = newId();
    person.accounts = person.accounts.map((account) => ({ ...account, oid: newId() }));
  }
  const { id, entraTid, slug } = configuration.tenant;
  await pipeline.run(
    systemActor(id, 'bench'),
    provisionTenant,
    { configuration },
    { idempotencyKey: null, path: 'bench' },
  );
  const people = configuration.people.map(({ id: personId, key, roles, accounts }) => ({
    id: personId,
    key,
    roles,
    oid: accounts[0].oid,
    issuer: accounts[0].issuer ?? null,
  }));
  return { id, index, slug, entraTid, people };
}
