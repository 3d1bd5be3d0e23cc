import pg from 'pg';
import { openSuite, type Suite } from '../kit/suite.js';
import { type Ask, brokenRules, CATALOGUE_CHECKS } from './catalogue.checks.js';
import { populate } from './population.js';
import { Probes } from './probes.js';
import { loosen, tableShapes, type TableShape, type TwoTenants, twoTenants } from './shapes.js';

/** The tests of isolation are tested here: every protection is taken away once, and something has to turn red. */

const POLICY = "(tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid)";

let suite: Suite;
let superuser: pg.Client;
let shapes: TableShape[];
let tenants: TwoTenants;
beforeAll(async () => {
  suite = await openSuite();
  superuser = new pg.Client({ connectionString: suite.superuserUrl });
  await superuser.connect();
  shapes = await tableShapes(superuser);
  const own = (await populate(await suite.tenant(), { closed: true })).world.tenantId;
  const foreign = (await populate(await suite.tenant(), { closed: true })).world.tenantId;
  tenants = await twoTenants(superuser, shapes, own, foreign);
});
afterAll(async () => {
  await superuser.end();
  await suite.close();
});

const ask: Ask = async (text) => (await superuser.query(text)).rows as never[];

/** Runs `work` over a changed database, which nobody else sees and nothing remains of. */
async function changed<T>(statements: readonly string[], work: () => Promise<T>): Promise<T> {
  await superuser.query('begin');
  try {
    for (const statement of statements) await superuser.query(statement);
    return await work();
  } finally {
    await superuser.query('rollback');
  }
}

/** Some column of the table that is not its tenant. */
const besideTheTenant = (table: string): string =>
  [...shapes.find(({ name }) => name === table)!.columns.keys()].find((column) => column !== 'tenant_id')!;

const rulesBroken = async (): Promise<string[]> => (await brokenRules(ask)).map(({ rule }) => rule);
const leaks = async (shape: TableShape, only: 'all' | 'references' = 'all'): Promise<string[]> => {
  if (only === 'references') await loosen(superuser, shape);
  await superuser.query('set local role countersign_app');
  await superuser.query(`set local app.tenant_id = '${tenants.own}'`);
  const probes = new Probes(superuser, tenants, shapes);
  const results = only === 'all' ? await probes.of(shape) : await probes.referring(shape);
  return results.filter(({ leak }) => leak !== null).map(({ what }) => what);
};

it('finds nothing in the database as it is', async () => {
  expect(await changed([], rulesBroken)).toEqual([]);
});

const RLS = 'forces row-level security with the one policy on every tenant table';
const OF_EVERY_TABLE: readonly [
  name: string,
  statements: (table: string) => string[],
  rule: string,
  probe: string | null,
][] = [
  ['without row-level security', (t) => [`alter table ${t} disable row level security`], RLS, 'select by key'],
  ['not forced on the owner', (t) => [`alter table ${t} no force row level security`], RLS, null],
  ['without the policy', (t) => [`drop policy tenant_isolation on ${t}`], RLS, null],
  [
    'with a policy that reads everything',
    (t) => [`alter policy tenant_isolation on ${t} using (true)`],
    RLS,
    'select by key',
  ],
  [
    'with a policy that checks nothing',
    (t) => [`alter policy tenant_isolation on ${t} with check (true)`],
    RLS,
    'insert for them',
  ],
  [
    'without WITH CHECK',
    (t) => [`drop policy tenant_isolation on ${t}`, `create policy tenant_isolation on ${t} using ${POLICY}`],
    RLS,
    null,
  ],
  ['with a second policy', (t) => [`create policy another on ${t} for select using (true)`], RLS, 'select by key'],
  [
    'with TRUNCATE for the application',
    (t) => [`grant truncate on ${t} to countersign_app`],
    'grants the application role no TRUNCATE, REFERENCES or TRIGGER, and nobody else anything',
    null,
  ],
  [
    'readable by everyone',
    (t) => [`grant select on ${t} to public`],
    'grants the application role no TRUNCATE, REFERENCES or TRIGGER, and nobody else anything',
    null,
  ],
  [
    'with an index of its own order',
    (t) => [`create index mutant on ${t} (${besideTheTenant(t)})`],
    'leads every key, unique constraint and index with tenant_id',
    null,
  ],
  [
    'not bound to the registry',
    (t) => [`alter table ${t} drop constraint ${t}_tenant_id_fkey`],
    'binds every tenant table to the registry, and refers from tenant table to tenant table by the tenant as well',
    null,
  ],
];

