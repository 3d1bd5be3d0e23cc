import { generateKeyPairSync } from 'node:crypto';
import { draftBriefCommand } from '../../src/brief/brief.commands.js';
import { eraseClientContact } from '../../src/erasure/erasure.commands.js';
import { ErasureReason } from '../../src/erasure/erasure.input.js';
import { Stakeholder } from '../../src/handoff/content.entity.js';
import { Handoff } from '../../src/handoff/handoff.entity.js';
import { select, selectFirst, selectRequired } from '../../src/core/statement.js';
import { VendorPause } from '../../src/core/outbox/attempt.entity.js';
import {
  rotateIntegrationSecret,
  testIntegration,
  updateIntegrationSettings,
} from '../../src/integrations/connection/connection.commands.js';
import { Integration, Vendor } from '../../src/integrations/connection/connection.entity.js';
import { Connections } from '../../src/integrations/connection/connection.secret.js';
import { upload } from '../../src/integrations/microsoft/sharepoint/upload.js';
import { SharePoint, STORE_IN_SHAREPOINT } from '../../src/integrations/microsoft/sharepoint/sharepoint.js';
import type { FaultRule } from '../../src/sandbox/microsoft/faults.js';
import { type PerformEffect, steps } from '../../src/core/outbox/handler.js';
import { door } from '../faults/outbox.kit.js';
import { partsOf, textsIn } from '../kit/office.js';
import { useSharePoint } from './sharepoint.kit.js';

const bench = useSharePoint();

const arm = (rule: FaultRule): number => bench.simulator.world.faults.arm(rule);
const pause = async (): Promise<VendorPause | null> =>
  (await bench.world.read({ found: selectFirst(VendorPause, { vendor: Vendor.SHAREPOINT }) })).found;
const connection = async (): Promise<Integration> =>
  (await bench.world.read({ found: selectFirst(Integration, {}) })).found!;

/** `again`: attempts after which the Word file was put once more, since it cannot be compared. */
async function expectStoredOnce(again = 0): Promise<void> {
  const { brief, files } = await bench.stored();
  expect(brief.storedAt).not.toBeNull();
  expect(files).toHaveLength(2);
  expect(bench.files()).toHaveLength(2);
  expect(bench.count('file.created')).toBe(2);
  expect(bench.count('version.created')).toBe(again);
  expect((await bench.effects()).map(({ kind, state }) => [kind, state])).toEqual([
    ['sharepoint.store', 'DONE'],
    ['sharepoint.sweep', 'PENDING'],
  ]);
}

it.each<{ what: string; rule: FaultRule; minutes?: number; again?: number }>([
  { what: 'a 503 before', rule: { operation: 'content.put', kind: 'status', status: 503 } },
  { what: 'a 500 after', rule: { operation: 'content.put', kind: 'status', status: 500, at: 'after' } },
  {
    what: 'a 500 after the second file',
    rule: { operation: 'content.put', kind: 'status', status: 500, at: 'after', skip: 1 },
    again: 1,
  },
  { what: 'a reset before', rule: { operation: 'content.put', kind: 'reset' } },
  {
    what: 'a reset after the Word file',
    rule: { operation: 'content.put', kind: 'reset', at: 'after', skip: 1 },
    again: 1,
  },
  { what: 'half an answer', rule: { operation: 'content.put', kind: 'cut' } },
  { what: 'an HTML page', rule: { operation: 'content.put', kind: 'status', status: 503, form: 'html' } },
  { what: 'broken JSON', rule: { operation: 'site.get', kind: 'malformed' } },
  { what: 'a lost folder answer', rule: { operation: 'folder.create', kind: 'reset', at: 'after', times: 3 } },
  {
    what: 'a token endpoint that is down',
    rule: { operation: 'token', kind: 'status', status: 503, retryAfter: '30' },
  },
])('after $what each file is there once', async ({ rule, minutes = 6, again }) => {
  await bench.connected();
  arm(rule);
  await bench.submitted();
  await bench.work({ minutes });
  // Another process: MSAL sends nothing for as long as the token endpoint asked, by its own clock.
  await bench.work({ minutes: 1 });
  await expectStoredOnce(again);
});

