import * as fc from 'fast-check';
import { normaliseHaloExport } from '../../src/deal/halopsa.rules.js';
import { digestOfTerms, type TermsLine } from '../../src/deal/terms.rules.js';
import { type Export, HEALTHY, imported, importing, type Json, line, sound } from './halopsa.kit.js';

const turned = (record: Json): Json => Object.fromEntries(Object.entries(record).toReversed());

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
