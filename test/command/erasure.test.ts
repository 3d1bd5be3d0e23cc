import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { VendorHttp } from '../../src/integrations/http/client.js';
import { Brief } from '../../src/brief/brief.entity.js';
import { draftBriefCommand } from '../../src/brief/brief.commands.js';
import { ERASED_DATA } from '../../src/brief/brief.personal.js';
import { plain } from '../../src/brief/brief.markdown.js';
import { ConfigurationVersion } from '../../src/catalogue/configuration-version.entity.js';
import { verifyLedger } from '../../src/cli/ledger.js';
import { sha256Hex } from '../../src/core/canonical.js';
import { Dispatcher } from '../../src/core/outbox/dispatcher.js';
import { select, selectRequired, update } from '../../src/core/statement.js';
import { openTexts, PersonalKey, PersonalText } from '../../src/core/vault.js';
import { Client, Deal, DealPayload, DealSnapshot } from '../../src/deal/deal.entity.js';
import { openPayload } from '../../src/deal/deal.payload.js';
import { normaliseHaloExport } from '../../src/deal/halopsa.rules.js';
import { issueDocument } from '../../src/document/document.commands.js';
import { eraseClientContact, eraseDealContacts, erasePerson } from '../../src/erasure/erasure.commands.js';
import { ErasureReason } from '../../src/erasure/erasure.input.js';
import { effectHandlers } from '../../src/effects.js';
import { Side, Stakeholder, StakeholderRole } from '../../src/handoff/content.entity.js';
import { Handoff } from '../../src/handoff/handoff.entity.js';
import { Stage } from '../../src/handoff/stage.rules.js';
import { addStakeholder, removeStakeholder } from '../../src/handoff/stakeholder.commands.js';
import { inviteMember, linkAccount } from '../../src/identity/member.commands.js';
import { Person } from '../../src/identity/person.entity.js';
import { readConfig } from '../../src/core/config.js';
import { importForTest } from '../kit/deal.js';
import { submitForTest } from '../kit/project.js';
import { placesOf } from '../kit/scan.js';
import { playStory } from '../kit/story.js';
import { openSuite, type Suite } from '../kit/suite.js';
import type { Persona, World } from '../kit/world.js';
import { read } from '../rules/handoff.kit.js';

const SOFIA = { name: 'Sofia Lindqvist', email: 'sofia.lindqvist@canary.test' };
const SAM = { name: 'Sam Hughes', email: 'sam.hughes@canary.test' };
const PRIYA = ['Priya Nair', 'priya.nair@acme.example'];
const ADA = { name: 'Ada Lovelace', title: 'CIO', email: 'ada@client.test', phone: '+44 113 496 0001', notes: null };
const ALAN = ['Alan Turing', 'alan.turing@acme.example'];
const GRACE = ['Grace Hopper', 'grace.hopper@acme.example'];
const REASON = { reason: ErasureReason.REQUESTED };

let suite: Suite;
let folder: string;
let world: World;
let handoffId: string;
let admin: Persona;

beforeAll(async () => {
  suite = await openSuite();
});
afterAll(() => suite.close());
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'erasure-'));
  world = await suite.tenant(({ people }) => {
    Object.assign(
      people.find(({ key }) => key === 'sofia.sales')!,
      SOFIA,
    );
    Object.assign(
      people.find(({ key }) => key === 'sam.sales')!,
      SAM,
    );
  });
  ({ handoffId } = await playStory(world));
  admin = await world.as('REVOPS_ADMIN');
  await dispatch();
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Does what the outbox asks, until nothing is due. */
async function dispatch(): Promise<void> {
  const config = readConfig({ DOCUMENTS_FOLDER: folder }, folder);
  const dispatcher = new Dispatcher({
    gateway: suite.gateway,
    clock: suite.clock,
    pipeline: suite.pipeline,
    handlers: effectHandlers(
      config,
      suite.vault,
      pino({ level: 'silent' }),
      new VendorHttp({ loopback: () => [], hosts: [] }),
      new VendorHttp({ loopback: () => [], hosts: [] }),
    ),
    tenants: () => Promise.resolve([world.tenantId]),
    log: pino({ level: 'silent' }),
  });
  while ((await dispatcher.pass()) > 0);
}

