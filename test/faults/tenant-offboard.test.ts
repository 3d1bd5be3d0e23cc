import { pino } from 'pino';
import { operatorActor } from '../../src/core/actor.js';
import { command, done } from '../../src/core/command.js';
import { newId } from '../../src/core/id.js';
import { Dispatcher } from '../../src/core/outbox/dispatcher.js';
import type { EffectResult, PerformEffect } from '../../src/core/outbox/handler.js';
import { update } from '../../src/core/statement.js';
import { actorByApiKey } from '../../src/identity/actor.queries.js';
import { TenantRegistry } from '../../src/identity/registry.js';
import { TenantProfile } from '../../src/identity/tenant.entity.js';
import { createApiKey, resumeTenant, suspendTenant } from '../../src/identity/tenant.commands.js';
import { parseApiKey } from '../../src/identity/api-key.secret.js';
import { offboardTenant } from '../../src/tenant-life/offboard.commands.js';
import { parkEffects } from '../../src/tenant-life/park.commands.js';
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

/** An effect as a command asks for it, in the state given. */
async function effect(tenantId: string, columns: Record<string, unknown>): Promise<string> {
  const id = newId();
  const row = {
    tenant_id: tenantId,
    id,
    kind: 'test.effect',
    aggregate_type: 'Handoff',
    aggregate_id: newId(),
    effect_key: id,
    payload: '{}',
    effect_class: 'LOOKUP',
    strikes: 0,
    in_doubt: false,
    is_begun: false,
    attempts: 0,
    created_at: suite.clock.at,
    next_attempt_at: suite.clock.at,
    fencing_token: 7,
    state: 'PENDING',
    ...columns,
  };
  await superuser(
    `insert into outbox_effect (${Object.keys(row).join(', ')}) values (${Object.keys(row)
      .map((_, index) => `$${index + 1}`)
      .join(', ')})`,
    Object.values(row),
  );
  return id;
}

/** A worker that is told of this tenant, whatever its state. */
function workerOf({ tenantId }: World, perform: PerformEffect): Dispatcher {
  const { gateway, clock, pipeline } = suite;
  return new Dispatcher({
    gateway,
    clock,
    pipeline,
    handlers: { 'test.effect': { perform, lookup: () => Promise.resolve(null) } },
    tenants: () => Promise.resolve([tenantId]),
    log: pino({ level: 'silent' }),
  });
}

const effectRow = async (id: string): Promise<Record<string, unknown>> =>
  (
    await superuser('select state, reason, in_doubt, leased_until, fencing_token from outbox_effect where id = $1', [
      id,
    ])
  )[0]!;

