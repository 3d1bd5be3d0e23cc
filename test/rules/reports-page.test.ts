import fc from 'fast-check';
import { csvName, csvOf } from '../../powerbi/embed/src/pure/csv.js';
import {
  basisText,
  improvementText,
  minutes,
  money,
  rounded,
  targetText,
  valueText,
} from '../../powerbi/embed/src/pure/format.js';
import { grouped } from '../../powerbi/embed/src/pure/groups.js';
import {
  addDays,
  daysOf,
  isDay,
  isPeriod,
  presetPeriod,
  type Preset,
  PRESETS,
  stepLabel,
} from '../../powerbi/embed/src/pure/period.js';
import { isDue, renewalIn } from '../../powerbi/embed/src/pure/renewal.js';
import { seriesOf, shareOf, sparkline } from '../../powerbi/embed/src/pure/series.js';
import {
  readState,
  type ReportState,
  stepOf,
  VIEWS,
  type ViewName,
  writeState,
} from '../../powerbi/embed/src/pure/state.js';
import type { Definition, Figure } from '../../powerbi/embed/src/pure/words.js';
import { KPI_DEFINITIONS } from '../../src/kpi/kpi.definitions.js';

const DEFINITION: Definition = {
  key: 'K',
  version: 1,
  name: 'K',
  formula: '',
  numerator: '',
  denominator: '',
  cohort: '',
  source: '',
  form: 'SHARE',
  unit: 'PERCENT',
  direction: 'HIGHER_IS_BETTER',
  isMargin: false,
  target: null,
  baseline: null,
};
const FIGURE: Figure = {
  key: 'K',
  fromOn: '2026-11-02',
  toOn: '2026-11-08',
  numerator: '13',
  denominator: '16',
  numeratorClientCaused: '0',
  cases: 16,
  value: '0.8125',
  baselineValue: null,
  improvementBps: null,
  target: 'NO_TARGET',
};
const definition = (over: Partial<Definition> = {}): Definition => ({ ...DEFINITION, ...over });
const figure = (over: Partial<Figure> = {}): Figure => ({ ...FIGURE, ...over });

/** Reads RFC 4180 back, as a reader that was not written beside the writer would. */
function readCsv(text: string): string[][] {
  const rows: string[][] = [[]];
  let cell = '';
  let quoted = false;
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at]!;
    if (quoted) {
      if (character !== '"') cell += character;
      else if (text[at + 1] === '"') cell += text[++at]!;
      else quoted = false;
    } else if (character === '"') quoted = true;
    else if (character === ',' || character === '\r') {
      rows.at(-1)!.push(cell);
      cell = '';
      if (character === '\r') rows.push([]);
    } else if (character !== '\n') cell += character;
  }
  return rows.slice(0, -1);
}

describe('CSV of what is shown', () => {
  it('is read back as it was, whatever is in it, and holds no formula', () => {
    const row = fc.tuple(fc.string(), fc.string({ unit: fc.constantFrom(',', '"', '\n', '\r', '=', 'a', ' ') }));
    fc.assert(
      fc.property(fc.array(row, { minLength: 1 }), (rows) => {
        const read = readCsv(csvOf(['a', 'b'], rows));
        expect(read).toHaveLength(rows.length + 1);
        read.slice(1).forEach((cells, index) =>
          cells.forEach((cell, column) => {
            expect(cell.replace(/^'/, '')).toBe(rows[index]![column]!.replace(/^'/, ''));
            expect(cell).not.toMatch(/^[=+@\t\r\n]|^-(?!\d)/);
          }),
        );
      }),
    );
  });

  it.each([
    { cell: '=1+1', written: "'=1+1" },
    { cell: '-2+3', written: "'-2+3" },
    { cell: '@SUM(A1)', written: "'@SUM(A1)" },
    { cell: '＝1', written: "'＝1" },
    { cell: '-12.5', written: '-12.5' },
    { cell: 'a,"b"', written: '"a,""b"""' },
    { cell: null, written: '' },
    { cell: 7n, written: '7' },
  ])('writes $cell as $written', ({ cell, written }) => {
    expect(csvOf(['x'], [[cell]])).toBe(`x\r\n${written}\r\n`);
  });

  it('has a name that every file system takes', () => {
    expect(csvName('KICKOFF_DELAY_RATE', 'cases', '2026-01-01')).toBe(
      'countersign-kickoff-delay-rate-cases-2026-01-01.csv',
    );
  });
});