test('a 429 parks the vendor as long as it asks', async () => {
  await bench.connect();
  await bench.work();
  arm({ operation: 'content.put', kind: 'status', status: 429, retryAfter: '120' });
  await bench.submitted();
  const asked = bench.suite.clock.at.getTime();
  await bench.work();
  const parked = await pause();
  expect(parked).toMatchObject({ reason: 'THROTTLED' });
  expect(parked!.until!.getTime() - asked).toBeGreaterThanOrEqual(120_000);
  const asks = (): number => bench.simulator.world.log.list().length;
  const before = asks();
  await bench.work({ minutes: 1 });
  expect(asks()).toBe(before);
});

interface Trouble {
  readonly what: string;
  readonly breaks: () => void | Promise<void>;
  readonly reason: string;
  readonly mends: () => void | Promise<void>;
}

it.each<Trouble>([
  {
    what: 'the consent is revoked',
    breaks: () => {
      bench.simulator.people.consent(bench.sample.tid, null);
      bench.simulator.people.revokeTokens(bench.sample.tid);
    },
    reason: 'MICROSOFT_CONSENT',
    mends: () => bench.simulator.people.consent(bench.sample.tid, { roles: ['Sites.Selected'] }),
  },
  {
    what: 'the site is not granted any more',
    breaks: () => bench.simulator.people.grantSite(bench.sample.tid, []),
    reason: 'SHAREPOINT_NOT_GRANTED',
    mends: () => bench.simulator.people.grantSite(bench.sample.tid, ['write']),
  },
  {
    what: 'the grant is for reading alone',
    breaks: () => bench.simulator.people.grantSite(bench.sample.tid, ['read']),
    reason: 'SHAREPOINT_NOT_GRANTED',
    mends: () => bench.simulator.people.grantSite(bench.sample.tid, ['write']),
  },
  {
    what: 'the library does not exist',
    breaks: () => change({ library: 'Elsewhere' }),
    reason: 'SHAREPOINT_LIBRARY_MISSING',
    mends: () => change({}),
  },
  {
    what: 'the secret has expired',
    breaks: () => {
      bench.simulator.people.setSecret(bench.sample.clientSecret, '2020-01-01T00:00:00Z');
      bench.simulator.people.revokeTokens(bench.sample.tid);
    },
    reason: 'MICROSOFT_SECRET_EXPIRED',
    mends: async () => {
      bench.simulator.people.setSecret('fresh', null);
      const admin = await bench.world.as('REVOPS_ADMIN');
      const { id: integrationId, revision } = await connection();
      const credentials = [
        { name: 'clientId', value: bench.sample.clientId },
        { name: 'clientSecret', value: 'fresh' },
      ];
      await admin.done(rotateIntegrationSecret, { integrationId, expectedRevision: revision, credentials });
    },
  },
])(
  'while $what the brief waits, the connection says why, and it goes on by itself',
  async ({ breaks, reason, mends }) => {
    await bench.connect();
    const handlers = bench.handlers();
    await bench.work({ handlers });
    expect(await connection()).toMatchObject({ state: 'CONNECTED', reason: null });
    await breaks();
    await bench.submitted();
    await bench.work({ handlers });
    expect(await connection()).toMatchObject({ state: 'ERROR', reason, remedy: expect.stringMatching(/.{30}/) });
    expect(await pause()).toMatchObject({ reason: 'DISCONNECTED', until: null });
    expect((await bench.effects()).map(({ state }) => state)).toEqual(['PENDING']);
    await mends();
    const admin = await bench.world.as('REVOPS_ADMIN');
    await admin.done(testIntegration, { integrationId: (await connection()).id });
    await bench.work({ handlers, minutes: 3 });
    expect(await connection()).toMatchObject({ state: 'CONNECTED', reason: null });
    const { files } = await bench.stored();
    expect(files).toHaveLength(2);
  },
);

