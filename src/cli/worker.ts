import type { Logger } from 'pino';
import type { App } from '../app.js';
import { databaseClock } from '../core/clock.js';
import type { Config } from '../core/config.js';
import { openLedgerKeys } from '../core/ledger/key-files.js';
import { Sealer } from '../core/ledger/sealer.js';
import { Dispatcher } from '../core/outbox/dispatcher.js';
import { HintListener } from '../core/outbox/hints.js';
import { effectHandlers } from '../effects.js';

/** What does the outbox's effects and seals the ledgers in this process. */
export interface Worker {
  /** Finishes the effects in hand. */
  stop(): Promise<void>;
}

/** Starts the sealer, the dispatcher and its ear for hints; `listenUrl` is an address of the database that LISTEN passes. */
export async function startWorker(app: App, config: Config, listenUrl: string, log: Logger): Promise<Worker> {
  const [key] = openLedgerKeys(config.ledgerKey);
  const dispatcher = new Dispatcher({
    gateway: app.gateway,
    clock: databaseClock,
    pipeline: app.pipeline,
    handlers: effectHandlers(config, app.vault),
    tenants: async () =>
      (await app.registry.all()).filter((tenant) => tenant.state === 'ACTIVE').map((tenant) => tenant.tenantId),
    log,
  });
  const listener = new HintListener({
    url: listenUrl,
    onHint: (tenantId) => dispatcher.wake(tenantId),
    onConnected: () => dispatcher.wakeAll(),
    log,
  });
  const sealer = new Sealer({
    gateway: app.gateway,
    key,
    // Suspended and closed ones too: what they did before is evidence like everything else.
    tenants: async () => (await app.registry.all()).map((tenant) => tenant.tenantId),
    log,
  });
  await listener.start();
  dispatcher.start();
  sealer.start();
  return {
    stop: async () => {
      await listener.stop();
      await dispatcher.stop();
      await sealer.stop();
    },
  };
}
