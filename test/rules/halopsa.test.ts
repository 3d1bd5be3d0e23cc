import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { digestOf, sha256Hex } from '../../src/core/canonical.js';
import type { HaloOptions } from '../../src/deal/halopsa-billing.rules.js';
import { type HaloImport, normaliseHaloExport } from '../../src/deal/halopsa.rules.js';
import { contractPeriods, contractValue, digestOfTerms, type TermsLine } from '../../src/deal/terms.rules.js';

const sample = (name: string): string => readFileSync(join(__dirname, '../../samples/halopsa', `${name}.json`), 'utf8');
const HEALTHY = sample('managed-network-healthy');

type Json = Record<string, unknown>;
interface Export {
  opportunity: Json;
  quotation: Json & { lines: Json[] };
}

/** A small export that is sound, to be spoilt by each case. */
function sound(): Export {
  return {
    opportunity: { id: 77, summary: 'Rollout', client_id: 5, client_name: 'Beta Ltd' },
    quotation: {
      id: 88,
      ticket_id: 77,
      client_id: 5,
      currency_code_name: 'GBP',
      lines: [
        { id: 1, name: 'Work', current_quantity: 10, baseprice: 95, costprice: 60, item_recurring: false },
        {
          id: 2,
          name: 'Care',
          current_quantity: 3,
          baseprice: 20,
          costprice: 11,
          item_recurring: true,
          billingperiod: 2,
          line_periods: 24,
        },
      ],
    },
  };
}

/** Imports a spoilt copy; numbers that JSON cannot write are put in as `"#1e400"`. */
function importing(spoil: (data: Export) => unknown, options?: HaloOptions): HaloImport {
  const data = sound();
  spoil(data);
  const text = JSON.stringify(data);
  return normaliseHaloExport(text.replace(/"#([^"]*)"/g, '$1'), options);
}

const line = (data: Export, index = 0): Json => data.quotation.lines[index] ?? {};
const codes = (result: HaloImport): string[] => result.findings.map(({ code }) => code);
function imported(result: HaloImport): Extract<HaloImport, { ok: true }> {
  if (!result.ok) throw new Error(JSON.stringify(result.findings, null, 2));
  return result;
}
const lineOf = (result: HaloImport, index = 0): TermsLine => imported(result).terms.lines[index] as TermsLine;

