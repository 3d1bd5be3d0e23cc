import { pino } from 'pino';
import { createChecklist } from '../../src/checklist/checklist.effects.js';
import { ChecklistItem } from '../../src/checklist/checklist.entity.js';
import { submitEvidence, verifyEvidence } from '../../src/checklist/evidence.commands.js';
import { Evidence, EvidenceForm } from '../../src/checklist/evidence.entity.js';
import { configurationOfHandoff } from '../../src/catalogue/catalogue.queries.js';
import { Alert } from '../../src/core/alert.js';
import { newId } from '../../src/core/id.js';
import { LedgerEntry } from '../../src/core/ledger/entry.js';
import { select, selectFirst, selectRequired, update } from '../../src/core/statement.js';
import { Side } from '../../src/handoff/content.entity.js';
import { Handoff } from '../../src/handoff/handoff.entity.js';
import { Stage } from '../../src/handoff/stage.rules.js';
import { Connections } from '../../src/integrations/connection/connection.secret.js';
import { EvidenceDocument } from '../../src/integrations/microsoft/evidence/evidence-document.entity.js';
import { watchHandler } from '../../src/integrations/microsoft/evidence/evidence.handler.js';
import { WATCH_EVIDENCE } from '../../src/integrations/microsoft/evidence/evidence.message.js';
import { findPlace } from '../../src/integrations/microsoft/sharepoint/place.js';
import { SharePoint } from '../../src/integrations/microsoft/sharepoint/sharepoint.js';
import { SchedulePlanner } from '../../src/integrations/schedule/schedule.planner.js';
import { importForTest } from '../kit/deal.js';
import { read } from '../rules/handoff.kit.js';
import { useSharePoint } from './sharepoint.kit.js';

const bench = useSharePoint();
const LINK = 'https://northwind-managed.sharepoint.com/sites/delivery/Shared%20Documents/Contracts/Scope%20%231.pdf';
const PATH = 'Contracts/Scope #1.pdf';

let handoffId: string;
let integrationId: string;

/** A worker's process: its planner looks, then what is due is done. */
async function look(): Promise<void> {
  const { gateway, clock } = bench.suite;
  const tenants = async () => [bench.world.tenantId];
  const log = pino({ level: 'silent' });
  await new SchedulePlanner({ gateway, present: () => clock.now(), tenants, log }).pass();
  const connections = new Connections(bench.suite.vault);
  const sharepoint = new SharePoint(bench.http, connections);
  const handlers = { ...bench.handlers(sharepoint), [WATCH_EVIDENCE]: watchHandler(sharepoint, connections) };
  await bench.work({ handlers });
}

async function nextDay(): Promise<void> {
  bench.suite.clock.advanceHours(24);
  await look();
}

/** Puts a file where people have put it. */
async function put(path: string, text: string): Promise<void> {
  const connections = new Connections(bench.suite.vault);
  const opened = await connections.byId({ read: (queries) => bench.world.read(queries) }, integrationId);
  const graph = new SharePoint(bench.http, connections).client(opened, AbortSignal.timeout(10_000));
  const { driveId } = await findPlace(graph);
  await graph.call('POST', `/drives/${driveId}/root/children`, {
    json: { name: 'Contracts', folder: {}, '@microsoft.graph.conflictBehavior': 'fail' },
    accept: [409],
  });
  const encoded = path.split('/').map(encodeURIComponent).join('/');
  await graph.call('PUT', `/drives/${driveId}/root:/${encoded}:/content`, {
    body: Buffer.from(text),
    headers: { 'content-type': 'application/pdf' },
  });
}

/** Evidence for the signed scope with a link, verified. */
async function give(documentUrl = LINK, isVerified = true): Promise<void> {
  const revision = async () => (await bench.world.read({ row: selectRequired(Handoff, handoffId) })).row.revision;
  const { item } = await bench.world.read({ item: selectFirst(ChecklistItem, { handoffId, code: 'SIGNED_SCOPE' }) });
  const sales = await bench.world.as('SALES_MANAGER');
  await sales.done(submitEvidence, {
    handoffId,
    expectedRevision: await revision(),
    itemId: item!.id,
    kind: EvidenceForm.DOCUMENT,
    title: 'Signed scope',
    documentUrl,
    contentHash: 'a'.repeat(64),
    signers: [
      { name: 'Priya Shah', side: Side.CLIENT, signedOn: '2026-11-20' },
      { name: 'Sofia Marin', side: Side.PROVIDER, signedOn: '2026-11-20' },
    ],
  });
  if (!isVerified) return;
  const { latest } = await bench.world.read({ latest: selectFirst(Evidence, {}, { orderBy: ['-id'] }) });
  const delivery = await bench.world.as('DELIVERY_MANAGER');
  await delivery.done(verifyEvidence, {
    handoffId,
    expectedRevision: await revision(),
    evidenceId: latest!.id,
  });
}