const places = (texts: readonly string[]): Promise<string[]> =>
  placesOf(suite.superuserUrl, world.tenantId, folder, texts);
const load = async (id = handoffId): Promise<Handoff> => (await world.read({ row: selectRequired(Handoff, id) })).row;
const on = async (id = handoffId): Promise<{ handoffId: string; expectedRevision: number }> => ({
  handoffId: id,
  expectedRevision: (await load(id)).revision,
});
const person = async (id: string): Promise<Person> => (await world.read({ row: selectRequired(Person, id) })).row;
const erase = async (personId: string) => ({
  personId,
  ...REASON,
  expectedRevision: (await person(personId)).revision,
});

/** How many of the sealed texts that a key still opens tell of these. */
async function opened(wanted: readonly string[]): Promise<number> {
  const { texts, keys, payloads } = await world.read({
    texts: select(PersonalText),
    keys: select(PersonalKey),
    payloads: select(DealPayload),
  });
  const keyOf = new Map(keys.map((key) => [key.id, key]));
  const whole = payloads.flatMap(({ id, raw, imported }) =>
    (['raw', 'imported'] as const).map((kind) =>
      openPayload(suite.vault, { key: keyOf.get(id)!, text: kind === 'raw' ? raw : imported }, kind),
    ),
  );
  const all = [...texts.flatMap((text) => [...openTexts(suite.vault, [text], keys).values()]), ...whole];
  return all.filter((text) => text !== null && wanted.some((one) => text.includes(one))).length;
}

/** An export of another deal of the client with this contact, by name and mail address. */
async function naming([name, email]: readonly string[]): Promise<ReturnType<typeof read>> {
  const { client } = await world.read({ client: selectRequired(Client, (await load()).clientId) });
  const raw = read('managed-network-healthy')
    .raw.replaceAll('"client_id": 12', `"client_id": ${client.externalId}`)
    .replaceAll(PRIYA[0]!, name!)
    .replaceAll(PRIYA[1]!, email!);
  const parsed = normaliseHaloExport(raw);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.findings));
  return { raw, parsed };
}

/**
 * Another handoff of the client, returned. Its brief and stakeholder map tell of two whose rows are gone: sales took Ada
 * out, and the PSA has another contact now.
 */
async function returned(contact: readonly string[]): Promise<string> {
  const sales = await world.as('sofia.sales');
  const id = await sales.done(importForTest, await naming(contact));
  const part = { side: Side.CLIENT, role: StakeholderRole.CHAMPION };
  await sales.done(addStakeholder, { ...(await on(id)), ...part, ...ADA });
  await sales.done(submitForTest, { handoffId: id });
  await sales.done(issueDocument, { ...(await on(id)), kind: 'STAKEHOLDER_MAP' });
  await dispatch();
  await suite.gateway.transaction(world.tenantId, (tx) =>
    tx.commit([update(Handoff, { id }, { stage: Stage.RETURNED })]),
  );
  const { rows } = await world.read({ rows: select(Stakeholder, { handoffId: id, name: ADA.name }) });
  await sales.done(removeStakeholder, { ...(await on(id)), stakeholderId: rows[0]!.id });
  await sales.done(importForTest, await naming(GRACE));
  return id;
}

/** Every digest of an immutable record against its content, and the ledger. */
async function proofs(): Promise<void> {
  const { versions, snapshots, briefs } = await world.read({
    versions: select(ConfigurationVersion),
    snapshots: select(DealSnapshot),
    briefs: select(Brief),
  });
  for (const { content, digest } of versions) expect(sha256Hex(content)).toBe(digest);
  for (const { terms, termsDigest } of snapshots) expect(sha256Hex(terms)).toBe(termsDigest);
  for (const { markdown, markdownHash } of briefs) expect(sha256Hex(markdown)).toBe(markdownHash);
  expect(versions.length * snapshots.length * briefs.length).toBeGreaterThan(0);
  const { entries, tampered } = await verifyLedger(suite.gateway, world.tenantId);
  expect(tampered).toEqual([]);
  expect(entries).toBeGreaterThan(10);
}