describe('parking after the whole database came back', () => {
  it('begins an epoch, parks what was not done, and fences off every worker of before', async () => {
    const world = await tenant('parked');
    const { tenantId } = world;
    const soon = new Date(suite.clock.at.getTime() + 30_000);
    const leased = await effect(tenantId, { leased_until: soon });
    const put = await effect(tenantId, { effect_class: 'PUT' });
    const dead = await effect(tenantId, { state: 'DEAD' });
    const done = await effect(tenantId, { state: 'DONE' });
    const cancelled = await effect(tenantId, { state: 'CANCELLED', reason: 'OTHER' });
    await operator(world).done(parkEffects, null);
    const parked = { state: 'PARKED', reason: 'RESTORED', leased_until: null, fencing_token: 8 };
    expect(await effectRow(leased)).toEqual({ ...parked, in_doubt: true });
    expect(await effectRow(put)).toEqual({ ...parked, in_doubt: false });
    expect(await effectRow(dead)).toEqual({ ...parked, in_doubt: true });
    expect(await effectRow(done)).toMatchObject({ state: 'DONE', fencing_token: 7 });
    expect(await effectRow(cancelled)).toMatchObject({ state: 'CANCELLED', reason: 'OTHER' });
    const [row] = await superuser("select content from ledger_entry where tenant_id = $1 and action = 'parkEffects'", [
      tenantId,
    ]);
    expect(JSON.parse(row!.content as string)).toMatchObject({ outcome: 'DONE', body: { parked: 3, epoch: 2 } });
    expect(await superuser('select epoch from tenant where tenant_id = $1', [tenantId])).toEqual([{ epoch: 2 }]);
  });

  it('lets no worker of an epoch before complete what it has in hand', async () => {
    const world = await tenant('epochs');
    const id = await effect(world.tenantId, { vendor: 'HALOPSA', fencing_token: 0 });
    let begun = (): void => undefined;
    let answer = (): void => undefined;
    const [isBegun, answered] = [
      new Promise<void>((resolve) => (begun = resolve)),
      new Promise<void>((resolve) => (answer = resolve)),
    ];
    const perform: PerformEffect = async () => {
      begun();
      await answered;
      return { receipt: 'of before', writes: [] };
    };
    const worker = workerOf(world, perform);
    const passing = worker.pass();
    await isBegun;
    // As the rows stand after a restore: a lease that looks like the worker's own, in another epoch.
    await superuser('update tenant set epoch = epoch + 1 where tenant_id = $1', [world.tenantId]);
    answer();
    await passing;
    await worker.stop();
    expect(await superuser('select state, receipt from outbox_effect where id = $1', [id])).toEqual([
      { state: 'PENDING', receipt: null },
    ]);
  });

  it.each([{ state: 'SUSPENDED' }, { state: 'CLOSED' }])(
    'takes nothing of a tenant that is $state',
    async ({ state }) => {
      const world = await tenant(`idle-${state.toLowerCase()}`);
      const id = await effect(world.tenantId, { effect_class: 'PUT' });
      await superuser('update tenant set state = $2 where tenant_id = $1', [world.tenantId, state]);
      const done = (): Promise<EffectResult> => Promise.resolve({ receipt: 'sent', writes: [] });
      expect(await workerOf(world, done).pass()).toBe(0);
      expect(await effectRow(id)).toMatchObject({ state: 'PENDING', leased_until: null });
      await superuser("update tenant set state = 'ACTIVE' where tenant_id = $1", [world.tenantId]);
      expect(await workerOf(world, done).pass()).toBe(1);
    },
  );

  it("is nobody else's: no role of a tenant may park or close it", async () => {
    const world = await tenant('members');
    const admin = await world.as('REVOPS_ADMIN');
    for (const attempt of [admin.run(parkEffects, null), admin.run(offboardTenant, null)])
      await expect(attempt).rejects.toMatchObject({ code: 'FORBIDDEN' });
  });
});