const READ = `query ($id: ID!) { handoff(id: $id) {
  readiness(for: SUBMIT) { findings { code path } }
  checklist { code state status statusReason reopenReason
    evidence { invalidReason document { state reason webUrl movedAt } } } } }`;

/** The signed scope as sales sees it, and what the submit gate says of it. */
async function seen() {
  const sales = await bench.world.as('SALES_MANAGER');
  const { data, errors } = await sales.graphql(READ, { id: handoffId });
  expect(errors).toEqual([]);
  const { checklist, readiness } = data!.handoff;
  const { evidence, ...item } = checklist.find(({ code }: { code: string }) => code === 'SIGNED_SCOPE');
  const codes = readiness.findings
    .filter(({ path }: { path: string }) => path === 'checklist.SIGNED_SCOPE')
    .map(({ code }: { code: string }) => code);
  return { item, codes, ...evidence[0] };
}

const alerts = async (): Promise<string[]> =>
  (await bench.world.read({ found: select(Alert, {}, { orderBy: ['id'] }) })).found.map(({ code }) => code);
const actions = async (): Promise<string[]> =>
  (await bench.world.read({ found: select(LedgerEntry, {}, { orderBy: ['id'] }) })).found
    .filter(({ actorId }) => actorId === WATCH_EVIDENCE)
    .map(({ action }) => action);

beforeEach(async () => {
  const { world, suite } = bench;
  integrationId = await bench.connected();
  const sales = await world.as('SALES_MANAGER');
  handoffId = await sales.done(importForTest, read('managed-network-healthy'));
  const { handoff, version } = await world.read({
    handoff: selectRequired(Handoff, handoffId),
    version: configurationOfHandoff(handoffId),
  });
  const { checklistTemplate: template, tier } = handoff;
  const choice = { handoffId, template, tier, configuration: world.configuration, version };
  const moment = { now: suite.clock.at, actor: sales.actor, newId, vault: suite.vault };
  // What is not theirs, delivery does not see while it is a draft.
  const theirs = update(Handoff, { id: handoffId }, { deliveryManagerId: await world.idOf('DELIVERY_MANAGER') });
  await suite.gateway.transaction(world.tenantId, (tx) => tx.commit([...createChecklist(choice, moment), theirs]));
});

test('a document is known by its content: moved it keeps proving, and its new link is recorded', async () => {
  await put(PATH, 'the signed scope');
  await give();
  await look();
  expect(await seen()).toMatchObject({
    item: { state: 'VERIFIED', status: 'VERIFIED' },
    document: { state: 'SOUND', reason: null, webUrl: LINK, movedAt: null },
    codes: [],
  });
  const { people } = bench.simulator;
  people.rename(bench.sample.tid, PATH, 'Scope, final.pdf');
  await nextDay();
  const after = await seen();
  expect(after).toMatchObject({ item: { status: 'VERIFIED' }, invalidReason: null, document: { state: 'SOUND' } });
  expect(after.document.webUrl).toContain('/Contracts/Scope%2C%20final.pdf');
  expect(after.document.movedAt).not.toBeNull();
  await nextDay();
  expect(await actions()).toEqual(['recordDocumentMove']);
  expect(await alerts()).toEqual([]);
});

test.each<{ what: string; loss: string; breaks: () => void | Promise<void> }>([
  {
    what: 'replaced',
    loss: 'CHANGED',
    breaks: () => bench.simulator.people.editDocument(bench.sample.tid, PATH, 'another scope'),
  },
  { what: 'deleted', loss: 'DELETED', breaks: () => bench.simulator.people.remove(bench.sample.tid, PATH) },
  {
    what: 'deleted, with another in its place',
    loss: 'CHANGED',
    breaks: async () => {
      bench.simulator.people.remove(bench.sample.tid, PATH);
      await put(PATH, 'another scope');
    },
  },
])('a document that was $what reopens its item, once, and the owner is told', async ({ loss, breaks }) => {
  await put(PATH, 'the signed scope');
  await give();
  await look();
  await breaks();
  await nextDay();
  expect(await seen()).toMatchObject({
    item: {
      state: 'OPEN',
      status: 'OPEN',
      statusReason: 'REOPENED',
      reopenReason: expect.stringContaining('document'),
    },
    invalidReason: `DOCUMENT_${loss}`,
    document: { state: loss },
    codes: ['EVIDENCE_REOPENED'],
  });
  await nextDay();
  expect(await actions()).toEqual(['invalidateEvidence']);
  const { found } = await bench.world.read({ found: select(Alert, {}) });
  const { handoff } = await bench.world.read({ handoff: selectRequired(Handoff, handoffId) });
  expect(found.map(({ code, facts }) => [code, facts.ownerId])).toEqual([
    [`EVIDENCE_DOCUMENT_${loss}`, handoff.ownerId],
  ]);
  await give('https://northwind-managed.sharepoint.com/sites/delivery/Shared%20Documents/other.pdf', false);
  expect((await seen()).item.status).toBe('SUBMITTED');
});

