import { digestOf, sha256Hex } from '../../src/core/canonical.js';
import { member } from '../../src/deal/export-json.rules.js';
import { normaliseHaloExport } from '../../src/deal/halopsa.rules.js';
import { contractValue } from '../../src/deal/terms.rules.js';
import { codes, HEALTHY, imported, importing, type Json, line, sample, sound } from './halopsa.kit.js';

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
    ['too many lines', { opportunity, quotation: { ...quotation, lines: Array(1001).fill(1) } }, 'LINES_TOO_MANY'],
  ])('%s', (_name, value, code) => {
    const result = normaliseHaloExport(JSON.stringify(value));
    expect(result.ok).toBe(false);
    expect(codes(result)).toEqual([code]);
  });
});

describe('text that is no usable JSON', () => {
  test('inherited names are no members', () => {
    expect(member({}, 'constructor')).toBeUndefined();
    expect(member({ constructor: 'own' }, 'constructor')).toBe('own');
  });

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

  test.each([
    ['names twice', `{${Array.from({ length: 120_000 }, (_, i) => `"a":${i}`).join(',')}}`.slice(0, 900_000)],
    [
      'blanks in a number field',
      JSON.stringify({
        ...sound(),
        quotation: { total: `${' '.repeat(450_000)}x`, lines: [{ current_quantity: `${' '.repeat(450_000)}x` }] },
      }),
    ],
    ['digits', `{"opportunity":${'9'.repeat(900_000)}}`],
    ['an unending number', `-${'9'.repeat(900_000)}.`],
    [
      'many lines',
      JSON.stringify({
        ...sound(),
        quotation: {
          ...sound().quotation,
          lines: Array.from({ length: 1000 }, () => ({ ...line(sound()), name: 'x'.repeat(700) })),
        },
      }),
    ],
  ])('a megabyte of %s is answered in time', (_name, text) => {
    const start = process.hrtime.bigint();
    expect(normaliseHaloExport(text).ok).toBe(false);
    expect(process.hrtime.bigint() - start).toBeLessThan(2_000_000_000n);
  });

  test('brackets inside texts are no depth, and the deepest allowed is read', () => {
    const extra = JSON.parse('['.repeat(60) + ']'.repeat(60)) as unknown;
    expect(importing((data) => Object.assign(data.opportunity, { note: `\\"${'[{'.repeat(200)}"\\`, extra })).ok).toBe(
      true,
    );
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

  test.each([
    '2026-02-30T10:00:00',
    '2026-13-01',
    'now',
    'infinity',
    '2026-09-30T25:00:00',
    '+10000-01-01',
    '9999-12-31T23:00:00-05:00',
  ])('%s', (raw) => {
    const result = importing((data) => Object.assign(data.opportunity, { dateclosed: raw }));
    expect(imported(result).deal.wonAt).toBeNull();
    expect(codes(result)).toEqual(['TIME_INVALID']);
  });
});
