import { ChecklistItem } from '../../src/checklist/checklist.entity.js';
import { CompletenessAtWin } from '../../src/checklist/completeness.entity.js';
import { completenessAt } from '../../src/checklist/completeness.rules.js';
import { Evidence } from '../../src/checklist/evidence.entity.js';
import { KPI_DEFINITIONS } from '../../src/kpi/kpi.definitions.js';
import { localDay } from '../../src/core/local-day.js';
import { select } from '../../src/core/statement.js';
import { type KpiFigure, type KpiSlice, type Period } from '../../src/reporting/kpi-figure.js';
import { kpiFigures } from '../../src/reporting/kpi-figure.queries.js';
import { Reporter } from '../../src/reporting/reporter.js';
import { openSuite, type Suite } from '../kit/suite.js';
import type { World } from '../kit/world.js';
import { type SliceColumn, SLICES, YearOracle } from '../kit/year/oracle.js';
import { KPI_SQL } from '../kit/year/oracle.sql.js';
import { seedYear } from '../kit/year/seed.mjs';
import { configureYear, YEAR, YEAR_TENANTS, type YearTenant } from '../kit/year/tenants.js';

const HANDOFFS = Number(process.env.YEAR_HANDOFFS ?? 300);

const lastDay = (month: number): string => new Date(Date.UTC(2026, month, 0)).toISOString().slice(0, 10);
const monthOn = (month: number): string => `2026-${String(month).padStart(2, '0')}-01`;
const MONTHS = Array.from({ length: 12 }, (_, index): Period => ({
  fromOn: monthOn(index + 1),
  toOn: lastDay(index + 1),
}));
const QUARTERS = [1, 4, 7, 10].map((month): Period => ({ fromOn: monthOn(month), toOn: lastDay(month + 2) }));
const WHOLE: Period = { fromOn: YEAR.fromOn, toOn: YEAR.toOn };
/** Every month, quarter and the year, a stretch that begins and ends anywhere, and one day. */
const PERIODS: readonly Period[] = [
  ...MONTHS,
  ...QUARTERS,
  WHOLE,
  { fromOn: '2026-03-11', toOn: '2026-10-26' },
  { fromOn: '2026-06-16', toOn: '2026-06-16' },
];

const FIELDS: Readonly<Record<SliceColumn, keyof KpiSlice>> = {
  client_id: 'clientId',
  service_template: 'serviceTemplate',
  deal_type: 'dealType',
  tier: 'tier',
  owner_id: 'ownerId',
  delivery_manager_id: 'deliveryManagerId',
};
/** So many clients are compared; of everything else every value is. */
const CLIENTS = 4;
const KEYS = KPI_DEFINITIONS.map(({ key }) => key);

let suite: Suite;
const years: { tenant: YearTenant; world: World; oracle: YearOracle }[] = [];

beforeAll(async () => {
  suite = await openSuite();
  suite.clock.at = YEAR.from;
  for (const tenant of YEAR_TENANTS) {
    const world = await suite.tenant((configuration) => configureYear(configuration, tenant));
    const { seed, currency, calendar } = tenant;
    const year = {
      tenantId: world.tenantId,
      seed,
      handoffs: HANDOFFS,
      zone: calendar.timeZone,
      currency,
      foreignCurrency: 'EUR',
      ...YEAR,
    };
    await seedYear(suite.ownerUrl, year);
    suite.clock.at = YEAR.asOf;
    await new Reporter(suite.gateway).rebuild(world.tenantId);
    years.push({ tenant, world, oracle: await YearOracle.of(world, tenant, PERIODS) });
    suite.clock.at = YEAR.from;
  }
  suite.clock.at = YEAR.asOf;
}, 240_000);

afterAll(() => suite.close());

