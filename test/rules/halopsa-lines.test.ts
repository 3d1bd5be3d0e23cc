import type { HaloOptions } from '../../src/deal/halopsa-billing.rules.js';
import { contractPeriods, type TermsLine } from '../../src/deal/terms.rules.js';
import { codes, imported, importing, type Json, line, lineOf, sound } from './halopsa.kit.js';

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
    const forward = importing((data) =>
      data.quotation.lines.forEach((own, i) => Object.assign(own, { sort_seq: 9 - i })),
    );
    const backward = importing((data) => {
      data.quotation.lines.forEach((own, i) => Object.assign(own, { sort_seq: 9 - i }));
      data.quotation.lines.reverse();
    });
    expect(imported(backward).terms).toEqual(imported(forward).terms);
    expect(imported(forward).terms.lines.map(({ externalId }) => externalId)).toEqual(['2', '1']);
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

  test('a one-off line counts once, whatever else it says', () => {
    expect(contractPeriods({ billing: 'ONE_OFF', billingPeriod: 'MONTHLY', periods: 12 })).toBe(1n);
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
