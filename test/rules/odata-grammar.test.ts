import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseDocument } from 'yaml';
import { parseFilter } from '../../src/odata/query/expression.js';
import { optionTexts, parseExpand, parseOptions, parseOrderby, parseSelect } from '../../src/odata/query/options.js';
import { TokenReader } from '../../src/odata/query/token-reader.js';
import { resolved, statusOf } from './odata.kit.js';

/** A case of the OASIS ABNF test cases: `FailAt` is where a wrong input goes wrong. */
interface Case {
  readonly Name: string;
  readonly Rule: string;
  readonly Input: string;
  readonly FailAt?: number;
}

const text = readFileSync(resolve('test/odata-samples/odata-abnf-testcases.yaml'), 'utf8');
const { TestCases: CASES } = parseDocument(text, { logLevel: 'silent' }).toJS() as { TestCases: Case[] };

/** The part of an address behind the question mark, cut and decoded as a request is. */
const pairs = (query: string): (readonly [string, string])[] =>
  query.split('&').map((part) => {
    const [name = '', ...value] = part.split('=');
    return [decodeURIComponent(name), decodeURIComponent(value.join('='))] as const;
  });
const options = (query: string): unknown => parseOptions(optionTexts(pairs(query)));
/** A literal as an address holds it, and as a payload does, where nothing is encoded. */
const literal = (input: string): unknown => parseFilter(`X eq ${decodeURIComponent(input)}`);
const payload = (input: string): unknown => parseFilter(`X eq ${input}`);
const LITERALS = [
  'stringLiteral',
  'primitiveLiteral',
  'decimalLiteral',
  'int32Literal',
  'int64Literal',
  'guid',
  'date',
];
const VALUES = ['decimalValue', 'dateTimeOffsetValue', 'dateValue', 'int32Value', 'int64Value'];

/** How the cases of a rule are read here. */
const READERS: Readonly<Record<string, (input: string) => unknown>> = {
  filter: options,
  orderby: options,
  orderBy: options,
  select: options,
  expand: options,
  queryOptions: options,
  systemQueryOption: options,
  boolCommonExpr: (input) => parseFilter(decodeURIComponent(input)),
  commonExpr: (input) => parseFilter(`${decodeURIComponent(input)} eq 1`),
  boolean: (input) => resolved(`/Handoffs?$filter=SignOffLive eq ${input}`),
  ...Object.fromEntries(LITERALS.map((rule) => [rule, literal])),
  ...Object.fromEntries(VALUES.map((rule) => [rule, payload])),
};

const mine = CASES.filter(({ Rule }) => READERS[Rule]);
const right = mine.filter(({ FailAt }) => FailAt === undefined);
const wrong = mine.filter(({ FailAt }) => FailAt !== undefined);

describe('the OASIS grammar cases', () => {
  it('are read, or refused with 400 or 501 and nothing else', () => {
    const statuses = right.map(({ Rule, Input }) => ({ Rule, Input, status: statusOf(() => READERS[Rule]!(Input)) }));
    expect(statuses.filter(({ status }) => ![200, 400, 501].includes(status))).toEqual([]);
    const read = statuses.filter(({ status }) => status === 200);
    if (process.env.SHOW_CASES)
      console.log(statuses.map(({ Rule, Input, status }) => `${status} ${Rule} ${JSON.stringify(Input)}`).join('\n'));
    expect({ of: right.length, read: read.length }).toEqual({ of: 354, read: 97 });
  });

  it('that are wrong are never read', () => {
    const read = wrong.filter(({ Rule, Input }) => statusOf(() => READERS[Rule]!(Input)) === 200);
    expect(read).toEqual([]);
    expect(wrong.length).toBeGreaterThan(20);
  });

  it('of whole addresses never end in anything but the protocol’s answers', () => {
    const whole = CASES.filter(({ Rule }) =>
      ['odataRelativeUri', 'resourcePath', 'queryOptions', 'filter'].includes(Rule),
    );
    const statuses = whole.map(({ Rule, Input }) => {
      const path = Rule === 'queryOptions' || Rule === 'filter' ? `/Handoffs?${Input}` : `/${Input}`;
      return statusOf(() => resolved(path));
    });
    expect(statuses.filter((status) => ![200, 400, 404, 414, 501].includes(status))).toEqual([]);
    expect(whole.length).toBeGreaterThan(200);
  });
});

describe('each option by itself', () => {
  it.each([
    { text: 'A', read: [{ expression: ['A'], descending: false }] },
    {
      text: 'A desc,B asc, C',
      read: [
        { expression: ['A'], descending: true },
        { expression: ['B'], descending: false },
        { expression: ['C'], descending: false },
      ],
    },
    { text: 'Handoff/Number desc', read: [{ expression: ['Handoff', 'Number'], descending: true }] },
  ])('$orderby=$text', ({ text, read }) => {
    expect(
      parseOrderby(text).map(({ expression, descending }) => ({ expression: expression.names, descending })),
    ).toEqual(read);
  });

  it.each([
    { text: '*', read: ['*'] },
    { text: 'A, B', read: ['A', 'B'] },
  ])('$select=$text', ({ text, read }) => {
    expect(parseSelect(new TokenReader(text, '$select')).map(({ name }) => name)).toEqual(read);
  });

  it.each([
    { text: 'Handoff', read: [['Handoff', null]] },
    {
      text: 'Handoff($select=Number,Stage),Kpi',
      read: [
        ['Handoff', ['Number', 'Stage']],
        ['Kpi', null],
      ],
    },
  ])('$expand=$text', ({ text, read }) => {
    const found = parseExpand(text).map(({ navigation, select }) => [
      navigation,
      select?.map(({ name }) => name) ?? null,
    ]);
    expect(found).toEqual(read);
  });

  it.each([
    { query: '$top=1&$top=2', status: 400 },
    { query: '$top=-1', status: 400 },
    { query: '$top=2147483648', status: 400 },
    { query: '$count=1', status: 400 },
    { query: '$orderby=A up', status: 400 },
    { query: '$nothing=1', status: 400 },
    { query: 'filter=A eq 1', status: 501 },
    { query: '$apply=aggregate(A)', status: 501 },
    { query: '$search=x', status: 501 },
    { query: '@p=1', status: 501 },
    { query: '$expand=Handoff($expand=Client)', status: 501 },
    { query: '$expand=Handoff($filter=true)', status: 501 },
    { query: '$expand=Handoff($select=A;$expand=B)', status: 501 },
    { query: 'whatever=1', status: 200 },
  ])('$query is $status', ({ query, status }) => expect(statusOf(() => options(query))).toBe(status));
});
