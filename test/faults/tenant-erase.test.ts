import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { operatorActor } from '../../src/core/actor.js';
import { TenantRegistry } from '../../src/identity/registry.js';
import { differences } from '../../src/tenant-life/erase.js';
import { digestOf } from '../../src/tenant-life/manifest.js';
import { offboardTenant } from '../../src/tenant-life/offboard.commands.js';
import { openSuite, type Suite } from '../kit/suite.js';
import { asSuper, cutAt, Installation } from '../kit/tenant-life.js';
import type { Persona, World } from '../kit/world.js';
import { populate } from '../tenancy/population.js';

jest.setTimeout(90_000);

let suite: Suite;
let here: Installation;

beforeAll(async () => {
  suite = await openSuite();
  here = await Installation.over(suite);
});
afterAll(async () => {
  await here?.close();
  await suite?.close();
});

const superuser = (text: string, values: unknown[] = []): Promise<Record<string, unknown>[]> =>
  asSuper(suite.superuserUrl, text, values);

/** A tenant with a name of its own, so that two of a test can be told apart. */
const tenant = (slug: string): Promise<World> =>
  suite.tenant((configuration) => {
    configuration.tenant.slug = slug;
  });

const operator = (world: World): Persona => world.acting(operatorActor(world.tenantId, 'test'));

