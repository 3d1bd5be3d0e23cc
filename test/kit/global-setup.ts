import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../src/sandbox/postgres/index.js';

declare global {
  var countersignTestCluster: { server: EmbeddedPostgres; folder: string } | undefined;
}

/** One real PostgreSQL for a whole run; every test file makes its own database in it. */
export default async function setup(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'countersign-test-'));
  // PostgreSQL runs as another user when the tests run as root: it must be able to pass, so that its data stay in here.
  chmodSync(folder, 0o711);
  const packageDir = process.env.TEST_POSTGRES_PACKAGE ? resolve(process.env.TEST_POSTGRES_PACKAGE) : undefined;
  const server = await startEmbeddedPostgres({
    dataRoot: folder,
    projectRoot: resolve('.'),
    ...(packageDir ? { packageDir } : {}),
    settings: { max_connections: '200' },
  });
  const file = join(folder, 'cluster.json');
  const { ownerUrl, appUrl, superuserUrl } = server;
  writeFileSync(file, JSON.stringify({ ownerUrl, appUrl, superuserUrl }));
  process.env.COUNTERSIGN_TEST_CLUSTER = file;
  globalThis.countersignTestCluster = { server, folder };
}

/** Stops it and removes its data. */
export async function teardown(): Promise<void> {
  const cluster = globalThis.countersignTestCluster;
  if (!cluster) return;
  await cluster.server.stop();
  rmSync(cluster.folder, { recursive: true, force: true });
}
