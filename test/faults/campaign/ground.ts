import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Client } from 'pg';
import { pino } from 'pino';
import { type App, createApp } from '../../../src/app.js';
import { CLOSED_WON_ITEMS } from '../../../src/catalogue/configuration.words.js';
import { provisionTenant } from '../../../src/catalogue/tenant.provision.js';
import { systemActor } from '../../../src/core/actor.js';
import { SettableClock } from '../../../src/core/clock.js';
import { readConfig } from '../../../src/core/config.js';
import { newId } from '../../../src/core/id.js';
import { newKeyBytes } from '../../../src/core/keys.js';
import { connectIntegration } from '../../../src/integrations/connection/connection.commands.js';
import { Vendor } from '../../../src/integrations/connection/connection.entity.js';
import { issueWebhook } from '../../../src/integrations/halopsa/psa.commands.js';
import { HOOK_USER } from '../../../src/integrations/halopsa/webhook.secret.js';
import { Role } from '../../../src/identity/roles.js';
import { SAMPLE_APPLICATION } from '../../../src/sandbox/halopsa/settings.js';
import type { SampleConnection } from '../../../src/sandbox/microsoft/seed.js';
import { SETTINGS } from '../../integrations/halopsa.kit.js';
import { openSuite, sampleConfiguration, type Suite } from '../../kit/suite.js';
import { World } from '../../kit/world.js';
import { Simulator, Workers } from './processes.js';

/** One MSP of the campaign and its vendors. */
export interface Tenant {
  readonly slug: string;
  readonly world: World;
  readonly microsoft: SampleConnection;
}

/** How a campaign's ground is laid. */
export interface GroundOptions {
  readonly tenants: number;
  readonly seed: number;
  readonly leaseSeconds: number;
}

const LISTENING = { port: 0, host: '127.0.0.1' };

/**
 * Everything that a campaign stands on: a database, an API process for webhooks (this one), two simulators and the
 * workers' settings. All of it runs on real time and over real HTTP.
 */
export class Ground {
  readonly tenants: Tenant[] = [];

  private constructor(
    private readonly suite: Suite,
    private readonly folder: string,
    readonly app: App,
    readonly address: string,
    readonly halopsa: Simulator,
    readonly microsoft: Simulator,
    readonly workers: Workers,
    /** Looks past row-level security, and at nothing else than what happened. */
    readonly observer: Client,
  ) {}

  static async lay({ tenants, seed, leaseSeconds }: GroundOptions): Promise<Ground> {
    const suite = await openSuite();
    const folder = mkdtempSync(join(tmpdir(), 'countersign-campaign-'));
    const [halopsa, microsoft] = await Promise.all([
      Simulator.start('halopsa', folder, seed),
      Simulator.start('microsoft', folder, seed),
    ]);
    const environment = {
      COUNTERSIGN_DATA: folder,
      DATABASE_URL: suite.appUrl,
      KEK_FILE: written(folder, 'kek', newKeyBytes()),
      LEDGER_KEY_FILE: written(folder, 'ledger.pem', newLedgerKey()),
      SIMULATOR_ORIGINS: halopsa.origin,
      MICROSOFT_SIMULATOR: microsoft.origin,
      WORKER_LEASE_SECONDS: String(leaseSeconds),
    };
    let address = '';
    const app = await createApp({
      config: readConfig(environment, resolve('.')),
      databaseUrl: suite.appUrl,
      log: pino({ level: process.env.TEST_LOG ?? 'silent' }),
      operationsFolder: resolve('schema/operations'),
      ownAddress: () => address,
    });
    address = await app.listener.listen(LISTENING);
    const observer = new Client({ connectionString: suite.superuserUrl });
    await observer.connect();
    const workers = new Workers(environment, process.env.CAMPAIGN_LOG ?? join(folder, 'workers.log'));
    const ground = new Ground(suite, folder, app, address, halopsa, microsoft, workers, observer);
    for (let n = 1; n <= tenants; n++) ground.tenants.push(await ground.connected(`msp-${n}`));
    return ground;
  }

  /** Rows of hand-written SQL over all tenants. */
  async rows<R>(text: string, values: readonly unknown[] = []): Promise<R[]> {
    return (await this.observer.query(text, [...values])).rows as R[];
  }