async function change(settings: Record<string, string>): Promise<void> {
  const admin = await bench.world.as('REVOPS_ADMIN');
  const { id: integrationId, revision, baseUrl } = await connection();
  await admin.done(updateIntegrationSettings, {
    integrationId,
    expectedRevision: revision,
    baseUrl,
    settings: Object.entries({ directoryId: bench.sample.tid, ...settings }).map(([name, value]) => ({ name, value })),
  });
}

test('a deleted site is said as such, also by a process that knew its ids', async () => {
  await bench.connect();
  const handlers = bench.handlers();
  await bench.submitted();
  await bench.work({ handlers });
  bench.simulator.people.deleteSite(bench.sample.tid);
  await bench.submitted();
  await bench.work({ handlers });
  expect(await connection()).toMatchObject({ state: 'ERROR', reason: 'SHAREPOINT_SITE_MISSING' });
});

test('a folder that people rename stays the folder of its handoff', async () => {
  await bench.connect();
  const handoffId = await bench.submitted();
  await bench.work();
  const [folder] = bench.files()[0]!.split('/brief-');
  bench.simulator.people.rename(bench.sample.tid, folder!, 'Acme, the network');
  const { row } = await bench.world.read({ row: selectFirst(Handoff, { id: handoffId }) });
  const delivery = await bench.world.as('DELIVERY_MANAGER');
  await delivery.done(draftBriefCommand, { handoffId, expectedRevision: row!.revision });
  await bench.work();
  expect(bench.files().map((path) => path.split('/').slice(2).join('/'))).toEqual([
    'Acme, the network/brief-v1.docx',
    'Acme, the network/brief-v1.md',
    'Acme, the network/brief-v2.docx',
    'Acme, the network/brief-v2.md',
  ]);
});

test('a worker that ends between the upload and its record: the next one goes on with what is there', async () => {
  await bench.connected();
  await bench.submitted();
  const handlers = bench.handlers();
  const store = steps(handlers[STORE_IN_SHAREPOINT]!).perform;
  const gate = door();
  const arrived = door();
  const dying: PerformEffect = async (effect, tools) => {
    const result = await store(effect, tools);
    arrived.open();
    await gate.wait;
    return result;
  };
  const old = bench.dispatcher({ ...handlers, [STORE_IN_SHAREPOINT]: dying });
  await old.pass();
  const lost = old.pass();
  await arrived.wait;
  bench.suite.clock.advanceHours(1 / 60);
  await bench.work();
  await expectStoredOnce(1);
  gate.open();
  await lost;
  await expectStoredOnce(1);
});

test('whoever is erased between two attempts is in neither file, whichever of them was put already', async () => {
  await bench.connected();
  arm({ operation: 'content.put', kind: 'reset', at: 'after', skip: 1 });
  const handoffId = await bench.submitted();
  await bench.work();
  const [docx, markdown] = bench.files();
  const { tid } = bench.sample;
  const word = (): string =>
    textsIn(partsOf(bench.simulator.people.read(tid, docx!)).get('word/document.xml')!, 'w:t').join('');
  const { contacts, row } = await bench.world.read({
    contacts: select(Stakeholder, { handoffId }),
    row: selectRequired(Handoff, handoffId),
  });
  const contact = contacts.find(({ name }) => name !== null && word().includes(name))!;
  const admin = await bench.world.as('REVOPS_ADMIN');
  const erasure = { stakeholderId: contact.id, reason: ErasureReason.REQUESTED };
  await admin.done(eraseClientContact, { ...erasure, handoffId, expectedRevision: row.revision });
  await bench.work({ minutes: 3 });
  const { brief, files } = await bench.stored();
  expect(brief.storedAt).not.toBeNull();
  expect(files.map(({ version }) => version)).toEqual(['2.0', '2.0']);
  expect(word()).not.toContain(contact.name);
  expect(bench.simulator.people.read(tid, markdown!).toString()).not.toContain(contact.name);
});

