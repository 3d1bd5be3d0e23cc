import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { dueMonths, assign, monthOf, OVERRIDE_SAMPLING, sampleSize } from '../../src/audit/control.rules.js';
import { csvFile } from '../../src/audit/csv.js';
import { cellText } from '../../src/core/csv.js';
import { periodFindings } from '../../src/audit/population.rules.js';
import { draw, idsDigest } from '../../src/core/sampling.js';
import { Role } from '../../src/identity/roles.js';

const sha = (text: string): string => createHash('sha256').update(text, 'utf8').digest('hex');
const HOUR = 3_600_000;

describe('CSV', () => {
  it('begins with a byte order mark, ends lines with CRLF, and closes each with the hash of what stands before it', () => {
    const file = csvFile(
      ['a', 'b'],
      [
        ['x', 1],
        ['y, "z"', null],
      ],
    );
    expect(Buffer.from(file, 'utf8').subarray(0, 3)).toEqual(Buffer.from([0xef, 0xbb, 0xbf]));
    const lines = file.slice(1).split('\r\n');
    expect(lines).toEqual(['a,b,row_sha256', `x,1,${sha('x,1')}`, `"y, ""z""",,${sha('"y, ""z""",')}`, '']);
  });

  it.each([
    { text: '=1+1', cell: "'=1+1" },
    { text: '+44', cell: "'+44" },
    { text: '-1', cell: "'-1" },
    { text: '@SUM(A1)', cell: "'@SUM(A1)" },
    { text: '\tx', cell: "'\tx" },
    { text: '\rx', cell: '"\'\rx"' },
    { text: '＝1', cell: "'＝1" },
    { text: 'a=1', cell: 'a=1' },
  ])('keeps a spreadsheet from running $text', ({ text, cell }) => {
    expect(cellText(text)).toBe(cell);
  });

  it('gives every text back, whatever is in it', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const cell = cellText(text);
        const read = cell.startsWith('"') ? cell.slice(1, -1).replaceAll('""', '"') : cell;
        expect([text, `'${text}`]).toContain(read);
        expect(/^[=+\-@\t\r\n]/.test(read)).toBe(false);
      }),
    );
  });
});

describe('samples', () => {
  const ids = fc.uniqueArray(fc.uuid(), { maxLength: 40 }).map((found) => found.map((id) => ({ id })));

  it('are drawn in the order of SHA-256 over seed and id, whatever order the rows come in', () => {
    fc.assert(
      fc.property(ids, fc.string({ maxLength: 20 }), fc.nat(50), (rows, seed, size) => {
        const drawn = draw(rows, size, seed);
        expect(draw(rows.toReversed(), size, seed)).toEqual(drawn);
        const keys = drawn.map(({ id }) => sha(seed + id));
        expect(keys).toEqual(keys.toSorted());
        expect(drawn).toHaveLength(Math.min(size, rows.length));
        expect(draw(rows, size + 1, seed).slice(0, drawn.length)).toEqual(drawn);
        const least = keys.at(-1) ?? '';
        for (const { id } of rows.filter((row) => !drawn.includes(row))) expect(sha(seed + id) > least).toBe(true);
      }),
    );
  });

  it('differ by their seed', () => {
    const rows = Array.from({ length: 50 }, (_, n) => ({ id: `row-${n}` }));
    expect(draw(rows, 5, 'one')).not.toEqual(draw(rows, 5, 'two'));
  });

  it('know their population by a digest that sort and printf make as well', () => {
    expect(idsDigest([{ id: 'b' }, { id: 'a' }])).toBe(sha('a\nb\n'));
    expect(idsDigest([])).toBe(sha(''));
  });
});

describe('a period', () => {
  const now = new Date('2026-12-01T00:01:00Z');
  const codes = (from: string, to: string): string[] =>
    periodFindings({ from: new Date(from), to: new Date(to) }, now).map(({ code }) => code);

  it.each([
    { from: '2026-11-01', to: '2026-12-01T00:00:00Z', found: [] },
    { from: '2026-11-01', to: '2026-12-01T00:00:00.001Z', found: ['PERIOD_NOT_OVER'] },
    { from: '2026-11-01', to: '2026-11-01', found: ['PERIOD'] },
    { from: '2027-02-01', to: '2027-01-01', found: ['PERIOD', 'PERIOD_NOT_OVER'] },
  ])('from $from to $to: $found', ({ from, to, found }) => {
    expect(codes(from, to)).toEqual(found);
  });
});

