// What a neighbour's trouble costs: how long the effects of seven tenants wait while the vendor of an eighth is well, and
// while it hangs and answers 503 by turns, with 200 effects before it. node bench/neighbour.mjs [--json]: starts its own
// PostgreSQL in a temporary folder and a vendor that answers over HTTP; alternates slices; p95 over all of them.
import { createServer } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { pino } from 'pino';
import { openCluster } from './kit/cluster.mjs';
import { flag, load } from './kit/product.mjs';

const { databaseClock } = await load('src/core/clock');
const { newId } = await load('src/core/id');
const { Dispatcher } = await load('src/core/outbox/dispatcher');
const { enqueue } = await load('src/core/outbox/message');
const { VendorHttp } = await load('src/integrations/http/client');

const TENANTS = 8;
const SLICES = 4;
const SLICE_MS = 10_000;
const EVERY_MS = 100;
const BACKLOG = 200;
const HANGS_MS = 2000;

const cluster = await openCluster();
const gateway = cluster.gateway();
const pipeline = cluster.pipeline(gateway);
const log = pino({ level: 'silent' });

const tenants = [];
for (let n = 0; n < TENANTS; n++) tenants.push((await cluster.provision(pipeline, n)).id);
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
await cluster.close();
const figures = { calmMs: Math.round(p95(found.calm)), troubleMs: Math.round(p95(found.trouble)) };
const result = {
  node: process.version,
  tenants: TENANTS,
  effects: found.calm.length + found.trouble.length,
  ...figures,
};
console.log(
  flag('json')
    ? JSON.stringify(result)
    : `p95 from the commit to the handler: ${figures.calmMs} ms, and ${figures.troubleMs} ms while a neighbour's vendor is down (${result.effects} effects of ${others.length} tenants, Node ${process.version}, ${SLICES} alternating slices of ${SLICE_MS / 1000} s each)`,
);
process.exit(figures.troubleMs < 2 * figures.calmMs ? 0 : 1);