test('before anybody is erased, names stand in the clear only where they can be written over', async () => {
  const oid = world.configuration.people.find(({ key }) => key === 'sofia.sales')!.accounts[0]!.oid;
  const inRows = (found: string[]): string[] => found.filter((place) => !place.startsWith('brief-v'));
  expect(inRows(await places([SOFIA.name, SOFIA.email, oid]))).toEqual([
    'account.subject',
    'evidence.signers',
    'person.email',
    'person.name',
    'stakeholder.name',
  ]);
  expect(inRows(await places(PRIYA))).toEqual([
    'commitment.promised_to',
    'evidence.signers',
    'handoff.communication_preferences',
    'stakeholder.email',
    'stakeholder.name',
  ]);
  expect(await places(PRIYA)).toEqual(expect.arrayContaining(['brief-v1.docx', 'brief-v1.md']));
  expect(await opened(PRIYA)).toBeGreaterThan(4);
  expect(await opened([SAM.name])).toBeGreaterThan(4);
});

test('an erased member is nowhere, and every proof holds', async () => {
  const sam = await world.as('sam.sales');
  const { accounts } = world.configuration.people.find(({ key }) => key === 'sam.sales')!;
  expect(await admin.done(erasePerson, await erase(sam.actor.id))).toBe(sam.actor.id);
  await dispatch();
  expect(await places([SAM.name, SAM.email, accounts[0]!.oid, 'sam.sales'])).toEqual(['configuration_version.content']);
  expect(await places([SAM.name, SAM.email, accounts[0]!.oid])).toEqual([]);
  expect(await opened([SAM.name, SAM.email, accounts[0]!.oid])).toBe(0);
  await proofs();
  await expect(world.as('sam.sales')).rejects.toThrow('cannot sign in');
  await expect(sam.done(draftBriefCommand, await on())).rejects.toMatchObject({ code: 'FORBIDDEN' });
  const query = `{ people(first: 50) { edges { node { id name email state } } }
    configuration { document digest } configurationVersions(first: 5) { edges { node { document } } } }`;
  const { data, errors } = await admin.graphql(query);
  expect(errors).toEqual([]);
  const shown = data!.people.edges
    .map(({ node }: { node: Person }) => node)
    .find(({ id }: Person) => id === sam.actor.id);
  expect(shown).toMatchObject({ name: 'Erased person', state: 'ERASED' });
  const { people } = JSON.parse(data!.configuration.document as string) as World['configuration'];
  expect(people.find(({ id }) => id === sam.actor.id)).toMatchObject({ name: 'Erased person', email: '' });
  expect(people.find(({ key }) => key === 'sofia.sales')).toMatchObject(SOFIA);
});

test('who comes back is a new person, and the old record never signs in again', async () => {
  const sam = await world.as('sam.sales');
  const oid = world.configuration.people.find(({ key }) => key === 'sam.sales')!.accounts[0]!.oid;
  await admin.done(erasePerson, await erase(sam.actor.id));
  const { revision } = await person(sam.actor.id);
  const link = { personId: sam.actor.id, subject: oid, issuer: '*', expectedRevision: revision };
  await expect(admin.done(linkAccount, link)).rejects.toMatchObject({ code: 'BAD_USER_INPUT' });
  const again = { handle: 'sam.sales', ...SAM, roles: ['SALES_MANAGER' as never], oid };
  const id = await admin.done(inviteMember, again);
  expect(id).not.toBe(sam.actor.id);
  expect((await world.as('sam.sales')).actor.id).toBe(id);
});

test('a member whom others rely on is refused, with every duty, its records and the remedy', async () => {
  const sofia = await world.as('sofia.sales');
  const findings = await admin.refused(erasePerson, await erase(sofia.actor.id));
  expect(new Set(findings.map(({ code }) => code))).toEqual(new Set(['OPEN_DUTY']));
  const owner = findings.find(({ path }) => path === 'duties.HANDOFF_OWNER')!;
  expect(owner.facts).toMatchObject({ numbers: [(await load()).number], count: 1 });
  expect(owner.remedy).toContain('assignOwner');
  expect(await places([SOFIA.name])).toContain('person.name');
});