describe('the monthly control', () => {
  it.each([
    { rows: 0, size: 0 },
    { rows: 1, size: 1 },
    { rows: 5, size: 5 },
    { rows: 20, size: 5 },
    { rows: 21, size: 6 },
    { rows: 100, size: 25 },
    { rows: 4000, size: 25 },
  ])('looks at $size of $rows', ({ rows, size }) => {
    expect(sampleSize(rows)).toBe(size);
  });

  it.each([
    // Clocks go back in October and forward in March: a month is an hour longer or shorter.
    { period: '2026-10', zone: 'Europe/London', from: '2026-09-30T23:00:00.000Z', to: '2026-11-01T00:00:00.000Z' },
    { period: '2027-03', zone: 'Europe/London', from: '2027-03-01T00:00:00.000Z', to: '2027-03-31T23:00:00.000Z' },
    { period: '2026-11', zone: 'America/New_York', from: '2026-11-01T04:00:00.000Z', to: '2026-12-01T05:00:00.000Z' },
    { period: '2026-11', zone: 'Pacific/Auckland', from: '2026-10-31T11:00:00.000Z', to: '2026-11-30T11:00:00.000Z' },
    // Midnight of 1 October 2017 did not exist in Asuncion: the day began at one.
    { period: '2017-10', zone: 'America/Asuncion', from: '2017-10-01T04:00:00.000Z', to: '2017-11-01T03:00:00.000Z' },
  ])('takes $period in $zone as it was there', ({ period, zone, from, to }) => {
    const found = monthOf(period, zone);
    expect([found.from.toISOString(), found.to.toISOString()]).toEqual([from, to]);
  });

  it('has months that meet and never overlap, in any zone', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(
          'Europe/London',
          'America/New_York',
          'Australia/Lord_Howe',
          'Asia/Kathmandu',
          'America/Asuncion',
        ),
        fc.integer({ min: 2015, max: 2035 }),
        fc.integer({ min: 1, max: 11 }),
        (zone, year, month) => {
          const name = (n: number): string => `${year}-${String(n).padStart(2, '0')}`;
          expect(monthOf(name(month), zone).to).toEqual(monthOf(name(month + 1), zone).from);
        },
      ),
    );
  });

  const due = (now: string, parts: { since?: string; done?: string[]; timeZone?: string } = {}): string[] =>
    dueMonths(
      {
        timeZone: parts.timeZone ?? 'Europe/London',
        since: new Date(parts.since ?? '2026-08-20T00:00:00Z'),
        done: parts.done ?? [],
      },
      new Date(now),
    );

  it('is due a minute after the month, by the clock of the tenant', () => {
    expect(due('2026-10-01T00:00:00Z', { done: ['2026-08'] })).toEqual(['2026-09']);
    expect(due('2026-09-30T23:00:59Z', { done: ['2026-08'] })).toEqual([]);
    expect(due('2026-09-30T23:01:00Z', { done: ['2026-08'] })).toEqual(['2026-09']);
    expect(due('2026-10-01T03:00:00Z', { done: ['2026-08'], timeZone: 'America/New_York' })).toEqual([]);
  });

  it('catches up with every month that was missed, and not with those before the tenant', () => {
    expect(due('2026-12-15T10:00:00Z')).toEqual(['2026-08', '2026-09', '2026-10', '2026-11']);
    expect(due('2026-12-15T10:00:00Z', { done: ['2026-08', '2026-10', '2026-11'] })).toEqual(['2026-09']);
    expect(due('2030-01-15T10:00:00Z')).toHaveLength(OVERRIDE_SAMPLING.catchUpMonths);
    expect(due('2026-08-31T10:00:00Z')).toEqual([]);
  });

  const people = ['p1', 'p2', 'p3', 'p4'];
  const nobodyMerged = { canonicalOf: (id: string): string => id };

  it('never gives an override to who had a hand in it, and shares evenly', () => {
    const rows = fc.uniqueArray(fc.record({ id: fc.uuid(), actors: fc.subarray([...people, 'sales']) }), {
      selector: ({ id }) => id,
      maxLength: 40,
    });
    const reviewers = people.map((personId) => ({ personId, role: Role.FINANCE_APPROVER }));
    fc.assert(
      fc.property(rows, (found) => {
        const assigned = assign(found, reviewers, nobodyMerged);
        for (const { id, actors } of found) {
          const reviewer = assigned.get(id)!;
          const free = people.filter((person) => !actors.includes(person));
          expect(reviewer === null ? free : actors.includes(reviewer)).toEqual(reviewer === null ? [] : false);
        }
        expect(assign(found.toReversed(), reviewers.toReversed(), nobodyMerged)).toEqual(assigned);
        const open = found.filter(({ actors }) => actors.every((actor) => actor === 'sales'));
        if (open.length === found.length) {
          const loads = people.map((person) => found.filter(({ id }) => assigned.get(id) === person).length);
          expect(Math.max(...loads) - Math.min(...loads)).toBeLessThanOrEqual(1);
        }
      }),
    );
  });

  it('knows a human by all their records, and asks only holders of its roles', () => {
    const merged = { canonicalOf: (id: string): string => (id === 'twin' ? 'p1' : id) };
    const rows = [{ id: 'x', actors: ['twin'] }];
    expect(assign(rows, [{ personId: 'p1', role: Role.FINANCE_APPROVER }], merged).get('x')).toBeNull();
    expect(assign(rows, [{ personId: 'p2', role: Role.REVOPS_ADMIN }], merged).get('x')).toBeNull();
    expect(assign(rows, [{ personId: 'p2', role: Role.SERVICE_DELIVERY_LEAD }], merged).get('x')).toBe('p2');
  });
});

it('counts an hour as an hour', () => {
  const { from, to } = monthOf('2026-10', 'Europe/London');
  expect((to.getTime() - from.getTime()) / HOUR).toBe(31 * 24 + 1);
});