describe('the address of what is shown', () => {
  const word = fc.constantFrom('managed-network', 'a.b:c', 'x');
  const id = fc.uuid();
  const state: fc.Arbitrary<ReportState> = fc
    .record({
      view: fc.constantFrom<ViewName | null>(...(Object.keys(VIEWS) as ViewName[]), 'kpi', null),
      period: fc.oneof(
        fc.constantFrom(...(Object.keys(PRESETS) as Preset[])),
        fc.nat(1000).map((days) => ({ fromOn: addDays('2026-11-21', -days), toOn: '2026-11-21' })),
      ),
      step: fc.constantFrom('WEEK' as const, 'MONTH' as const, null),
      slice: fc.record(
        {
          clientId: id,
          serviceTemplate: word,
          dealType: fc.constant('RENEWAL'),
          tier: fc.constant('LIGHT'),
          ownerId: id,
        },
        { requiredKeys: [] },
      ),
    })
    .map((made) => ({ ...made, kpi: made.view === 'kpi' ? 'FILL_TIME' : null }));

  it('says everything, and is read back as it was written', () => {
    fc.assert(fc.property(state, (one) => expect(readState(writeState(one))).toEqual(one)));
  });

  it('leaves out what is usual, and takes nothing that it does not know', () => {
    expect(writeState(readState(''))).toBe('');
    fc.assert(fc.property(fc.webQueryParameters(), (query) => expect(readState(`?${query}`).period).toBeDefined()));
    const wrong = readState(
      '?view=admin&client=1%27%20or&type=EVERYTHING&period=ever&from=2026-02-30&to=2026-03-01&step=DAY',
    );
    expect(wrong).toEqual({ view: null, kpi: null, period: '90d', step: null, slice: {} });
    expect(readState('?view=kpi').view).toBeNull();
    expect(readState('?view=toString').view).toBeNull();
  });

  it('asks for months where weeks would be too many', () => {
    const period = { fromOn: '2024-01-01', toOn: '2026-11-21' };
    expect(stepOf({ period, step: 'WEEK' }, '2026-11-21')).toBe('MONTH');
    expect(stepOf({ period: '90d', step: null }, '2026-11-21')).toBe('WEEK');
  });
});

describe('periods', () => {
  it.each([
    { preset: '28d', fromOn: '2026-10-25', toOn: '2026-11-21' },
    { preset: '90d', fromOn: '2026-08-24', toOn: '2026-11-21' },
    { preset: 'month', fromOn: '2026-11-01', toOn: '2026-11-21' },
    { preset: 'last-month', fromOn: '2026-10-01', toOn: '2026-10-31' },
    { preset: 'quarter', fromOn: '2026-10-01', toOn: '2026-11-21' },
    { preset: 'last-quarter', fromOn: '2026-07-01', toOn: '2026-09-30' },
  ] as const)('$preset is $fromOn to $toOn', ({ preset, fromOn, toOn }) => {
    expect(presetPeriod(preset, '2026-11-21')).toEqual({ fromOn, toOn });
  });

  it('cross the new year and count both ends', () => {
    expect(presetPeriod('last-quarter', '2027-01-01')).toEqual({ fromOn: '2026-10-01', toOn: '2026-12-31' });
    expect(daysOf(presetPeriod('28d', '2026-03-01'))).toBe(28);
    expect([isDay('2026-02-29'), isDay('2028-02-29'), isDay('x')]).toEqual([false, true, false]);
    expect(isPeriod({ fromOn: '2020-01-01', toOn: '2026-01-01' })).toBe(false);
    expect(stepLabel({ fromOn: '2026-11-02', toOn: '2026-11-08' }, 'WEEK')).toBe('2 Nov');
  });
});

