import pg from 'pg';
import { pino } from 'pino';
import type { Row } from '../../src/core/statement.js';
import { Role } from '../../src/identity/roles.js';
import { freezeKpiBaseline } from '../../src/kpi/kpi.commands.js';
import { importDeal } from '../../src/passage/intake.commands.js';
import { checkReporting, type Difference } from '../../src/reporting/check.js';
import { DATASETS } from '../../src/reporting/datasets.js';
import { FACTS } from '../../src/reporting/datasets.facts.js';
import { ReportingPlanner } from '../../src/reporting/planner.js';
import { Reporter } from '../../src/reporting/reporter.js';
import { refreshReporting } from '../kit/reporting.js';
import { sealerOf } from '../kit/sealer.js';
import { openSuite, type Suite } from '../kit/suite.js';
import { dealOf } from '../kit/variants.js';
import type { World } from '../kit/world.js';
import { make, populate, type Population } from '../tenancy/population.js';

let suite: Suite;
let world: World;
let population: Population;
/** What was wrong after which command. */
const wrong: { readonly after: string; readonly differences: readonly Difference[] }[] = [];
const compared = new Set<string>();

/**
 * A tenant in which everything happens that can. After the first of every kind of command the ledger is sealed, what is
 * new is projected, and every row is compared with a projection of all handoffs.
 */
beforeAll(async () => {
  suite = await openSuite();
  world = await suite.tenant();
  await refreshReporting(world);
  const { pipeline, gateway } = suite;
  const run = pipeline.run.bind(pipeline);
  const spy = jest.spyOn(pipeline, 'run').mockImplementation(async (actor, command, input, request) => {
    const result = await run(actor, command, input, request);
    if (actor.tenantId !== world.tenantId || compared.has(command.name)) return result;
    compared.add(command.name);
    await refreshReporting(world);
    const { differences } = await checkReporting(gateway, world.tenantId);
    if (differences.length > 0) wrong.push({ after: command.name, differences });
    return result;
  });
  population = await populate(world, { closed: true });
  spy.mockRestore();
}, 120_000);
afterAll(() => suite.close());

const deal = () => ({ payload: dealOf(), serviceTemplate: null, dealType: null, segment: null });
const reporter = (): Reporter => new Reporter(suite.gateway);
const check = () => checkReporting(suite.gateway, world.tenantId);
const facts = (of: World, table: string, more = ''): Promise<readonly Row[]> =>
  of.rows(`select * from ${table} where tenant_id = $1 ${more} order by 2`);
const progress = async (of: World): Promise<Row> =>
  (await of.rows('select * from reporting_progress where tenant_id = $1'))[0]!;

async function asSuperuser(work: (client: pg.Client) => Promise<unknown>): Promise<void> {
  const client = new pg.Client({ connectionString: suite.superuserUrl });
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
  }
}

describe('the tables', () => {
  it.each(DATASETS.filter(({ relation }) => !relation.startsWith('(')))(
    '$name has the columns that its dataset states, of their types',
    async ({ relation, columns }) => {
      const TYPES: Record<string, string> = {
        uuid: 'Edm.Guid',
        text: 'Edm.String',
        bool: 'Edm.Boolean',
        int4: 'Edm.Int32',
        int8: 'Edm.Int64',
        date: 'Edm.Date',
        timestamptz: 'Edm.DateTimeOffset',
      };
      const rows = await world.rows(
        `select column_name::text as name, udt_name::text as type, is_nullable = 'YES' as nullable
          from information_schema.columns where table_name = $2 and $1::uuid is not null`,
        [relation],
      );
      const stored = rows.map(({ name, type, nullable }) => ({ name, type: TYPES[type as string], nullable }));
      const stated = columns.map(({ column, type, nullable }) => ({ name: column, type, nullable }));
      expect(stored).toEqual(expect.arrayContaining(stated));
      if (relation.startsWith('fact_')) expect(stored.length).toBe(stated.length + 1);
    },
  );
});

