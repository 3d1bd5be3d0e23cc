import pg from 'pg';
import { getNamedType } from 'graphql';
import { accessMatrix } from '../../src/cli/access-matrix.js';
import { abilityOf, allows } from '../../src/core/ability.js';
import { sensitiveFields } from '../../src/core/graphql/rights.js';
import type { Queries } from '../../src/core/statement.js';
import { tableOf } from '../../src/core/table.js';
import { Role } from '../../src/identity/roles.js';
import { ABILITIES } from '../../src/abilities.js';
import { ENTITIES } from '../../src/entities.js';
import { openSuite, type Suite } from '../kit/suite.js';
import { type Persona, World } from '../kit/world.js';
import { calls, populate, schema } from './population.js';
import { faultsOf, loadParser, type Tables } from './sql-rules.js';

let suite: Suite;
let tables: Tables;

beforeAll(async () => {
  await loadParser();
  suite = await openSuite();
  const owner = new pg.Client({ connectionString: suite.ownerUrl });
  await owner.connect();
  const { rows } = await owner.query<{ name: string }>(
    "select distinct proname as name from pg_proc where provolatile = 'v' and pronamespace = 'pg_catalog'::regnamespace",
  );
  await owner.end();
  tables = {
    tenant: new Set(ENTITIES.map((entity) => tableOf(entity).name)),
    global: new Set(['tenant']),
    volatile: new Set(rows.map(({ name }) => name)),
  };
});
afterAll(() => suite.close());

describe('the rules', () => {
  const GOOD = [
    { text: 'select id from handoff where tenant_id = $1 and id = $2 for update' },
    {
      text: 'select 1 from handoff h join deal d on d.tenant_id = $1 and d.id = h.deal_id where h.tenant_id = $1::uuid',
    },
    {
      text: 'with x as (select id from handoff where tenant_id = $1) select * from x join deal d on d.id = x.id and d.tenant_id = $1',
    },
    {
      text: 'select 1 from handoff h left join deal d on $1 = d.tenant_id and d.id = h.deal_id where $1 = h.tenant_id',
    },
    { text: 'insert into client (tenant_id, id) values ($1, $2), ($1, $3)' },
    { text: 'with x as (select unnest($2::uuid[]) as id) insert into client (tenant_id, id) select $1, id from x' },
    { text: 'update handoff set stage = $2, updated_at = now() where tenant_id = $1 and id = $3' },
    { text: "set local app.tenant_id = '0190a1b2-0000-7000-8000-000000000000'" },
    { text: 'set local statement_timeout = 5000; set local lock_timeout = 2000' },
    { text: 'select tenant_id from tenant where entra_tid = $1' },
    {
      text: 'with e as (insert into client (tenant_id, id) values ($1, $2) returning tenant_id, id) insert into deal (tenant_id, id) select tenant_id, id from e',
    },
  ];
  const BAD = [
    { text: 'select id from handoff where id = $2', fault: 'reads handoff handoff without' },
    {
      text: 'select 1 from handoff h join deal d on d.tenant_id = h.tenant_id where h.tenant_id = $1',
      fault: 'reads deal d without',
    },
    {
      text: 'select 1 from handoff h left join deal d on h.tenant_id = $1 where d.tenant_id = $1',
      fault: 'reads handoff h without',
    },
    { text: 'select 1 from handoff where tenant_id = $1 or id = $2', fault: 'reads handoff handoff without' },
    {
      text: 'select (select count(*) from deal d where d.id = h.deal_id) from handoff h where h.tenant_id = $1',
      fault: 'reads deal d without',
    },
    { text: 'select 1 from handoff where tenant_id = $1 union select 1 from deal', fault: 'reads deal deal without' },
    { text: 'select 1 from handoff where tenant_id = $2', fault: 'reads handoff handoff without' },
    { text: 'with x as (select id from handoff) select * from x', fault: 'reads handoff handoff without' },
    { text: 'delete from client where id = $2', fault: 'reads client client without' },
    { text: 'update handoff h set stage = d.state from deal d where h.tenant_id = $1', fault: 'reads deal d without' },
    { text: 'insert into client (tenant_id, id) values ($1, $2), ($3, $4)', fault: 'without $1 as tenant_id' },
    {
      text: 'insert into client (tenant_id, id) select $1, id from unnest($2::uuid[]) as x(id)',
      fault: 'from a function',
    },
    { text: 'update handoff set id = gen_random_uuid() where tenant_id = $1', fault: 'volatile gen_random_uuid()' },
    { text: "select set_config('app.tenant_id', $1, true)", fault: 'set_config()' },
    { text: 'select pg_advisory_xact_lock(1)', fault: 'one node alone' },
    { text: "set app.tenant_id = '0190a1b2-0000-7000-8000-000000000000'", fault: 'outlives its transaction' },
    { text: "set local app.tenant_id = 'x'", fault: 'not set by a uuid' },
    { text: 'set local lock_timeout = 1; insert into client (tenant_id, id) values ($1, $2)', fault: 'one message' },
    {
      text: "begin; set local app.tenant_id = '0190a1b2-0000-7000-8000-000000000000'",
      fault: 'several statements in one message',
    },
    { text: 'select 1 for update', fault: 'no one tenant' },
    { text: 'select id from handof where tenant_id = $1', fault: 'no table' },
  ];

  it.each(GOOD)('let pass: $text', ({ text }) => expect(faultsOf(text, tables)).toEqual([]));
  it.each(BAD)('refuse: $text', ({ text, fault }) => expect(faultsOf(text, tables).join()).toContain(fault));
});

