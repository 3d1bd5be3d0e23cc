import { issueDocument } from '../../src/document/document.commands.js';
import { IssuedDocument } from '../../src/document/document.entity.js';
import { plain, WITHHELD } from '../../src/brief/brief.markdown.js';
import { ERASED_DATA } from '../../src/brief/brief.personal.js';
import type { DocumentKind } from '../../src/catalogue/configuration.documents.js';
import { sha256Hex } from '../../src/core/canonical.js';
import { select, selectRequired } from '../../src/core/statement.js';
import { eraseClientContact } from '../../src/erasure/erasure.commands.js';
import { ErasureReason } from '../../src/erasure/erasure.input.js';
import { proposeConfiguration } from '../../src/governance/propose.command.js';
import { RiskLevel, Side, StakeholderRole } from '../../src/handoff/content.entity.js';
import { Handoff } from '../../src/handoff/handoff.entity.js';
import { addRisk } from '../../src/handoff/risk.commands.js';
import { addStakeholder } from '../../src/handoff/stakeholder.commands.js';
import { wantedNotices } from '../../src/notice/notice.events.js';
import { importForTest } from '../kit/deal.js';
import { playStory } from '../kit/story.js';
import { openSuite, type Suite } from '../kit/suite.js';
import type { Persona, World } from '../kit/world.js';
import { read } from '../rules/handoff.kit.js';
import { proposal } from './governance.kit.js';

let suite: Suite;
let world: World;
let sales: Persona;
beforeAll(async () => {
  suite = await openSuite();
});
afterAll(() => suite.close());
beforeEach(async () => {
  world = await suite.tenant();
  sales = await world.as('SALES_MANAGER');
});

const PREVIEWS = `query ($id: ID!) { handoffDocuments(handoffId: $id) {
  kind title templateVersion markdown missing contentSha256 isCurrent outdated sources { type hash } latest { number } } }`;

interface Preview {
  readonly kind: DocumentKind;
  readonly markdown: string;
  readonly missing: readonly string[];
  readonly contentSha256: string;
  readonly isCurrent: boolean;
  readonly outdated: readonly string[];
  readonly sources: readonly { readonly type: string }[];
  readonly latest: { readonly number: number } | null;
}

async function previews(handoffId: string, who = sales): Promise<Preview[]> {
  const { data, errors } = await who.graphql(PREVIEWS, { id: handoffId });
  expect(errors).toEqual([]);
  return data!.handoffDocuments as Preview[];
}
const preview = async (handoffId: string, kind: DocumentKind): Promise<Preview> =>
  (await previews(handoffId)).find((one) => one.kind === kind)!;
const on = async (handoffId: string): Promise<{ handoffId: string; expectedRevision: number }> => ({
  handoffId,
  expectedRevision: (await world.read({ row: selectRequired(Handoff, handoffId) })).row.revision,
});
const issues = async (): Promise<IssuedDocument[]> =>
  (await world.read({ rows: select(IssuedDocument, {}, { orderBy: ['id'] }) })).rows;

async function opened(): Promise<string> {
  const handoffId = await sales.done(importForTest, read('managed-network-healthy'));
  const ada = { name: 'Ada Lovelace', title: 'CIO', email: 'ada@client.test', phone: null, notes: null };
  const side = { side: Side.CLIENT, role: StakeholderRole.PRIMARY_CONTACT };
  await sales.done(addStakeholder, { ...(await on(handoffId)), ...side, ...ada });
  return handoffId;
}

const risk = {
  level: RiskLevel.HIGH,
  text: 'The one engineer who knows the network leaves in March.',
  mitigation: null,
  source: 'call of 12 November',
};

test('the seven documents of a draft name their gaps and sources; the text of the introduction is in its preview alone', async () => {
  const handoffId = await opened();
  const all = await previews(handoffId);
  expect(all).toHaveLength(7);
  for (const { markdown, sources, latest, isCurrent } of all) {
    expect(markdown).toContain('Template v1.0 of 2026-11-01');
    for (const line of markdown.split('\n').filter((one) => one.startsWith('- ')))
      expect(line).toMatch(/\(source: .+\)$/);
    expect(sources[0]).toMatchObject({ type: 'CONFIGURATION' });
    expect([latest, isCurrent]).toEqual([null, false]);
  }
  expect(all.find(({ kind }) => kind === 'MEETING_NOTES')!.missing).toHaveLength(3);
  expect(all.find(({ kind }) => kind === 'INTRODUCTION_EMAIL')!.markdown).toContain('Hello Priya Nair');
  const auditor = await world.as('AUDITOR');
  const { data } = await auditor.graphql(`query ($id: ID!) { handoffDocuments(handoffId: $id) { kind missing } }`, {
    id: handoffId,
  });
  expect(data!.handoffDocuments).toHaveLength(7);
});

