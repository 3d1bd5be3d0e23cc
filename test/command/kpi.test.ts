import { createHash } from 'node:crypto';
import { newId } from '../../src/core/id.js';
import type { Statement } from '../../src/core/statement.js';
import { freezeKpiBaseline } from '../../src/kpi/kpi.commands.js';
import { freezeKpiBaselineFromCases } from '../../src/reporting/measured.commands.js';
import { refreshReporting } from '../kit/reporting.js';
import { sealerOf } from '../kit/sealer.js';
import { playStory } from '../kit/story.js';
import { openSuite, START, type Suite } from '../kit/suite.js';
import type { GraphQLResult, Persona, World } from '../kit/world.js';
import { populateFeedback } from '../tenancy/population.feedback.js';
import { populateScopeChange } from '../tenancy/population.scope.js';
import { operation } from '../kit/operation.js';
import { codes, FIGURES, Tenant } from './rollout.kit.js';

type Json = NonNullable<GraphQLResult['data']>;

/** November, in which everything happens, and the three weeks of December that the clock goes on. */
const NOVEMBER = { from: '2026-11-01', to: '2026-11-30' };
const QUARTER = { from: '2026-10-01', to: '2026-12-31' };
const LATER = new Date('2026-12-14T09:00:00.000Z');

let suite: Suite;
let tenant: Tenant;
let world: World;
let sales: Persona;
let admin: Persona;
/** One handoff that went all the way to a date for the kickoff, and one that nobody touched after the import. */
let story: string;
let idle: string;

beforeAll(async () => {
  suite = await openSuite();
  tenant = await Tenant.open(suite);
  ({ world, admin, sales } = tenant);
  ({ handoffId: story } = await playStory(world));
  await populateScopeChange(world, story);
  await populateFeedback(world, await world.as('dana.delivery'), story);
  idle = await tenant.unproven();
  await refreshReporting(world);
}, 60_000);
afterAll(() => suite.close());

const ask = async (who: Persona, name: string, variables: Json = {}): Promise<Json> => {
  const { data, errors } = await who.graphql(operation(name), variables);
  expect(errors).toEqual([]);
  return data as Json;
};

/** The figures of a period as `numerator/denominator of cases = value`, by key. */
async function figures(who: Persona, variables: Json = NOVEMBER): Promise<Record<string, string>> {
  const { kpiFigures } = await ask(who, 'reports-figures', variables);
  return Object.fromEntries(
    (kpiFigures as Json[]).map(({ key, numerator, denominator, cases, value }) => [
      key,
      `${numerator}/${denominator} of ${cases} = ${value}`,
    ]),
  );
}

const nodes = (page: Json): Json[] => (page.edges as Json[]).map(({ node }) => node as Json);

/** Sends statements of a test's own in the tenant, as the application role. */
const write = (of: World, statements: Statement[]): Promise<void> =>
  suite.gateway.transaction(of.tenantId, (tx) => tx.commit(statements));

