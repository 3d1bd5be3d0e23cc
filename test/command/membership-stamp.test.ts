import fc from 'fast-check';
import pg from 'pg';
import { type Actor, sameActor } from '../../src/core/actor.js';
import { newId } from '../../src/core/id.js';
import type { Query } from '../../src/core/statement.js';
import { actorByApiKey, actorBySignIn, type FoundActor, refreshActor } from '../../src/identity/actor.queries.js';
import { parseApiKey } from '../../src/identity/api-key.secret.js';
import { actorByStamp, STAMPED_TABLES, STAMPS_ARE_GIVEN } from '../../src/identity/membership-stamp.js';
import { Role } from '../../src/identity/roles.js';
import { createApiKey } from '../../src/identity/tenant.commands.js';
import { openSuite, START, type Suite } from '../kit/suite.js';
import type { World } from '../kit/world.js';

let suite: Suite;
let world: World;
let database: pg.Client;
let found: FoundActor[];
let secret: string;

beforeAll(async () => {
  suite = await openSuite();
  database = new pg.Client({ connectionString: suite.superuserUrl });
  await database.connect();
});
beforeEach(async () => {
  suite.clock.at = START;
  await open();
});
afterAll(async () => {
  await database.end();
  await suite.close();
});

const one = async <T>(query: Query<T>): Promise<T> => (await world.read({ query })).query;
const sql = async (text: string, values: readonly unknown[] = []): Promise<pg.QueryResult> =>
  database.query(text, [world.tenantId, ...values]);
const stamp = async (tenantId = world.tenantId): Promise<string | undefined> =>
  (await database.query<{ stamp: string }>('select stamp from membership_stamp where tenant_id = $1', [tenantId]))
    .rows[0]?.stamp;

/** A tenant, and those who were found there: a person, and a key that was made before. */
async function open(): Promise<void> {
  world = await suite.tenant();
  const service = await key();
  found = [await sofia(), service];
}

async function sofia(): Promise<FoundActor> {
  const { oid } = world.configuration.people.find(({ key: name }) => name === 'sofia.sales')!.accounts[0]!;
  return (await one(actorBySignIn(world.tenantId, { issuer: 'x', subject: 'x', oid, authTime: null })))!;
}

async function key(): Promise<FoundActor> {
  const made = await (
    await world.as(Role.REVOPS_ADMIN)
  ).run(createApiKey, { name: newId(), scopes: ['handoffs:read'], days: 30 });
  secret = (made as { secret: string }).secret;
  return known();
}

/** The key, as it is found now. */
async function known(): Promise<FoundActor> {
  const { tenantId, keyId, secretHash } = parseApiKey(secret)!;
  return (await one(actorByApiKey(tenantId, keyId, secretHash)))!;
}

/** Who an actor is now by all of the rows; null when they are nobody any more. */
const byRows = async (actor: Actor): Promise<Actor | null> => one(refreshActor(actor)).catch(() => null);
const byStamp = ({ actor, stamp: seen }: FoundActor): Promise<Actor | null> => one(actorByStamp(actor, seen!));

/** Changes of each table, about the person or the key that was found; what ends by itself does so after so many days. */
const CHANGES: Readonly<Record<string, (days: number) => Promise<unknown>>> = {
  account: () => sql('update account set unlinked_at = linked_at where tenant_id = $1 and id = $2', [account()]),
  'account anew': () => sql('update account set unlinked_at = null where tenant_id = $1 and id = $2', [account()]),
  api_key: () =>
    sql('update api_key set revoked_at = created_at where tenant_id = $1 and id = $2', [found[1]!.actor.id]),
  'api_key, its rights': () =>
    sql(`update api_key set scopes = '["events:read"]' where tenant_id = $1 and id = $2`, [found[1]!.actor.id]),
  member_merge: async () =>
    sql(
      `insert into member_merge (tenant_id, id, person_id, merged_at, into_person_id, merged_by) values ($1, $2, $3, $4, $5, 'x')`,
      [newId(), person(), suite.clock.at, admin()],
    ),
  person: () => sql("update person set state = 'SUSPENDED' where tenant_id = $1 and id = $2", [person()]),
  'person, merged': async () =>
    sql('update person set merged_into = $3 where tenant_id = $1 and id = $2', [person(), admin()]),
  'person anew': () =>
    sql("update person set state = 'ACTIVE', merged_into = null where tenant_id = $1 and id = $2", [person()]),
  role_grant: () =>
    sql(
      `insert into role_grant (tenant_id, id, person_id, role, granted_by, granted_at) values ($1, $2, $3, 'FINANCE_APPROVER', 'x', $4)
        on conflict do nothing`,
      [newId(), person(), suite.clock.at],
    ),
  'role_grant for a day': (days) =>
    sql(
      `insert into role_grant (tenant_id, id, person_id, role, granted_by, granted_at, ends_at) values ($1, $2, $3, 'AUDITOR', 'x', $4, $5)
        on conflict do nothing`,
      [newId(), person(), suite.clock.at, new Date(suite.clock.at.getTime() + days * 86_400_000)],
    ),
  'role_grant, revoked': () =>
    sql(
      "update role_grant set revoked_at = granted_at, revoked_by = 'x' where tenant_id = $1 and person_id = $2 and revoked_at is null",
      [person()],
    ),
  tenant_profile: () => sql("update tenant_profile set state = 'SUSPENDED' where tenant_id = $1"),
  'tenant_profile anew': () => sql("update tenant_profile set state = 'ACTIVE' where tenant_id = $1"),
};
const admin = (): string => world.configuration.people.find(({ roles }) => roles.includes(Role.REVOPS_ADMIN))!.id;
const person = (): string => found[0]!.actor.id;
const account = (): string => found[0]!.actor.accountId!;