describe('erasing', () => {
  let world: World;
  let beside: World;
  let untouched: Record<string, string>;
  let folder: string;

  beforeAll(async () => {
    [world, beside] = [await tenant('ending'), await tenant('living')];
    await populate(world, { closed: true });
    await populate(beside, { closed: true });
    // The suite's clock stands in the future of the database's, by which an export is dated.
    await superuser("update outbox_effect set created_at = '2026-01-01Z' where kind = 'ledger.checkpoint'");
    untouched = await here.fingerprint(beside.tenantId);
    for (const { tenantId } of [world, beside]) here.putDocument(tenantId, 'OPP-1/brief-v1.md', '# Brief\n');
  });

  it("is refused for a tenant that works, by an export of before, by another tenant's and by a changed one", async () => {
    const { tenantId } = world;
    ({ folder } = await here.export(tenantId));
    await expect(here.erase('ending', folder)).rejects.toThrow(/^ending is ACTIVE: only a closed tenant is erased/);
    await expect(here.erase('living', folder)).rejects.toThrow(/is of ending, not of living/);
    await operator(world).done(offboardTenant, null);
    await expect(here.erase('ending', folder)).rejects.toThrow(
      /^ending has changed since that export \(tenant, .*ledger_entry.*\): export it again/,
    );
    const { folder: changed, manifest } = await here.export(tenantId);
    here.putDocument(tenantId, 'OPP-1/brief-v1.md', '# Brief\n');
    expect(await differences(here.owner, manifest)).toEqual([]);
    // What the sealer does on its own, up to a minute after.
    await superuser(
      `insert into outbox_effect (tenant_id, id, kind, aggregate_type, aggregate_id, effect_key, payload, effect_class, state,
         attempts, strikes, created_at, next_attempt_at, fencing_token, in_doubt, is_begun)
       values ($1, gen_random_uuid(), 'ledger.checkpoint', 'Tenant', $1, 'later', '{}', 'PUT', 'PENDING', 0, 0,
         now(), now(), 0, false, false)`,
      [tenantId],
    );
    await superuser('update ledger_head set shipped_size = checkpoint_size where tenant_id = $1', [tenantId]);
    expect(await differences(here.owner, manifest)).toEqual([]);
    writeFileSync(join(changed, 'documents/OPP-1/brief-v1.md'), 'changed');
    await expect(here.erase('ending', changed)).rejects.toThrow('documents/OPP-1/brief-v1.md is not the file');
    expect(await superuser('select state from tenant where tenant_id = $1', [tenantId])).toEqual([{ state: 'CLOSED' }]);
  });

  it('goes on where it was cut, and leaves a tombstone and nothing else', async () => {
    const { tenantId } = world;
    ({ folder } = await here.export(tenantId));
    const counts = async (): Promise<string[]> => {
      const state = await here.fingerprint(tenantId);
      return Object.entries(state).flatMap(([name, value]) =>
        name !== 'tenant' && !value.startsWith('0 ') ? [name] : [],
      );
    };
    const full = await counts();
    for (const table of ['gate_finding', 'handoff', 'person']) {
      await cutAt(suite.superuserUrl, table, () => here.erase('ending', folder));
      expect(await superuser('select state from tenant where tenant_id = $1', [tenantId])).toEqual([
        { state: 'ERASING' },
      ]);
      expect(
        await superuser('select 1 from personal_key where tenant_id = $1 and wrapped is not null', [tenantId]),
      ).toEqual([]);
    }
    expect((await counts()).length).toBeLessThan(full.length);
    expect(existsSync(join(here.documentsFolder, tenantId))).toBe(true);
    const manifest = await here.erase('ending', folder);
    expect(await counts()).toEqual([]);
    expect(existsSync(join(here.documentsFolder, tenantId))).toBe(false);
    const [stone] = await superuser('select * from tenant where tenant_id = $1', [tenantId]);
    expect(stone).toMatchObject({ state: 'ERASED', entra_tid: null, erased_at: expect.any(Date) });
    expect(stone!.export_digest).toBe(digestOf(manifest));
    // Again, it has nothing to do.
    await here.erase('ending', folder);
    expect((await superuser('select * from tenant where tenant_id = $1', [tenantId]))[0]).toEqual(stone);
  });

  it('holds no row of the tenant in any table, by a look of the superuser', async () => {
    const tables = await superuser(
      "select relname from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r'",
    );
    const holding: unknown[] = [];
    for (const { relname } of tables) {
      const found = await superuser(
        `select 1 from "${String(relname)}" t where t::text like '%' || $1 || '%' limit 1`,
        [world.tenantId],
      );
      if (found.length > 0) holding.push(relname);
    }
    expect(holding).toEqual(['tenant']);
  });

  it('has left the tenants beside it as they were, their ledgers too', async () => {
    expect(await here.fingerprint(beside.tenantId)).toEqual(untouched);
    expect(existsSync(join(here.documentsFolder, beside.tenantId, 'OPP-1/brief-v1.md'))).toBe(true);
    await expect(
      here.owner.query(`begin; set local app.tenant_id = '${beside.tenantId}'; delete from ledger_entry; commit`),
    ).rejects.toThrow(/append-only/);
    await here.owner.query('rollback');
  });

  it('is for good: the export does not come back, and the directory is free for another tenant', async () => {
    await expect(here.restore(folder)).rejects.toThrow(
      /^ending was erased here at .*: what was erased does not come back/,
    );
    const { entraTid } = world.configuration.tenant;
    const registry = new TenantRegistry(suite.gateway);
    expect((await registry.all()).map(({ tenantId }) => tenantId)).not.toContain(world.tenantId);
    expect(await registry.tenantOf(entraTid)).toBeNull();
    const next = await suite.tenant((configuration) => {
      configuration.tenant.entraTid = entraTid;
    });
    expect(await registry.tenantOf(entraTid)).toBe(next.tenantId);
    await next.as('ravi.revops');
  });
});

test('a process that knew an erased tenant finds the next one of the same directory', async () => {
  const registry = new TenantRegistry(suite.gateway);
  const first = await tenant('first');
  const { entraTid } = first.configuration.tenant;
  expect(await registry.tenantOf(entraTid)).toBe(first.tenantId);
  await superuser("update tenant set entra_tid = null, state = 'ERASED', erased_at = now() where tenant_id = $1", [
    first.tenantId,
  ]);
  const next = await suite.tenant((configuration) => {
    configuration.tenant.entraTid = entraTid;
  });
  expect(await registry.tenantOf(entraTid)).toBe(first.tenantId);
  registry.forget(entraTid);
  expect(await registry.tenantOf(entraTid)).toBe(next.tenantId);
});