describe.each(OF_EVERY_TABLE)('every table %s', (...[, statements, rule, probe]) => {
  it('breaks its rule of the catalogue', async () => {
    const check = CATALOGUE_CHECKS.find((one) => one.rule === rule)!;
    const alive: string[] = [];
    for (const { name } of shapes) {
      const faults = await changed(statements(name), () => check.faults(ask));
      if (!JSON.stringify(faults).includes(name)) alive.push(name);
    }
    expect(alive).toEqual([]);
  });

  if (probe) {
    it(`is found by trying it: ${probe}`, async () => {
      const alive: string[] = [];
      for (const shape of shapes) {
        const found = await changed(statements(shape.name), () => leaks(shape));
        // Where the tenant is the whole key, its rows are found by the tenant.
        const way = shape.key.length === 1 ? probe.replace('by key', 'by tenant') : probe;
        if (!found.includes(way)) alive.push(`${shape.name}: ${found.join()}`);
      }
      expect(alive).toEqual([]);
    });
  }
});

it('finds every reference that leaves the tenant out', async () => {
  const alive: string[] = [];
  const rule =
    'binds every tenant table to the registry, and refers from tenant table to tenant table by the tenant as well';
  for (const shape of shapes) {
    for (const { name, columns, target, targetColumns } of shape.foreignKeys) {
      const bare = columns.filter((c) => c !== 'tenant_id').join(', ');
      const aim = targetColumns.filter((c) => c !== 'tenant_id').join(', ');
      const mutant = [
        `create unique index mutant on ${target} (${aim})`,
        `alter table ${shape.name} drop constraint ${name}`,
        `alter table ${target} add constraint mutant unique using index mutant`,
        `alter table ${shape.name} add constraint ${name} foreign key (${bare}) references ${target} (${aim}) not valid`,
      ];
      const [broken, found] = await changed(mutant, async () => [
        await CATALOGUE_CHECKS.find((c) => c.rule === rule)!.faults(ask),
        await leaks(shape, 'references'),
      ]);
      if (!JSON.stringify(broken).includes(name)) alive.push(`${name}: no rule`);
      // Another foreign key over the same column still stands in the way.
      const doubled = shape.foreignKeys.some(
        (other) => other.name !== name && other.columns.some((c) => c !== 'tenant_id' && columns.includes(c)),
      );
      if (!doubled && !found.includes(`refer by ${name}`)) alive.push(`${name}: no probe`);
    }
  }
  expect(alive).toEqual([]);
});

describe('the database as a whole', () => {
  const table = (columns: string): string =>
    `create table mutant (tenant_id uuid not null references tenant, id uuid not null, ${columns} primary key (tenant_id, id))`;
  it.each([
    ['a table without anything', ['create table mutant (id uuid primary key)'], RLS],
    ['a table that no entity knows', [table('')], 'has exactly the tables and columns of the entities'],
    [
      'a column that no entity knows',
      ['alter table person add mutant text'],
      'has exactly the tables and columns of the entities',
    ],
    [
      'a tenant that may be missing',
      ['create table mutant (tenant_id uuid, id uuid primary key)'],
      'has a primary key and a NOT NULL tenant on every tenant table',
    ],
    [
      'a column that names a row without a foreign key',
      ['alter table person add friend_id uuid'],
      'has a foreign key for every column that names a row',
    ],
    ['a sequence', ['create sequence mutant'], 'has no sequence, view or materialized view'],
    ['a view', ['create view mutant as select * from person'], 'has no sequence, view or materialized view'],
    [
      'a materialized view',
      ['create materialized view mutant as select * from person'],
      'has no sequence, view or materialized view',
    ],
    ['an enum', ["create type mutant as enum ('A')"], 'has no enum'],
    [
      'an index condition that is not leakproof',
      ['alter table person add mutant numeric', 'create index mutant on person (tenant_id, mutant)'],
      'indexes only types whose comparison is leakproof',
    ],
    [
      'an instant with microseconds',
      ['alter table person add mutant timestamptz'],
      'keeps every instant at milliseconds',
    ],
    [
      'evidence that may be changed',
      ['grant update on ledger_entry to countersign_app'],
      'grants the application role no change of evidence',
    ],
    [
      'one column of evidence that may be changed',
      ['grant update (content) on ledger_entry to countersign_app'],
      'grants the application role no change of evidence',
    ],
    [
      'a role that bypasses',
      ['alter role countersign_app bypassrls'],
      'has an application role that owns nothing, cannot bypass and is a member of nothing',
    ],
    [
      'a role that is a member of the owner',
      ['grant countersign_owner to countersign_app'],
      'has an application role that owns nothing, cannot bypass and is a member of nothing',
    ],
    [
      'a role that owns a table',
      ['alter table risk owner to countersign_app'],
      'has an application role that owns nothing, cannot bypass and is a member of nothing',
    ],
    [
      'a function with the rights of its owner',
      ["create function mutant() returns int language sql security definer as 'select 1'"],
      'has no SECURITY DEFINER function',
    ],
    [
      "a registry that refers to a tenant's row",
      [
        'alter table tenant add person_id uuid',
        'alter table tenant add foreign key (tenant_id, person_id) references person (tenant_id, id)',
      ],
      'has no foreign key from a global table to a tenant table',
    ],
  ] as [string, string[], string][])('%s breaks a rule', async (...[, statements, rule]) => {
    expect(await changed(statements, rulesBroken)).toContain(rule);
  });
});