describe('the samples', () => {
  test('a healthy managed network', () => {
    const { deal, terms, termsDigest, rawDigest, findings } = imported(normaliseHaloExport(HEALTHY));
    expect(deal).toMatchObject({
      externalId: '2205',
      title: 'Acme – managed network',
      clientExternalId: '12',
      clientName: 'Acme Ltd',
      stageName: 'Closed won',
      ownerExternalId: '7',
      wonAt: '2026-09-30T10:00:00.123Z',
      wonAtRaw: '2026-09-30T10:00:00.123',
      quotationExternalId: '4101',
      approvedBy: 'Priya Nair',
    });
    expect(terms.currency).toBe('GBP');
    expect(terms.signedScopeHash).toBe(sha256Hex(deal.scope ?? ''));
    expect(terms.lines.map(({ externalId, totalMinor, costMinor }) => [externalId, totalMinor, costMinor])).toEqual([
      ['9001', '176000', '99200'],
      ['9002', '290000', '178000'],
      ['9003', '392000', '244000'],
      ['9004', '434700', '252000'],
      ['9005', '541500', '348000'],
      ['9007', '92400', '46200'],
      ['9008', '84000', '63600'],
    ]);
    expect(contractValue(terms.lines)).toEqual({ revenueMinor: 5_412_600n, costMinor: 2_975_200n });
    expect(findings.map(({ code, severity }) => [code, severity])).toEqual([['OPTIONAL_LINE_EXCLUDED', 'WARNING']]);
    expect(termsDigest).toBe(digestOf(terms));
    expect(rawDigest).toBe(sha256Hex(HEALTHY));
  });

  test('the other spelling of the same deal has the same terms', () => {
    const other = imported(normaliseHaloExport(sample('managed-network-other-spelling')));
    expect(other.terms).toEqual(imported(normaliseHaloExport(HEALTHY)).terms);
    expect(other.termsDigest).toBe(imported(normaliseHaloExport(HEALTHY)).termsDigest);
    expect(other.rawDigest).not.toBe(imported(normaliseHaloExport(HEALTHY)).rawDigest);
  });

  test('the deal below the floor is the same but for one price', () => {
    const below = imported(normaliseHaloExport(sample('managed-network-below-floor')));
    const healthy = imported(normaliseHaloExport(HEALTHY));
    const differing = below.terms.lines.filter((own, i) => digestOf(own) !== digestOf(healthy.terms.lines[i]));
    expect(differing.map(({ unitPrice }) => unitPrice)).toEqual(['22']);
  });

  test('recurring only, with its quotation inside the opportunity', () => {
    const { terms, findings } = imported(normaliseHaloExport(sample('managed-workplace-recurring-only')));
    expect(terms.lines.map(({ billing, billingPeriod, periods }) => [billing, billingPeriod, periods])).toEqual([
      ['RECURRING', 'MONTHLY', 24],
      ['RECURRING', 'MONTHLY', 24],
      ['RECURRING', 'QUARTERLY', 8],
      ['RECURRING', 'ANNUAL', 2],
    ]);
    expect(findings).toEqual([]);
  });

  test('missing costs are named, and null', () => {
    const result = imported(normaliseHaloExport(sample('managed-network-missing-cost')));
    const missing = result.findings.filter(({ code }) => code === 'COST_MISSING');
    expect(missing.map(({ path, severity, exceptionable }) => [path, severity, exceptionable])).toEqual([
      ['$.quotation.lines[3].costprice', 'BLOCKING', false],
      ['$.quotation.lines[4].costprice', 'BLOCKING', false],
    ]);
    expect(
      result.terms.lines.filter(({ unitCost, costMinor }) => unitCost === null && costMinor === null),
    ).toHaveLength(2);
    expect(contractValue(result.terms.lines).costMinor).toBeNull();
  });

  test('the hostile one is refused with every reason, each with a place and a remedy', () => {
    const result = normaliseHaloExport(sample('hostile'));
    expect(result.ok).toBe(false);
    expect(new Set(codes(result))).toEqual(
      new Set([
        'TIME_INVALID',
        'LINE_MALFORMED',
        'LINE_DUPLICATE',
        'NUMBER_AS_TEXT',
        'NUMBER_NOT_FINITE',
        'DISCOUNT_OUT_OF_RANGE',
        'FLAG_EXPECTED',
        'FIGURES_CONTRADICT',
        'NUMBER_OUT_OF_RANGE',
        'TEXT_NOT_STORABLE',
        'QUANTITY_ZERO',
        'COST_ZERO',
        'BILLING_PERIOD_UNKNOWN',
        'CURRENCY_MIXED',
        'CREDIT_LINE',
        'PRICE_MISSING',
      ]),
    );
    for (const { path, message, remedy } of result.findings) {
      expect(path).toMatch(/^\$\.quotation\./);
      expect(message).not.toBe('');
      expect(remedy).not.toBe('');
    }
    expect(({} as Json)['isAdmin']).toBeUndefined();
  });

  test('findings carry no personal data', () => {
    for (const name of ['hostile', 'managed-network-missing-cost', 'managed-network-healthy']) {
      const text = JSON.stringify(normaliseHaloExport(sample(name)).findings);
      expect(text).not.toMatch(/Priya|Nair|Sam Hughes|Acme|example/);
    }
  });
});

