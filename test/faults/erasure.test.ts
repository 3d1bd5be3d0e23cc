import { HANDOFF_STATUS } from '../../src/handoff/status.message.js';
import { PROVISION_PROJECT } from '../../src/project/provision.message.js';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import pg from 'pg';
import { pino } from 'pino';
import { draftBriefCommand } from '../../src/brief/brief.commands.js';
import { LocalFolderStore, type DocumentStore } from '../../src/brief/brief.store.js';
import { briefEraseHandler, briefStoreHandler } from '../../src/brief/brief.handler.js';
import { proposeConfiguration } from '../../src/governance/propose.command.js';
import { ConfigurationVersion } from '../../src/catalogue/configuration-version.entity.js';
import { newId } from '../../src/core/id.js';
import { MemoryKeyRing, newKeyBytes } from '../../src/core/keys.js';
import { Dispatcher } from '../../src/core/outbox/dispatcher.js';
import { rewrapKeys } from '../../src/core/rewrap.js';
import { select, selectRequired } from '../../src/core/statement.js';
import { openTexts, PersonalKey, PersonalText, textKey, Vault } from '../../src/core/vault.js';
import { eraseClientContact, eraseDealContacts, erasePerson } from '../../src/erasure/erasure.commands.js';
import { ErasureReason } from '../../src/erasure/erasure.input.js';
import { Side, Stakeholder, StakeholderRole, StatementKind } from '../../src/handoff/content.entity.js';
import { Handoff } from '../../src/handoff/handoff.entity.js';
import { addStakeholder } from '../../src/handoff/stakeholder.commands.js';
import { addStatement } from '../../src/handoff/statement.commands.js';
import { Person } from '../../src/identity/person.entity.js';
import { importDeal } from '../../src/passage/intake.commands.js';
import { placesOf } from '../kit/scan.js';
import { playStory } from '../kit/story.js';
import { openSuite, type Suite } from '../kit/suite.js';
import { Persona, World } from '../kit/world.js';

const PRIYA = ['Priya Nair', 'priya.nair@acme.example'];
const REASON = { reason: ErasureReason.REQUESTED };
const LATEST = 'query ($id: ID!) { handoff(id: $id) { number currentBrief { version markdown } } }';

let suite: Suite;
let folder: string;
let world: World;
let handoffId: string;
let admin: Persona;
let sales: Persona;

beforeAll(async () => {
  suite = await openSuite();
});
afterAll(() => suite.close());
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'erasure-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function told(): Promise<void> {
  world = await suite.tenant();
  ({ handoffId } = await playStory(world));
  admin = await world.as('REVOPS_ADMIN');
  sales = await world.as('sofia.sales');
}

const nothing = () => Promise.resolve({ receipt: 'nothing', writes: [] });

function dispatcher(store: DocumentStore = new LocalFolderStore(folder)): Dispatcher {
  return new Dispatcher({
    gateway: suite.gateway,
    clock: suite.clock,
    pipeline: suite.pipeline,
    handlers: {
      'brief.store': briefStoreHandler(store, suite.vault),
      'brief.erase': briefEraseHandler(store, suite.vault),
      // Without a connection there is nothing to tell the PSA.
      [HANDOFF_STATUS]: nothing,
      [PROVISION_PROJECT]: nothing,
    },
    tenants: () => Promise.resolve([world.tenantId]),
    log: pino({ level: 'silent' }),
  });
}

async function dispatchAll(): Promise<void> {
  const worker = dispatcher();
  while ((await worker.pass()) > 0);
}

async function asSuperuser(text: string, values: readonly unknown[]): Promise<number> {
  const client = new pg.Client({ connectionString: suite.superuserUrl });
  await client.connect();
  try {
    return (await client.query(text, [...values])).rowCount ?? 0;
  } finally {
    await client.end();
  }
}

const places = (texts: readonly string[]): Promise<string[]> =>
  placesOf(suite.superuserUrl, world.tenantId, folder, texts);
const load = async (): Promise<Handoff> => (await world.read({ row: selectRequired(Handoff, handoffId) })).row;
const on = async (): Promise<{ handoffId: string; expectedRevision: number }> => ({
  handoffId,
  expectedRevision: (await load()).revision,
});
const contact = async (): Promise<string> => {
  const { rows } = await world.read({ rows: select(Stakeholder, { handoffId }) });
  return rows.find(({ name }) => name === PRIYA[0])!.id;
};
/** Whatever else changes the handoff meanwhile: reads the revision again and tries again. */
async function insist(work: () => Promise<unknown>): Promise<void> {
  for (;;) {
    try {
      await work();
      return;
    } catch (error) {
      if (!['STALE_REVISION', 'BUSY'].includes((error as { code: string }).code)) throw error;
    }
  }
}