describe('offboarding', () => {
  let world: World;
  let beside: World;
  let apiKey: string;
  let untouched: Record<string, string>;

  beforeAll(async () => {
    [world, beside] = [await tenant('leaving'), await tenant('staying')];
    await populate(world, { closed: false });
    await populate(beside, { closed: false });
    const key = await (
      await world.as('REVOPS_ADMIN')
    ).run(createApiKey, { name: 'last', scopes: ['handoffs:read'], days: 30 });
    apiKey = (key as { secret: string }).secret;
    untouched = await here.fingerprint(beside.tenantId);
  });

  it('ends requests, deliveries, keys and sign-in in one entry of the ledger', async () => {
    const { tenantId } = world;
    const soon = new Date(suite.clock.at.getTime() + 30_000);
    const waiting = await effect(tenantId, {});
    const parked = await effect(tenantId, { state: 'PARKED' });
    const inHand = await effect(tenantId, { leased_until: soon, is_begun: true });
    const taken = await effect(tenantId, { leased_until: soon });
    const inDoubt = await effect(tenantId, { in_doubt: true });
    const done = await effect(tenantId, { state: 'DONE' });
    const [key] = [parseApiKey(apiKey)!];
    const service = (): Promise<unknown> =>
      suite.gateway
        .read(tenantId, { actor: actorByApiKey(tenantId, key.keyId, key.secretHash) })
        .then(({ actor }) => actor);
    expect(await service()).not.toBeNull();
    const open =
      "select count(*)::int as open from approval_request where tenant_id = $1 and state in ('PENDING', 'APPROVED') and expires_at > $2";
    const before = await superuser(open, [tenantId, suite.clock.at]);
    await operator(world).done(offboardTenant, null);
    expect(await superuser(open, [tenantId, suite.clock.at])).toEqual([{ open: 0 }]);
    expect(await effectRow(waiting)).toMatchObject({ state: 'CANCELLED', reason: 'TENANT_CLOSED', fencing_token: 8 });
    expect(await effectRow(parked)).toMatchObject({ state: 'CANCELLED', reason: 'TENANT_CLOSED' });
    expect(await effectRow(inHand)).toMatchObject({ state: 'UNKNOWN', leased_until: null, fencing_token: 8 });
    expect(await effectRow(taken)).toMatchObject({ state: 'CANCELLED', leased_until: null, fencing_token: 8 });
    expect(await effectRow(inDoubt)).toMatchObject({ state: 'UNKNOWN' });
    expect(await effectRow(done)).toMatchObject({ state: 'DONE', fencing_token: 7 });
    expect(await superuser('select 1 from api_key where tenant_id = $1 and revoked_at is null', [tenantId])).toEqual(
      [],
    );
    expect(await superuser('select 1 from integration_secret where tenant_id = $1', [tenantId])).toEqual([]);
    expect(await service()).toBeNull();
    await expect(world.as('ravi.revops')).rejects.toThrow(/cannot sign in/);
    const entries = await superuser(
      "select content from ledger_entry where tenant_id = $1 and action = 'offboardTenant'",
      [tenantId],
    );
    expect(entries).toHaveLength(1);
    expect(JSON.parse(entries[0]!.content as string).body).toMatchObject({
      changed: true,
      requestsWithdrawn: before[0]!.open,
      effectsUncertain: 2,
      keysRevoked: 2,
    });
  });

  it('leaves the worker nothing to take, and the tenants beside it as they were', async () => {
    const states = new Map(
      (await new TenantRegistry(suite.gateway).all()).map(({ tenantId, state }) => [tenantId, state]),
    );
    expect(states.get(world.tenantId)).toBe('CLOSED');
    expect(states.get(beside.tenantId)).toBe('ACTIVE');
    expect(await here.fingerprint(beside.tenantId)).toEqual(untouched);
  });

  it('changes nothing the second time; suspending is refused; resuming brings back nothing that ended', async () => {
    const { tenantId } = world;
    await operator(world).done(offboardTenant, null);
    const revision = (): Promise<number> =>
      superuser('select revision from tenant_profile where tenant_id = $1', [tenantId]).then(
        ([row]) => row!.revision as number,
      );
    expect(await revision()).toBe(2);
    const findings = await operator(world).refused(suspendTenant, { expectedRevision: 2, reason: 'x' });
    expect(findings).toMatchObject([{ code: 'TENANT_CLOSED', path: 'tenant.state' }]);
    await operator(world).done(resumeTenant, { expectedRevision: 2, reason: 'x' });
    expect((await world.as('ravi.revops')).actor.roles).toContain('REVOPS_ADMIN');
    expect(await superuser('select 1 from api_key where tenant_id = $1 and revoked_at is null', [tenantId])).toEqual(
      [],
    );
    await operator(world).done(offboardTenant, null);
    expect(await revision()).toBe(4);
  });

  it('ends what an attempt in hand would still change', async () => {
    const other = await tenant('in-hand');
    const { tenantId } = other;
    await effect(tenantId, { fencing_token: 0 });
    let begun = (): void => undefined;
    let answer = (): void => undefined;
    const [isBegun, answered] = [
      new Promise<void>((resolve) => (begun = resolve)),
      new Promise<void>((resolve) => (answer = resolve)),
    ];
    const renameLate = command({
      name: 'renameLate',
      action: 'administer',
      subject: 'TenantProfile',
      facts: () => ({}),
      decide: () =>
        done({
          id: tenantId,
          subject: { type: 'Tenant', id: tenantId },
          body: {},
          writes: [update(TenantProfile, { id: tenantId }, { name: 'late' })],
        }),
    });
    const worker = workerOf(other, async (_effect, { run }) => {
      begun();
      await answered;
      await run(renameLate, null);
      return { receipt: 'late', writes: [] };
    });
    const passing = worker.pass();
    await isBegun;
    await operator(other).done(offboardTenant, null);
    // What became of the attempt is on record all the same.
    const rest = async (): Promise<Record<string, string>> => ({
      ...(await here.fingerprint(tenantId)),
      outbox_attempt: '',
    });
    const closed = await rest();
    answer();
    await passing;
    await worker.stop();
    expect(await rest()).toEqual(closed);
    expect(await superuser('select outcome, error from outbox_attempt where tenant_id = $1', [tenantId])).toEqual([
      { outcome: 'FENCED', error: 'The tenant was closed.' },
    ]);
  });

  it('that is cut on the way has done nothing', async () => {
    const other = await tenant('cut');
    const before = await here.fingerprint(other.tenantId);
    // The keys are changed after requests and effects, and before the state.
    await cutAt(suite.superuserUrl, 'api_key', () => operator(other).run(offboardTenant, null));
    expect(await here.fingerprint(other.tenantId)).toEqual(before);
    await operator(other).done(offboardTenant, null);
  });
});
