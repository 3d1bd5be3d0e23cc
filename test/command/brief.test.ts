import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { draftBriefCommand, releaseBrief } from '../../src/brief/brief.commands.js';
import { type Brief, BriefState } from '../../src/brief/brief.entity.js';
import { briefStoreHandler } from '../../src/brief/brief.handler.js';
import { WITHHELD, plain } from '../../src/brief/brief.markdown.js';
import { briefsOf } from '../../src/brief/brief.queries.js';
import { LocalFolderStore } from '../../src/brief/brief.store.js';
import { Dispatcher } from '../../src/core/outbox/dispatcher.js';
import { newId } from '../../src/core/id.js';
import { EffectState, OutboxEffect } from '../../src/core/outbox/effect.entity.js';
import { insert, select, selectFirst, selectRequired, type Statement, update } from '../../src/core/statement.js';
import { DealSnapshot } from '../../src/deal/deal.entity.js';
import { Handoff } from '../../src/handoff/handoff.entity.js';
import { Side, StakeholderRole } from '../../src/handoff/content.entity.js';
import { addStakeholder } from '../../src/handoff/stakeholder.commands.js';
import { Stage } from '../../src/handoff/stage.rules.js';
import { importForTest } from '../kit/deal.js';
import { submitForTest } from '../kit/project.js';
import { openSuite, type Suite } from '../kit/suite.js';
import type { Persona, World } from '../kit/world.js';
import { read } from '../rules/handoff.kit.js';

let suite: Suite;
let world: World;
let sales: Persona;
let delivery: Persona;
let folder: string;
beforeAll(async () => {
  suite = await openSuite();
});
afterAll(() => suite.close());
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'documents-'));
  world = await suite.tenant();
  sales = await world.as('SALES_MANAGER');
  delivery = await world.as('DELIVERY_MANAGER');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const on = async (handoffId: string): Promise<{ handoffId: string; expectedRevision: number }> => ({
  handoffId,
  expectedRevision: (await world.read({ row: selectRequired(Handoff, handoffId) })).row.revision,
});
const briefs = async (handoffId: string): Promise<Brief[]> => (await world.read({ rows: briefsOf(handoffId) })).rows;
const write = (...statements: Statement[]): Promise<void> =>
  suite.gateway.transaction(world.tenantId, (tx) => tx.commit(statements));
const sha256 = (content: Buffer | string): string => createHash('sha256').update(content).digest('hex');
const codes = (findings: readonly { code: string }[]): string[] => findings.map(({ code }) => code);

async function submitted(): Promise<string> {
  const handoffId = await sales.done(importForTest, read('managed-network-healthy'));
  const person = {
    side: Side.CLIENT,
    role: StakeholderRole.PRIMARY_CONTACT,
    name: 'Ada Lovelace',
    title: 'CIO',
    email: 'ada@client.test',
    phone: null,
    notes: null,
  };
  await sales.done(addStakeholder, { ...(await on(handoffId)), ...person });
  await sales.done(submitForTest, { handoffId });
  return handoffId;
}

async function dispatch(): Promise<void> {
  const dispatcher = new Dispatcher({
    gateway: suite.gateway,
    clock: suite.clock,
    pipeline: suite.pipeline,
    handlers: { 'brief.store': briefStoreHandler(new LocalFolderStore(folder), suite.vault) },
    tenants: () => Promise.resolve([world.tenantId]),
    log: pino({ level: 'silent' }),
  });
  await dispatcher.pass();
}

test('a submit drafts version 1, with a source for every statement, and the worker stores it', async () => {
  const handoffId = await submitted();
  const [brief] = await briefs(handoffId);
  expect(brief).toMatchObject({ version: 1, state: BriefState.DRAFT, releasedBy: null, storedAt: null });
  expect(brief!.markdownHash).toBe(sha256(brief!.markdown));
  expect(brief!.sources.map(({ type }) => type).slice(0, 3)).toEqual(['CONFIGURATION', 'DEAL_SNAPSHOT', 'BASELINE']);
  expect(brief!.markdown.match(/^- .*\(source: .+\)$/gm)).toHaveLength(brief!.statementCount);
  expect(brief!.markdown).toContain('Budget baseline version 1');
  await dispatch();
  const [stored] = await briefs(handoffId);
  const { number } = (await world.read({ row: selectRequired(Handoff, handoffId) })).row;
  expect(stored!.markdownPath).toBe(`${world.tenantId}/${number}/brief-v1.md`);
  expect(sha256(readFileSync(join(folder, stored!.markdownPath!)))).toBe(stored!.markdownFileHash);
  expect(sha256(readFileSync(join(folder, stored!.docxPath!)))).toBe(stored!.docxHash);
  const { effects } = await world.read({ effects: select(OutboxEffect, {}) });
  expect(effects.map(({ state, receipt }) => [state, receipt])).toEqual([['DONE', stored!.markdownPath]]);
});

test('the effect done twice is done once', async () => {
  const handoffId = await submitted();
  await dispatch();
  const [stored] = await briefs(handoffId);
  await write(update(OutboxEffect, { aggregateId: handoffId }, { state: EffectState.PENDING }));
  await dispatch();
  expect(await briefs(handoffId)).toEqual([stored]);
});

