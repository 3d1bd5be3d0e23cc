import type { Logger } from 'pino';
import type { App } from '../app.js';
import { ControlPlanner } from '../audit/control.planner.js';
import { ConflictPlanner } from '../conflict/conflict.planner.js';
import { Attention } from '../core/attention.js';
import { databaseClock } from '../core/clock.js';
import type { Config } from '../core/config.js';
import { openLedgerKeys } from '../core/ledger/key-files.js';
import { Sealer } from '../core/ledger/sealer.js';
import { Dispatcher } from '../core/outbox/dispatcher.js';
import { HintListener } from '../core/outbox/hints.js';
import { Sweep } from '../core/sweep.js';
import { Sounder } from '../core/telemetry/sounder.js';
import { SILENT, type Telemetry } from '../core/telemetry/telemetry.js';
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
import { reportingLag } from '../reporting/sounding.js';
import { TriggerPlanner } from '../passage/trigger.planner.js';
import { simulatedReceiver } from '../sandbox/receiver.js';
import { vendorHttp } from '../vendor-http.js';
import { glance } from './worker-glance.js';

/** Every tenant is glanced at once in so long: what no hint has told is found then, in milliseconds. */
const GLANCE_EVERY_MS = 30_000;
/** Without a hint and without anything found at a glance, a tenant is visited this often all the same, in milliseconds. */
const VISIT_EVERY_MS = 600_000;
/** How long the list of tenants is remembered, in milliseconds: everyone here asks for it. */
const TENANTS_FOR_MS = 1000;

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
  telemetry: Telemetry = SILENT,
): Promise<Worker> {
  const isSandbox = config.identity.kind === 'sandbox';
  const budgets = new Budgets(undefined, new DatabaseShare(app.gateway, databaseClock));
  const http = vendorHttp(config, () => ownAddress, { budgets, telemetry });
  const anywhere = new VendorHttp({
    loopback: () => config.simulatorOrigins,
    hosts: null,
    resolve: publicResolve(),
    onCall: (call) => telemetry.vendorCalled(call),
    ...(isSandbox ? { simulated: simulatedReceiver(config.simulatorOrigins) } : {}),
  });
  const [key] = openLedgerKeys(config.ledgerKey);
  const registered = remembered(() => app.registry.all(), TENANTS_FOR_MS);
  const activeTenants = async (): Promise<string[]> =>
    (await registered()).filter((tenant) => tenant.state === 'ACTIVE').map((tenant) => tenant.tenantId);
  // Suspended and closed ones too: what they did before is evidence like everything else.
  const allTenants = async (): Promise<string[]> => (await registered()).map((tenant) => tenant.tenantId);
  const attention = new Attention(() => listener.isHearing);
  const dispatcher = new Dispatcher({
    gateway: app.gateway,
    clock: databaseClock,
    pipeline: app.pipeline,
    handlers: effectHandlers(config, app.vault, log, http, anywhere),
    tenants: activeTenants,
    leaseMs: config.leaseMs,
    sweepMs: VISIT_EVERY_MS,
    onDone: attention.note,
    telemetry,
    log,
  });
  const planning = {
    gateway: app.gateway,
    present: () => databaseClock.now(),
    tenants: activeTenants,
    wake: (tenantId: string) => dispatcher.wake(tenantId),
    attention,
    telemetry,
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
  const listener: HintListener = new HintListener({
    url: listenUrl,
    onHint: (tenantId) => dispatcher.wake(tenantId),
    onHappened: (tenantId) => {
      attention.note(tenantId);
      sealer.wake(tenantId);
    },
    onConnected: () => {
      dispatcher.wakeAll();
      attention.noteAll();
    },
    notify: (channel, payload) => app.gateway.global('select pg_notify($1, $2)', [channel, payload]),
    log,
  });
  const relay = new EventRelay({ ...planning, clock: databaseClock, sweepMs: VISIT_EVERY_MS });
  const reporting = new ReportingPlanner({ ...planning, sweepMs: VISIT_EVERY_MS });
  const sealer = new Sealer({
    gateway: app.gateway,
    key,
    tenants: allTenants,
    hears: () => listener.isHearing,
    telemetry,
    onSealed: (tenantId) => {
      relay.wake(tenantId);
      reporting.wake(tenantId);
    },
    log,
  });
  const sweep = new Sweep({
    gateway: app.gateway,
    tenants: allTenants,
    glance: glance(),
    everyMs: GLANCE_EVERY_MS,
    found: (tenantId, { entries, effects, events, reports, isOpen }) => {
      attention.found(tenantId, isOpen ? 'OPEN' : 'DORMANT');
      if (entries) sealer.wake(tenantId);
      if (effects) dispatcher.wake(tenantId);
      if (events) relay.wake(tenantId);
      if (reports) reporting.wake(tenantId);
    },
    log,
  });
  const sounder = new Sounder({
    gateway: app.gateway,
    tenants: activeTenants,
    reporting: reportingLag,
    telemetry,
    log,
  });
  await listener.start();
  sounder.start();
  sweep.start();
  dispatcher.start();
  sealer.start();
  relay.start();
  reporting.start();
  for (const planner of planners) planner.start();
  return {
    stop: async () => {
      for (const planner of planners) await planner.stop();
      await listener.stop();
      await sounder.stop();
      await sweep.stop();
      await dispatcher.stop();
      await sealer.stop();
      await relay.stop();
      await reporting.stop();
      await http.close();
      await anywhere.close();
    },
  };
}

/** The answer of a question, asked anew after so many milliseconds; those who ask meanwhile share one. */
function remembered<T>(ask: () => Promise<T>, forMs: number): () => Promise<T> {
  let answer: Promise<T> | null = null;
  let askedAt = -Infinity;
  return () => {
    if (answer !== null && performance.now() - askedAt < forMs) return answer;
    askedAt = performance.now();
    const asked = ask();
    answer = asked;
    // What failed is asked again.
    asked.catch(() => {
      if (answer === asked) answer = null;
    });
    return asked;
  };
}