test('nobody erases themselves, the last administrator, or anybody twice; a stale revision is told', async () => {
  const codes = (findings: readonly { code: string }[]): string[] => findings.map(({ code }) => code);
  expect(codes(await admin.refused(erasePerson, await erase(admin.actor.id)))).toEqual(
    expect.arrayContaining(['SELF_ERASURE']),
  );
  const sam = await world.idOf('sam.sales');
  await expect(admin.done(erasePerson, { ...(await erase(sam)), expectedRevision: 99 })).rejects.toMatchObject({
    code: 'STALE_REVISION',
  });
  await admin.done(erasePerson, await erase(sam));
  expect(codes(await admin.refused(erasePerson, await erase(sam)))).toEqual(['ALREADY_ERASED']);
  const sofia = await world.as('sofia.sales');
  await expect(sofia.run(erasePerson, await erase(sam))).rejects.toMatchObject({ code: 'FORBIDDEN' });
});

test("a deal's contacts are nowhere after their erasure, in rows, briefs and files; the proofs hold", async () => {
  const { dealId } = await load();
  const { deal } = await world.read({ deal: selectRequired(Deal, dealId) });
  await admin.done(eraseDealContacts, { dealId, ...REASON, expectedRevision: deal.currentRevision });
  await dispatch();
  expect(await places(PRIYA)).toEqual([]);
  expect(await opened(PRIYA)).toBe(0);
  await proofs();
  const delivery = await world.as('dana.delivery');
  const query = 'query ($id: ID!) { handoff(id: $id) { briefs { markdown } stakeholders { side name email } } }';
  const { data } = await delivery.graphql(query, { id: handoffId });
  for (const { markdown } of data!.handoff.briefs as { markdown: string }[]) {
    expect(markdown).toContain(plain(ERASED_DATA));
    expect(markdown).not.toContain('Priya');
  }
  const client = (data!.handoff.stakeholders as Stakeholder[]).filter(({ side }) => side === Side.CLIENT);
  expect(new Set(client.map(({ name, email }) => `${name} ${email}`))).toEqual(new Set(['Erased person null']));
});

test('one contact of the client goes from every handoff of the client, and the others stay', async () => {
  const { stakeholders } = await world.read({ stakeholders: select(Stakeholder, { handoffId }) });
  const priya = stakeholders.find(({ name }) => name === PRIYA[0])!;
  const other = stakeholders.find(({ side, name }) => side === Side.CLIENT && name !== PRIYA[0]);
  const input = { stakeholderId: priya.id, ...REASON, ...(await on()) };
  await admin.done(eraseClientContact, input);
  await dispatch();
  expect(await places(PRIYA)).toEqual([]);
  expect(await opened(PRIYA)).toBe(0);
  if (other) expect(await places([other.name])).toContain('brief-v1.md');
  await proofs();
  expect((await admin.refused(eraseClientContact, { ...input, ...(await on()) })).map(({ code }) => code)).toEqual([
    'ALREADY_ERASED',
  ]);
});

test("people whose rows are gone go from briefs, documents and files with the deal's contacts", async () => {
  const id = await returned(ALAN);
  const gone = [ADA.name, ADA.email, ADA.phone, ...ALAN];
  // Until somebody asks for it, the earlier brief says what it said.
  const files = ['brief-v1.docx', 'brief-v1.md', 'stakeholder-map.docx', 'stakeholder-map.md'];
  expect(await places(gone)).toEqual(files);
  for (const one of gone) expect(await opened([one])).toBeGreaterThan(1);
  const { dealId } = await load(id);
  const { deal } = await world.read({ deal: selectRequired(Deal, dealId) });
  await admin.done(eraseDealContacts, { dealId, ...REASON, expectedRevision: deal.currentRevision });
  await dispatch();
  expect(await places([...gone, ...GRACE])).toEqual([]);
  expect(await opened([...gone, ...GRACE])).toBe(0);
  // The other deal's people stay.
  expect(await opened(PRIYA)).toBeGreaterThan(4);
  await proofs();
});

test('a contact of the client goes from the briefs of another handoff that has lost its row', async () => {
  await returned(PRIYA);
  const { rows } = await world.read({ rows: select(Stakeholder, { handoffId, name: PRIYA[0]! }) });
  await admin.done(eraseClientContact, { stakeholderId: rows[0]!.id, ...REASON, ...(await on()) });
  await dispatch();
  expect(await places(PRIYA)).toEqual([]);
  expect(await opened(PRIYA)).toBe(0);
  // Who has a row there stays.
  expect(await places([GRACE[0]!])).toEqual(['stakeholder.name']);
  await proofs();
});
