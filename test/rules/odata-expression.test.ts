import fc from 'fast-check';
import { type Expression, FUNCTIONS } from '../../src/odata/query/ast.js';
import { parseFilter } from '../../src/odata/query/expression.js';
import { isDay } from '../../src/odata/query/literal.js';
import { ODataError } from '../../src/odata/odata.error.js';
import { resolved, sqlOf, statusOf, BARE } from './odata.kit.js';

/** What was written, without where it stood. */
const plain = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value, (name, inner: unknown) => (name === 'at' ? undefined : inner)));

type Loose = Record<string, unknown>;

const literal: fc.Arbitrary<Loose> = fc.oneof(
  fc
    .string({ unit: 'grapheme', maxLength: 12 })
    .filter((text) => !text.includes('\0'))
    .map((text) => ({ kind: 'literal', type: 'STRING', text })),
  fc
    .bigInt({ min: -(10n ** 20n), max: 10n ** 20n })
    .map((value) => ({ kind: 'literal', type: 'INTEGER', text: String(value) })),
  fc
    .tuple(fc.integer(), fc.nat(999))
    .map(([whole, part]) => ({ kind: 'literal', type: 'DECIMAL', text: `${whole}.${part}` })),
  fc.uuid().map((text) => ({ kind: 'literal', type: 'GUID', text })),
  fc
    .date({ min: new Date('0001-01-01'), max: new Date('9999-12-31'), noInvalidDate: true })
    .map((at) => ({ kind: 'literal', type: 'INSTANT', text: at.toISOString() })),
  fc
    .date({ min: new Date('0001-01-01'), max: new Date('9999-12-31'), noInvalidDate: true })
    .map((at) => ({ kind: 'literal', type: 'DATE', text: at.toISOString().slice(0, 10) })),
  fc.constantFrom('true', 'false').map((text) => ({ kind: 'literal', type: 'BOOLEAN', text })),
  fc.constant({ kind: 'literal', type: 'NULL', text: 'null' }),
);
const path: fc.Arbitrary<Loose> = fc
  .array(fc.stringMatching(/^[A-Z][A-Za-z0-9_]{0,6}$/), { minLength: 1, maxLength: 3 })
  .filter((names) => names.every((name) => !['INF', 'NaN'].includes(name) && !/^(true|false)$/i.test(name)))
  .map((names) => ({ kind: 'path', names }));

const { expression } = fc.letrec<{ expression: Loose }>((tie) => ({
  expression: fc.oneof(
    { maxDepth: 5 },
    literal,
    path,
    fc.record({
      kind: fc.constant('compare'),
      operator: fc.constantFrom('eq', 'ne', 'gt', 'ge', 'lt', 'le'),
      left: tie('expression'),
      right: tie('expression'),
    }),
    fc.record({
      kind: fc.constant('junction'),
      operator: fc.constantFrom('and', 'or'),
      operands: fc.array(tie('expression'), { minLength: 2, maxLength: 4 }),
    }),
    fc.record({ kind: fc.constant('not'), operand: tie('expression') }),
    fc.record({ kind: fc.constant('in'), left: path, list: fc.array(literal, { minLength: 1, maxLength: 4 }) }),
    fc.constantFrom(...FUNCTIONS).chain((name) => {
      const count = ['contains', 'startswith', 'endswith'].includes(name) ? 2 : 1;
      return fc.record({
        kind: fc.constant('call'),
        name: fc.constant(name),
        args: fc.array(tie('expression'), { minLength: count, maxLength: count }),
      });
    }),
  ),
}));

/** Writes an expression with brackets around everything that has parts. */
function written(one: Loose): string {
  const of = (inner: unknown): string => {
    const text = written(inner as Loose);
    return ['literal', 'path', 'call'].includes((inner as Loose).kind as string) ? text : `(${text})`;
  };
  switch (one.kind) {
    case 'literal':
      return one.type === 'STRING' ? `'${(one.text as string).replaceAll("'", "''")}'` : (one.text as string);
    case 'path':
      return (one.names as string[]).join('/');
    case 'compare':
      return `${of(one.left)} ${one.operator as string} ${of(one.right)}`;
    case 'junction':
      return (one.operands as unknown[]).map(of).join(` ${one.operator as string} `);
    case 'not':
      return `not ${of(one.operand)}`;
    case 'in':
      return `${of(one.left)} in (${(one.list as Loose[]).map(written).join(', ')})`;
    default:
      return `${one.name as string}(${(one.args as Loose[]).map(written).join(',')})`;
  }
}