describe('figures for people', () => {
  it('are rounded half away from zero, never through a float', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(10n ** 18n), max: 10n ** 18n }), fc.nat(3), (digits, places) => {
        const size = digits < 0n ? -digits : digits;
        const text = `${digits < 0n ? '-' : ''}${size / 10_000n}.${String(size % 10_000n).padStart(4, '0')}`;
        const unit = 10n ** BigInt(4 - places);
        const [whole = '', fraction = ''] = rounded(text, places).replace('-', '').split('.');
        expect(BigInt(whole + fraction.padEnd(places, '0'))).toBe((2n * size + unit) / (2n * unit));
      }),
    );
    expect([rounded('0.8125', 1, 2), rounded('-0.05', 1), rounded('-0.04', 1), rounded('12', 2)]).toEqual([
      '81.3',
      '-0.1',
      '0',
      '12',
    ]);
  });

  it.each([
    { unit: 'PERCENT', value: '0.8125', text: '81.3 %' },
    { unit: 'MARGIN_BPS', value: '-123', text: '−1.23 pp' },
    { unit: 'MONEY_MINOR', value: '123456', text: '£1,234.56' },
    { unit: 'MONEY_MINOR', value: '-5', text: '−£0.05' },
    { unit: 'MINUTES', value: '59', text: '59 min' },
    { unit: 'MINUTES', value: '1234', text: '20 h 34 min' },
    { unit: 'MINUTES', value: '4500', text: '3 d 3 h' },
    { unit: 'DAYS', value: '1', text: '1 day' },
    { unit: 'DAYS', value: '12.5', text: '12.5 days' },
    { unit: 'COUNT', value: '1234', text: '1,234' },
    { unit: 'PER_PROJECT_30_DAYS', value: '0.3125', text: '0.31' },
    { unit: 'PERCENT', value: null, text: '–' },
  ] as const)('$unit $value is $text', ({ unit, value, text }) => {
    expect(valueText(unit, value, 'GBP')).toBe(text);
  });

  it('know currencies without decimals, and sums beyond a float', () => {
    expect(money('1500', 'JPY')).toBe('JP¥1,500');
    expect(money('900719925474099312345', 'GBP')).toBe('£9,007,199,254,740,993,123.45');
    expect(minutes('-61')).toBe('−1 h 1 min');
  });

  it('show small denominators and say when there was no case', () => {
    expect(basisText(definition(), figure({ numerator: '1', denominator: '2', cases: 2 }))).toBe('1 of 2');
    expect(basisText(definition(), figure({ numerator: '17', denominator: '20', cases: 2 }))).toBe('17 of 20, 2 cases');
    expect(
      basisText(definition({ form: 'PERCENTILE' }), figure({ numerator: '600', denominator: '1', cases: 1 })),
    ).toBe('1 case');
    expect(basisText(definition(), figure({ numerator: '0', denominator: '0', cases: 0 }))).toBe(
      'No case in this period',
    );
    expect(basisText(definition(), figure({ numerator: '3', denominator: '4', cases: null }))).toBe('3 of 4');
  });

  it('say better and worse whichever way is better', () => {
    expect(improvementText(1250)).toBe('12.5 % better than the baseline');
    expect(improvementText(-400)).toBe('4 % worse than the baseline');
    expect(improvementText(null)).toBeNull();
  });

  it('put every stated target into words', () => {
    for (const { target, unit } of KPI_DEFINITIONS) expect(targetText(target, unit, 'GBP')).toMatch(/[a-z]{3}/);
    expect(targetText({ kind: 'AT_LEAST', from: 8000, to: 9000, withinDays: 90 }, 'PERCENT', 'GBP')).toBe(
      'At least 80 %, later 90 % within 90 days',
    );
    expect(targetText({ kind: 'AT_MOST', from: 10, to: 30, withinDays: null }, 'MINUTES', 'GBP')).toBe(
      'At most 10 min, a problem from 30 min',
    );
    expect(targetText({ kind: 'IMPROVE_BY', from: 1000, to: 2500, withinDays: 60 }, 'PERCENT', 'GBP')).toBe(
      '10 to 25 % better than the baseline within 60 days',
    );
  });
});