test('two workers store it once', async () => {
  await bench.connected();
  await bench.submitted();
  await Promise.all([bench.work(), bench.work()]);
  await expectStoredOnce();
});

test('somebody else has the file open: it is put when they are done', async () => {
  await bench.connected();
  arm({ operation: 'content.put', kind: 'status', status: 423 });
  await bench.submitted();
  await bench.work({ minutes: 3 });
  await expectStoredOnce();
});

test('columns that people made are filled in, and a certificate signs in', async () => {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const thumbprint = 'ab'.repeat(32);
  bench.simulator.people.addCertificate(thumbprint, publicKey.export({ type: 'spki', format: 'pem' }).toString());
  bench.simulator.people.addColumn(bench.sample.tid, 'CountersignVersion', 'number');
  bench.simulator.people.addColumn(bench.sample.tid, 'CountersignHandoff', 'text');
  bench.simulator.people.addColumn(bench.sample.tid, 'Owner', 'text');
  await bench.connect({
    credentials: {
      clientId: bench.sample.clientId,
      certificateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
      certificateThumbprint: thumbprint,
    },
  });
  await bench.submitted();
  await bench.work();
  const items = bench.simulator.world.store.all('item').filter(({ kind }) => kind === 'file');
  expect(items.filter(({ deleted }) => !deleted).map(({ fields }) => fields)).toEqual([
    { CountersignVersion: 1, CountersignHandoff: expect.any(String) },
    { CountersignVersion: 1, CountersignHandoff: expect.any(String) },
  ]);
});

describe('an upload session', () => {
  const content = Buffer.alloc(327_680 * 3 + 1000, 'countersign ');
  const limits = { sessionFrom: 1, rangeBytes: 327_680 };

  async function put(rule: FaultRule | null): Promise<{ id: string; name: string }> {
    await bench.connect();
    const connections = new Connections(bench.suite.vault);
    const tools = { read: bench.world.read.bind(bench.world) };
    const sharepoint = new SharePoint(bench.http, connections);
    const graph = sharepoint.client(await connections.of(tools, Vendor.SHAREPOINT), new AbortController().signal);
    const place = await sharepoint.places.of(graph);
    if (rule) arm(rule);
    return upload(graph, place, { folderId: 'root', name: 'large.txt', content, existing: null }, limits);
  }

  it.each<{ what: string; rule: FaultRule | null }>([
    { what: 'nothing', rule: null },
    { what: 'a range that never arrived', rule: { operation: 'session.range', kind: 'reset', skip: 1 } },
    {
      what: 'a range whose answer was lost',
      rule: { operation: 'session.range', kind: 'status', status: 503, at: 'after', skip: 1 },
    },
    { what: 'the last answer lost', rule: { operation: 'session.range', kind: 'reset', at: 'after', skip: 3 } },
  ])('after $what goes on where it was', async ({ rule }) => {
    const { name } = await put(rule);
    expect(name).toBe('large.txt');
    expect(bench.simulator.people.read(bench.sample.tid, 'large.txt').equals(content)).toBe(true);
    expect([bench.count('file.created'), bench.count('session.created'), bench.count('range.received')]).toEqual([
      1, 1, 4,
    ]);
  });

  it('begins anew when SharePoint forgot it', async () => {
    const delayed = put({ operation: 'session.range', skip: 2, delayMs: 300 });
    while (bench.count('range.received') < 2) await new Promise((resolve) => setTimeout(resolve, 10));
    bench.simulator.people.loseUploadSessions(bench.sample.tid);
    await delayed;
    expect(bench.simulator.people.read(bench.sample.tid, 'large.txt').equals(content)).toBe(true);
    expect([bench.count('file.created'), bench.count('session.created')]).toEqual([1, 2]);
  });
});
