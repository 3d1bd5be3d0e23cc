import { pino } from 'pino';
import { Dispatcher } from '../../src/core/outbox/dispatcher.js';
import { OutboxEffect } from '../../src/core/outbox/effect.entity.js';
import type { EffectHandlers } from '../../src/core/outbox/handler.js';
import { select, selectFirst } from '../../src/core/statement.js';
import { connectIntegration } from '../../src/integrations/connection/connection.commands.js';
import { Integration, Vendor } from '../../src/integrations/connection/connection.entity.js';
import { connectionTestHandler } from '../../src/integrations/connection/connection.handler.js';
import { Connections } from '../../src/integrations/connection/connection.secret.js';
import { Budgets } from '../../src/integrations/http/budget.js';
import { VendorHttp } from '../../src/integrations/http/client.js';
import { mailEffects } from '../../src/integrations/mail/mail.effects.js';
import { askForMails, SEND_MAIL } from '../../src/integrations/mail/mail.plan.js';
import type { SmtpOptions } from '../../src/integrations/mail/smtp.js';
import { Notice } from '../../src/notice/notice.entity.js';
import { NoticePlanner } from '../../src/notice/notice.planner.js';
import { simulatedMicrosoft } from '../../src/sandbox/microsoft/constants.js';
import { startMicrosoft } from '../../src/sandbox/microsoft/mount.js';
import type { Mail } from '../../src/sandbox/microsoft/records.js';
import type { SampleConnection } from '../../src/sandbox/microsoft/seed.js';
import { openSuite, START, type Suite } from '../kit/suite.js';
import type { World } from '../kit/world.js';

/** What links of mails begin with in these tests. */
export const PUBLIC_URL = 'https://countersign.example.com';

const named = (values: Record<string, string>) => Object.entries(values).map(([name, value]) => ({ name, value }));

/** A tenant whose notices go out by mail, over real HTTP or SMTP. */
export class MailBench {
  suite: Suite;
  world: World;
  sample: SampleConnection;
  http: VendorHttp;
  running: Awaited<ReturnType<typeof startMicrosoft>>;
  smtp: SmtpOptions = { loopback: () => [], hosts: [] };
  known: EffectHandlers | null = null;

  get simulator(): MailBench['running']['simulator'] {
    return this.running.simulator;
  }

  /** Connects the one mailbox of the sample directory, and has the connection tested. */
  async connectGraph(more: Record<string, string> = {}): Promise<string> {
    const { tid, mailbox, clientId, clientSecret } = this.sample;
    const settings = { kind: 'GRAPH', directoryId: tid, mailbox, ...more };
    return this.connect(settings, { clientId, clientSecret });
  }

  async connect(settings: Record<string, string>, credentials: Record<string, string>): Promise<string> {
    const admin = await this.world.as('REVOPS_ADMIN');
    const id = await admin.done(connectIntegration, {
      vendor: Vendor.MAIL,
      name: 'Mail',
      baseUrl: 'https://outlook.office.com',
      settings: named(settings),
      credentials: named(credentials),
    });
    await this.dispatch();
    for (const mail of this.mails()) this.simulator.world.store.drop('mail', mail.id);
    this.simulator.world.log.clear();
    return id;
  }

  /** What a worker's process knows to do; it keeps its tokens. */
  handlers(): EffectHandlers {
    if (this.known) return this.known;
    const connections = new Connections(this.suite.vault);
    const { http, smtp } = this;
    const mail = mailEffects({ http, connections, smtp, publicUrl: PUBLIC_URL });
    this.known = {
      'integration.test': connectionTestHandler(connections, { [Vendor.MAIL]: mail.probe }),
      ...mail.handlers,
    };
    return this.known;
  }

  planner(): NoticePlanner {
    const { gateway, clock } = this.suite;
    return new NoticePlanner({
      gateway,
      present: () => clock.now(),
      tenants: async () => [this.world.tenantId],
      deliver: (tenantId, now) => askForMails(gateway, tenantId, now),
      log: pino({ level: process.env.TEST_LOG ?? 'silent' }),
    });
  }

  dispatcher(handlers = this.handlers()): Dispatcher {
    const { gateway, clock, pipeline } = this.suite;
    return new Dispatcher({
      gateway,
      clock,
      pipeline,
      handlers,
      tenants: async () => [this.world.tenantId],
      log: pino({ level: process.env.TEST_LOG ?? 'silent' }),
      random: () => 0,
    });
  }

  /** A worker does what is due; with `minutes` it goes on as time passes. */
  async dispatch(minutes = 0): Promise<void> {
    const dispatcher = this.dispatcher();
    for (let minute = 0; minute <= minutes; minute++) {
      while ((await dispatcher.pass()) > 0);
      if (minute < minutes) this.suite.clock.advanceHours(1 / 60);
    }
  }

  /** Looks for what people should be told, and mails what is due. */
  async tell(minutes = 0): Promise<void> {
    await this.planner().pass();
    await this.dispatch(minutes);
  }

  /** The mails in the simulated mailbox, oldest first. */
  mails(): Mail[] {
    return this.simulator.world.store.all('mail');
  }

  /** `address: subject`, without the domain. */
  told(): string[] {
    return this.mails().map(({ to, subject }) => `${to[0]!.split('@')[0]}: ${subject}`);
  }

  async notices(): Promise<Notice[]> {
    return (await this.world.read({ found: select(Notice, {}, { orderBy: ['id'] }) })).found;
  }

  async effects(): Promise<OutboxEffect[]> {
    const { found } = await this.world.read({ found: select(OutboxEffect, { kind: SEND_MAIL }, { orderBy: ['id'] }) });
    return found;
  }

  async connection(): Promise<Integration> {
    return (await this.world.read({ found: selectFirst(Integration, { vendor: Vendor.MAIL }) })).found!;
  }
}

/** A suite for the file; a simulator and a tenant for each test. */
export function useMail(): MailBench {
  const bench = new MailBench();
  beforeAll(async () => {
    bench.suite = await openSuite();
  });
  beforeEach(async () => {
    bench.suite.clock.at = START;
    bench.known = null;
    bench.running = await startMicrosoft({ now: () => bench.suite.clock.at });
    const { origin } = new URL(bench.running.base);
    // Mails wait for nothing here: a minute of the mailbox's budget passes in a millisecond.
    const budgets = new Budgets(() => performance.now() * 60_000);
    const simulated = simulatedMicrosoft(origin);
    bench.http = new VendorHttp({ loopback: () => [origin], hosts: [], simulated, budgets });
    bench.world = await bench.suite.tenant();
    const { entraTid } = bench.world.configuration.tenant;
    bench.sample = bench.simulator.seed({ tid: entraTid, slug: 'northwind-managed' });
  });
  afterEach(async () => {
    await bench.http.close();
    await bench.running.close();
  });
  afterAll(() => bench.suite.close());
  return bench;
}