describe('shapes of the export', () => {
  const whole = sound();
  const { opportunity, quotation } = whole;
  const expected = imported(normaliseHaloExport(JSON.stringify(whole))).termsDigest;
  test.each<[string, unknown]>([
    ['lists of one', { opportunity: [opportunity], quotation: [quotation] }],
    ['all in a list of one', [whole]],
    ['the quotation inside', { ...opportunity, quotation }],
    ['the quotations inside', { ...opportunity, quotations: [quotation] }],
    ['inside the opportunity of an envelope', { opportunity: { ...opportunity, quotations: [quotation] } }],
    ['a page of one', { record_count: 1, tickets: [{ ...opportunity, quotes: [quotation] }] }],
  ])('%s', (_name, value) => {
    expect(imported(normaliseHaloExport(JSON.stringify(value))).termsDigest).toBe(expected);
  });

  test('a byte order mark is skipped', () => {
    expect(imported(normaliseHaloExport(`\uFEFF${JSON.stringify(whole)}`)).termsDigest).toBe(expected);
  });

  test('several quotations: the caller says which', () => {
    const two = JSON.stringify({ opportunity, quotations: [{ ...quotation, id: 90, lines: [] }, quotation] });
    expect(codes(normaliseHaloExport(two))).toEqual(['QUOTATION_AMBIGUOUS']);
    expect(imported(normaliseHaloExport(two, { quotationId: '88' })).termsDigest).toBe(expected);
    expect(codes(normaliseHaloExport(two, { quotationId: '1' }))).toEqual(['QUOTATION_NOT_FOUND']);
  });

  test.each<[string, unknown, string]>([
    ['null', null, 'OPPORTUNITY_MISSING'],
    ['a text', 'x', 'OPPORTUNITY_MISSING'],
    ['a number', 5, 'OPPORTUNITY_MISSING'],
    ['an empty list', [], 'OPPORTUNITY_MISSING'],
    ['two opportunities', [opportunity, opportunity], 'OPPORTUNITY_AMBIGUOUS'],
    ['an empty object', {}, 'QUOTATION_MISSING'],
    ['no quotation', { opportunity }, 'QUOTATION_MISSING'],
    ['an empty list of quotations', { opportunity, quotations: [] }, 'QUOTATION_MISSING'],
    [
      'the quotation of another deal',
      { opportunity, quotation: { ...quotation, ticket_id: 78 } },
      'QUOTATION_OF_OTHER_OPPORTUNITY',
    ],
    [
      'the quotation of another client',
      { opportunity, quotation: { ...quotation, client_id: 6 } },
      'QUOTATION_OF_OTHER_CLIENT',
    ],
    ['no id', { opportunity: { ...opportunity, id: 0 }, quotation }, 'OPPORTUNITY_ID_MISSING'],
    ['no client', { opportunity: { ...opportunity, client_name: ' ' }, quotation }, 'CLIENT_MISSING'],
    ['no lines', { opportunity, quotation: { ...quotation, lines: undefined } }, 'LINES_MISSING'],
    ['an empty list of lines', { opportunity, quotation: { ...quotation, lines: [] } }, 'LINES_MISSING'],
    ['too many lines', { opportunity, quotation: { ...quotation, lines: Array(1001).fill({}) } }, 'LINES_TOO_MANY'],
  ])('%s', (_name, value, code) => {
    const result = normaliseHaloExport(JSON.stringify(value));
    expect(result.ok).toBe(false);
    expect(codes(result)).toEqual([code]);
  });
});

describe('text that is no usable JSON', () => {
  test.each<[string, string, string, number, number]>([
    ['nothing', '', 'EXPORT_NOT_JSON', 1, 1],
    ['half an object', '{', 'EXPORT_NOT_JSON', 1, 2],
    ['a trailing comma', '{"a":1,\n}', 'EXPORT_NOT_JSON', 2, 1],
    ['a bare NaN', '{"a":1,\n "b": NaN}', 'EXPORT_NOT_JSON', 2, 7],
    ['two values', '{} {}', 'EXPORT_NOT_JSON', 1, 4],
    ['a name twice', '{"a":1,\n"a":2}', 'EXPORT_DUPLICATE_NAME', 2, 2],
  ])('%s', (_name, text, code, row, column) => {
    const result = normaliseHaloExport(text);
    expect(codes(result)).toEqual([code]);
    expect(result.findings[0]?.facts).toMatchObject({ line: row, column });
  });

  test('a bare NaN is told apart', () => {
    expect(normaliseHaloExport('{"costprice":NaN}').findings[0]?.remedy).toContain('JSON has no NaN');
    expect(normaliseHaloExport('{"costprice":-Infinity}').ok).toBe(false);
  });

  test.each([
    ['too large', `"${'x'.repeat(1_000_000)}"`, 'EXPORT_TOO_LARGE'],
    ['too large in bytes alone', `"${'€'.repeat(400_000)}"`, 'EXPORT_TOO_LARGE'],
    ['too deep', '['.repeat(100_000), 'EXPORT_TOO_DEEP'],
    ['too deep in objects', '{"a":'.repeat(65) + '1' + '}'.repeat(65), 'EXPORT_TOO_DEEP'],
    ['a lone surrogate', '{"a":"\ud800"}', 'EXPORT_NOT_TEXT'],
    ['a NUL', '{"a":"\0"}', 'EXPORT_NOT_TEXT'],
  ])('%s', (_name, text, code) => {
    expect(codes(normaliseHaloExport(text))).toEqual([code]);
  });

  test('brackets inside texts are no depth, and the deepest allowed is read', () => {
    const extra = JSON.parse('['.repeat(60) + ']'.repeat(60)) as unknown;
    expect(importing((data) => Object.assign(data.opportunity, { note: '[{'.repeat(200), extra })).ok).toBe(true);
  });
});