  async close(): Promise<void> {
    await this.workers.stop();
    await Promise.all([this.halopsa.stop(), this.microsoft.stop()]);
    await this.observer.end();
    await this.app.close();
    await this.suite.close();
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** A new MSP, connected to its HaloPSA with webhooks, its SharePoint and its Teams channel. */
  private async connected(slug: string): Promise<Tenant> {
    const world = await this.provisioned();
    const { tid, people } = identities(world);
    const microsoft = await this.microsoft.ask<SampleConnection>('directory', { tid, slug, people });
    const admin = await world.as(Role.REVOPS_ADMIN);
    const baseUrl = `${this.halopsa.origin}/sandbox/halopsa/${slug}`;
    const { clientId, clientSecret } = SAMPLE_APPLICATION;
    const integrationId = await admin.done(connectIntegration, {
      vendor: Vendor.HALOPSA,
      name: 'Main',
      baseUrl,
      settings: named({ ...SETTINGS, tenant: slug }),
      credentials: named({ clientId, clientSecret }),
    });
    await admin.done(connectIntegration, {
      vendor: Vendor.SHAREPOINT,
      name: 'Delivery',
      baseUrl: `https://${microsoft.siteHost}/${microsoft.sitePath}`,
      settings: named({ directoryId: tid }),
      credentials: named({ clientId: microsoft.clientId, clientSecret: microsoft.clientSecret }),
    });
    await admin.done(connectIntegration, {
      vendor: Vendor.TEAMS,
      name: 'Handoffs',
      baseUrl: 'https://teams.microsoft.com',
      // A digest would name several decisions: here each is to have a card of its own.
      settings: named({ topics: 'DECISIONS,SIGN_OFFS', burst: '100', burstMinutes: '1' }),
      credentials: named({ webhookUrl: microsoft.workflowUrl }),
    });
    const issued = await admin.run(issueWebhook, { integrationId });
    if (issued.kind !== 'done') throw new Error('No webhook was issued');
    const [path = '', password = ''] = (issued.secret ?? '').split(' ');
    await this.registerWebhook(slug, path, password);
    return { slug, world, microsoft };
  }

  /** The five items of closed-won and one tier: it is the dispatch that is tried here, and not the gate. */
  private async provisioned(): Promise<World> {
    const configuration = sampleConfiguration();
    const id = newId();
    configuration.tenant = { ...configuration.tenant, id, entraTid: newId() };
    for (const person of configuration.people) {
      person.id = newId();
      person.accounts = person.accounts.map((account) => ({ ...account, oid: newId() }));
    }
    const { light } = configuration.checklistTemplates;
    light!.items = light!.items.filter(({ code }) => (CLOSED_WON_ITEMS as readonly string[]).includes(code));
    configuration.tiers = configuration.tiers
      .filter(({ tier }) => tier === 'LIGHT')
      .slice(0, 1)
      .map(({ when: _when, ...tier }) => tier);
    const { gateway, pipeline, vault } = this.app;
    const request = { idempotencyKey: null, path: 'campaign' };
    await pipeline.run(systemActor(id, 'campaign'), provisionTenant, { configuration }, request);
    return new World({ ...this.suite, gateway, pipeline, vault, clock: new SettableClock(new Date()) }, configuration);
  }

  /** As an administrator of HaloPSA does: by its own interface, for changes of status. */
  private async registerWebhook(slug: string, path: string, password: string): Promise<void> {
    const base = `${this.halopsa.origin}/sandbox/halopsa/${slug}`;
    const { clientId: client_id, clientSecret: client_secret } = SAMPLE_APPLICATION;
    const form = { grant_type: 'client_credentials', client_id, client_secret, scope: 'all' };
    const token = await fetch(`${base}/auth/token?tenant=${slug}`, { method: 'POST', body: new URLSearchParams(form) });
    const { access_token } = (await token.json()) as { access_token: string };
    const webhook = {
      url: `${this.address}${path}`,
      authentication_type: 1,
      basic_username: HOOK_USER,
      basic_password: password,
      events: [{ name: 'Status Changed' }],
    };
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${access_token}` };
    const made = await fetch(`${base}/api/Webhook`, { method: 'POST', headers, body: JSON.stringify([webhook]) });
    if (!made.ok) throw new Error(`The webhook was not taken: ${await made.text()}`);
  }
}

function identities({ configuration }: World): {
  tid: string;
  people: { oid: string; name: string; handle: string }[];
} {
  const people = configuration.people.map(({ key, name, accounts }) => ({ oid: accounts[0]!.oid, name, handle: key }));
  return { tid: configuration.tenant.entraTid, people };
}

const named = (values: Readonly<Record<string, string>>): { name: string; value: string }[] =>
  Object.entries(values).map(([name, value]) => ({ name, value }));

function written(folder: string, name: string, content: string | Buffer): string {
  const path = join(folder, name);
  writeFileSync(path, content, { mode: 0o600 });
  return path;
}

const newLedgerKey = (): string =>
  generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