describe('every statement that the product sends', () => {
  /** What tests ask for themselves, to look at the database. */
  const ofTests = new Set<string>();

  beforeAll(async () => {
    // oxlint-disable-next-line typescript/unbound-method -- it is called on the world
    const { read } = World.prototype;
    World.prototype.read = function <Q extends Queries>(this: World, queries: Q) {
      for (const { text } of Object.values(queries)) ofTests.add(text);
      return read.call(this, queries) as ReturnType<typeof read<Q>>;
    };
    const { world } = await populate(await suite.tenant(), { closed: true });
    World.prototype.read = read;
    for (const role of [Role.REVOPS_ADMIN, Role.AUDITOR]) await askForLists(await world.as(role));
  }, 90_000);

  it('is of one tenant, on every table and at every level', () => {
    const sent = [...new Set(suite.statements)].filter((text) => !ofTests.has(text));
    expect(sent.length).toBeGreaterThan(500);
    const wrong = sent.flatMap((text) => faultsOf(text, tables).map((fault) => `${fault}: ${text}`));
    expect(wrong).toEqual([]);
  });

  it('sets the tenant by a literal', () => {
    expect(
      suite.statements.filter((text) => /^set local app\.tenant_id = '[0-9a-f-]{36}'$/.test(text)).length,
    ).toBeGreaterThan(100);
  });
});

const matrix = accessMatrix();
const classes = new Map(sensitiveFields(schema).map(({ path, fieldClass }) => [path, fieldClass]));

/** Every list of the schema with its rows' fields, as far as the role may see them. */
async function askForLists(persona: Persona): Promise<void> {
  const ability = abilityOf(persona.actor, ABILITIES);
  const leave = (path: string): boolean => classes.has(path) && !allows(ability, 'see', classes.get(path)!);
  const roots = calls
    .roots()
    .filter(
      ({ operation, field }) =>
        operation === 'query' &&
        getNamedType(field.type).name.endsWith('Connection') &&
        matrix.find(({ name }) => name === field.name)?.allowed[persona.actor.roles[0] as Role] !== 'no',
    );
  for (const { field } of roots) {
    for (const selection of calls.selections(getNamedType(field.type), 1, leave)) {
      const { document, variables } = calls.call(field.name, { values: () => undefined, selection, first: 2 });
      await persona.graphql(document, variables);
    }
  }
}
