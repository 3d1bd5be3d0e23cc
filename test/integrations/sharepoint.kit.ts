import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { Brief } from '../../src/brief/brief.entity.js';
import { briefEraseHandler, briefStoreHandler } from '../../src/brief/brief.handler.js';
import { LocalFolderStore } from '../../src/brief/brief.store.js';
import { Dispatcher } from '../../src/core/outbox/dispatcher.js';
import { OutboxEffect } from '../../src/core/outbox/effect.entity.js';
import type { EffectHandlers } from '../../src/core/outbox/handler.js';
import { select } from '../../src/core/statement.js';
import { connectIntegration } from '../../src/integrations/connection/connection.commands.js';
import { Vendor } from '../../src/integrations/connection/connection.entity.js';
import { connectionTestHandler } from '../../src/integrations/connection/connection.handler.js';
import { Connections } from '../../src/integrations/connection/connection.secret.js';
import { VendorHttp } from '../../src/integrations/http/client.js';
import { sharePointProbe } from '../../src/integrations/microsoft/sharepoint/sharepoint.probe.js';
import { KEEP_IN_SHAREPOINT, keepHandler } from '../../src/integrations/microsoft/sharepoint/checkpoint.handler.js';
import { sweepHandler } from '../../src/integrations/microsoft/sharepoint/sweep.handler.js';
import { SWEEP_SHAREPOINT } from '../../src/integrations/microsoft/sharepoint/sweep.message.js';
import {
  alsoInSharePoint,
  ERASE_IN_SHAREPOINT,
  erasedInSharePoint,
  handedToSharePoint,
  isInSharePoint,
  SharePoint,
  STORE_IN_SHAREPOINT,
} from '../../src/integrations/microsoft/sharepoint/sharepoint.js';
import { StoredFile } from '../../src/integrations/microsoft/sharepoint/stored-file.entity.js';
import type { Item } from '../../src/sandbox/microsoft/records.js';
import { startMicrosoft } from '../../src/sandbox/microsoft/mount.js';
import { simulatedMicrosoft } from '../../src/sandbox/microsoft/constants.js';
import type { SampleConnection } from '../../src/sandbox/microsoft/seed.js';
import type { Settings } from '../../src/sandbox/microsoft/settings.js';
import { importForTest } from '../kit/deal.js';
import { submitForTest } from '../kit/project.js';
import { openSuite, START, type Suite } from '../kit/suite.js';
import type { World } from '../kit/world.js';
import { read } from '../rules/handoff.kit.js';

/** A tenant with a Microsoft 365 of its own, over real HTTP. */
export class SharePointBench {
  suite: Suite;
  world: World;
  sample: SampleConnection;
  http: VendorHttp;
  folder: string;
  running: Awaited<ReturnType<typeof startMicrosoft>>;

  get simulator(): SharePointBench['running']['simulator'] {
    return this.running.simulator;
  }

  /** How often something was really done at the vendor. */
  count(what: string): number {
    return this.simulator.world.log.count(what);
  }

  /** The files in the library, by path. */
  files(): string[] {
    const { tree, world } = this.simulator;
    return world.store
      .all('item')
      .filter((item: Item) => item.kind === 'file' && !item.deleted)
      .map((item: Item) => tree.names(item).join('/'))
      .toSorted();
  }

  async connect(
    more: { settings?: Record<string, string>; credentials?: Record<string, string> } = {},
  ): Promise<string> {
    const admin = await this.world.as('REVOPS_ADMIN');
    const { sample } = this;
    const named = (values: Record<string, string>) => Object.entries(values).map(([name, value]) => ({ name, value }));
    return admin.done(connectIntegration, {
      vendor: Vendor.SHAREPOINT,
      name: 'Delivery',
      baseUrl: `https://${sample.siteHost}/${sample.sitePath}`,
      settings: named({ directoryId: sample.tid, ...more.settings }),
      credentials: named(more.credentials ?? { clientId: sample.clientId, clientSecret: sample.clientSecret }),
    });
  }

