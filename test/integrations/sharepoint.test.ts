import { existsSync, readdirSync } from 'node:fs';
import { Alert } from '../../src/core/alert.js';
import { newId } from '../../src/core/id.js';
import { LedgerCheckpoint } from '../../src/core/ledger/seal.entity.js';
import { enqueue } from '../../src/core/outbox/message.js';
import { select, selectFirst, selectRequired } from '../../src/core/statement.js';
import {
  disconnectIntegration,
  updateIntegrationSettings,
} from '../../src/integrations/connection/connection.commands.js';
import { Integration, Vendor } from '../../src/integrations/connection/connection.entity.js';
import { Connections } from '../../src/integrations/connection/connection.secret.js';
import { sweepHandler } from '../../src/integrations/microsoft/sharepoint/sweep.handler.js';
import { SWEEP_SHAREPOINT } from '../../src/integrations/microsoft/sharepoint/sweep.message.js';
import { ERASE_IN_SHAREPOINT, SharePoint } from '../../src/integrations/microsoft/sharepoint/sharepoint.js';
import { KEEP_IN_SHAREPOINT } from '../../src/integrations/microsoft/sharepoint/checkpoint.handler.js';
import { sealerOf } from '../kit/sealer.js';
import { useSharePoint } from './sharepoint.kit.js';

const bench = useSharePoint();

const FILES = `query ($id: ID!) { brief(id: $id) { markdownPath docxPath markdownFileHash
  files { format name webUrl shareUrl version state sha256 } } }`;