describe('figures', () => {
  test.each<[string, Json, string, string]>([
    ['a price as text', { baseprice: '95.00' }, 'NUMBER_AS_TEXT', 'baseprice'],
    ['NaN as text', { baseprice: 'NaN' }, 'NUMBER_NOT_FINITE', 'baseprice'],
    ['Infinity as text', { costprice: '-Infinity' }, 'NUMBER_NOT_FINITE', 'costprice'],
    ['a price that is a list', { baseprice: [95] }, 'NUMBER_EXPECTED', 'baseprice'],
    ['a price that is true', { baseprice: true }, 'NUMBER_EXPECTED', 'baseprice'],
    ['a huge exponent', { baseprice: '#1e400' }, 'NUMBER_OUT_OF_RANGE', 'baseprice'],
    ['a tiny exponent', { costprice: '#1e-400' }, 'NUMBER_OUT_OF_RANGE', 'costprice'],
    ['two thousand digits', { current_quantity: `#${'9'.repeat(2000)}` }, 'NUMBER_OUT_OF_RANGE', 'current_quantity'],
    ['a discount of 101 %', { discount_perc: 101 }, 'DISCOUNT_OUT_OF_RANGE', 'discount_perc'],
    ['a flag that is a text', { item_recurring: 'true' }, 'FLAG_EXPECTED', 'item_recurring'],
    ['two quantities', { quantity: 11 }, 'FIGURES_CONTRADICT', 'quantity'],
    ['two costs', { cost_converted: 61 }, 'FIGURES_CONTRADICT', 'costprice'],
    ['a discount of unknown meaning', { discount_converted: 3 }, 'DISCOUNT_UNCLEAR', 'discount_converted'],
    ['a negative discount amount', { total_discount: -3 }, 'DISCOUNT_UNCLEAR', 'total_discount'],
  ])('%s', (_name, change, code, field) => {
    const result = importing((data) => Object.assign(line(data), change));
    expect(result.ok).toBe(false);
    expect(result.findings).toEqual([
      expect.objectContaining({
        code,
        severity: 'BLOCKING',
        path: `$.quotation.lines[0].${field}`,
        exceptionable: false,
      }),
    ]);
  });

  test.each<[string, Json, string]>([
    ['no quantity', { current_quantity: null }, 'QUANTITY_MISSING'],
    ['no price', { baseprice: null }, 'PRICE_MISSING'],
    ['an amount beyond any', { baseprice: 10_000_000_000_000 }, 'AMOUNT_OUT_OF_RANGE'],
    ['a cost beyond any', { costprice: '#-1e13' }, 'AMOUNT_OUT_OF_RANGE'],
    ['bought in another currency', { purchase_currency_code_name: 'USD' }, 'CURRENCY_MIXED'],
    ['converted, and only the plain price', { conversion_rate: 1.17 }, 'CURRENCY_MIXED'],
  ])('%s', (_name, change, code) => {
    const result = importing((data) => Object.assign(line(data), change));
    expect(result.ok).toBe(false);
    expect(codes(result)).toContain(code);
  });

  test.each<[string, Json, string[], Partial<TermsLine>]>([
    [
      'an exponent is read exactly, and noted',
      { baseprice: '#9.5e1' },
      ['NUMBER_IN_EXPONENT_FORM'],
      { unitPrice: '95' },
    ],
    ['no cost', { costprice: null }, ['COST_MISSING'], { unitCost: null, costMinor: null }],
    ['a cost of zero', { costprice: 0 }, ['COST_ZERO'], { unitCost: '0', costMinor: '0' }],
    ['a negative cost', { costprice: -1 }, ['COST_NEGATIVE'], { costMinor: '-1000' }],
    ['a quantity of zero', { current_quantity: 0 }, ['QUANTITY_ZERO'], { totalMinor: '0' }],
    ['a credit by quantity', { current_quantity: -2 }, ['CREDIT_LINE'], { totalMinor: '-19000', costMinor: '-12000' }],
    ['a credit by price', { baseprice: -5 }, ['CREDIT_LINE'], { totalMinor: '-5000', costMinor: '60000' }],
    ['minus zero', { baseprice: '#-0.0' }, [], { unitPrice: '0', totalMinor: '0' }],
    ['trailing zeros', { baseprice: '#95.000' }, [], { unitPrice: '95' }],
    ['a fraction of a penny, rounded once', { baseprice: '#0.0125', current_quantity: 3 }, [], { totalMinor: '4' }],
    ['a double printed in full', { baseprice: '#94.999999999999986' }, [], { totalMinor: '95000' }],
    ['a discount', { discount_perc: 12.5 }, [], { discountPercent: '12.5', totalMinor: '83125' }],
    ['a discount by amount', { total_discount: 50 }, [], { discountAmount: '50', totalMinor: '90000' }],
    [
      'the amount of a discount in percent counts once',
      { discount_perc: 10, total_discount: 95 },
      [],
      { totalMinor: '85500' },
    ],
    ['the quoted price before the base price', { unitprice: 90 }, [], { unitPrice: '90' }],
    ['the newer spelling before the base price', { current_price: 91 }, [], { unitPrice: '91' }],
    ['the total as stated', { net_total: 950 }, [], {}],
    ['the total with tax', { total_price: 1140, total_tax: 190 }, [], {}],
    ['another total', { net_total: 940 }, ['LINE_TOTAL_MISMATCH'], { totalMinor: '95000' }],
    ['a total that is no number', { net_total: 'many' }, ['NUMBER_AS_TEXT'], {}],
    [
      'converted figures',
      { conversion_rate: 1.17, unitprice_converted: 111.15, cost_converted: 70.2 },
      [],
      { unitPrice: '111.15', unitCost: '70.2' },
    ],
    ['a cost at the other name', { costprice: undefined, cost_converted: 60 }, [], { unitCost: '60' }],
  ])('%s', (_name, change, expected, terms) => {
    const result = importing((data) => Object.assign(line(data), change));
    expect(lineOf(result)).toMatchObject(terms);
    expect(codes(result)).toEqual(expected);
  });

  test('a mismatch gives both figures', () => {
    const result = importing((data) => Object.assign(data.quotation, { total: 1000 }));
    expect(result.findings).toEqual([
      expect.objectContaining({
        code: 'HEADER_TOTAL_MISMATCH',
        severity: 'WARNING',
        path: '$.quotation.total',
        facts: { field: 'total', stated: '1000.00', computed: '1010.00', currency: 'GBP' },
      }),
    ]);
  });

  test.each([
    ['one period of each line', { total: 1010 }],
    ['with tax', { total: 1212, tax_total: 202 }],
    ['with carriage', { total: 1020, carriage_price: 10 }],
    ['the first year', { total: 1670 }],
    ['the contract', { total: 2390 }],
    ['the one-off part', { total: 950 }],
    ['the sum rounded elsewhere', { total: 1010.01 }],
  ])('header total: %s', (_name, header) => {
    expect(codes(importing((data) => Object.assign(data.quotation, header)))).toEqual([]);
  });
});