describe('reading $filter', () => {
  it('gives back what was written', () => {
    fc.assert(
      fc.property(expression, (one) => {
        expect(plain(parseFilter(written(one)))).toEqual(plain(one));
      }),
      { numRuns: 300 },
    );
  });

  it('answers any text with an expression or a refusal', () => {
    const pieces = fc.constantFrom(
      'A',
      ' eq ',
      '1',
      "'",
      '(',
      ')',
      ' and ',
      ' or ',
      'not ',
      ',',
      '/',
      '$it',
      'contains(',
      ' in ',
      '-',
      '@',
      '[',
      '2026-01-01',
      'T',
      '%',
      'null',
      '\t',
      'é',
    );
    const texts = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 60 }),
      fc.array(pieces, { maxLength: 25 }).map((list) => list.join('')),
    );
    fc.assert(
      fc.property(texts, (text) => {
        expect([200, 400, 501]).toContain(statusOf(() => parseFilter(text)));
        expect([200, 400, 414, 501]).toContain(
          statusOf(() => resolved(`/Handoffs?$filter=${encodeURIComponent(text)}`)),
        );
      }),
      { numRuns: 500 },
    );
  });

  it.each([
    { text: 'A or B and C', shape: { kind: 'junction', operator: 'or' } },
    { text: 'A eq 1 and B eq 2', shape: { kind: 'junction', operator: 'and' } },
    { text: 'not A and B', shape: { kind: 'junction', operator: 'and' } },
    { text: 'A gt 1 eq true', shape: { kind: 'compare', operator: 'eq' } },
    { text: 'A in (1,2) eq true', shape: { kind: 'compare', operator: 'eq' } },
  ])('binds $text as the protocol says', ({ text, shape }) => expect(parseFilter(text)).toMatchObject(shape));

  it.each([
    { text: "Number eq 'x", at: 10 },
    { text: 'Number eq', at: 9 },
    { text: '(Number', at: 7 },
    { text: 'Number eq 1 2', at: 11 },
    { text: 'nothing(Number)', at: 0 },
    { text: 'contains(Number)', at: 0 },
    { text: 'Number eq ~', at: 10 },
  ])('tells where $text goes wrong', ({ text, at }) => {
    const refusal = caught(() => parseFilter(text));
    expect(refusal).toMatchObject({ status: 400, details: { target: '$filter', at } });
    expect(refusal.message).toContain(`position ${at}`);
  });

  it('is bounded: ten thousand terms, a thousand brackets, a long chain', () => {
    const terms = Array.from({ length: 10_000 }, (_, n) => `A eq ${n}`).join(' or ');
    for (const text of [
      terms,
      `${'('.repeat(1000)}A${')'.repeat(1000)}`,
      `${'not '.repeat(1000)}A`,
      `A${' eq A'.repeat(1000)}`,
      'tolower('.repeat(500),
    ]) {
      const start = performance.now();
      expect(statusOf(() => parseFilter(text))).toBe(400);
      expect(performance.now() - start).toBeLessThan(250);
    }
    // As long as a filter may be: nine hundred terms side by side are one list, not a depth.
    const most = Array.from({ length: 400 }, (_, n) => `A eq ${n}`).join(' or ');
    expect((parseFilter(most) as Extract<Expression, { kind: 'junction' }>).operands).toHaveLength(400);
  });
});

function caught(work: () => unknown): ODataError {
  try {
    work();
  } catch (error) {
    if (error instanceof ODataError) return error;
    throw error;
  }
  throw new Error('It was not refused');
}

