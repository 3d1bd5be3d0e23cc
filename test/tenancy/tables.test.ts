import pg from 'pg';
import { Role } from '../../src/identity/roles.js';
import { createApiKey } from '../../src/identity/tenant.commands.js';
import { sealerOf } from '../kit/sealer.js';
import { openSuite, type Suite } from '../kit/suite.js';
import { populate } from './population.js';
import { Probes, type ProbeResult, spokenByReference } from './probes.js';
import { loosen, tableShapes, type TableShape, twoTenants, within } from './shapes.js';

let suite: Suite;
let shapes: TableShape[];
let results: ProbeResult[];
const clients: pg.Client[] = [];
const connect = async (connectionString: string): Promise<pg.Client> => {
  const client = new pg.Client({ connectionString });
  await client.connect();
  clients.push(client);
  return client;
};

beforeAll(async () => {
  suite = await openSuite();
  const own = (await populate(await suite.tenant(), { closed: true })).world.tenantId;
  const { world } = await populate(await suite.tenant(), { closed: true });
  const foreign = world.tenantId;
  // Numbers of the ledger begin at 1 in every tenant: theirs go on where ours end, so that theirs can be told from ours.
  await sealerOf(world).cover(foreign);
  await (await world.as(Role.REVOPS_ADMIN)).done(createApiKey, { name: 'waits', scopes: ['handoffs:read'], days: 30 });
  const superuser = await connect(suite.superuserUrl);
  const application = await connect(suite.appUrl);
  shapes = await tableShapes(superuser);
  const tenants = await twoTenants(superuser, shapes, own, foreign);
  const probes = new Probes(application, tenants, shapes);
  results = [];
  await within(application, own, async () => {
    for (const shape of shapes) results.push(...(await probes.of(shape)));
  });
  // Where a check or another key spoke before a foreign key, it is asked again without them.
  const unheard = new Set(
    results.filter((r) => r.what.startsWith('refer by') && !spokenByReference(r)).map((r) => r.table),
  );
  for (const shape of shapes.filter(({ name }) => unheard.has(name))) {
    await within(superuser, own, async () => {
      await loosen(superuser, shape);
      await superuser.query('set local role countersign_app');
      const again = await new Probes(superuser, tenants, shapes).referring(shape);
      results = [...results.filter((r) => r.table !== shape.name || !r.what.startsWith('refer by')), ...again];
    });
  }
});
afterAll(async () => {
  for (const client of clients) await client.end();
  await suite.close();
});

it('tries every tenant table', () => {
  expect([...new Set(results.map(({ table }) => table))]).toEqual(shapes.map(({ name }) => name));
  expect(shapes.length).toBeGreaterThan(40);
});

it.each([
  'select by key',
  'select by tenant',
  'lock by key',
  'update by key',
  'delete by key',
  'update by tenant',
  'move a row here',
  'move a row there',
  'insert for them',
  'upsert their row',
  'insert under their key',
])('%s answers for another tenant as for nobody, in every table', (what) => {
  const of = results.filter((result) => result.what === what);
  expect(of.length).toBe(shapes.length);
  expect(of.filter(({ leak }) => leak !== null)).toEqual([]);
});

it('tells nothing by what is unique: another tenant has its own numbers, names and keys', () => {
  const of = results.filter(({ what }) => what.startsWith('insert what is unique there'));
  expect(of.filter(({ leak }) => leak !== null)).toEqual([]);
  expect(of.map(({ table, what }) => `${table} ${/\(.*/.exec(what)![0]}`)).toEqual([
    'account (subject)',
    'approval_request (subject_id)',
    'client (external_id)',
    'client (name)',
    'deal (external_id)',
    'decision (assumption_id)',
    'handoff (number)',
    'idempotency_record (principal, key, path)',
    'integration (vendor, name)',
    'ledger_checkpoint (size)',
    'ledger_seal (seq)',
    'outbox_effect (effect_key)',
    'person (handle)',
    'project (number)',
    'psa_object (own_id)',
    'quality_step (subject_id, step)',
    'vendor_budget (instance)',
    'vendor_pause (vendor)',
  ]);
});

it("refuses a reference to another tenant's row exactly as one to nothing, by every foreign key", () => {
  const of = results.filter(({ what }) => what.startsWith('refer by'));
  expect(of.length).toBe(shapes.flatMap(({ foreignKeys }) => foreignKeys).length);
  expect(of.filter(({ leak }) => leak !== null)).toEqual([]);
  expect(of.filter((result) => !spokenByReference(result))).toEqual([]);
});

it('lets the tenant at its own rows, so that a zero means isolation', async () => {
  const application = await connect(suite.appUrl);
  const own = (
    await application.query<{ tenant_id: string }>('select tenant_id from tenant order by created_at limit 1')
  ).rows[0]!.tenant_id;
  await within(application, own, async () => {
    for (const { name } of shapes)
      expect([name, (await application.query(`select 1 from ${name} limit 1`)).rowCount]).toEqual([name, 1]);
  });
});