describe('what charts draw', () => {
  it('has the baseline and the target in the scale of the values', () => {
    const improve = { kind: 'IMPROVE_BY', from: 1000, to: null, withinDays: null } as const;
    const figures = [figure({ baselineValue: '0.5' }), figure({ value: null, baselineValue: '0.5' })];
    const series = seriesOf(definition({ target: improve, direction: 'LOWER_IS_BETTER' }), figures, 'WEEK');
    expect(series.values).toEqual([81.25, null]);
    expect(series.baseline).toEqual([50, 50]);
    expect(series.target).toEqual([45, 45]);
    const least = { kind: 'AT_LEAST', from: 8000, to: null, withinDays: null } as const;
    expect(seriesOf(definition({ target: least }), [figure()], 'WEEK').target).toEqual([80]);
    expect(seriesOf(definition({ target: improve }), [figure()], 'WEEK').target).toBeNull();
  });

  it('compares a total by its rate a day', () => {
    const total = definition({ form: 'TOTAL', unit: 'COUNT', baseline: { fromOn: '2026-01-01', toOn: '2026-01-28' } });
    const figures = [figure({ value: '3', baselineValue: '12' })];
    expect(seriesOf(total, figures, 'WEEK').baseline).toEqual([3]);
    expect(seriesOf({ ...total, baseline: null }, figures, 'WEEK').baseline).toBeNull();
  });

  it('draws small lines with gaps where there was no case', () => {
    expect(sparkline([null, null], 10, 10)).toEqual([]);
    expect(sparkline([1, 2, null, 4], 30, 12)).toEqual(['0.0,11.0 10.0,7.7', '28.0,1 32.0,1']);
    fc.assert(
      fc.property(fc.array(fc.option(fc.double({ noNaN: true, min: -1e9, max: 1e9 })), { maxLength: 40 }), (values) => {
        for (const line of sparkline(values, 240, 36))
          for (const point of line.split(' ')) {
            const [x, y] = point.split(',').map(Number);
            expect(x! >= -2 && x! <= 242 && y! >= 0 && y! <= 36).toBe(true);
          }
      }),
    );
    expect([shareOf(1, 3), shareOf(0, 0)]).toEqual([33, 0]);
  });

  it('shows every KPI once, under a heading', () => {
    const definitions = KPI_DEFINITIONS.map(({ key }) => definition({ key }));
    const keys = grouped(
      definitions,
      definitions.map(({ key }) => figure({ key })),
    ).flatMap(({ measured }) => measured.map((one) => one.definition.key));
    expect(keys.toSorted()).toEqual(KPI_DEFINITIONS.map(({ key }) => key).toSorted());
    const groups = grouped([definition({ key: 'NEW' })], [figure({ key: 'NEW' })]);
    expect(groups.map(({ name }) => name)).toEqual(['Others']);
  });
});

describe('the token of an embedded report', () => {
  const now = Date.parse('2026-11-21T10:00:00Z');
  it('is renewed five to ten minutes before its end, and never in a loop', () => {
    expect(renewalIn('2026-11-21T11:00:00Z', now)).toBe(53 * 60_000);
    expect(renewalIn('2026-11-21T10:00:30Z', now)).toBe(5000);
    expect([isDue('2026-11-21T10:06:00Z', now), isDue('2026-11-21T10:30:00Z', now)]).toEqual([true, false]);
  });
});
