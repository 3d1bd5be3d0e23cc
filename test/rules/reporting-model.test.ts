import fc from 'fast-check';
import { DateTime } from 'luxon';
import type { BusinessCalendar } from '../../src/catalogue/configuration.js';
import { kpiByKey } from '../../src/kpi/kpi.definitions.js';
import type { KpiBaseline } from '../../src/kpi/kpi.entity.js';
import { DATASETS } from '../../src/reporting/datasets.js';
import { derivedId } from '../../src/reporting/derived-id.js';
import { dateRows, kpiRows, wordRows } from '../../src/reporting/dimension.rows.js';
import { insertRows } from '../../src/reporting/projection.insert.js';
import { sample } from './catalogue.kit.js';

const { calendar } = sample();

describe('the days', () => {
  const rows = dateRows({ fromYear: 2018, toYear: 2034 }, calendar);

  it('are every day of the years, once and in order', () => {
    const days = rows.map(({ day }) => day as string);
    expect(days[0]).toBe('2018-01-01');
    expect(days.at(-1)).toBe('2034-12-31');
    expect(days.length).toBe(17 * 365 + 4);
    expect(days).toEqual([...new Set(days)].toSorted());
  });

  it('have the parts that luxon finds, ISO weeks over the turn of the year too', () => {
    for (const row of rows.filter(({ day }) => /-(12-(2|3)\d|01-[01]\d|\d\d-01)$/.test(day as string))) {
      const at = DateTime.fromISO(row.day as string, { zone: 'UTC' });
      expect(row).toMatchObject({
        year: at.year,
        quarter: at.quarter,
        month: at.month,
        isoYear: at.weekYear,
        isoWeek: at.weekNumber,
        weekday: at.weekday,
      });
    }
  });

  it('are business days by the calendar of the tenant', () => {
    const closed: BusinessCalendar = { ...calendar, holidays: [{ date: '2026-11-25', name: 'Closed' }] };
    const week = dateRows({ fromYear: 2026, toYear: 2026 }, closed).filter(
      ({ day }) => (day as string) >= '2026-11-23' && (day as string) <= '2026-11-29',
    );
    expect(week.map(({ businessDay }) => businessDay)).toEqual([true, true, false, true, true, false, false]);
  });
});

describe('the words', () => {
  it('name what the configuration knows, and what only handoffs know by its key', () => {
    const configuration = { serviceTemplates: { 'managed-network': { label: 'Managed network' } } } as never;
    const rows = wordRows({ serviceTemplates: ['gone', 'managed-network'] }, configuration);
    expect(rows.filter(({ kind }) => kind === 'SERVICE_TEMPLATE')).toEqual([
      { kind: 'SERVICE_TEMPLATE', key: 'gone', name: 'gone' },
      { kind: 'SERVICE_TEMPLATE', key: 'managed-network', name: 'Managed network' },
    ]);
    expect(rows).toContainEqual({ kind: 'DEAL_TYPE', key: 'POC_TO_PAID', name: 'Proof of concept to paid' });
    expect(rows).toContainEqual({ kind: 'TIER', key: 'HIGH_TOUCH', name: 'High touch' });
  });
});

describe('the KPIs', () => {
  const { version } = kpiByKey('COMPLETION_RATE')!;
  const baseline = (id: string, supersedesId: string | null, numerator: bigint): KpiBaseline =>
    ({
      id,
      supersedesId,
      kpi: 'COMPLETION_RATE',
      definitionVersion: version,
      numerator,
      denominator: 20n,
      fromOn: '2026-05-01',
    }) as KpiBaseline;
  const rowOf = (...args: Parameters<typeof kpiRows>) => kpiRows(...args).find(({ key }) => key === 'COMPLETION_RATE')!;

  it('have no baseline before one is frozen, and a correction counts once it is confirmed', () => {
    expect(rowOf([], []).baselineNumerator).toBeNull();
    const both = [baseline('a', null, 12n), baseline('b', 'a', 13n)];
    expect(rowOf(both, []).baselineNumerator).toBe(12n);
    expect(rowOf(both, [{ baselineId: 'b', supersedesId: 'a' } as never]).baselineNumerator).toBe(13n);
  });

  it('have no baseline of another definition than the one in force, as in the API', () => {
    const former = { ...baseline('a', null, 12n), definitionVersion: version - 1 };
    expect(rowOf([former], [])).toMatchObject({
      baselineFromOn: null,
      baselineNumerator: null,
      baselineFrozenAt: null,
    });
    // It does not come back as the one before a correction that counts.
    const corrected = { ...baseline('b', 'a', 13n), definitionVersion: version - 1 };
    expect(
      rowOf([baseline('a', null, 12n), corrected], [{ baselineId: 'b', supersedesId: 'a' } as never]).baselineNumerator,
    ).toBeNull();
  });
});

describe('derived ids', () => {
  it('are the same for the same parts, uuids of version 8, and others for others', () => {
    fc.assert(
      fc.property(fc.array(fc.string(), { minLength: 1 }), fc.array(fc.string(), { minLength: 1 }), (one, other) => {
        const id = derivedId(...one);
        expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
        expect(derivedId(...one)).toBe(id);
        if (one.join('\u0000') !== other.join('\u0000')) expect(derivedId(...other)).not.toBe(id);
      }),
    );
  });
});

describe('rows', () => {
  const columns = [{ column: 'client_id' }, { column: 'revenue_minor' }];

  it('travel as one list, big integers as text', () => {
    const { values, text } = insertRows('fact_x', columns, [{ clientId: 'c', revenueMinor: 9007199254740993n }]);
    expect(values).toEqual(['[{"client_id":"c","revenue_minor":"9007199254740993"}]']);
    expect(text).toBe(insertRows('fact_x', columns, []).text);
  });

  it('say every column, null included', () => {
    expect(() => insertRows('fact_x', columns, [{ clientId: 'c' }])).toThrow(
      'A row of fact_x does not say revenue_minor',
    );
  });
});

describe('the datasets', () => {
  it.each(DATASETS)('$name: its key, instant and navigations are columns of it', (dataset) => {
    const names = dataset.columns.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    expect(names).toContain(dataset.key);
    if (dataset.happenedAt) expect(names).toContain(dataset.happenedAt);
    for (const { from, to } of dataset.navigations) {
      expect(names).toContain(from);
      expect(DATASETS.map(({ name }) => name)).toContain(to);
    }
  });
});
