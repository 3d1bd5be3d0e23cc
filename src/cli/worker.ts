import type { Logger } from 'pino';
import type { App } from '../app.js';
import { ControlPlanner } from '../audit/control.planner.js';
import { ConflictPlanner } from '../conflict/conflict.planner.js';
import { databaseClock } from '../core/clock.js';
import type { Config } from '../core/config.js';
import { openLedgerKeys } from '../core/ledger/key-files.js';
import { Sealer } from '../core/ledger/sealer.js';
import { Dispatcher } from '../core/outbox/dispatcher.js';
import { HintListener } from '../core/outbox/hints.js';
import { effectHandlers } from '../effects.js';
import { EscalationPlanner } from '../escalation/escalation.planner.js';
import { FollowUpPlanner } from '../feedback/follow-up.planner.js';
import { WatchPlanner } from '../integrations/connection/watch.planner.js';
import { publicResolve } from '../integrations/events/event.dns.js';
import { EventRelay } from '../integrations/events/event.relay.js';
import { Budgets } from '../integrations/http/budget.js';
import { DatabaseShare } from '../integrations/http/budget.share.js';
import { VendorHttp } from '../integrations/http/client.js';
import { askForMails } from '../integrations/mail/mail.plan.js';
import { TeamsPlanner } from '../integrations/microsoft/teams/teams.planner.js';
import { PowerBiPlanner } from '../integrations/powerbi/powerbi.planner.js';
import { SchedulePlanner } from '../integrations/schedule/schedule.planner.js';
import { NoticePlanner } from '../notice/notice.planner.js';
import { QualityPlanner } from '../quality/quality.planner.js';
import { ReportingPlanner } from '../reporting/planner.js';
import { TriggerPlanner } from '../passage/trigger.planner.js';
import { simulatedReceiver } from '../sandbox/receiver.js';
import { vendorHttp } from '../vendor-http.js';

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
  const isSandbox = config.identity.kind === 'sandbox';
  const budgets = new Budgets(undefined, new DatabaseShare(app.gateway, databaseClock));
  const http = vendorHttp(config, () => ownAddress, budgets);
  const anywhere = new VendorHttp({
    loopback: () => config.simulatorOrigins,
    hosts: null,
    resolve: publicResolve(),
    ...(isSandbox ? { simulated: simulatedReceiver(config.simulatorOrigins) } : {}),
  });
  const [key] = openLedgerKeys(config.ledgerKey);
  const activeTenants = async (): Promise<string[]> =>
    (await app.registry.all()).filter((tenant) => tenant.state === 'ACTIVE').map((tenant) => tenant.tenantId);
  const dispatcher = new Dispatcher({
    gateway: app.gateway,
    clock: databaseClock,
    pipeline: app.pipeline,
    handlers: effectHandlers(config, app.vault, log, http, anywhere),
    tenants: activeTenants,
    leaseMs: config.leaseMs,
    log,
  });
  const planning = {
    gateway: app.gateway,
    present: () => databaseClock.now(),
    tenants: activeTenants,
    wake: (tenantId: string) => dispatcher.wake(tenantId),
    log,
  };
  const planners = [
    new ControlPlanner(planning),
    new EscalationPlanner(planning),
    new FollowUpPlanner(planning),
    new ConflictPlanner(planning),
    new TriggerPlanner(planning),
    new QualityPlanner(planning),
    new TeamsPlanner(planning),
    new PowerBiPlanner(planning),
    new WatchPlanner(planning),
    new SchedulePlanner(planning),
    new NoticePlanner({ ...planning, deliver: (tenantId, now) => askForMails(app.gateway, tenantId, now) }),
  ];
  const listener = new HintListener({
    url: listenUrl,
    onHint: (tenantId) => dispatcher.wake(tenantId),
    onConnected: () => dispatcher.wakeAll(),
    log,
  });
  const relay = new EventRelay({ ...planning, clock: databaseClock });
  const reporting = new ReportingPlanner(planning);
  const sealer = new Sealer({
    gateway: app.gateway,
    key,
    // Suspended and closed ones too: what they did before is evidence like everything else.
    tenants: async () => (await app.registry.all()).map((tenant) => tenant.tenantId),
    onSealed: (tenantId) => {
      relay.wake(tenantId);
      reporting.wake(tenantId);
    },
    log,
  });
  await listener.start();
  dispatcher.start();
  sealer.start();
  relay.start();
  reporting.start();
  for (const planner of planners) planner.start();
  return {
    stop: async () => {
      for (const planner of planners) await planner.stop();
      await listener.stop();
      await dispatcher.stop();
      await sealer.stop();
      await relay.stop();
      await reporting.stop();
      await http.close();
      await anywhere.close();
    },
  };
}
