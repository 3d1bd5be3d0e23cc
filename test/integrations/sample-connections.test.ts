import { select } from '../../src/core/statement.js';
import {
  connectIntegration,
  disconnectIntegration,
  updateIntegrationSettings,
} from '../../src/integrations/connection/connection.commands.js';
import { Integration, IntegrationSecret, Vendor } from '../../src/integrations/connection/connection.entity.js';
import { PsaWebhook } from '../../src/integrations/halopsa/psa-sync.entity.js';
import { hashOf } from '../../src/integrations/halopsa/webhook.secret.js';
import { connectSamples } from '../../src/sandbox/connections/connect.js';
import { HaloInstances } from '../../src/sandbox/halopsa/instances.js';
import { MicrosoftSimulator } from '../../src/sandbox/microsoft/simulator.js';
import { openSuite, type Suite } from '../kit/suite.js';
import type { World } from '../kit/world.js';

let suite: Suite;
let world: World;
let halopsa: HaloInstances;
let microsoft: MicrosoftSimulator;

beforeAll(async () => {
  suite = await openSuite();
});
beforeEach(async () => {
  world = await suite.tenant();
  [halopsa, microsoft] = [new HaloInstances(), new MicrosoftSimulator()];
});
afterAll(() => suite.close());

const start = (port = 4000) =>
  connectSamples({ ...suite, halopsa, microsoft, origin: `http://127.0.0.1:${port}` }, [world.configuration]);
const connections = async (): Promise<Integration[]> =>
  (await world.read({ found: select(Integration, {}, { orderBy: ['id'] }) })).found;
const webhooks = () => halopsa.of(world.configuration.tenant.slug)!.store.all('webhook');
const named = (values: Record<string, string>) => Object.entries(values).map(([name, value]) => ({ name, value }));

it('a start connects HaloPSA, SharePoint, Teams, mail and Power BI once, in the name of an administrator, with sealed credentials', async () => {
  expect((await start()).map(({ vendor, testedBefore }) => [vendor, testedBefore])).toEqual([
    ['HALOPSA', null],
    ['SHAREPOINT', null],
    ['TEAMS', null],
    ['MAIL', null],
    ['POWERBI', null],
  ]);
  const before = await connections();
  expect((await start()).map(({ testedBefore }) => testedBefore)).toEqual(Array.from({ length: 5 }, () => undefined));
  expect(await connections()).toEqual(before);
  expect(webhooks()).toHaveLength(1);
  const { secrets } = await world.read({ secrets: select(IntegrationSecret, {}) });
  expect(secrets).toHaveLength(5);
  for (const { sealed } of secrets) expect(sealed).not.toContain('sandbox');
  const acted = await world.rows(
    `select distinct e.actor_kind, e.actor_id from ledger_entry e where e.tenant_id = $1 and e.action = 'connectIntegration'`,
  );
  expect(acted).toEqual([{ actor_kind: 'PERSON', actor_id: await world.idOf('ravi.revops') }]);
});

it('a listener that has moved takes its connection and its webhook along, and nothing else changes', async () => {
  await start(4000);
  const [before] = await connections();
  const [webhook] = webhooks();
  const [moved, ...others] = (await start(4001)).map(({ testedBefore }) => testedBefore);
  expect([moved, others]).toEqual([null, Array.from({ length: 4 }, () => undefined)]);
  const [after] = await connections();
  expect(after).toMatchObject({ id: before!.id, settings: before!.settings, revision: before!.revision + 1 });
  expect(after!.baseUrl).toBe(before!.baseUrl.replace(':4000', ':4001'));
  expect(webhooks()).toEqual([{ ...webhook, url: String(webhook!.url).replace(':4000', ':4001') }]);
});

it('what an administrator has set stays set, and a connection that was ended stays ended', async () => {
  await start();
  const admin = await world.as('REVOPS_ADMIN');
  const [halo, , teams] = await connections();
  const settings = named({ ...halo!.settings, mode: 'REVERT', revertStatusId: '4' });
  const change = { integrationId: halo!.id, expectedRevision: 1, baseUrl: halo!.baseUrl, settings };
  await admin.done(updateIntegrationSettings, change);
  await admin.done(disconnectIntegration, { integrationId: teams!.id, expectedRevision: 1 });
  expect((await start(4001)).map(({ vendor }) => vendor)).toEqual(['HALOPSA', 'SHAREPOINT', 'MAIL', 'POWERBI']);
  const [again, , ended] = await connections();
  expect([again!.settings.mode, ended!.state]).toEqual(['REVERT', 'DISCONNECTED']);
});

it("a tenant's own connection keeps the sandbox's away", async () => {
  const admin = await world.as('REVOPS_ADMIN');
  await admin.done(connectIntegration, {
    vendor: Vendor.HALOPSA,
    name: 'Our own',
    baseUrl: 'https://northwind.halopsa.com',
    settings: [],
    credentials: named({ clientId: 'ours', clientSecret: 'secret' }),
  });
  expect((await start()).map(({ vendor }) => vendor)).toEqual(['SHAREPOINT', 'TEAMS', 'MAIL', 'POWERBI']);
  expect((await connections()).filter(({ vendor }) => vendor === Vendor.HALOPSA)).toHaveLength(1);
});

it('a HaloPSA that has lost its webhook gets another, and only that one is heard', async () => {
  await start();
  halopsa.reset(halopsa.of(world.configuration.tenant.slug)!);
  await start();
  const { issued } = await world.read({ issued: select(PsaWebhook, {}) });
  const path = new URL(String(webhooks()[0]!.url)).pathname.split('/').at(-1)!;
  expect([webhooks().length, issued.map(({ pathHash }) => pathHash)]).toEqual([1, [hashOf(path)]]);
});

it('has an agent for each person of the tenant, however often it starts', async () => {
  await start();
  await start();
  const emails = halopsa
    .of(world.configuration.tenant.slug)!
    .store.all('agent')
    .map(({ email }) => email);
  expect(new Set(emails).size).toBe(emails.length);
  for (const { email } of world.configuration.people) expect(emails).toContain(email);
});

it('connects nothing of a tenant that is suspended', async () => {
  const text = "update tenant_profile set state = 'SUSPENDED' where tenant_id = $1";
  await suite.gateway.transaction(world.tenantId, (tx) => tx.commit([{ text, values: [] }]));
  expect(await start()).toEqual([]);
  expect(await connections()).toEqual([]);
});