  /** Connects, and has the connection tested: what is armed or counted afterwards is about the briefs alone. */
  async connected(more: Parameters<SharePointBench['connect']>[0] = {}): Promise<string> {
    const id = await this.connect(more);
    await this.work();
    this.simulator.world.log.clear();
    return id;
  }

  /** A handoff that was submitted: its brief waits to be stored. */
  async submitted(): Promise<string> {
    const sales = await this.world.as('SALES_MANAGER');
    const handoffId = await sales.done(importForTest, read('managed-network-healthy'));
    await sales.done(submitForTest, { handoffId });
    return handoffId;
  }

  /** What a worker's process knows to do; a new one has no tokens and no places. */
  handlers(sharepoint = new SharePoint(this.http, new Connections(this.suite.vault))): EffectHandlers {
    const { vault } = this.suite;
    const local = new LocalFolderStore(this.folder);
    return {
      'brief.store': handedToSharePoint(STORE_IN_SHAREPOINT, briefStoreHandler(local, vault)),
      'brief.erase': erasedInSharePoint(briefEraseHandler(local, vault, (location) => !isInSharePoint(location))),
      [STORE_IN_SHAREPOINT]: sharepoint.storing(briefStoreHandler(sharepoint.storeOf, vault)),
      [SWEEP_SHAREPOINT]: sweepHandler(sharepoint),
      'ledger.checkpoint': alsoInSharePoint(KEEP_IN_SHAREPOINT, () => Promise.resolve({ receipt: 'kept', writes: [] })),
      [KEEP_IN_SHAREPOINT]: keepHandler(sharepoint),
      [ERASE_IN_SHAREPOINT]: sharepoint.telling(briefEraseHandler(sharepoint.storeOf, vault, isInSharePoint)),
      'integration.test': connectionTestHandler(new Connections(vault), {
        [Vendor.SHAREPOINT]: sharePointProbe(sharepoint),
      }),
    };
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
  async work({ minutes = 0, handlers = this.handlers() } = {}): Promise<void> {
    const dispatcher = this.dispatcher(handlers);
    for (let minute = 0; minute <= minutes; minute++) {
      while ((await dispatcher.pass()) > 0);
      if (minute < minutes) this.suite.clock.advanceHours(1 / 60);
    }
  }

  /** The effects of SharePoint, oldest first. */
  async effects(): Promise<OutboxEffect[]> {
    const { found } = await this.world.read({
      found: select(OutboxEffect, { vendor: Vendor.SHAREPOINT }, { orderBy: ['id'] }),
    });
    return found;
  }

  async stored(): Promise<{ brief: Brief; files: StoredFile[] }> {
    const { briefs, files } = await this.world.read({
      briefs: select(Brief, {}, { orderBy: ['-version'] }),
      files: select(StoredFile, {}, { orderBy: ['format'] }),
    });
    return { brief: briefs[0]!, files };
  }
}

/** A suite for the file; a simulator and a tenant for each test. */
export function useSharePoint(settings: Partial<Settings> = {}): SharePointBench {
  const bench = new SharePointBench();
  beforeAll(async () => {
    bench.suite = await openSuite();
  });
  beforeEach(async () => {
    bench.suite.clock.at = START;
    bench.folder = mkdtempSync(join(tmpdir(), 'sharepoint-'));
    bench.running = await startMicrosoft({ settings: { unitsPerMinute: 0, ...settings } });
    const { origin } = new URL(bench.running.base);
    bench.http = new VendorHttp({ loopback: () => [origin], hosts: [], simulated: simulatedMicrosoft(origin) });
    bench.world = await bench.suite.tenant();
    const { entraTid } = bench.world.configuration.tenant;
    bench.sample = bench.simulator.seed({ tid: entraTid, slug: 'northwind-managed' });
  });
  afterEach(async () => {
    await bench.http.close();
    await bench.running.close();
    rmSync(bench.folder, { recursive: true, force: true });
  });
  afterAll(() => bench.suite.close());
  return bench;
}
