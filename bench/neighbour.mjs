// What a neighbour's trouble costs: how long the effects of seven tenants wait while the vendor of an eighth is well, and
// while it hangs and answers 503 by turns, with 200 effects before it. node bench/neighbour.mjs [--json]: starts its own
// PostgreSQL in a temporary folder and a vendor that answers over HTTP; alternates slices; p95 over all of them.
import 'reflect-metadata';
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { pino } from 'pino';
import { build } from '../scripts/prepare.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
build();
const load = (path) => import(`../dist/${path}.js`);
const { startEmbeddedPostgres } = await load('src/sandbox/postgres/index');
const { migrateUp } = await load('src/cli/database');
const { parseConfigurationFile } = await load('src/catalogue/configuration-file');
const { provisionTenant } = await load('src/catalogue/tenant.provision');
const { systemActor } = await load('src/core/actor');
const { databaseClock } = await load('src/core/clock');
const { Gateway } = await load('src/core/gateway');
const { newId } = await load('src/core/id');
const { MemoryKeyRing, newKeyBytes } = await load('src/core/keys');
const { Dispatcher } = await load('src/core/outbox/dispatcher');
const { enqueue } = await load('src/core/outbox/message');
const { Pipeline } = await load('src/core/pipeline');
const { Vault } = await load('src/core/vault');
const { refreshActor } = await load('src/identity/identity.queries');
const { VendorHttp } = await load('src/integrations/http/client');
const { ABILITIES } = await load('src/abilities');

const TENANTS = 8;
const SLICES = 4;
const SLICE_MS = 10_000;
const EVERY_MS = 100;
const BACKLOG = 200;
const HANGS_MS = 2000;

const folder = mkdtempSync(join(tmpdir(), 'countersign-bench-'));
chmodSync(folder, 0o711);
const server = await startEmbeddedPostgres({ dataRoot: folder, projectRoot: root });
await migrateUp({ applicationUrl: server.appUrl, ownerUrl: server.ownerUrl });
const log = pino({ level: 'silent' });
const gateway = new Gateway({ url: server.appUrl, poolSize: 10, prepare: true });
const vault = new Vault(new MemoryKeyRing([newKeyBytes()]));
const pipeline = new Pipeline({
  gateway,
  clock: databaseClock,
  abilities: ABILITIES,
  refresh: refreshActor,
  vault,
  log,
});

/** A tenant as in tenants/northwind-managed.yaml; its id. */
async function tenant() {
  const { configuration } = parseConfigurationFile(readFileSync(join(root, 'tenants/northwind-managed.yaml'), 'utf8'));
  const copy = structuredClone(configuration);
  copy.tenant = { ...copy.tenant, id: newId(), entraTid: newId() };
  for (const person of copy.people) {
    person.id = newId();
    person.accounts = person.accounts.map((account) => ({ ...account, oid: newId() }));
  }
  const actor = systemActor(copy.tenant.id, 'bench');
  await pipeline.run(actor, provisionTenant, { configuration: copy }, { idempotencyKey: null, path: 'bench' });
  return copy.tenant.id;
}

const tenants = [];
for (let n = 0; n < TENANTS; n++) tenants.push(await tenant());
const [troubled, ...others] = tenants;

let isDown = false;
let answers = 0;
const vendor = createServer((request, response) => {
  answers += 1;
  request.resume();
  if (!isDown || request.headers['x-tenant'] !== troubled) response.writeHead(201).end();
  else if (answers % 2 === 0) response.writeHead(503).end();
});
await new Promise((listening) => vendor.listen(0, '127.0.0.1', listening));
const url = `http://127.0.0.1:${vendor.address().port}`;
const http = new VendorHttp({ loopback: () => [url], hosts: [] });

const asked = new Map();
let waits = [];
const dispatcher = new Dispatcher({
  gateway,
  clock: databaseClock,
  pipeline,
  handlers: {
    'bench.effect': async ({ effectKey }, { tenantId, signal }) => {
      if (tenantId !== troubled) waits.push(performance.now() - asked.get(effectKey));
      asked.delete(effectKey);
      const headers = { 'x-tenant': tenantId };
      await http.send({ vendor: 'The vendor', method: 'POST', url, json: {}, headers, signal, withinMs: HANGS_MS });
      return { receipt: 'done', writes: [] };
    },
  },
  tenants: async () => tenants,
  log,
});
dispatcher.start();

async function ask(tenantId, count = 1) {
  const aggregate = () => ({ type: 'Handoff', id: newId() });
  const messages = Array.from({ length: count }, () => {
    const effectKey = newId();
    return { kind: 'bench.effect', aggregate: aggregate(), effectKey, payload: {}, vendor: 'HALOPSA' };
  });
  const { now } = await gateway.read(tenantId, { now: databaseClock.now() });
  for (const { effectKey } of messages) asked.set(effectKey, performance.now());
  await gateway.transaction(tenantId, (tx) => tx.commit(enqueue(messages, now, newId)));
  dispatcher.wake(tenantId);
}

async function slice() {
  waits = [];
  await ask(troubled, BACKLOG);
  for (const until = performance.now() + SLICE_MS; performance.now() < until; await pause(EVERY_MS))
    await Promise.all(others.map((tenantId) => ask(tenantId)));
  return waits;
}

const p95 = (values) => values.toSorted((a, b) => a - b)[Math.ceil(values.length * 0.95) - 1];
const found = { calm: [], trouble: [] };
await pause(1000);
for (let n = 0; n < SLICES; n++) {
  isDown = false;
  found.calm.push(...(await slice()));
  isDown = true;
  found.trouble.push(...(await slice()));
}
isDown = false;
await dispatcher.stop();
await http.close();
await new Promise((closed) => {
  vendor.close(closed);
  vendor.closeAllConnections();
});
await gateway.end();
await server.stop();
rmSync(folder, { recursive: true, force: true });
const figures = { calmMs: Math.round(p95(found.calm)), troubleMs: Math.round(p95(found.trouble)) };
const result = {
  node: process.version,
  tenants: TENANTS,
  effects: found.calm.length + found.trouble.length,
  ...figures,
};
console.log(
  process.argv.includes('--json')
    ? JSON.stringify(result)
    : `p95 from the commit to the handler: ${figures.calmMs} ms, and ${figures.troubleMs} ms while a neighbour's vendor is down (${result.effects} effects of ${others.length} tenants, Node ${process.version}, ${SLICES} alternating slices of ${SLICE_MS / 1000} s each)`,
);
process.exit(figures.troubleMs < 2 * figures.calmMs ? 0 : 1);