describe('holding $filter against the model', () => {
  it.each([
    { filter: "Nothing eq 'x'", status: 400 },
    { filter: "OpenedAt eq 'x'", status: 400 },
    { filter: 'OpenedAt ge 2026-01-01', status: 400 },
    { filter: 'WonOn ge 2026-01-01T00:00:00Z', status: 400 },
    { filter: 'Number', status: 400 },
    { filter: "contains(Returns,'1')", status: 400 },
    { filter: "year('2026') eq 2026", status: 400 },
    { filter: 'WonOn eq 2026-02-30', status: 400 },
    { filter: 'OpenedAt gt 2026-01-01T00:00:00+15:00', status: 400 },
    { filter: "Id eq 'x'", status: 400 },
    { filter: "Returns in (1,'a')", status: 400 },
    { filter: 'Client eq null', status: 501 },
    { filter: 'Client/Nothing eq 1', status: 400 },
    { filter: 'Number/Name eq 1', status: 400 },
    { filter: 'Owner/Name/Name eq 1', status: 501 },
    { filter: 'Returns add 1 eq 2', status: 501 },
    { filter: "Client/any(c:c/Name eq 'x')", status: 501 },
    { filter: "concat(Number,'x') eq 'y'", status: 501 },
    { filter: 'OpenedAt lt now()', status: 501 },
    { filter: "Client/Name eq 'x' and OpenedAt ge 2026-01-01T00:00:00Z", status: 200 },
    { filter: 'Returns in (1,null)', status: 200 },
    { filter: 'Submissions eq 1.5 or Submissions eq 99999999999999999999', status: 200 },
    {
      filter: 'year(WonOn) eq 2026 and date(OpenedAt) eq 2026-01-01 and length(trim(tolower(Number))) gt 3',
      status: 200,
    },
  ])('$filter is $status', ({ filter, status }) =>
    expect(statusOf(() => resolved(`/Handoffs?$filter=${encodeURIComponent(filter)}`))).toBe(status),
  );

  it('hides what the reader does not see as if it were not there', () => {
    for (const option of [
      '$filter=MarginBps gt 1',
      '$select=MarginBps',
      '$orderby=MarginBps',
      '$expand=Owner($select=Name)',
      '$filter=Owner/Name ne null',
    ])
      expect({ option, status: statusOf(() => resolved(`/Handoffs?${option}`, BARE)) }).toEqual({
        option,
        status: 400,
      });
    expect(sqlOf('/KpiCases?$expand=Kpi', BARE).text).toMatch(
      /left join dim_kpi j0 on j0\.tenant_id = \$1 and j0\.key = t\.kpi_key and not j0\.is_margin where t\.tenant_id = \$1 and not t\.is_margin/,
    );
  });

  it('binds every value and says the tenant of every relation, whatever is asked', () => {
    const nasty = fc.oneof(
      fc.string({ unit: 'grapheme', maxLength: 30 }),
      fc.constantFrom("'; drop table handoff; --", "' or 1=1 --", '$1', '\\', "''''", '*/ or /*'),
    );
    fc.assert(
      fc.property(
        nasty.filter((text) => !text.includes('\0')),
        (text) => {
          const quoted = encodeURIComponent(`'${text.replaceAll("'", "''")}'`);
          const { text: found, values } = sqlOf(
            `/KpiCases?$filter=KpiKey eq ${quoted} or contains(Client/Name,${quoted})&$expand=Handoff,Kpi&$orderby=Owner/Name`,
          );
          const { text: other } = sqlOf(
            "/KpiCases?$filter=KpiKey eq 'x' or contains(Client/Name,'x')&$expand=Handoff,Kpi&$orderby=Owner/Name",
          );
          expect(found).toBe(other);
          expect(values.slice(0, 2)).toEqual([text, text]);
        },
      ),
      { numRuns: 200 },
    );
    const { text } = sqlOf('/KpiCases?$filter=true or true&$expand=Handoff,Kpi,Owner&$orderby=Client/Name');
    for (const alias of ['t', 'j0', 'j1', 'j2', 'j3']) expect(text).toContain(`${alias}.tenant_id = $1`);
    expect(text).toContain('where t.tenant_id = $1 and ((true or true))');
  });
});

describe('the calendar', () => {
  it('has the days that JavaScript has', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 9999 }),
        fc.integer({ min: 0, max: 14 }),
        fc.integer({ min: 0, max: 33 }),
        (year, month, day) => {
          const text = `${String(year).padStart(4, '0')}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`;
          const at = new Date(`${text}T00:00:00Z`);
          expect(isDay(text)).toBe(!Number.isNaN(at.getTime()) && at.toISOString().startsWith(text));
        },
      ),
    );
  });
});