describe('lines that do not count', () => {
  test.each<[string, Json, string[]]>([
    ['a group heading', { name: 'Group', isgroupdesc: true }, []],
    ['a priced group heading', { name: 'Group', isgroupdesc: true, baseprice: 5 }, ['GROUP_HEADING_PRICED']],
    ['a line of text', { name: 'Thank you' }, ['TEXT_LINE_SKIPPED']],
    ['an option that was not chosen', { optional: true, current_quantity: 'x' }, ['OPTIONAL_LINE_EXCLUDED']],
  ])('%s', (_name, extra, expected) => {
    const result = importing((data) => data.quotation.lines.push(extra));
    expect(imported(result).terms.lines).toHaveLength(2);
    expect(codes(result)).toEqual(expected);
  });

  test('a chosen option counts', () => {
    expect(
      imported(importing((data) => Object.assign(line(data), { optional: true, selected: true }))).terms.lines,
    ).toHaveLength(2);
    const byStatus = importing((data) => Object.assign(line(data), { optional: true, approval_status: 2 }), {
      chosenApprovalStatuses: ['2'],
    });
    expect(imported(byStatus).terms.lines).toHaveLength(2);
  });

  test('lines stand by their sequence, not by the order of the answer', () => {
    const forward = importing((data) => data.quotation.lines.forEach((own, i) => Object.assign(own, { sort_seq: i })));
    const backward = importing((data) => {
      data.quotation.lines.forEach((own, i) => Object.assign(own, { sort_seq: i }));
      data.quotation.lines.reverse();
    });
    expect(imported(backward).terms).toEqual(imported(forward).terms);
  });
});

