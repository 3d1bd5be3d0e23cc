// A worker process of the benchmark: the product's dispatcher, sealer and reporting planner over all tenants. Its one effect asks
// a receiver over HTTP, which counts; the worker says who it is, so that the share of each is known.
import 'reflect-metadata';
import { join } from 'node:path';
import { pino } from 'pino';
import { announce, settings } from './child.mjs';

const { root, name, databaseUrl, folder, receiver } = settings;
const load = (path) => import(join(root, 'dist', `${path}.js`));
const { databaseClock } = await load('src/core/clock');
const { Gateway } = await load('src/core/gateway');
const { openKeyRing } = await load('src/core/key-files');
const { openLedgerKeys } = await load('src/core/ledger/key-files');
const { Sealer } = await load('src/core/ledger/sealer');
const { Dispatcher } = await load('src/core/outbox/dispatcher');
const { HintListener } = await load('src/core/outbox/hints');
const { Pipeline } = await load('src/core/pipeline');
const { Vault } = await load('src/core/vault');
const { refreshActor } = await load('src/identity/actor.queries');
const { TenantRegistry } = await load('src/identity/registry');
const { ABILITIES } = await load('src/abilities');
const { ReportingPlanner } = await load('src/reporting/planner');

const log = pino({ level: 'warn' }, pino.destination(2));
const gateway = new Gateway({ url: databaseUrl, poolSize: 10, prepare: true });
const vault = new Vault(openKeyRing({ files: [join(folder, 'keys', 'kek')], make: false }));
const [key] = openLedgerKeys({ files: [join(folder, 'keys', 'ledger.pem')], make: false });
const pipeline = new Pipeline({
  gateway,
  clock: databaseClock,
  abilities: ABILITIES,
  refresh: refreshActor,
  vault,
  log,
});
const registry = new TenantRegistry(gateway);
const tenants = async () => (await registry.all()).map(({ tenantId }) => tenantId);
const reporting = new ReportingPlanner({ gateway, tenants, log });
const dispatcher = new Dispatcher({
  gateway,
  clock: databaseClock,
  pipeline,
  handlers: {
    'bench.effect': async ({ effectKey }) => {
      const { ok } = await fetch(receiver, { method: 'POST', headers: { 'x-worker': name, 'x-effect': effectKey } });
      if (!ok) throw new Error('The receiver has refused the effect');
      return { receipt: 'done', writes: [] };
    },
  },
  tenants,
  log,
});
const sealer = new Sealer({ gateway, key, tenants, onSealed: (tenantId) => reporting.wake(tenantId), log });
const listener = new HintListener({
  url: databaseUrl,
  onHint: (tenantId) => dispatcher.wake(tenantId),
  onConnected: () => dispatcher.wakeAll(),
  log,
});
await listener.start();
dispatcher.start();
sealer.start();
reporting.start();
announce('started', { start: () => undefined, stop: () => [] });
