import type { Logger } from 'pino';
import type { App } from '../app.js';
import { ControlPlanner } from '../audit/control.planner.js';
import { databaseClock } from '../core/clock.js';
import type { Config } from '../core/config.js';
import { openLedgerKeys } from '../core/ledger/key-files.js';
import { Sealer } from '../core/ledger/sealer.js';
import { Dispatcher } from '../core/outbox/dispatcher.js';
import { HintListener } from '../core/outbox/hints.js';
import { effectHandlers } from '../effects.js';
import { VENDOR_HOSTS } from '../integrations/connection/connection.forms.js';
import { VendorHttp } from '../integrations/http/client.js';
import { TeamsPlanner } from '../integrations/microsoft/teams/teams.planner.js';
import { simulatedMicrosoft } from '../sandbox/microsoft/constants.js';

/** What does the outbox's effects and seals the ledgers in this process. */
export interface Worker {
  /** Finishes the effects in hand. */
  stop(): Promise<void>;
}

/** Where a worker finds what is not in its configuration. */
export interface WorkerPlaces {
  /** An address of the database that LISTEN passes. */
  readonly listenUrl: string;
  /** The base address of this process's own listener, where the sandbox's simulators stand; empty without one. */
  readonly ownAddress: string;
}

/** Starts the sealer, the dispatcher and its ear for hints. */
export async function startWorker(
  app: App,
  config: Config,
  { listenUrl, ownAddress }: WorkerPlaces,
  log: Logger,
): Promise<Worker> {
  const simulators = config.identity.kind === 'sandbox' && ownAddress !== '' ? [ownAddress] : [];
  const http = new VendorHttp({
    loopback: () => [...config.simulatorOrigins, ...simulators],
    hosts: [...VENDOR_HOSTS, ...config.vendorHosts],
    ...(config.identity.kind === 'sandbox' ? { simulated: simulatedMicrosoft(simulators[0] ?? null) } : {}),
  });
  const [key] = openLedgerKeys(config.ledgerKey);
  const activeTenants = async (): Promise<string[]> =>
    (await app.registry.all()).filter((tenant) => tenant.state === 'ACTIVE').map((tenant) => tenant.tenantId);
  const dispatcher = new Dispatcher({
    gateway: app.gateway,
    clock: databaseClock,
    pipeline: app.pipeline,
    handlers: effectHandlers(config, app.vault, log, http),
    tenants: activeTenants,
    log,
  });
  const planning = {
    gateway: app.gateway,
    present: () => databaseClock.now(),
    tenants: activeTenants,
    wake: (tenantId: string) => dispatcher.wake(tenantId),
    log,
  };
  const planner = new ControlPlanner(planning);
  const cards = new TeamsPlanner(planning);
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
  planner.start();
  cards.start();
  return {
    stop: async () => {
      await planner.stop();
      await cards.stop();
      await listener.stop();
      await dispatcher.stop();
      await sealer.stop();
      await http.close();
    },
  };
}