describe('currency', () => {
  test.each<[string, Json, HaloOptions, string]>([
    ['a code', { currency_code_name: 'eur' }, {}, 'EUR'],
    ['a code beside a symbol', { currency_code_name: 'GBP', currency: '£' }, {}, 'GBP'],
    ['a mapped name', { currency_code_name: 'Pounds' }, { currencyNames: { Pounds: 'GBP' } }, 'GBP'],
    ['the default', { currency_code_name: null }, { defaultCurrency: 'USD' }, 'USD'],
    ['a code before the default', { currency_code_name: 'GBP' }, { defaultCurrency: 'USD' }, 'GBP'],
  ])('%s', (_name, header, options, expected) => {
    expect(imported(importing((data) => Object.assign(data.quotation, header), options)).terms.currency).toBe(expected);
  });

  test.each<[string, Json, HaloOptions, string]>([
    ['none', { currency_code_name: null }, {}, 'CURRENCY_MISSING'],
    ['a default that is none', { currency_code_name: null }, { defaultCurrency: 'XYZ' }, 'CURRENCY_MISSING'],
    ['a symbol', { currency_code_name: '$' }, { defaultCurrency: 'USD' }, 'CURRENCY_UNKNOWN'],
    ['an inherited name', { currency_code_name: 'constructor' }, { currencyNames: {} }, 'CURRENCY_UNKNOWN'],
    ['two codes', { currency_code_name: 'GBP', currency: 'EUR' }, {}, 'CURRENCY_MIXED'],
    ['a line in another', { lines: [{ ...line(sound()), currency: 'EUR' }] }, {}, 'CURRENCY_MIXED'],
  ])('%s', (_name, header, options, code) => {
    const result = importing((data) => Object.assign(data.quotation, header), options);
    expect(result.ok).toBe(false);
    expect(codes(result)).toEqual([code]);
  });

  test('the amounts follow the currency', () => {
    const yen = importing((data) => Object.assign(data.quotation, { currency_code_name: 'JPY' }));
    expect(lineOf(yen).totalMinor).toBe('950');
  });
});

describe('billing', () => {
  test.each<[Json, HaloOptions, string, number | null, bigint]>([
    [{ billingperiod: 1 }, {}, 'WEEKLY', 24, 24n],
    [{ billingperiod: 2 }, {}, 'MONTHLY', 24, 24n],
    [{ billingperiod: 3, line_periods: 2 }, {}, 'ANNUAL', 2, 2n],
    [{ billingperiod: 4, line_periods: 8 }, {}, 'QUARTERLY', 8, 8n],
    [{ billingperiod: 5, line_periods: 4 }, {}, 'HALF_YEARLY', 4, 4n],
    [{ billingperiod: 'Quarterly', line_periods: 8 }, {}, 'QUARTERLY', 8, 8n],
    [{ billingperiod: 3 }, { billingPeriods: { '3': 'QUARTERLY' } }, 'QUARTERLY', 24, 24n],
    [{ item_recurring: undefined, line_recurring: true }, {}, 'MONTHLY', 24, 24n],
    [{ item_recurring: undefined }, {}, 'MONTHLY', 24, 24n],
    [{ line_periods: 0 }, {}, 'MONTHLY', null, 12n],
    [{ line_periods: null, billingperiod: 4 }, {}, 'QUARTERLY', null, 4n],
    [{ line_periods: null, billingperiod: 6 }, {}, 'FIVE_YEARLY', null, 1n],
  ])('%j %j is %s x %s', (change, options, billingPeriod, periods, counted) => {
    const result = importing((data) => Object.assign(line(data, 1), change), options);
    const own = lineOf(result, 1);
    expect(own).toMatchObject({ billing: 'RECURRING', billingPeriod, periods, totalMinor: '6000', costMinor: '3300' });
    expect(contractPeriods(own)).toBe(counted);
    expect(codes(result)).toEqual(periods === null ? ['TERM_MISSING'] : []);
  });

  test.each<[Json, string]>([
    [{ billingperiod: 0 }, 'BILLING_PERIOD_UNKNOWN'],
    [{ billingperiod: 99 }, 'BILLING_PERIOD_UNKNOWN'],
    [{ billingperiod: 'constructor' }, 'BILLING_PERIOD_UNKNOWN'],
    [{ billingperiod: null }, 'BILLING_PERIOD_UNKNOWN'],
    [{ line_periods: -1 }, 'TERM_OUT_OF_RANGE'],
    [{ line_periods: 601 }, 'TERM_OUT_OF_RANGE'],
    [{ line_periods: 1.5 }, 'TERM_OUT_OF_RANGE'],
    [{ line_periods: '24' }, 'TERM_OUT_OF_RANGE'],
  ])('%j is %s', (change, code) => {
    const result = importing((data) => Object.assign(line(data, 1), change));
    expect(result.ok).toBe(false);
    expect(codes(result)).toEqual([code]);
  });

  test('not recurring and yet with a period counts as one-off, and is noted', () => {
    const result = importing((data) => Object.assign(line(data, 1), { item_recurring: false }));
    expect(lineOf(result, 1)).toMatchObject({ billing: 'ONE_OFF', billingPeriod: null, periods: null });
    expect(codes(result)).toEqual(['BILLING_CONTRADICTS']);
  });
});

