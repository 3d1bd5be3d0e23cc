import { existsSync } from 'node:fs';
import { newId } from '../../src/core/id.js';
import type { EffectHandlers } from '../../src/core/outbox/handler.js';
import { enqueue } from '../../src/core/outbox/message.js';
import { select, selectRequired } from '../../src/core/statement.js';
import { LocalFolderStore } from '../../src/brief/brief.store.js';
import { issueDocument } from '../../src/document/document.commands.js';
import { ERASE_DOCUMENTS, STORE_DOCUMENT } from '../../src/document/document.effects.js';
import { IssuedDocument } from '../../src/document/document.entity.js';
import { documentEraseHandler, documentStoreHandler } from '../../src/document/document.handler.js';
import { RiskLevel } from '../../src/handoff/content.entity.js';
import { Handoff } from '../../src/handoff/handoff.entity.js';
import { addRisk } from '../../src/handoff/risk.commands.js';
import { Connections } from '../../src/integrations/connection/connection.secret.js';
import {
  ERASE_DOCUMENTS_IN_SHAREPOINT,
  erasedInSharePoint,
  handedToSharePoint,
  isInSharePoint,
  SharePoint,
  STORE_DOCUMENT_IN_SHAREPOINT,
} from '../../src/integrations/microsoft/sharepoint/sharepoint.js';
import { StoredFile } from '../../src/integrations/microsoft/sharepoint/stored-file.entity.js';
import { importForTest } from '../kit/deal.js';
import { partsOf, textsIn } from '../kit/office.js';
import { read } from '../rules/handoff.kit.js';
import { useSharePoint } from './sharepoint.kit.js';

const bench = useSharePoint();

function handlers(): EffectHandlers {
  const { vault } = bench.suite;
  const local = new LocalFolderStore(bench.folder);
  const sharepoint = new SharePoint(bench.http, new Connections(vault));
  const { documentStoreOf } = sharepoint;
  return {
    ...bench.handlers(sharepoint),
    [STORE_DOCUMENT]: handedToSharePoint(STORE_DOCUMENT_IN_SHAREPOINT, documentStoreHandler(local, vault)),
    [ERASE_DOCUMENTS]: erasedInSharePoint(
      documentEraseHandler(local, vault, (location) => !isInSharePoint(location)),
      ERASE_DOCUMENTS_IN_SHAREPOINT,
    ),
    [STORE_DOCUMENT_IN_SHAREPOINT]: sharepoint.storing(documentStoreHandler(documentStoreOf, vault)),
    [ERASE_DOCUMENTS_IN_SHAREPOINT]: sharepoint.telling(documentEraseHandler(documentStoreOf, vault, isInSharePoint)),
  };
}
const work = (): Promise<void> => bench.work({ handlers: handlers() });
const revision = async (id: string): Promise<number> =>
  (await bench.world.read({ row: selectRequired(Handoff, id) })).row.revision;

async function issued(handoffId: string): Promise<string> {
  const sales = await bench.world.as('SALES_MANAGER');
  const expectedRevision = await revision(handoffId);
  return sales.done(issueDocument, { handoffId, expectedRevision, kind: 'RISK_REGISTER' });
}

async function riskier(handoffId: string): Promise<void> {
  const sales = await bench.world.as('SALES_MANAGER');
  await sales.done(addRisk, {
    handoffId,
    expectedRevision: await revision(handoffId),
    level: RiskLevel.HIGH,
    text: 'The one engineer who knows the network leaves in March.',
    mitigation: null,
    source: 'call of 12 November',
  });
}

const opened = async (): Promise<string> =>
  (await bench.world.as('SALES_MANAGER')).done(importForTest, read('managed-network-healthy'));