describe('an erasure while a brief is being made', () => {
  beforeEach(told);

  it.each([{ round: 1 }, { round: 2 }, { round: 3 }])(
    'leaves no name behind, whoever comes first ($round)',
    async () => {
      const stakeholderId = await contact();
      await Promise.all([
        insist(async () => sales.done(draftBriefCommand, await on())),
        insist(async () => admin.done(eraseClientContact, { stakeholderId, ...REASON, ...(await on()) })),
        insist(async () => sales.done(draftBriefCommand, await on())),
        dispatchAll(),
      ]);
      await dispatchAll();
      expect(await places(PRIYA)).toEqual([]);
    },
  );

  it('is not undone by a worker that was writing the files when it happened', async () => {
    const stakeholderId = await contact();
    const disk = new LocalFolderStore(folder);
    let isErased = false;
    const slow: DocumentStore = {
      put: async (...parts) => {
        if (!isErased) {
          isErased = true;
          await admin.done(eraseClientContact, { stakeholderId, ...REASON, ...(await on()) });
        }
        return disk.put(...parts);
      },
    };
    // What else asks for an effect on the handoff comes before the brief.
    const worker = dispatcher(slow);
    let sent = 1;
    while (sent > 0) sent = isErased ? 0 : await worker.pass();
    expect(isErased).toBe(true);
    // The one file that was written late holds no name, even before the erasure's own effect runs.
    expect((await places(PRIYA)).filter((place) => place === 'brief-v1.md')).toEqual([]);
    await dispatchAll();
    expect(await places(PRIYA)).toEqual([]);
  });
});

describe('what is erased', () => {
  beforeAll(told);

  it('is also a name that people wrote into texts, there and in the brief that says them', async () => {
    const text = 'As PRIYA NAIR said on the phone, Leeds goes first.';
    const source = 'mail of priya.nair@acme.example';
    const world2 = await suite.tenant();
    const owner = await world2.as('SALES_MANAGER');
    const payload = readFileSync(resolve('samples/halopsa/managed-network-healthy.json'), 'utf8');
    const input = { payload, serviceTemplate: null, dealType: null, segment: null };
    const id = await owner.done(importDeal, input);
    const at = async (): Promise<{ handoffId: string; expectedRevision: number }> => {
      const { row } = await world2.read({ row: selectRequired(Handoff, id) });
      return { handoffId: id, expectedRevision: row.revision };
    };
    await owner.done(addStatement, { ...(await at()), kind: StatementKind.IN_SCOPE, text, source, dueOn: null });
    const client = { side: Side.CLIENT, role: StakeholderRole.CHAMPION, name: 'Priya Nair', email: PRIYA[1]! };
    await owner.done(addStakeholder, { ...(await at()), ...client });
    const { rows } = await world2.read({ rows: select(Stakeholder, { handoffId: id }) });
    const stakeholderId = rows.find(({ name }) => name === 'Priya Nair')!.id;
    const revops = await world2.as('REVOPS_ADMIN');
    await revops.done(eraseClientContact, { stakeholderId, ...REASON, ...(await at()) });
    expect(await placesOf(suite.superuserUrl, world2.tenantId, folder, PRIYA)).toEqual([]);
    const [said] = await world2.rows(
      "select text, source from handoff_statement where tenant_id = $1 and text like 'As %'",
    );
    expect(said).toEqual({
      text: 'As Erased person said on the phone, Leeds goes first.',
      source: 'mail of Erased person',
    });
  });

  it('does not come back by the same import, by a file that names the person, or for a stakeholder anew', async () => {
    const sam = await world.idOf('sam.sales');
    const { row } = await world.read({ row: selectRequired(Person, sam) });
    await admin.done(erasePerson, { personId: sam, ...REASON, expectedRevision: row.revision });
    const file = readFileSync(resolve('tenants/northwind-managed.yaml'), 'utf8');
    const ids = new Map(world.configuration.people.map(({ key, id }) => [key, id]));
    const known = file
      .replace(/id: f5057fee\S+/, `id: ${world.tenantId}`)
      .replaceAll(
        / {2}- id: \S+\n {4}key: (\S+)/g,
        (_whole, key: string) => `  - id: ${ids.get(key)}\n    key: ${key}`,
      );
    const findings = await admin.refused(proposeConfiguration, { payload: known, effectiveFrom: null });
    expect(findings.find(({ code }) => code === 'PERSON_ERASED')).toMatchObject({ facts: { personId: sam } });
    expect((await places(['Sam Hughes'])).filter((place) => !place.startsWith('brief'))).toEqual([]);
  });

  it('is told by the ledger in ids and codes alone', async () => {
    const { dealId } = await load();
    const [deal] = await world.rows('select current_revision from deal where tenant_id = $1 and id = $2', [dealId]);
    const expectedRevision = deal!.current_revision as number;
    await admin.done(eraseDealContacts, { dealId, ...REASON, expectedRevision });
    const [entry] = await world.rows(
      "select content from ledger_entry where tenant_id = $1 and action = 'eraseDealContacts'",
    );
    const { body } = JSON.parse(entry!.content as string) as { body: Record<string, unknown> };
    expect(Object.keys(body).toSorted()).toEqual(['handoffs', 'reason', 'stakeholders']);
    expect(body).toMatchObject({ reason: 'REQUESTED', handoffs: [handoffId] });
  });
});