describe('line kinds', () => {
  const lineKinds = {
    productCodes: { 'LAB-1': 'LABOUR' },
    itemGroups: { '6': 'SERVICE', Licences: 'LICENCE' },
    nominalCodes: { '4010': 'HARDWARE' },
  } as const;
  test.each<[Json, string]>([
    [{ productcode: 'LAB-1', assetgroup_id: 6 }, 'LABOUR'],
    [{ productcode: 'other', assetgroup_id: 6, nominal_code: '4010' }, 'SERVICE'],
    [{ assetgroup_name: 'Licences' }, 'LICENCE'],
    [{ nominal_code: '4010' }, 'HARDWARE'],
    [{ nominalcode: '4010' }, 'HARDWARE'],
    [{ productcode: 'constructor' }, 'OTHER'],
    [{ productcode: '__proto__' }, 'OTHER'],
    [{}, 'OTHER'],
  ])('%j is %s', (change, kind) => {
    expect(lineOf(importing((data) => Object.assign(line(data), change), { lineKinds })).kind).toBe(kind);
  });
});

describe('times', () => {
  test.each([
    ['2026-09-30T10:00:00', '2026-09-30T10:00:00.000Z'],
    ['2026-09-30T10:00:00.1234567', '2026-09-30T10:00:00.123Z'],
    ['2026-09-30T10:00:00+02:00', '2026-09-30T08:00:00.000Z'],
    ['2026-09-30', '2026-09-30T00:00:00.000Z'],
    ['1899-12-30T00:00:00', null],
    ['0001-01-01T00:00:00', null],
  ])('%s', (raw, at) => {
    const result = importing((data) => Object.assign(data.opportunity, { dateclosed: raw }));
    expect(imported(result).deal.wonAt).toBe(at);
    expect(codes(result)).toEqual([]);
  });

  test.each(['2026-02-30T10:00:00', '2026-13-01', 'now', 'infinity', '2026-09-30T25:00:00', '+10000-01-01'])(
    '%s',
    (raw) => {
      const result = importing((data) => Object.assign(data.opportunity, { dateclosed: raw }));
      expect(imported(result).deal.wonAt).toBeNull();
      expect(codes(result)).toEqual(['TIME_INVALID']);
    },
  );
});