it('is given by every table by which an actor is found', () => {
  const texts = [
    actorBySignIn(world.tenantId, { issuer: 'x', subject: 'x', oid: null, authTime: null }).text,
    actorByApiKey(world.tenantId, newId(), 'x').text,
  ];
  const read = texts.flatMap((text) =>
    [...text.matchAll(/\b(?:from|join) (?!lateral)([a-z_]+)/g)].map(([, name]) => name!),
  );
  expect([...new Set(read)].toSorted()).toEqual([...STAMPED_TABLES, 'membership_stamp'].toSorted());
});

it.each(Object.keys(CHANGES).filter((name) => !name.includes(' ')))(
  'is another after a change of %s, and finds nobody any more by the one before',
  async (table) => {
    const other = await suite.tenant();
    const [mine, theirs] = [await stamp(), await stamp(other.tenantId)];
    for (const actor of found) expect(await byStamp(actor)).toBe(actor.actor);
    await CHANGES[table]!(1);
    expect(await stamp()).not.toBe(mine);
    for (const actor of found) expect(await byStamp(actor)).toBeNull();
    expect(await stamp(other.tenantId)).toBe(theirs);
  },
);

it('stays the same when the tenant is called something else', async () => {
  const before = await stamp();
  await sql("update tenant_profile set name = 'Northwind' where tenant_id = $1");
  expect(await stamp()).toBe(before);
});

it('is left of no tenant whose rows are gone', async () => {
  await database.query('begin');
  await sql('delete from membership_stamp where tenant_id = $1');
  await sql('delete from role_grant where tenant_id = $1');
  expect(await stamp()).toBeUndefined();
  await database.query('rollback');
});

it('changes with the rights themselves: neither is seen without the other', async () => {
  await database.query('begin');
  await CHANGES['role_grant, revoked']!(1);
  expect(await byStamp(found[0]!)).toBe(found[0]!.actor);
  expect(sameActor((await sofia()).actor, found[0]!.actor)).toBe(true);
  await database.query('commit');
  expect(await byStamp(found[0]!)).toBeNull();
  expect((await sofia()).actor.roles).toEqual([]);
});

it('is one of two when two change the membership at once, and neither is lost', async () => {
  const other = new pg.Client({ connectionString: suite.superuserUrl });
  await other.connect();
  try {
    await database.query('begin');
    await CHANGES.role_grant!(1);
    const first = await stamp();
    const waiting = other.query("update person set state = 'SUSPENDED' where tenant_id = $1 and id = $2", [
      world.tenantId,
      person(),
    ]);
    await database.query('commit');
    await waiting;
    expect(await stamp()).not.toBe(first);
    for (const actor of found) expect(await byStamp(actor)).toBeNull();
  } finally {
    await other.end();
  }
});

it('finds nobody any more once a role or the key has ended by itself', async () => {
  await CHANGES['role_grant for a day']!(1);
  found = [await sofia(), await known()];
  suite.clock.advanceHours(23);
  for (const actor of found) expect(await byStamp(actor)).toBe(actor.actor);
  suite.clock.advanceHours(1);
  expect(await byStamp(found[0]!)).toBeNull();
  expect(await byStamp(found[1]!)).toBe(found[1]!.actor);
  suite.clock.advanceHours(29 * 24);
  expect(await byStamp(found[1]!)).toBeNull();
});

it('finds nobody who would be found another by the rows, whatever has changed and whatever time it is', async () => {
  const step = fc.oneof(
    fc.record({ change: fc.constantFrom(...Object.keys(CHANGES)), days: fc.integer({ min: 1, max: 3 }) }),
    fc.record({ hours: fc.integer({ min: 1, max: 60 }) }),
    fc.constant('sign in' as const),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 4, maxLength: 12 }), async (steps) => {
      suite.clock.at = START;
      await open();
      let all = [...found];
      for (const each of steps) {
        if (each === 'sign in') all = [...found, (await sofia().catch(() => null)) ?? found[0]!];
        else if ('hours' in each) suite.clock.advanceHours(each.hours);
        else await CHANGES[each.change]!(each.days);
        for (const actor of all) {
          if (!(await byStamp(actor))) continue;
          const now = await byRows(actor.actor);
          expect(now && sameActor(now, actor.actor)).toBe(true);
        }
      }
    }),
    { numRuns: 60 },
  );
});

it('is not trusted where a table has lost its trigger', async () => {
  const given = async (): Promise<unknown> => (await suite.gateway.global(STAMPS_ARE_GIVEN))[0]?.given;
  expect(await given()).toBe(true);
  for (const table of STAMPED_TABLES) {
    await database.query(`alter table ${table} disable trigger membership_changed`);
    expect(await given()).toBe(false);
    await database.query(`alter table ${table} enable trigger membership_changed`);
  }
  expect(await given()).toBe(true);
});