describe('the figures of a story', () => {
  beforeEach(() => {
    suite.clock.at = LATER;
  });

  it('are those of its cases, and what has no case is null and not 0', async () => {
    expect(await figures(sales, QUARTER)).toEqual({
      // Won on 30 September, the day before the quarter.
      COMPLETENESS_SCORE: '0/0 of 0 = null',
      COMPLETION_RATE: '0/0 of 0 = null',
      QUALITY_SCORE: '0/0 of 0 = null',
      // Both kickoffs were due on 8 October; neither was held.
      KICKOFF_DELAY_RATE: '2/2 of 2 = 1',
      // One change in the 22 days since the sign-off.
      SCOPE_CHANGE_FREQUENCY: '30/22 of 2 = 1.3636',
      SCOPE_CHANGE_INCIDENTS: '1/1 of 1 = 1',
      MARGIN_EROSION_POINTS: '0/0 of 0 = null',
      MARGIN_EROSION_MONEY: '0/0 of 0 = null',
      MISSED_ASSUMPTIONS: '0/0 of 0 = null',
      PROMISE_ACCURACY: '0/0 of 0 = null',
      OVERRIDE_RATE: '1/1 of 1 = 1',
      REJECTION_RATE: '1/2 of 2 = 0.5',
      TIME_TO_FIRST_TOUCH: '0/0 of 0 = null',
      APPROVAL_LEAD_TIME_P50: '0/2 of 2 = 0',
      APPROVAL_LEAD_TIME_P90: '0/2 of 2 = 0',
      REPEAT_ASK_RATE: '0/0 of 0 = null',
      FILL_TIME: '0/1 of 1 = 0',
      FIRST_DELIVERABLE_LATENESS: '0/0 of 0 = null',
      TIME_TO_FIRST_VALUE: '0/0 of 0 = null',
      CLIENT_SURVEY_SCORE: '8/1 of 1 = 8',
    });
    const september = await figures(sales, { from: '2026-09-30', to: '2026-09-30' });
    expect(september.COMPLETENESS_SCORE).toBe('0/216 of 2 = 0');
    expect(september.COMPLETION_RATE).toBe('0/2 of 2 = 0');
  });

  it('are of what was known: a deadline of the future counts from then on, a span up to today', async () => {
    suite.clock.at = START;
    expect((await figures(sales, QUARTER)).SCOPE_CHANGE_FREQUENCY).toBe('30/1 of 2 = 30');
    suite.clock.at = new Date('2026-12-21T23:00:00.000Z');
    expect((await figures(sales, QUARTER)).FIRST_DELIVERABLE_LATENESS).toBe('0/0 of 0 = null');
    suite.clock.at = new Date('2026-12-22T00:00:00.000Z');
    expect((await figures(sales, QUARTER)).FIRST_DELIVERABLE_LATENESS).toBe('1/1 of 1 = 1');
  });

  it('are narrowed to a slice', async () => {
    const [{ client_id: clientId }] = (await world.rows(
      'select client_id from handoff where tenant_id = $1 and id = $2',
      [idle],
    )) as [{ client_id: string }];
    const sliced = await figures(sales, { ...QUARTER, slice: { clientId, tier: 'STANDARD' } });
    expect([sliced.KICKOFF_DELAY_RATE, sliced.OVERRIDE_RATE]).toEqual(['1/1 of 1 = 1', '0/0 of 0 = null']);
    const none = await figures(sales, { ...QUARTER, slice: { clientId, dealType: 'RENEWAL' } });
    expect(none.KICKOFF_DELAY_RATE).toBe('0/0 of 0 = null');
  });

  it('open into their cases, which add up to them', async () => {
    const { kpiFigures } = await ask(sales, 'reports-figures', QUARTER);
    for (const { key, cases, numerator } of kpiFigures as Json[]) {
      const { kpiCases } = await ask(sales, 'reports-cases', { key, ...QUARTER, first: 100 });
      const found = nodes(kpiCases);
      expect([key, found.length]).toEqual([key, cases]);
      if (!key.startsWith('APPROVAL'))
        expect([key, found.reduce((sum, one) => sum + Number(one.numerator), 0)]).toEqual([key, Number(numerator)]);
    }
    const page = async (after: string | null) =>
      (await ask(sales, 'reports-cases', { key: 'REJECTION_RATE', ...QUARTER, first: 1, after })).kpiCases as Json;
    const first = await page(null);
    const second = await page(first.pageInfo.endCursor);
    expect([first.pageInfo.hasNextPage, second.pageInfo.hasNextPage]).toEqual([true, false]);
    expect(
      [...nodes(first), ...nodes(second)].map(({ numerator, handoff }) => `${numerator} ${handoff.id}`).toSorted(),
    ).toEqual([`0 ${story}`, `1 ${story}`]);
  });

  it('by months add up to the quarter, each step there', async () => {
    const trend = { ...QUARTER, key: 'KICKOFF_DELAY_RATE', step: 'MONTH' };
    const { kpiTrend } = await ask(sales, 'reports-trend', trend);
    expect((kpiTrend as Json[]).map(({ fromOn, numerator, value }) => [fromOn, numerator, value])).toEqual([
      ['2026-10-01', '2', '1'],
      ['2026-11-01', '0', null],
      ['2026-12-01', '0', null],
    ]);
  });

  it('of margin are for who sees margin: left out, and forbidden when they are asked by name', async () => {
    expect(Object.keys(await figures(admin, QUARTER)).filter((key) => key.startsWith('MARGIN'))).toEqual([]);
    const document =
      'query ($keys: [String!]) { kpiFigures(from: "2026-10-01", to: "2026-12-31", keys: $keys) { key } }';
    const asked = async (who: Persona, keys: string[]): Promise<unknown> => {
      const { data, errors } = await who.graphql(document, { keys });
      return errors[0]?.extensions.code ?? (data as Json).kpiFigures;
    };
    expect(await asked(admin, ['MARGIN_EROSION_MONEY'])).toBe('FORBIDDEN');
    expect(await asked(sales, ['MARGIN_EROSION_MONEY'])).toEqual([{ key: 'MARGIN_EROSION_MONEY' }]);
    expect(await asked(sales, ['HAPPINESS'])).toBe('BAD_USER_INPUT');
    const cases = { key: 'MARGIN_EROSION_MONEY', ...QUARTER, first: 10 };
    expect((await admin.graphql(operation('reports-cases'), cases)).errors[0]!.extensions.code).toBe('FORBIDDEN');
  });

  it.each([
    { what: 'a period that ends before it begins', from: '2026-12-31', to: '2026-10-01', step: 'MONTH', field: 'to' },
    { what: 'more than three years', from: '2020-01-01', to: '2026-10-01', step: 'MONTH', field: 'to' },
    { what: 'too many steps', from: '2024-01-01', to: '2026-10-01', step: 'WEEK', field: 'to' },
  ])('are not asked of $what', async ({ field, ...period }) => {
    const { errors } = await sales.graphql(operation('reports-trend'), { key: 'FILL_TIME', ...period });
    expect(errors.map(({ extensions }) => [extensions.code, extensions.field])).toEqual([['BAD_USER_INPUT', field]]);
  });

  it('take as many statements for all KPIs as for one', async () => {
    const sent = async (keys: string[] | null): Promise<number> => {
      const before = suite.statements.length;
      await sales.graphql(
        'query ($keys: [String!]) { kpiFigures(from: "2026-10-01", to: "2026-12-31", keys: $keys) { key value baselineValue definition { name } } }',
        { keys },
      );
      return suite.statements.length - before;
    };
    expect(await sent(null)).toBe(await sent(['FILL_TIME']));
  });
});