describe('facts that follow the ledger', () => {
  it('are after every kind of command what a projection of everything is, row by row', () => {
    expect(compared.size).toBeGreaterThan(60);
    expect(wrong).toEqual([]);
  });

  it.each(FACTS)('have rows in $name', async ({ relation }) => {
    expect((await facts(world, relation)).length).toBeGreaterThan(0);
  });

  it('tell of the handoff what its records say', async () => {
    const [row] = await facts(world, 'fact_handoff', `and id = '${population.story}'`);
    const [record] = await world.rows('select * from handoff where tenant_id = $1 and id = $2', [population.story]);
    expect(row).toMatchObject({
      number: record!.number,
      stage: 'CLOSED',
      client_id: record!.client_id,
      service_template_key: record!.service_template,
      deal_type_key: record!.deal_type,
      tier_key: record!.tier,
      currency: 'GBP',
      completeness_bps: 10_000,
      submissions: 2,
      returns: 1,
      won_on: '2026-09-30',
      sign_off_live: true,
      quality_score: expect.any(Number) as number,
    });
    expect(row!.kickoff_held_at).toEqual(new Date('2026-12-23T15:00:00Z'));
    expect(row!.closed_at).not.toBeNull();
  });

  it('tell of a clock when it was due, whether it was late and who was told', async () => {
    const rows = await facts(world, 'fact_sla_event', `and handoff_id = '${population.story}'`);
    const clocks = new Map(rows.map((row) => [row.clock as string, row]));
    expect([...clocks.keys()]).toEqual(expect.arrayContaining(['KICKOFF_HELD', 'DOCUMENT_COMPLETE', 'FEEDBACK']));
    expect(clocks.get('KICKOFF_HELD')).toMatchObject({ late: true, voided_at: null });
  });

  it('tell of the budget in force what became of it', async () => {
    const rows = await facts(world, 'fact_budget', `and handoff_id = '${population.story}' and in_force`);
    expect(rows.length).toBe(1);
    expect(rows[0]).toMatchObject({ actual_minutes: 90n, remaining_minutes: expect.any(BigInt) as bigint });
    expect(rows[0]!.erosion_minor).toBe((rows[0]!.margin_minor as bigint) - (rows[0]!.forecast_margin_minor as bigint));
  });
});

describe('a rebuild', () => {
  it('makes the same rows from zero', async () => {
    const before = await everything(world);
    expect(await reporter().rebuild(world.tenantId)).toBeGreaterThan(1);
    expect(await everything(world)).toEqual(before);
    expect(await check()).toMatchObject({ isBuilt: true, waiting: 0, differences: [] });
  });

  it('is begun by software of another version, and left alone by older software', async () => {
    const set = (version: number) =>
      asSuperuser((client) => client.query(`update reporting_progress set model_version = ${version}`));
    await set(0);
    expect(await check()).toMatchObject({ isBuilt: false });
    expect(await reporter().catchUp(world.tenantId)).toBeGreaterThan(1);
    expect(await progress(world)).toMatchObject({ model_version: expect.any(Number) as number, rebuilt_to: null });
    await set(1_000_000);
    expect(await reporter().step(world.tenantId)).toEqual({ handoffs: 0, isMore: false, isBusy: false });
    await set(0);
    await reporter().catchUp(world.tenantId);
  });

  it('finds every kind of difference', async () => {
    await asSuperuser(async (client) => {
      await client.query(`delete from fact_vote`);
      await client.query(`update fact_handoff set segment = 'Another' where id = $1`, [population.story]);
      await client.query(`insert into fact_decision select tenant_id, gen_random_uuid(), handoff_id, number, kind, state, owner_id,
        blocks_kickoff, opened_at, due_on, decided_at from fact_decision limit 1`);
      await client.query(`update dim_word set name = 'Another' where kind = 'TIER' and key = 'LIGHT'`);
    });
    const { differences } = await check();
    expect(new Set(differences.map(({ table, kind }) => `${table} ${kind}`))).toEqual(
      new Set(['fact_vote MISSING', 'fact_handoff CHANGED', 'fact_decision SURPLUS', 'dim_word CHANGED']),
    );
    expect(differences.find(({ table }) => table === 'fact_handoff')).toMatchObject({
      key: population.story,
      columns: ['segment'],
    });
    await reporter().rebuild(world.tenantId);
    expect((await check()).differences).toEqual([]);
  });
});

describe('the dimensions', () => {
  it('say every day of the years of the facts, and the words of the configuration', async () => {
    const [days] = await world.rows(
      'select min(day) as low, max(day) as high, count(*)::int as days from dim_date where tenant_id = $1',
    );
    expect(days).toEqual({ low: '2026-01-01', high: '2027-12-31', days: 730 });
    const monday = await world.rows("select * from dim_date where tenant_id = $1 and day = '2026-12-28'");
    expect(monday[0]).toMatchObject({ quarter: 4, month: 12, iso_year: 2026, iso_week: 53, weekday: 1 });
    const words = await world.rows('select kind, key, name from dim_word where tenant_id = $1');
    expect(words).toContainEqual({ kind: 'DEAL_TYPE', key: 'NEW_BUSINESS', name: 'New business' });
  });

  it('take up a baseline as soon as it is frozen', async () => {
    const fresh = await suite.tenant();
    await refreshReporting(fresh);
    const admin = await fresh.as(Role.REVOPS_ADMIN);
    await admin.done(freezeKpiBaseline, {
      kpi: 'COMPLETION_RATE',
      fromOn: '2026-05-01',
      toOn: '2026-05-31',
      numerator: '12',
      denominator: '20',
      cohort: 'Deals won in May',
      sourceUrl: 'https://northwind.example/may',
    });
    await refreshReporting(fresh);
    const rows = await fresh.rows("select * from dim_kpi where tenant_id = $1 and key = 'COMPLETION_RATE'");
    expect(rows[0]).toMatchObject({
      baseline_numerator: 12n,
      baseline_denominator: 20n,
      baseline_from_on: '2026-05-01',
    });
  });
});

