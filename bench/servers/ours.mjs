// Countersign's own API process, with the settings of production: sign-in by tokens, trusted documents, limits, ledger, log.
// A variant leaves one thing out, to ask what it costs; none of them is a setting of the product.
import 'reflect-metadata';
import { mkdirSync } from 'node:fs';
import { register } from 'node:module';
import { join } from 'node:path';
import pg from 'pg';
import { announce, settings } from './child.mjs';
import { recorderOf } from './recorder.mjs';

const { root, folder, variant, databaseUrl, environment, operationsFolder } = settings;
if (variant === 'abilities-off') register('./without-abilities.mjs', import.meta.url);
const recorder = recorderOf(pg);
// After the recorder, which then sees what is really sent.
if (variant === 'tenancy-off') leaveTenantOut();

const load = (path) => import(join(root, 'dist', `${path}.js`));
const { createApp } = await load('src/app');
const { readConfig } = await load('src/core/config');
const { tuneHeap } = await load('src/core/heap');
const { createLog } = await load('src/core/log');

tuneHeap();
mkdirSync(folder, { recursive: true });
const config = readConfig({ ...environment, DATABASE_URL: databaseUrl, COUNTERSIGN_DATA: folder }, root);
let address = '';
const app = await createApp({
  config,
  databaseUrl,
  // A line a request, as in production; the parent leads standard output nowhere.
  log: createLog(config.logLevel),
  operationsFolder,
  queriesBy: variant === 'compile-off' ? 'RESOLVERS' : 'STATEMENTS',
  ownAddress: () => address,
});
address = await app.listener.listen({ port: 0, host: '127.0.0.1' });
announce(`${address}/graphql`, recorder);

/** Drops the statement that names the tenant before it is sent: the role that this variant runs as needs none. */
function leaveTenantOut() {
  const { query } = pg.Client.prototype;
  pg.Client.prototype.query = function withoutTenant(config, ...rest) {
    const at = config.statements?.findIndex(({ text }) => text.startsWith('set local app.tenant_id')) ?? -1;
    if (at !== -1) {
      const { done } = config;
      config.statements = config.statements.toSpliced(at, 1);
      config.done = (results) => done(results.toSpliced(at, 0, { rows: [], rowCount: 0, command: 'SET' }));
    }
    return query.call(this, config, ...rest);
  };
}