test('an issue is numbered, never the same twice, outdated by what changes, and archived by the next', async () => {
  const handoffId = await opened();
  const issue = async (kind: DocumentKind) => ({ ...(await on(handoffId)), kind });
  await sales.done(issueDocument, await issue('RISK_REGISTER'));
  expect(await preview(handoffId, 'RISK_REGISTER')).toMatchObject({ isCurrent: true, outdated: [] });
  const again = await sales.refused(issueDocument, await issue('RISK_REGISTER'));
  expect(again.map(({ code }) => code)).toEqual(['DOCUMENT_CURRENT']);
  await sales.done(addRisk, { ...(await on(handoffId)), ...risk });
  expect(await preview(handoffId, 'RISK_REGISTER')).toMatchObject({
    isCurrent: false,
    outdated: ['Changed since: Risk flags.'],
  });
  await sales.done(issueDocument, await issue('RISK_REGISTER'));
  const [first, second] = await issues();
  expect([first!.number, second!.number]).toEqual([1, 2]);
  expect([first!.isChanged, second!.isChanged]).toEqual([false, true]);
  expect([first!.archivedAt, second!.archivedAt]).toEqual([suite.clock.at, null]);
  expect(second!.markdownHash).toBe(sha256Hex(second!.markdown));
  const start = suite.clock.at;
  suite.clock.at = new Date(start.getTime() + 8 * 86_400_000);
  expect((await preview(handoffId, 'RISK_REGISTER')).outdated).toEqual(['It is 8 days old; 7 are current.']);
  suite.clock.at = start;
});

test('names stand under keys: gone with their erasure, and with them the digests that hold them', async () => {
  const handoffId = await opened();
  await sales.done(issueDocument, { ...(await on(handoffId)), kind: 'STAKEHOLDER_MAP' });
  await sales.done(issueDocument, { ...(await on(handoffId)), kind: 'INTRODUCTION_EMAIL' });
  const [map, introduction] = await issues();
  expect(JSON.stringify([map, introduction])).not.toMatch(/Ada|client\.test|Hello/);
  expect(map!.markdown).toContain(plain(WITHHELD));
  const texts = async (): Promise<string[]> => {
    const { data, errors } = await sales.graphql(
      `query ($id: ID!) { handoff(id: $id) { issuedDocuments { markdown issuer { handle } } } }`,
      { id: handoffId },
    );
    expect(errors).toEqual([]);
    return data!.handoff.issuedDocuments.map((one: { markdown: string }) => one.markdown);
  };
  expect((await texts())[1]).toContain('Ada Lovelace');
  const [stakeholder] = await world.rows(
    'select id from stakeholder where tenant_id = $1 and handoff_id = $2 and name = $3',
    [handoffId, 'Ada Lovelace'],
  );
  const admin = await world.as('REVOPS_ADMIN');
  await admin.done(eraseClientContact, {
    ...(await on(handoffId)),
    stakeholderId: stakeholder!.id as string,
    reason: ErasureReason.REQUESTED,
  });
  const after = await texts();
  expect(after.join('\n')).not.toContain('Ada');
  expect(after[1]).toContain(plain(ERASED_DATA));
  expect((await issues()).map(({ sectionDigests }) => sectionDigests)).toEqual([null, null]);
  expect((await preview(handoffId, 'STAKEHOLDER_MAP')).outdated[0]).toBe('Somebody who was named in it was erased.');
  const effects = await world.rows(
    "select kind, count(*)::int as count from outbox_effect where tenant_id = $1 and kind like 'document.%' group by kind order by kind",
  );
  expect(effects).toEqual([
    { kind: 'document.erase', count: 1 },
    { kind: 'document.store', count: 2 },
  ]);
});

test('the owner in sales is told once of a document that delivery issued anew after the sign-off', async () => {
  const { handoffId } = await playStory(world);
  const delivery = await world.as('dana.delivery');
  const issue = async () => delivery.done(issueDocument, { ...(await on(handoffId)), kind: 'IMPLEMENTATION_PLAN' });
  const told = async () =>
    (await world.read({ wanted: wantedNotices(world.configuration.tenant.timeZone, suite.clock.at) })).wanted.filter(
      ({ eventKey }) => eventKey.includes('/reissued/'),
    );
  suite.clock.at = new Date(suite.clock.at.getTime() + 60_000);
  await issue();
  expect(await told()).toEqual([]);
  await world.suite.gateway.transaction(world.tenantId, (tx) =>
    tx.commit([
      {
        text: 'update project_milestone set target_on = target_on + 1 where tenant_id = $1 and handoff_id = $2',
        values: [handoffId],
      },
    ]),
  );
  await issue();
  const { row } = await world.read({ row: selectRequired(Handoff, handoffId) });
  expect(await told()).toMatchObject([
    { template: 'SALES_TOLD_OF_CHANGE', personId: row.ownerId, subjectId: handoffId },
  ]);
});

test('a proposed configuration may not give a version that rules another content', async () => {
  const admin = await world.as('REVOPS_ADMIN');
  const edited = (version: string) =>
    proposal(world, (configuration) => {
      const entry = { version, date: '2026-11-20', author: 'rory.revops', text: 'Risks alone.' };
      const template = { version, date: entry.date, sections: [{ part: 'risks' as const }], changes: [entry] };
      configuration.documents = { templates: { RISK_REGISTER: template } };
    });
  const refused = await admin.refused(proposeConfiguration, edited('v1.0'));
  expect(refused.map(({ code, path }) => [code, path])).toEqual([
    ['TEMPLATE_VERSION_USED', 'documents.templates.RISK_REGISTER'],
  ]);
  await admin.done(proposeConfiguration, edited('v1.1'));
});
