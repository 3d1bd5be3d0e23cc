import fc from 'fast-check';
import { startServer, type TestServer } from '../kit/server.js';
import { openSuite, type Suite } from '../kit/suite.js';
import { ask, type Credentials, feedKey, fill, PUBLIC, readAll } from './odata.kit.js';

let suite: Suite;
let server: TestServer;
let key: Credentials;

beforeAll(async () => {
  suite = await openSuite();
  server = await startServer(suite, { PUBLIC_URL: PUBLIC });
  const world = await suite.tenant();
  await fill(world, { Handoffs: 60 }, 3);
  key = await feedKey(world);
}, 60_000);
afterAll(async () => {
  await server.close();
  await suite.close();
});

describe('$filter means what the protocol says', () => {
  interface Row {
    readonly Number: string;
    readonly Segment: string | null;
    readonly Returns: number;
    readonly QualityScore: number | null;
    readonly SignOffLive: boolean;
    readonly OpenedAt: string;
    readonly WonOn: string | null;
  }
  type Truth = boolean | null;
  interface Tried {
    readonly text: string;
    readonly of: (row: Row) => Truth;
  }
  const compare: Readonly<Record<string, (a: number | string, b: number | string) => boolean>> = {
    gt: (a, b) => a > b,
    ge: (a, b) => a >= b,
    lt: (a, b) => a < b,
    le: (a, b) => a <= b,
  };
  const relation = (
    operator: string,
    a: number | string | boolean | null,
    b: number | string | boolean | null,
  ): boolean => {
    if (operator === 'eq') return a === b;
    if (operator === 'ne') return a !== b;
    return a !== null && b !== null && compare[operator]!(a as number, b as number);
  };
  const operators = fc.constantFrom('eq', 'ne', 'gt', 'ge', 'lt', 'le');
  const leaf: fc.Arbitrary<Tried> = fc.oneof(
    fc
      .tuple(fc.constantFrom('QualityScore', 'Returns'), operators, fc.constantFrom(0, 3, 7, 12, null))
      .map(([name, operator, value]) => ({
        text: `${name} ${operator} ${value}`,
        of: (row: Row) => relation(operator, row[name as 'Returns'], value),
      })),
    fc
      .tuple(fc.constantFrom('QualityScore', 'Returns'), fc.subarray<number | null>([1, 4, 9, null], { minLength: 1 }))
      .map(([name, list]) => ({
        text: `${name} in (${list.join(',').replace(/^$/, 'null').replace(/,$/, ',null')})`,
        of: (row: Row) => list.includes(row[name as 'Returns']),
      })),
    fc
      .tuple(
        fc.constantFrom('contains', 'startswith', 'endswith'),
        fc.constantFrom('Segment', 'Number'),
        fc.constantFrom('1', 'é', '\'"<&', 'Seg', ''),
      )
      .map(([name, column, part]) => ({
        text: `${name}(${column},'${part.replaceAll("'", "''")}')`,
        of: (row: Row) => {
          const value = row[column as 'Number'] as string | null;
          if (value === null) return null;
          return name === 'contains'
            ? value.includes(part)
            : name === 'startswith'
              ? value.startsWith(part)
              : value.endsWith(part);
        },
      })),
    fc.constantFrom('1', '2').map((month) => ({
      text: `month(WonOn) eq ${month}`,
      of: (row: Row) => relation('eq', row.WonOn === null ? null : Number(row.WonOn.slice(5, 7)), Number(month)),
    })),
    fc.constant({ text: 'SignOffLive', of: (row: Row) => row.SignOffLive }),
    fc.constantFrom('2026-01-01T00:20:00Z', '2026-01-01T02:30:00%2B02:00').map((at) => ({
      text: `OpenedAt lt ${at}`,
      of: (row: Row) => Date.parse(row.OpenedAt) < Date.parse(decodeURIComponent(at)),
    })),
    fc
      .constantFrom('WonOn', 'Segment')
      .map((name) => ({ text: `${name} ne null`, of: (row: Row) => row[name as 'WonOn'] !== null })),
  );
  const and = (a: Truth, b: Truth): Truth =>
    a === false || b === false ? false : a === null || b === null ? null : true;
  const or = (a: Truth, b: Truth): Truth => (a === true || b === true ? true : a === null || b === null ? null : false);
  const { tried } = fc.letrec<{ tried: Tried }>((tie) => ({
    tried: fc.oneof(
      { maxDepth: 3 },
      leaf,
      fc
        .tuple(tie('tried'), tie('tried'))
        .map(([a, b]) => ({ text: `(${a.text} and ${b.text})`, of: (row: Row) => and(a.of(row), b.of(row)) })),
      fc
        .tuple(tie('tried'), tie('tried'))
        .map(([a, b]) => ({ text: `(${a.text} or ${b.text})`, of: (row: Row) => or(a.of(row), b.of(row)) })),
      tie('tried').map((a) => ({
        text: `not (${a.text})`,
        of: (row: Row) => {
          const truth = a.of(row);
          return truth === null ? null : !truth;
        },
      })),
    ),
  }));

  it('whatever is null, against a reading of our own', async () => {
    const { rows } = await readAll(server, '/Handoffs', key.headers);
    await fc.assert(
      fc.asyncProperty(tried, async ({ text, of }) => {
        const { status, json } = await ask(
          server,
          `/Handoffs?$select=Number&$orderby=Id&$filter=${encodeURI(text).replaceAll('&', '%26').replaceAll('%252B', '%2B')}`,
          key.headers,
        );
        expect({ text, status }).toEqual({ text, status: 200 });
        const expected = rows.filter((row) => of(row as unknown as Row) === true).map(({ Number: number }) => number);
        expect(json.value.map((row: Row) => row.Number)).toEqual(expected);
      }),
      { numRuns: 60 },
    );
  });
});
