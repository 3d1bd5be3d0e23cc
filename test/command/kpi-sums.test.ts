import type { FieldClass } from '../../src/core/graphql/rights.js';
import { newId } from '../../src/core/id.js';
import { dayAfter, daysBetween } from '../../src/core/local-day.js';
import { kpiByKey } from '../../src/kpi/kpi.definitions.js';
import { valueOf } from '../../src/kpi/kpi.rules.js';
import type { KpiCaseRow } from '../../src/reporting/case.types.js';
import { KPI_CASES } from '../../src/reporting/datasets.kpi-cases.js';
import { kpiCasesPage } from '../../src/reporting/kpi-case.queries.js';
import type { KpiFigure, Period } from '../../src/reporting/kpi-figure.js';
import { kpiFigures } from '../../src/reporting/kpi-figure.queries.js';
import { insertRows } from '../../src/reporting/projection.insert.js';
import { openSuite, type Suite } from '../kit/suite.js';
import type { World } from '../kit/world.js';
import { Tenant } from './rollout.kit.js';

let suite: Suite;
let world: World;
/** The handoff of every case. */
let idle: string;

beforeAll(async () => {
  suite = await openSuite();
  const tenant = await Tenant.open(suite);
  ({ world } = tenant);
  idle = await tenant.unproven();
});
afterAll(() => suite.close());