test('each issue is a version of one file a format, beside the brief, and what people change in it is noticed', async () => {
  await bench.connect();
  const handoffId = await opened();
  await issued(handoffId);
  await work();
  const names = bench.files();
  expect(names).toEqual([
    expect.stringMatching(/^Handoffs\/[^/]+\/[^/]+\/risk-register\.docx$/),
    expect.stringMatching(/risk-register\.md$/),
  ]);
  const stored = () =>
    bench.world.read({
      files: select(StoredFile, {}, { orderBy: ['format'] }),
      issues: select(IssuedDocument, {}, { orderBy: ['number'] }),
    });
  await riskier(handoffId);
  const second = await issued(handoffId);
  await work();
  expect(bench.files()).toEqual(names);
  const { files, issues } = await stored();
  expect(files.map(({ documentId, version, state }) => [documentId, version, state])).toEqual([
    [second, '2.0', 'SOUND'],
    [second, '2.0', 'SOUND'],
  ]);
  expect(issues.map(({ markdownPath }) => markdownPath)).toEqual([files[1]!.webUrl, files[1]!.webUrl]);
  expect(issues[1]!.markdownFileHash).toBe(files[1]!.sha256);
  expect(bench.simulator.people.read(bench.sample.tid, names[1]!).toString()).toContain('leaves in March');
  const sales = await bench.world.as('SALES_MANAGER');
  const { data, errors } = await sales.graphql(
    `query ($id: ID!) { handoff(id: $id) { issuedDocuments { number files { format } } } }`,
    { id: handoffId },
  );
  expect(errors).toEqual([]);
  expect(data!.handoff.issuedDocuments).toEqual([
    { number: 2, files: [{ format: 'DOCX' }, { format: 'MARKDOWN' }] },
    { number: 1, files: [] },
  ]);
  bench.simulator.people.editDocument(bench.sample.tid, names[1]!, 'another text');
  bench.suite.clock.advanceHours(25);
  await work();
  expect((await stored()).files.map(({ state }) => state)).toEqual(['SOUND', 'CHANGED']);
  const message = { kind: ERASE_DOCUMENTS, aggregate: { type: 'Handoff', id: handoffId }, payload: {} };
  await bench.suite.gateway.transaction(bench.world.tenantId, (tx) =>
    tx.commit(enqueue([{ ...message, effectKey: newId() }], bench.suite.clock.at, newId)),
  );
  await work();
  expect((await stored()).files.map(({ state }) => state)).toEqual(['SOUND', 'SOUND']);
  expect(bench.simulator.people.read(bench.sample.tid, names[1]!).toString()).toContain('leaves in March');
});

test('an issue whose filing was interrupted leaves nothing of its own in the next one', async () => {
  await bench.connect();
  await work();
  bench.simulator.world.faults.arm({ operation: 'content.put', kind: 'reset', at: 'after', skip: 1 });
  const handoffId = await opened();
  await issued(handoffId);
  await work();
  await riskier(handoffId);
  const second = await issued(handoffId);
  bench.suite.clock.advanceHours(1);
  await work();
  const { files } = await bench.world.read({ files: select(StoredFile, {}, { orderBy: ['format'] }) });
  expect(files.map(({ documentId, state, version }) => [documentId, state, version])).toEqual([
    [second, 'SOUND', '2.0'],
    [second, 'SOUND', '2.0'],
  ]);
  const word = partsOf(bench.simulator.people.read(bench.sample.tid, bench.files()[0]!)).get('word/document.xml')!;
  expect(textsIn(word, 'w:t').join('')).toContain('leaves in March');
});

test('without SharePoint the newest issue lies in the local folder; one that was archived first is passed over', async () => {
  const handoffId = await opened();
  await issued(handoffId);
  await riskier(handoffId);
  const second = await issued(handoffId);
  await work();
  const { issues } = await bench.world.read({ issues: select(IssuedDocument, {}, { orderBy: ['number'] }) });
  expect(issues.map(({ markdownPath }) => markdownPath)).toEqual([null, expect.stringMatching(/risk-register\.md$/)]);
  expect(issues[1]!.id).toBe(second);
  expect(existsSync(`${bench.folder}/${issues[1]!.docxPath}`)).toBe(true);
});