/** The product's figures of all KPIs and periods. */
async function measured(world: World, zone: string, slice: KpiSlice): Promise<readonly KpiFigure[]> {
  const asOf = YEAR.asOf;
  const asked = kpiFigures({
    keys: KEYS,
    periods: PERIODS,
    slice,
    asOf,
    asOfOn: localDay(zone, asOf),
    sees: new Set(['MARGIN'] as const),
  });
  return (await world.read({ asked })).asked;
}

const plain = (
  { numerator, denominator, value }: Pick<KpiFigure, 'numerator' | 'denominator' | 'value'>,
  clientCaused: bigint,
) => `${numerator}/${denominator} = ${value}${clientCaused > 0n ? ` (client ${clientCaused})` : ''}`;

/** Every figure that differs, in words: at most so many, so that the first are read. */
function differences(
  figures: readonly KpiFigure[],
  oracle: YearOracle,
  slice?: { column: SliceColumn; value: string },
): string[] {
  return figures.flatMap((figure) => {
    const { key, fromOn, toOn } = figure;
    const expected = oracle.figure(key, { fromOn, toOn }, slice);
    const [ours, theirs] = [plain(figure, figure.numeratorClientCaused), plain(expected, expected.clientCaused)];
    return ours === theirs
      ? []
      : [`${key} ${fromOn}..${toOn} ${slice?.value ?? ''}: ${ours}, by the records ${theirs}`];
  });
}

it('knows every KPI that is defined', () => {
  expect(Object.keys(KPI_SQL).toSorted()).toEqual(KEYS.toSorted());
});

it.each(YEAR_TENANTS)(
  'equals the records of $slug in every month, quarter and the year',
  async ({ slug, calendar }) => {
    const { world, oracle } = years.find(({ tenant }) => tenant.slug === slug)!;
    const figures = await measured(world, calendar.timeZone, {});
    expect(figures).toHaveLength(KEYS.length * PERIODS.length);
    expect(differences(figures, oracle)).toEqual([]);
  },
);

it.each(YEAR_TENANTS)('equals the records of $slug by every slice', async ({ slug, calendar }) => {
  const { world, oracle } = years.find(({ tenant }) => tenant.slug === slug)!;
  const found: string[] = [];
  for (const column of SLICES) {
    const rows = await world.rows(
      `select distinct ${column}::text as value from handoff where tenant_id = $1 and ${column} is not null order by 1`,
    );
    for (const { value } of column === 'client_id' ? rows.slice(0, CLIENTS) : rows) {
      const slice = { column, value: value as string };
      found.push(
        ...differences(await measured(world, calendar.timeZone, { [FIELDS[column]]: slice.value }), oracle, slice),
      );
    }
  }
  expect(found).toEqual([]);
});

it.each(YEAR_TENANTS)('knows what was proven at each win of $slug as the rule says it', async ({ slug }) => {
  const { world } = years.find(({ tenant }) => tenant.slug === slug)!;
  const { wins, items, evidence } = await world.read({
    wins: select(CompletenessAtWin),
    items: select(ChecklistItem),
    evidence: select(Evidence),
  });
  const judged = wins.map(({ handoffId, asOf }) => {
    const its = <T extends { handoffId: string }>(rows: T[]): T[] => rows.filter((row) => row.handoffId === handoffId);
    return completenessAt(its(items), its(evidence), asOf);
  });
  expect(judged).toEqual(wins.map(({ provenWeight, applicableWeight }) => ({ provenWeight, applicableWeight })));
  expect(wins.length).toBeGreaterThan(HANDOFFS / 2);
});

it.each(YEAR_TENANTS)('has cases of every KPI in the year of $slug, good and bad ones', async ({ slug }) => {
  const { oracle } = years.find(({ tenant }) => tenant.slug === slug)!;
  for (const key of KEYS) {
    const { numerator, denominator } = oracle.figure(key, WHOLE);
    expect({ key, some: numerator !== 0n && denominator > 0n && numerator !== denominator }).toEqual({
      key,
      some: true,
    });
  }
});