describe('against the same sums in TypeScript', () => {
  const KEYS = ['APPROVAL_LEAD_TIME_P50', 'APPROVAL_LEAD_TIME_P90', 'SCOPE_CHANGE_FREQUENCY', 'KICKOFF_DELAY_RATE'];
  const FIRST = '2026-01-01';
  const dayOf = (place: number): string => dayAfter(FIRST, place);
  const instantOf = (place: number): Date => new Date(Date.parse(`${FIRST}T12:00:00Z`) + place * 86_400_000);

  /** Sixty cases of four KPIs over ninety days, every fourth of the frequency a span. */
  const drawn = (seed: number): KpiCaseRow[] => {
    const random = (most: number, salt: number): number =>
      ((Math.imul(seed, 2_654_435_761) ^ Math.imul(salt + 1, 40_503)) >>> 4) % most;
    return Array.from({ length: 60 }, (_, index): KpiCaseRow => {
      const kpiKey = KEYS[index % KEYS.length]!;
      const on = random(90, index);
      const isSpan = kpiKey === 'SCOPE_CHANGE_FREQUENCY' && index % 8 < 4;
      return {
        id: newId(),
        kpiKey,
        handoffId: idle,
        sourceId: newId(),
        countsOn: dayOf(on),
        countsAt: instantOf(on + (index % 5)),
        numerator: isSpan ? 0n : BigInt(random(50, index + 100)),
        denominator: 1n,
        spanFromOn: isSpan ? dayOf(on) : null,
        spanToOn: isSpan && index % 3 > 0 ? dayOf(on + random(40, index + 200)) : null,
        clientCaused: index % 6 === 3,
        isMargin: false,
        clientId: idle,
        serviceTemplateKey: 'managed-network',
        dealTypeKey: 'NEW_BUSINESS',
        tierKey: 'STANDARD',
        ownerId: idle,
        deliveryManagerId: null,
      };
    });
  };

  const min = (...days: string[]): string => days.toSorted()[0]!;
  const sum = (list: readonly bigint[]): bigint => list.reduce((total, one) => total + one, 0n);

  function expected(
    rows: readonly KpiCaseRow[],
    key: string,
    { fromOn, toOn }: Period,
    asOf: Date,
    asOfOn: string,
  ): KpiFigure {
    const known = rows.filter(({ kpiKey, countsAt }) => kpiKey === key && countsAt <= asOf);
    const plain = known.filter(
      ({ spanFromOn, countsOn }) => spanFromOn === null && countsOn >= fromOn && countsOn <= toOn,
    );
    const spans = known.flatMap(({ spanFromOn, spanToOn, denominator }) => {
      if (spanFromOn === null) return [];
      const [first, last] = [spanFromOn > fromOn ? spanFromOn : fromOn, min(spanToOn ?? asOfOn, asOfOn, toOn)];
      return first <= last ? [denominator * BigInt(daysBetween(first, last) + 1)] : [];
    });
    const { form, percentile } = kpiByKey(key)!;
    const sorted = plain.map(({ numerator }) => numerator).toSorted((a, b) => Number(a - b));
    const ranked = sorted[Math.ceil(((percentile ?? 0) * sorted.length) / 100) - 1] ?? 0n;
    const numerator = percentile === null ? sum(sorted) : ranked;
    const denominator = sum([...plain.map((one) => one.denominator), ...spans]);
    return {
      key,
      fromOn,
      toOn,
      numerator,
      denominator,
      numeratorClientCaused: sum(plain.filter(({ clientCaused }) => clientCaused).map((one) => one.numerator)),
      cases: plain.length + spans.length,
      value: valueOf(form, numerator, denominator),
    };
  }

  it.each([{ seed: 1 }, { seed: 2 }, { seed: 3 }])(
    'figures are equal to the last unit (seed $seed)',
    async ({ seed }) => {
      const rows = drawn(seed);
      await suite.gateway.transaction(world.tenantId, (tx) =>
        tx.commit([
          { text: 'delete from fact_kpi_case where tenant_id = $1', values: [] },
          insertRows(KPI_CASES.relation, KPI_CASES.columns, rows),
        ]),
      );
      const periods = [
        { fromOn: dayOf(0), toOn: dayOf(89) },
        { fromOn: dayOf(10), toOn: dayOf(10) },
        { fromOn: dayOf(31), toOn: dayOf(58) },
        { fromOn: dayOf(200), toOn: dayOf(210) },
      ];
      for (const place of [0, 20, 45, 140]) {
        const [asOf, asOfOn] = [instantOf(place), dayOf(place)];
        const question = { keys: KEYS, periods, slice: {}, asOf, asOfOn, sees: new Set<FieldClass>() };
        const { found } = await world.read({ found: kpiFigures(question) });
        expect(found).toEqual(
          KEYS.flatMap((key) => periods.map((period) => expected(rows, key, period, asOf, asOfOn))),
        );
      }
    },
  );

  it('count what tells of margin only for who sees it', async () => {
    const row = { ...drawn(4)[0]!, kpiKey: 'MARGIN_EROSION_MONEY', isMargin: true };
    await suite.gateway.transaction(world.tenantId, (tx) =>
      tx.commit([insertRows(KPI_CASES.relation, KPI_CASES.columns, [row])]),
    );
    const cases = async (...classes: FieldClass[]): Promise<number> => {
      const period = { fromOn: dayOf(0), toOn: dayOf(89) };
      const question = { slice: {}, asOf: instantOf(140), asOfOn: dayOf(140), sees: new Set(classes) };
      const { figures, page } = await world.read({
        figures: kpiFigures({ keys: [row.kpiKey], periods: [period], ...question }),
        page: kpiCasesPage({ key: row.kpiKey, period, ...question }, { first: 10, after: null }),
      });
      expect(page.edges).toHaveLength(figures[0]!.cases);
      return figures[0]!.cases;
    };
    expect([await cases('MARGIN'), await cases('COST')]).toEqual([1, 0]);
  });

  it('gives another tenant nothing', async () => {
    const stranger = await suite.tenant();
    const period = { fromOn: dayOf(0), toOn: dayOf(89) };
    const question = { asOf: instantOf(140), asOfOn: dayOf(140), sees: new Set<FieldClass>() };
    const { found } = await stranger.read({
      found: kpiFigures({ keys: KEYS, periods: [period], slice: {}, ...question }),
    });
    expect(found.map(({ cases, value }) => [cases, value])).toEqual(KEYS.map(() => [0, null]));
    const { page } = await stranger.read({
      page: kpiCasesPage({ key: KEYS[0]!, period, slice: {}, ...question }, { first: 10, after: null }),
    });
    expect(page.edges).toEqual([]);
  });
});