describe('the way of the handoffs', () => {
  beforeEach(() => {
    suite.clock.at = LATER;
  });

  it('is a funnel by stage', async () => {
    const { handoffFunnel } = await ask(sales, 'reports-funnel', QUARTER);
    expect((handoffFunnel as Json[]).map(({ stage, reached, nowThere }) => `${stage} ${reached} ${nowThere}`)).toEqual([
      'DRAFT 2 1',
      'IN_REVIEW 1 0',
      'SIGNED_OFF 1 0',
      'KICKOFF_SCHEDULED 1 1',
      'KICKED_OFF 0 0',
      'CLOSED 0 0',
      'RETURNED 1 0',
      'WITHDRAWN 0 0',
    ]);
    const before = await ask(sales, 'reports-funnel', { from: '2026-10-01', to: '2026-11-22' });
    expect((before.handoffFunnel as Json[]).every(({ reached }) => reached === 0)).toBe(true);
  });

  it('has stalled steps with who is to act, the longest past first, page by page', async () => {
    const page = async (first: number, after: string | null): Promise<Json> =>
      (await ask(sales, 'reports-stalled', { first, after })).stalledHandoffs as Json;
    const all = nodes(await page(50, null));
    expect(all[0]).toMatchObject({ clock: 'DOCUMENT_COMPLETE', dueAt: '2026-10-01T23:00:00.000Z', hoursOverdue: 1762 });
    expect(all[0]!.owner.handle).toBe('sofia.sales');
    expect(all.find(({ clock }) => clock === 'KICKOFF_HELD')!.owner.handle).toBe('dana.delivery');
    const dues = all.map(({ dueAt }) => dueAt as string);
    expect(dues).toEqual(dues.toSorted());
    const first = await page(4, null);
    const rest = await page(50, first.pageInfo.endCursor);
    expect([...nodes(first), ...nodes(rest)].map(({ id }) => id)).toEqual(all.map(({ id }) => id));
    suite.clock.at = START;
    expect(nodes(await page(50, null)).some(({ clock }) => clock === 'FEEDBACK')).toBe(false);
  });

  it('has exceptions, the shortfall of which only who sees margin asks for', async () => {
    const { reportedExceptions } = await ask(sales, 'reports-exceptions-margin', { ...QUARTER, first: 10 });
    expect(nodes(reportedExceptions).map(({ kind, state, shortfallBps }) => [kind, state, shortfallBps])).toEqual([
      ['REBASELINE', 'APPROVED', null],
      ['MARGIN_EXCEPTION', 'USED', 304],
    ]);
    expect(nodes((await ask(admin, 'reports-exceptions', { ...QUARTER, first: 10 })).reportedExceptions)).toHaveLength(
      2,
    );
    const withheld = await admin.graphql(operation('reports-exceptions-margin'), { ...QUARTER, first: 10 });
    expect(withheld.errors[0]!.extensions.code).toBe('FORBIDDEN');
  });
});

