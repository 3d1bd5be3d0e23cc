// The data that the benchmarks share: tenants with a seeded year of handoffs (test/kit/year), made once and kept under
// .countersign/bench (or the folder that BENCH_DATA names); every run works on a copy of its own, which is gone afterwards.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { seedYear } from '../../test/kit/year/seed.mjs';
import { openCluster, temporaryFolder } from './cluster.mjs';
import { root } from './product.mjs';

/** Raised when this file makes other data from the same sources. */
const FORMAT = 1;

/** Nothing of the year has happened after this instant. */
export const AS_OF = new Date('2026-12-29T15:30:00.000Z');

/** What tenant number `index` is seeded with, save the handoffs; a later call of seedYear may go on where this one ended. */
export const yearOf = (tenant) => ({
  tenantId: tenant.id,
  seed: 100 + tenant.index,
  zone: 'Europe/London',
  currency: 'GBP',
  foreignCurrency: 'EUR',
  from: new Date('2026-01-01T00:00:00.000Z'),
  to: new Date('2026-12-20T00:00:00.000Z'),
  asOf: AS_OF,
});

const digestOf = (files) => {
  const hash = createHash('sha256').update(`${FORMAT}`);
  for (const file of files) hash.update(`\0${file}\0`).update(readFileSync(join(root, file)));
  return hash.digest('hex');
};

const filesIn = (folder, pattern) =>
  readdirSync(join(root, folder))
    .filter((name) => pattern.test(name))
    .toSorted()
    .map((name) => `${folder}/${name}`);

/** The migrations by name with the digest of each. */
const migrations = () =>
  Object.fromEntries(filesIn('migrations', /^\d{4}-.*\.ts$/).map((file) => [file, digestOf([file])]));

const folderOf = (handoffs, tenants) => {
  const sources = [...filesIn('test/kit/year', /^(\d.*\.sql|seed\.mjs)$/), 'tenants/northwind-managed.yaml'];
  const home = process.env.BENCH_DATA ?? join(root, '.countersign', 'bench');
  return join(home, `${handoffs}x${tenants}-${digestOf(sources).slice(0, 12)}`);
};

/**
 * Kept data can be used while every migration that made them is as it was: newer ones are applied to the copy. Null when
 * they cannot, or when there are none.
 */
function keptIn(folder) {
  const file = join(folder, 'dataset.json');
  if (!existsSync(file)) return null;
  const kept = JSON.parse(readFileSync(file, 'utf8'));
  const present = migrations();
  return Object.entries(kept.migrations).every(([name, digest]) => present[name] === digest) ? kept : null;
}

/** Copies or moves a folder with owners and modes, which PostgreSQL insists on and Node's own functions do not keep. */
function run(program, ...args) {
  const { status, stderr } = spawnSync(program, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${program} ${args.join(' ')}: ${stderr.trim()}`);
}

/** Tenants that are seeded at the same time. */
const AT_ONCE = 2;

/** Works on every item, so many at a time. */
export async function eachOf(items, most, work) {
  const left = [...items];
  const lane = async () => {
    for (let item = left.shift(); item; item = left.shift()) await work(item);
  };
  await Promise.all(Array.from({ length: most }, lane));
}

const seconds = (since) => Math.round((performance.now() - since) / 100) / 10;

/**
 * A running copy of the dataset: what openCluster answers (cluster.mjs), and
 * - `tenants`: each with `id`, `index`, `slug`, `entraTid`, and `people` with `id`, `key`, `roles` and the account that they
 *   sign in by (`oid`, and `issuer`: null for the tenant's own Entra directory);
 * - `handoffs` in all, `each` of a tenant, and `made`: the seconds that seeding and sealing took when it was made.
 * The ledger is sealed; the reporting model is empty. `log` is told a line of each step; `settings` are PostgreSQL's.
 */
export async function openDataset({ handoffs, tenants, log = () => undefined, settings = {} }) {
  const folder = folderOf(handoffs, tenants);
  if (!keptIn(folder)) await make(folder, { handoffs, tenants, log });
  const { tenants: made, each, seedSeconds, sealSeconds } = keptIn(folder);
  const copy = temporaryFolder();
  const started = performance.now();
  try {
    run('cp', '-Rp', join(folder, 'postgres'), join(folder, 'keys'), copy);
  } catch (error) {
    rmSync(copy, { recursive: true, force: true });
    throw error;
  }
  log(`copied ${each * tenants} handoffs of ${tenants} tenants in ${seconds(started)} s`);
  const cluster = await openCluster({ folder: copy, settings, log });
  return { ...cluster, tenants: made, handoffs: each * tenants, each, made: { seedSeconds, sealSeconds } };
}

/** Makes the data beside their place and puts them there whole. */
async function make(folder, { handoffs, tenants, log }) {
  const each = Math.ceil(handoffs / tenants);
  const madeBy = migrations();
  log(`making ${each * tenants} handoffs of ${tenants} tenants; they are kept in ${folder}`);
  const cluster = await openCluster({ log });
  try {
    const gateway = cluster.gateway();
    const pipeline = cluster.pipeline(gateway);
    const made = [];
    const seeding = performance.now();
    for (let index = 0; index < tenants; index++) made.push(await cluster.provision(pipeline, index));
    let seeded = 0;
    await eachOf(made, AT_ONCE, async (tenant) => {
      await seedYear(cluster.ownerUrl, { ...yearOf(tenant), handoffs: each });
      log(`seeded tenant ${(seeded += 1)} of ${tenants}, ${seconds(seeding)} s`);
    });
    await cluster.asSuperuser((client) => client.query('vacuum analyze'));
    const seedSeconds = seconds(seeding);
    const sealing = performance.now();
    const sealer = cluster.sealer(
      gateway,
      made.map(({ id }) => id),
    );
    for (const { id } of made) await sealer.cover(id);
    await cluster.asSuperuser((client) => client.query('vacuum analyze'));
    const sealSeconds = seconds(sealing);
    log(`seeded in ${seedSeconds} s, sealed their ledgers in ${sealSeconds} s`);
    const data = await cluster.keep();
    const draft = `${folder}.${process.pid}`;
    mkdirSync(join(draft, 'postgres'), { recursive: true, mode: 0o711 });
    run('mv', data, join(draft, 'postgres', 'data'));
    run('cp', '-Rp', join(cluster.folder, 'postgres', 'credentials.json'), join(draft, 'postgres'));
    run('cp', '-Rp', join(cluster.folder, 'keys'), draft);
    const kept = { migrations: madeBy, tenants: made, each, seedSeconds, sealSeconds };
    writeFileSync(join(draft, 'dataset.json'), JSON.stringify(kept, null, 2));
    rmSync(folder, { recursive: true, force: true });
    renameSync(draft, folder);
  } finally {
    await cluster.close();
  }
}