test('from submit to file: one file a format, with version and link on the brief', async () => {
  await bench.connect({ settings: { links: 'ORGANIZATION' } });
  await bench.submitted();
  await bench.work();
  const names = bench.files();
  expect(names).toEqual([
    expect.stringMatching(/^Handoffs\/[^/]+\/[^/]+\/brief-v1\.docx$/),
    expect.stringMatching(/brief-v1\.md$/),
  ]);
  const { brief } = await bench.stored();
  const delivery = await bench.world.as('DELIVERY_MANAGER');
  const { data, errors } = await delivery.graphql(FILES, { id: brief.id });
  expect(errors).toEqual([]);
  const [docx, markdown] = data!.brief.files;
  expect(docx).toMatchObject({ format: 'DOCX', version: '1.0', state: 'SOUND' });
  expect(markdown).toMatchObject({ format: 'MARKDOWN', name: 'brief-v1.md', version: '1.0', state: 'SOUND' });
  expect(markdown.sha256).toBe(data!.brief.markdownFileHash);
  expect(markdown.shareUrl).toMatch(/^https:\/\/northwind-managed\.sharepoint\.com\//);
  expect([docx.webUrl, markdown.webUrl]).toEqual([data!.brief.docxPath, data!.brief.markdownPath]);
  expect(bench.simulator.people.read(bench.sample.tid, names[1]!).toString()).toContain('# ');
  expect((await bench.effects()).map(({ kind, state, receipt }) => [kind, state, receipt])).toEqual([
    ['sharepoint.store', 'DONE', markdown.webUrl],
    ['sharepoint.sweep', 'PENDING', null],
  ]);
  expect(readdirSync(bench.folder)).toEqual([]);
});

test('a tenant without SharePoint keeps its files in the local folder', async () => {
  await bench.submitted();
  await bench.work();
  expect(bench.files()).toEqual([]);
  expect(existsSync(`${bench.folder}/${bench.world.tenantId}`)).toBe(true);
  expect((await bench.stored()).files).toEqual([]);
});

test('what people change or delete is noticed the next day, said once, and a new name is noted', async () => {
  await bench.connect();
  await bench.submitted();
  await bench.work();
  const [docx, markdown] = bench.files();
  const { people } = bench.simulator;
  const { tid } = bench.sample;
  people.editDocument(tid, markdown!, 'another text');
  people.rename(tid, docx!, 'The brief.docx');
  for (const hours of [25, 25]) {
    bench.suite.clock.advanceHours(hours);
    await bench.work();
  }
  const states = async () => (await bench.stored()).files.map(({ name, state }) => [name, state]);
  const alerts = async () => (await bench.world.read({ found: select(Alert, {}, { orderBy: ['id'] }) })).found;
  expect(await states()).toEqual([
    ['The brief.docx', 'SOUND'],
    ['brief-v1.md', 'CHANGED'],
  ]);
  expect((await alerts()).map(({ code, facts }) => [code, facts.format])).toEqual([['DOCUMENT_CHANGED', 'MARKDOWN']]);
  people.remove(tid, docx!.replace('brief-v1.docx', 'The brief.docx'));
  bench.suite.clock.advanceHours(25);
  await bench.work();
  expect((await states())[0]).toEqual(['The brief.docx', 'MISSING']);
  expect((await alerts()).map(({ code }) => code)).toEqual(['DOCUMENT_CHANGED', 'DOCUMENT_MISSING']);
});

test('the comparison goes on in parts, each of which is kept, and the next day is asked for first', async () => {
  await bench.connect();
  await bench.submitted();
  await bench.work();
  for (const path of bench.files()) bench.simulator.people.editDocument(bench.sample.tid, path, 'another text');
  bench.suite.clock.advanceHours(25);
  const sharepoint = new SharePoint(bench.http, new Connections(bench.suite.vault));
  const handlers = { ...bench.handlers(sharepoint), [SWEEP_SHAREPOINT]: sweepHandler(sharepoint, 1) };
  const states = async () => (await bench.stored()).files.map(({ state }) => state).toSorted();
  const dispatcher = bench.dispatcher(handlers);
  await dispatcher.pass();
  expect(await states()).toEqual(['CHANGED', 'SOUND']);
  await bench.work({ handlers });
  expect(await states()).toEqual(['CHANGED', 'CHANGED']);
  expect((await bench.effects()).slice(1).map(({ state, receipt, notBefore }) => [state, receipt, notBefore])).toEqual([
    ['DONE', '1 files compared', expect.any(Date)],
    ['PENDING', null, new Date(bench.suite.clock.at.getTime() + 86_400_000)],
    ['DONE', '1 files compared', null],
    ['DONE', 'NOTHING_TO_COMPARE', null],
  ]);
  bench.suite.clock.advanceHours(25);
  await bench.work({ handlers });
  const ended = (await bench.effects()).filter(({ receipt }) => receipt !== null);
  expect(ended).toHaveLength(7);
});

test('a file in a former library that is not granted any more is left unchecked; the connection goes on', async () => {
  const integrationId = await bench.connect();
  await bench.submitted();
  await bench.work();
  const { people } = bench.simulator;
  people.grantSite(bench.sample.tid, []);
  const another = anotherSite();
  const admin = await bench.world.as('REVOPS_ADMIN');
  const connection = async () => (await bench.world.read({ row: selectRequired(Integration, integrationId) })).row;
  await admin.done(updateIntegrationSettings, {
    integrationId,
    expectedRevision: (await connection()).revision,
    baseUrl: another,
    settings: [{ name: 'directoryId', value: bench.sample.tid }],
  });
  await bench.work();
  const before = await bench.stored();
  bench.suite.clock.advanceHours(25);
  await bench.work();
  expect(await connection()).toMatchObject({ state: 'CONNECTED', reason: null });
  expect((await bench.effects()).at(-2)).toMatchObject({
    state: 'DONE',
    receipt: '0 files compared, 2 left unchecked: their former library is not granted any more',
  });
  expect((await bench.stored()).files).toEqual(before.files);
});

/** A second site of the directory, with a library, granted as the first was; its address. */
function anotherSite(): string {
  const { store } = bench.simulator.world;
  const [site, library] = [store.all('site')[0]!, store.all('library')[0]!];
  const root = store.get('item', library.rootId)!;
  const siteId = `${site.host},${newId()},${newId()}`;
  store.put('site', { ...site, id: siteId, path: 'sites/archive', name: 'Archive' });
  store.put('library', { ...library, id: 'b!archive', siteId, listId: newId(), rootId: '01ARCHIVE' });
  store.put('item', { ...root, id: '01ARCHIVE', driveId: 'b!archive', guid: newId() });
  const { clientId: appId } = bench.sample;
  store.put('grant', { id: newId(), siteId, listId: null, appId, roles: ['write'], from: '2020-01-01T00:00:00Z' });
  return `https://${site.host}/sites/archive`;
}

test("the ledger's checkpoints are kept as files that nothing replaces", async () => {
  await bench.connect();
  await bench.submitted();
  const size = await sealerOf(bench.world, [bench.world.tenantId]).cover(bench.world.tenantId);
  await bench.work();
  const [path] = bench.files().filter((file) => file.includes('/Ledger/'));
  expect(path).toMatch(new RegExp(`^Handoffs/Ledger/\\d{4}-\\d{2}/checkpoint-0*${size}\\.txt$`));
  const { note } = (await bench.world.read({ found: selectFirst(LedgerCheckpoint, { size }) })).found!;
  expect(bench.simulator.people.read(bench.sample.tid, path!).toString()).toBe(note);
  bench.simulator.people.editDocument(bench.sample.tid, path!, 'forged');
  const admin = await bench.world.as('REVOPS_ADMIN');
  const effect = (await bench.effects()).find(({ kind }) => kind === KEEP_IN_SHAREPOINT)!;
  const { kind, aggregateType: type, aggregateId: id, payload } = effect;
  const message = { kind, aggregate: { type, id }, payload, effectKey: newId(), vendor: Vendor.SHAREPOINT };
  await bench.suite.gateway.transaction(admin.actor.tenantId, (tx) =>
    tx.commit(enqueue([message], bench.suite.clock.at, newId)),
  );
  await bench.work();
  expect((await bench.effects()).at(-1)).toMatchObject({ state: 'DEAD', reason: 'LEDGER_CHECKPOINT_DIFFERS' });
  expect(bench.simulator.people.read(bench.sample.tid, path!).toString()).toBe('forged');
});

test('an erasure waits for SharePoint as long as files lie there, and writes them again', async () => {
  const integrationId = await bench.connect();
  const handoffId = await bench.submitted();
  await bench.work();
  const admin = await bench.world.as('REVOPS_ADMIN');
  const { found } = await bench.world.read({ found: selectRequired(Integration, integrationId) });
  await admin.done(disconnectIntegration, { integrationId, expectedRevision: found.revision });
  const aggregate = { type: 'Handoff', id: handoffId };
  const message = { kind: 'brief.erase', aggregate, payload: {}, effectKey: newId() };
  await bench.suite.gateway.transaction(bench.world.tenantId, (tx) =>
    tx.commit(enqueue([message], bench.suite.clock.at, newId)),
  );
  await bench.work();
  const erasure = async () => (await bench.effects()).find(({ kind }) => kind === ERASE_IN_SHAREPOINT)!.state;
  expect(await erasure()).toBe('PENDING');
  expect(existsSync(`${bench.folder}/${bench.world.tenantId}`)).toBe(false);
  await bench.connect();
  await bench.work({ minutes: 2 });
  expect(await erasure()).toBe('DONE');
  expect(bench.count('version.created')).toBe(1);
});