test('a file that was copied anew with the same content is the same document', async () => {
  await put(PATH, 'the signed scope');
  await give();
  await look();
  bench.simulator.people.remove(bench.sample.tid, PATH);
  await put(PATH, 'the signed scope');
  await nextDay();
  expect(await seen()).toMatchObject({ item: { status: 'VERIFIED' }, document: { state: 'SOUND' } });
});

test('what cannot be read is UNCHECKED with a reason, never invalid, and read again when it can be', async () => {
  const { people } = bench.simulator;
  const { tid } = bench.sample;
  await put(PATH, 'the signed scope');
  people.grantSite(tid, []);
  await give();
  await look();
  expect(await seen()).toMatchObject({
    item: { status: 'VERIFIED' },
    document: { reason: 'NOT_GRANTED', webUrl: null },
  });
  people.grantSite(tid, ['read']);
  await nextDay();
  expect((await seen()).document).toMatchObject({ state: 'SOUND', reason: null });
  people.grantSite(tid, []);
  people.editDocument(tid, PATH, 'another scope');
  await nextDay();
  expect(await seen()).toMatchObject({
    item: { status: 'VERIFIED' },
    invalidReason: null,
    document: { state: 'UNCHECKED', reason: 'NOT_GRANTED', webUrl: LINK },
  });
  people.grantSite(tid, ['read']);
  await nextDay();
  expect((await seen()).invalidReason).toBe('DOCUMENT_CHANGED');
});

test('a site that is gone takes no evidence with it', async () => {
  await put(PATH, 'the signed scope');
  await give();
  await look();
  bench.simulator.people.deleteSite(bench.sample.tid);
  await nextDay();
  expect(await seen()).toMatchObject({ invalidReason: null, document: { state: 'UNCHECKED', reason: 'NOT_FOUND' } });
});

test('links elsewhere, to nothing and to folders are left alone', async () => {
  await put(PATH, 'the signed scope');
  await give('https://other.sharepoint.com/sites/handoff/Shared%20Documents/x.pdf');
  await look();
  expect((await seen()).document).toBeNull();
  await give('https://northwind-managed.sharepoint.com/sites/delivery/Shared%20Documents/Contracts');
  await look();
  expect((await seen()).document).toMatchObject({ state: 'UNCHECKED', reason: 'NOT_A_FILE' });
  await give('https://northwind-managed.sharepoint.com/sites/delivery/Shared%20Documents/never.pdf');
  await look();
  expect(await seen()).toMatchObject({ item: { status: 'VERIFIED' }, document: { reason: 'NOT_FOUND' } });
  const { count } = await bench.world.read({ count: select(EvidenceDocument, {}) });
  expect(count).toHaveLength(2);
});

test('delivery does not sign off, nor schedules a kickoff, over lost evidence; an ended handoff is not looked at', async () => {
  await put(PATH, 'the signed scope');
  await give();
  await look();
  const stage = (to: Stage): Promise<void> => {
    const withdrawnAt = to === Stage.WITHDRAWN ? bench.suite.clock.at : null;
    return bench.suite.gateway.transaction(bench.world.tenantId, (tx) =>
      tx.commit([update(Handoff, { id: handoffId }, { stage: to, withdrawnAt })]),
    );
  };
  await stage(Stage.WITHDRAWN);
  bench.simulator.people.remove(bench.sample.tid, PATH);
  await nextDay();
  expect(await alerts()).toEqual([]);
  await stage(Stage.IN_REVIEW);
  await nextDay();
  const delivery = await bench.world.as('DELIVERY_MANAGER');
  const asked = `query ($id: ID!) { handoff(id: $id) { signOff: readiness(for: SIGN_OFF) { findings { code path } }
    kickoff: readiness(for: KICKOFF) { findings { code path } } } }`;
  const { data } = await delivery.graphql(asked, { id: handoffId });
  const lost = { code: 'EVIDENCE_DOCUMENT_LOST', path: 'checklist.SIGNED_SCOPE' };
  expect(data!.handoff.signOff.findings).toContainEqual(lost);
  expect(data!.handoff.kickoff.findings).toContainEqual(lost);
});