describe('a measured baseline', () => {
  const OCTOBER = { kpi: 'KICKOFF_DELAY_RATE', fromOn: '2026-10-01', toOn: '2026-10-31' };

  beforeEach(() => {
    suite.clock.at = LATER;
  });

  it('is refused with every reason', async () => {
    const refused = async (who: Persona, change: Partial<typeof OCTOBER>): Promise<string[]> =>
      codes(await who.refused(freezeKpiBaselineFromCases, { ...OCTOBER, ...change }));
    expect(await refused(admin, { kpi: 'HAPPINESS', toOn: '2027-01-01' })).toEqual(['KPI_UNKNOWN', 'PERIOD_INVALID']);
    expect(await refused(admin, { toOn: '2026-12-14' })).toEqual(['PERIOD_INVALID']);
    expect(await refused(admin, { kpi: 'MARGIN_EROSION_POINTS' })).toEqual(['NOT_ELIGIBLE']);
  });

  it('waits until the model is current', async () => {
    await admin.done(freezeKpiBaseline, { kpi: 'REPEAT_ASK_RATE', ...FIGURES });
    await sealerOf(world).cover(world.tenantId);
    expect((await ask(sales, 'reports-frame')).reportingState).toMatchObject({ isCurrent: false });
    expect(codes(await admin.refused(freezeKpiBaselineFromCases, OCTOBER))).toEqual(['REPORTING_BEHIND']);
    await refreshReporting(world);
    expect((await ask(sales, 'reports-frame')).reportingState).toMatchObject({ isCurrent: true });
  });

  it('is what the cases say, once, with their digest as its source', async () => {
    await admin.done(freezeKpiBaselineFromCases, OCTOBER);
    const [frozen] = await world.rows('select * from kpi_baseline where tenant_id = $1 and kpi = $2', [OCTOBER.kpi]);
    expect(frozen).toMatchObject({
      numerator: 2n,
      denominator: 2n,
      definition_version: 2,
      source_url: 'urn:countersign:kpi-cases:KICKOFF_DELAY_RATE:2026-10-01:2026-10-31',
    });
    const cases = await world.rows(
      'select id, counts_on, counts_at from fact_kpi_case where tenant_id = $1 and kpi_key = $2 order by id',
      [OCTOBER.kpi],
    );
    const lines = cases.map(
      ({ id, counts_on: on, counts_at: at }) => `${String(id)} ${String(on)} ${(at as Date).toISOString()} 1 1 - - f`,
    );
    expect(frozen!.source_sha256).toBe(createHash('sha256').update(lines.join('\n')).digest('hex'));
    await refreshReporting(world);
    expect(codes(await admin.refused(freezeKpiBaselineFromCases, OCTOBER))).toEqual(['ALREADY_FROZEN']);
  });

  it('is what figures are compared with, from the freeze on and then from the start of enforcement', async () => {
    const compared = async (): Promise<Json> =>
      (await ask(sales, 'reports-comparison', { keys: [OCTOBER.kpi] })).kpiComparison[0] as Json;
    const point = {
      isOver: false,
      figure: { value: null, baselineValue: '1', improvementBps: null, target: 'NO_CASES' },
    };
    expect(await compared()).toMatchObject({
      countedFrom: 'BASELINE',
      startOn: '2026-12-14',
      baseline: { numerator: '2', denominator: '2', value: '1', cases: null, improvementBps: 0, target: 'MISSED' },
      weekFour: { ...point, figure: { ...point.figure, fromOn: '2026-12-14', toOn: '2027-01-10' } },
    });
    await write(world, [
      enforcedSince('2026-10-05T09:00:00.000Z', await world.idOf('ravi.revops'), await world.idOf('leah.lead')),
    ]);
    expect(await compared()).toMatchObject({
      countedFrom: 'ENFORCEMENT',
      startOn: '2026-10-05',
      weekFour: { isOver: true, figure: { fromOn: '2026-10-05', toOn: '2026-11-01', value: '1', target: 'MISSED' } },
      weekEight: { isOver: true, figure: { fromOn: '2026-11-02', value: null, target: 'NO_CASES' } },
      quarter: { isOver: false, figure: { fromOn: '2026-10-05', toOn: '2027-01-02', value: '1', improvementBps: 0 } },
    });
  });
});

const enforcedSince = (at: string, one: string, other: string): Statement => ({
  text: `insert into rollout (tenant_id, id, phase, phase_since, started_on, started_by, started_at, confirmed_by, confirmed_at,
      enforced_by, enforced_at, normal_since, revision)
    values ($1, $2, 'NORMAL', $3, '2026-09-01', $4, $3, $5, $3, $4, $3, $3, 1)`,
  values: [newId(), at, one, other],
});