describe('several processes', () => {
  let fresh: World;
  const DEALS = 12;
  beforeEach(async () => {
    fresh = await suite.tenant();
    const sales = await fresh.as('sofia.sales');
    for (let n = 0; n < DEALS; n++) await sales.done(importDeal, deal());
    await sealerOf(fresh).cover(fresh.tenantId);
  });

  it('project the same tenant at the same time as one does', async () => {
    const done = await Promise.all([1, 2, 3].map(() => reporter().catchUp(fresh.tenantId)));
    expect(done.reduce((sum, handoffs) => sum + handoffs, 0)).toBe(DEALS);
    expect((await facts(fresh, 'fact_handoff')).length).toBe(DEALS);
    expect((await checkReporting(suite.gateway, fresh.tenantId)).differences).toEqual([]);
  });

  it('lose nothing when one ends in the middle of a projection', async () => {
    await reporter().catchUp(fresh.tenantId);
    const before = await everything(fresh);
    const { projected_seq: seq } = await progress(fresh);
    const [handoff] = await fresh.rows('select id from handoff where tenant_id = $1 order by id');
    await make(await fresh.as('sofia.sales'), fresh, 'declareNoCommitments', handoff!.id as string);
    await sealerOf(fresh).cover(fresh.tenantId);
    // The rows of the handoff are deleted by then.
    await asSuperuser((client) => client.query('revoke insert on fact_kpi_case from countersign_app'));
    await expect(reporter().catchUp(fresh.tenantId)).rejects.toThrow(/permission denied/);
    expect(await everything(fresh)).toEqual(before);
    expect((await progress(fresh)).projected_seq).toBe(seq);
    await asSuperuser((client) => client.query('grant insert on fact_kpi_case to countersign_app'));
    expect(await reporter().catchUp(fresh.tenantId)).toBe(1);
    expect((await checkReporting(suite.gateway, fresh.tenantId)).differences).toEqual([]);
  });

  it('go on with a rebuild that was interrupted, and readers miss no row meanwhile', async () => {
    const small = new Reporter(suite.gateway, 5);
    await small.catchUp(fresh.tenantId);
    let seen = 0;
    await expect(
      small.rebuild(fresh.tenantId, (handoffs) => {
        seen = handoffs;
        if (handoffs >= 5) throw new Error('killed');
      }),
    ).rejects.toThrow('killed');
    expect(seen).toBe(5);
    expect((await facts(fresh, 'fact_handoff')).length).toBe(DEALS);
    expect((await progress(fresh)).rebuilt_to).not.toBeNull();
    expect(await new Reporter(suite.gateway, 5).catchUp(fresh.tenantId)).toBe(DEALS - 5);
    expect((await progress(fresh)).rebuilt_to).toBeNull();
  });

  it('send as many statements for many handoffs as for one', async () => {
    const count = async (chunk: number): Promise<number> => {
      const own = new Reporter(suite.gateway, chunk);
      await own.catchUp(fresh.tenantId);
      suite.statements.length = 0;
      let steps = 0;
      await own.rebuild(fresh.tenantId, () => void (steps += 1));
      return suite.statements.length / steps;
    };
    const many = await count(100);
    const few = await count(6);
    // The last step of the small chunks finds no handoff at all.
    expect(few).toBeLessThanOrEqual(many);
    expect(many).toBeLessThan(90);
  });

  it('are kept current by a worker that hears of sealed entries', async () => {
    const planner = new ReportingPlanner({
      gateway: suite.gateway,
      tenants: async () => [fresh.tenantId],
      log: pino({ level: 'silent' }),
    });
    planner.start();
    try {
      const projected = async (): Promise<number> => (await facts(fresh, 'fact_handoff')).length;
      while ((await projected()) < DEALS) await new Promise((resolve) => setTimeout(resolve, 20));
      const sales = await fresh.as('sofia.sales');
      await sales.done(importDeal, deal());
      await sealerOf(fresh).cover(fresh.tenantId);
      planner.wake(fresh.tenantId);
      while ((await projected()) <= DEALS) await new Promise((resolve) => setTimeout(resolve, 20));
    } finally {
      await planner.stop();
    }
    const others = await facts(world, 'fact_handoff');
    expect(others.every(({ tenant_id: tenantId }) => tenantId === world.tenantId)).toBe(true);
  }, 20_000);
});

/** Every row of every fact and dimension, as JSON. */
async function everything(of: World): Promise<Record<string, readonly Row[]>> {
  const tables = [...FACTS.map(({ relation }) => relation), 'dim_date', 'dim_word', 'dim_kpi'];
  const rows = await Promise.all(tables.map((table) => facts(of, table, '')));
  return Object.fromEntries(
    tables.map((table, index) => [table, rows[index]!.toSorted((a, b) => (key(a) < key(b) ? -1 : 1))]),
  );
}

const key = ({ id, day, kind, key: own }: Row): string => [id, day, kind, own].map(String).join('/');