describe('properties', () => {
  test('never throws on any text', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => typeof normaliseHaloExport(text).ok === 'boolean'));
  });

  test('never throws on any JSON, at any place of an export', () => {
    const anything = fc.oneof(
      fc.jsonValue({ maxDepth: 3 }),
      fc.constantFrom('NaN', -0, 1e21, 1e-7, '__proto__', [], {}),
    );
    const names = [
      'id',
      'name',
      'current_quantity',
      'baseprice',
      'costprice',
      'discount_perc',
      'total_discount',
      'item_recurring',
      'billingperiod',
      'line_periods',
      'optional',
      'isgroupdesc',
      'sort_seq',
      'net_total',
      'conversion_rate',
      'currency',
    ];
    fc.assert(
      fc.property(fc.constantFrom(...names), anything, anything, (name, inLine, other) => {
        const data = sound();
        Object.assign(line(data), { [name]: inLine });
        for (const value of [
          data,
          { ...data, quotation: other },
          { ...data, opportunity: other },
          { ...data.quotation, lines: other },
          other,
        ]) {
          const result = normaliseHaloExport(JSON.stringify(value));
          if (!result.ok) expect(result.findings.some(({ severity }) => severity === 'BLOCKING')).toBe(true);
        }
      }),
      { numRuns: 500 },
    );
  });

  test('is deterministic, and blind to unknown members and to their order', () => {
    const unknown = fc.dictionary(fc.stringMatching(/^x_[a-z]{1,8}$/), fc.jsonValue({ maxDepth: 2 }), { maxKeys: 4 });
    const expected = imported(importing(() => null));
    const turned = (record: Json): Json => Object.fromEntries(Object.entries(record).reverse());
    fc.assert(
      fc.property(unknown, unknown, unknown, (a, b, c) => {
        const data = sound();
        const lines = data.quotation.lines.map((own) => turned({ ...own, ...b }));
        const whole = {
          ...c,
          quotation: turned({ ...data.quotation, ...a, lines }),
          opportunity: turned({ ...data.opportunity, ...c }),
        };
        const result = normaliseHaloExport(JSON.stringify(whole));
        expect(imported(result).terms).toEqual(expected.terms);
        expect(imported(result).deal).toEqual(expected.deal);
        expect(imported(result).termsDigest).toBe(expected.termsDigest);
      }),
    );
  });

  test.each<[string, (data: Export) => unknown]>([
    ['quantity', (data) => Object.assign(line(data), { current_quantity: 11 })],
    ['price', (data) => Object.assign(line(data), { baseprice: 95.01 })],
    ['cost', (data) => Object.assign(line(data), { costprice: 60.01 })],
    [
      'a price and a discount that cancel out',
      (data) => Object.assign(line(data), { baseprice: 190, discount_perc: 50 }),
    ],
    ['a missing cost', (data) => Object.assign(line(data), { costprice: null })],
    ['description', (data) => Object.assign(line(data), { name: 'Works' })],
    ['product code', (data) => Object.assign(line(data), { productcode: 'P' })],
    ['billing', (data) => Object.assign(line(data, 1), { item_recurring: false })],
    ['billing period', (data) => Object.assign(line(data, 1), { billingperiod: 4 })],
    ['term', (data) => Object.assign(line(data, 1), { line_periods: 36 })],
    ['currency', (data) => Object.assign(data.quotation, { currency_code_name: 'EUR' })],
    ['scope', (data) => Object.assign(data.quotation, { scope: 'More' })],
    ['one line less', (data) => data.quotation.lines.pop()],
    ['the line itself', (data) => Object.assign(line(data), { id: 3 })],
  ])('the digest changes with: %s', (_name, change) => {
    const before = imported(importing(() => null)).termsDigest;
    expect(imported(importing(change)).termsDigest).not.toBe(before);
  });

  test('the digest covers every member of the terms', () => {
    const { terms, termsDigest } = imported(normaliseHaloExport(HEALTHY));
    const [first] = terms.lines;
    for (const name of Object.keys(terms)) expect(digestOfTerms({ ...terms, [name]: 'changed' })).not.toBe(termsDigest);
    for (const name of Object.keys(first ?? {})) {
      const lines = [{ ...(first as TermsLine), [name]: 'changed' }, ...terms.lines.slice(1)];
      expect(digestOfTerms({ ...terms, lines })).not.toBe(termsDigest);
    }
  });

  test('the digest does not change with what is not governed', () => {
    const before = imported(importing(() => null)).termsDigest;
    const after = importing((data) => {
      Object.assign(data.opportunity, { last_update: '2027-01-01T00:00:00', summary: 'Renamed', agent_id: 9 });
      Object.assign(data.quotation, { signature: 'x', approvalname: 'Someone' });
      Object.assign(line(data), { margin: 12.3, baseprice: '#9.50e1' });
    });
    expect(imported(after).termsDigest).toBe(before);
  });
});
