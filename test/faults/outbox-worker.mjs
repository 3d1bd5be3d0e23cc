// A worker in a process of its own, for tests that kill it: outbox-worker.mjs <database url> <vendor url> <tenants>.
import 'reflect-metadata';
import { pino } from 'pino';
import { databaseClock } from '../../dist/src/core/clock.js';
import { Gateway } from '../../dist/src/core/gateway.js';
import { Dispatcher } from '../../dist/src/core/outbox/dispatcher.js';
import { VendorHttp } from '../../dist/src/integrations/http/client.js';

const [, , databaseUrl, vendorUrl, tenants] = process.argv;
const gateway = new Gateway({ url: databaseUrl, poolSize: 6, prepare: true });
const http = new VendorHttp({ loopback: () => [vendorUrl], hosts: null });
const ask = (method, key, more) =>
  http.send({ vendor: 'The vendor', method, url: `${vendorUrl}/${encodeURIComponent(key)}`, ...more });

const dispatcher = new Dispatcher({
  gateway,
  clock: databaseClock,
  pipeline: { run: () => Promise.reject(new Error('no command here')) },
  handlers: {
    'test.effect': {
      perform: async ({ effectKey }, { signal }) => {
        await ask('POST', effectKey, { json: {}, signal });
        return { receipt: effectKey, writes: [] };
      },
      lookup: async ({ effectKey }, { signal }) => {
        const { status } = await ask('GET', effectKey, { accept: [404], signal });
        return status === 404 ? null : { receipt: effectKey, writes: [] };
      },
    },
  },
  tenants: async () => tenants.split(','),
  log: pino({ level: 'silent' }),
  sweepMs: 2000,
});
dispatcher.start();
process.stdout.write('up\n');

async function stop() {
  await dispatcher.stop();
  await http.close();
  await gateway.end();
}
process.once('SIGTERM', () => void stop());