describe('keys', () => {
  beforeAll(told);

  /** The same people, asking a server that has other keys. */
  const under = (vault: Vault): Promise<Persona> =>
    new World({ ...suite, vault }, world.configuration).as('dana.delivery');
  const sealedTexts = async (): Promise<{ texts: PersonalText[]; keys: PersonalKey[] }> =>
    world.read({ texts: select(PersonalText), keys: select(PersonalKey) });

  it('that are lost stop what shows names, with the remedy, and nothing else', async () => {
    const delivery = await under(new Vault(new MemoryKeyRing([newKeyBytes()])));
    const { errors } = await delivery.graphql(LATEST, { id: handoffId });
    expect(errors[0]!.extensions).toMatchObject({ code: 'UNAVAILABLE', reason: 'NO_KEK' });
    expect(String(errors[0]!.extensions.remedy)).toContain('KEK_FILE');
    const rest = await delivery.graphql(
      'query ($id: ID!) { handoff(id: $id) { number stage currentBrief { version } } }',
      {
        id: handoffId,
      },
    );
    expect(rest.errors).toEqual([]);
  });

  it('are wrapped anew online, and what the old one opened the new one opens', async () => {
    const [before, after] = [newKeyBytes(), newKeyBytes()];
    const old = new Vault(new MemoryKeyRing([before]));
    const rotated = new Vault(new MemoryKeyRing([after, before]));
    const other = await suite.tenant();
    const made = old.create('PERSON', newId(), suite.clock.at);
    await suite.gateway.transaction(other.tenantId, (tx) => tx.commit([made.write]));
    const rewrap = (): Promise<number> => rewrapKeys(suite.gateway, rotated, other.tenantId, 'personal_key');
    // Keys of the suite's own ring are not on this one: the run says which is missing, and changes nothing.
    await expect(rewrap()).rejects.toMatchObject({ fault: 'NO_KEK' });
    for (const table of ['personal_text', 'personal_key'])
      await asSuperuser(
        `delete from ${table} where tenant_id = $1 and ${table === 'personal_key' ? 'id' : 'subject_id'} <> $2`,
        [other.tenantId, made.key.id],
      );
    expect([await rewrap(), await rewrap()]).toEqual([1, 0]);
    const { key } = await other.read({ key: selectRequired(PersonalKey, made.key.id) });
    expect(key.kekId).toBe(rotated.kekId);
    expect(new Vault(new MemoryKeyRing([after])).open(key)).toEqual(made.key);
    expect(() => old.open(key)).toThrow('is not here');
  });

  it('open nothing that was moved to another tenant, subject, record or field', async () => {
    const { texts, keys } = await sealedTexts();
    const [one] = texts;
    const open = (change: Partial<PersonalText>): unknown =>
      openTexts(suite.vault, [{ ...one!, ...change }], keys).get(
        textKey(change.subjectId ?? one!.subjectId, change.field ?? one!.field),
      );
    expect(open({})).toEqual(expect.any(String));
    const other = texts.find(({ subjectId }) => subjectId !== one!.subjectId)!;
    for (const change of [
      { tenantId: newId() },
      { subjectId: other.subjectId },
      { recordId: newId() },
      { field: 'another' },
      { sealed: other.sealed },
    ])
      expect(() => open(change)).toThrow('was changed, or moved');
  });

  it('cannot be made again for who was erased, nor be changed by the application in anything but their wrapping', async () => {
    const sam = await world.idOf('sam.sales');
    const { row } = await world.read({ row: selectRequired(Person, sam) });
    await admin.done(erasePerson, { personId: sam, ...REASON, expectedRevision: row.revision });
    const write = (text: string): Promise<void> =>
      suite.gateway.transaction(world.tenantId, (tx) => tx.commit([{ text, values: [sam] }]));
    const { key } = await world.read({ key: selectRequired(PersonalKey, sam) });
    expect([key.wrapped, key.kekId]).toEqual([null, null]);
    await expect(
      write("update personal_key set wrapped = 'x', kek_id = 'y' where tenant_id = $1 and id = $2"),
    ).rejects.toMatchObject({ code: '23514' });
    await expect(write('delete from personal_key where tenant_id = $1 and id = $2')).rejects.toMatchObject({
      code: '42501',
    });
    await expect(
      write("update personal_text set sealed = 'sealed:v1:x' where tenant_id = $1 and subject_id = $2"),
    ).rejects.toMatchObject({ code: '42501' });
    expect(() => suite.vault.open(key)).not.toThrow();
    expect(suite.vault.open(key)).toBeNull();
  });

  it('bind what a configuration says of its people: other names are another commitment', async () => {
    const { versions } = await world.read({ versions: select(ConfigurationVersion) });
    const stored = JSON.parse(versions[0]!.content) as { people: Record<string, unknown>[] };
    expect(Object.keys(stored.people[0]!).toSorted()).toEqual(['id', 'key', 'personal', 'roles']);
    expect(new Set(stored.people.map(({ personal }) => personal)).size).toBe(stored.people.length);
  });
});