test('a new version is drafted from the data as it stands; the earlier stays', async () => {
  const handoffId = await submitted();
  const id = await delivery.done(draftBriefCommand, await on(handoffId));
  const [second, first] = await briefs(handoffId);
  expect([second!.id, second!.version, first!.version]).toEqual([id, 2, 1]);
  expect(second!.baselineId).toBe(first!.baselineId);
});

test('a named person releases the latest version, once', async () => {
  const handoffId = await submitted();
  const [first] = await briefs(handoffId);
  const id = await delivery.done(draftBriefCommand, await on(handoffId));
  expect(codes(await delivery.refused(releaseBrief, { ...(await on(handoffId)), briefId: first!.id }))).toEqual([
    'NOT_LATEST',
  ]);
  await delivery.done(releaseBrief, { ...(await on(handoffId)), briefId: id });
  const [released] = await briefs(handoffId);
  expect(released).toMatchObject({
    state: BriefState.RELEASED,
    releasedBy: delivery.actor.id,
    releasedAt: suite.clock.at,
  });
  expect(codes(await delivery.refused(releaseBrief, { ...(await on(handoffId)), briefId: id }))).toEqual([
    'ALREADY_RELEASED',
  ]);
});

test('sales releases its own; nobody else may, and nothing outdated or withdrawn is released', async () => {
  const handoffId = await submitted();
  const [brief] = await briefs(handoffId);
  const input = async () => ({ ...(await on(handoffId)), briefId: brief!.id });
  const finance = await world.as('FINANCE_APPROVER');
  await expect(finance.run(releaseBrief, await input())).rejects.toMatchObject({ code: 'FORBIDDEN' });
  await expect(delivery.run(releaseBrief, { ...(await input()), handoffId: brief!.id })).rejects.toMatchObject({
    code: 'NOT_FOUND',
  });
  await write(
    update(
      Handoff,
      { id: handoffId },
      { stage: Stage.WITHDRAWN, withdrawnAt: suite.clock.at, ownerId: delivery.actor.id },
    ),
  );
  expect(codes(await sales.refused(releaseBrief, await input()))).toEqual(['HANDOFF_WITHDRAWN', 'NOT_YOUR_HANDOFF']);
  expect(codes(await sales.refused(draftBriefCommand, await on(handoffId)))).toEqual(['NO_BRIEF_NOW']);
  await write(
    update(Handoff, { id: handoffId }, { stage: Stage.IN_REVIEW, withdrawnAt: null, ownerId: sales.actor.id }),
  );
  await sales.done(releaseBrief, await input());
});

test('a brief of former terms is not released', async () => {
  const handoffId = await submitted();
  const [brief] = await briefs(handoffId);
  const { snapshot } = await world.read({ snapshot: selectFirst(DealSnapshot, {}) });
  const { id: _id, tenantId: _tenant, ...same } = snapshot!;
  const later = newId();
  await write(
    insert(DealSnapshot, { ...same, id: later, revision: 2 }),
    update(Handoff, { id: handoffId }, { dealSnapshotId: later }),
  );
  const findings = await delivery.refused(releaseBrief, { ...(await on(handoffId)), briefId: brief!.id });
  expect(codes(findings)).toEqual(['BRIEF_OUTDATED']);
});

test('there is no brief before the first submit', async () => {
  const handoffId = await sales.done(importForTest, read('managed-network-healthy'));
  expect(codes(await sales.refused(draftBriefCommand, await on(handoffId)))).toEqual(['NO_BRIEF_NOW']);
});

test('the application cannot change the content, nor release without a name', async () => {
  const [brief] = await briefs(await submitted());
  const set = (column: string): Statement => ({
    text: `update brief set ${column} where tenant_id = $1 and id = $2`,
    values: [brief!.id],
  });
  for (const column of [
    "markdown = 'x'",
    "document = '{}'",
    'version = 2',
    "sources = '[]'",
    'markdown_hash = docx_hash',
  ]) {
    await expect(write(set(column))).rejects.toMatchObject({ code: '42501' });
  }
  await expect(write(set("state = 'RELEASED'"))).rejects.toMatchObject({ code: '23514' });
  await expect(write({ text: 'delete from brief where tenant_id = $1', values: [] })).rejects.toMatchObject({
    code: '42501',
  });
});

test('over GraphQL names are withheld from those who may not see personal data', async () => {
  const handoffId = await submitted();
  const query = `query ($id: ID!) { handoff(id: $id) { currentBrief { version state markdown markdownHash statementCount sources { type } releasedBy { handle } baseline { version } } briefs { version } } }`;
  const shown = (await delivery.graphql(query, { id: handoffId })).data!.handoff.currentBrief;
  expect(shown.markdown).toContain('Ada Lovelace, CIO, ada@client.test');
  const auditor = await world.as('AUDITOR');
  const withheld = (await auditor.graphql(query, { id: handoffId })).data!.handoff.currentBrief.markdown;
  expect(withheld).not.toMatch(/Lovelace|client\.test/);
  expect(withheld).toContain(plain(WITHHELD));
  expect(sha256(withheld)).toBe(shown.markdownHash);
  const admin = await world.as('REVOPS_ADMIN');
  expect((await admin.graphql(query, { id: handoffId })).errors[0]!.extensions.code).toBe('FORBIDDEN');
});
