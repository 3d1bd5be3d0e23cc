import * as fc from 'fast-check';
import { CURRENCIES, currencyExponent, isCurrency } from '../../src/core/currency.js';
import {
  addDecimals,
  compareDecimals,
  decimalText,
  multiplyDecimals,
  parseDecimal,
  readDecimal,
} from '../../src/core/decimal.js';
import { addMoney, formatMoney, lineTotal, money, parseMoney, sumMoney } from '../../src/core/money.js';

/** A decimal text with up to twelve digits on either side. */
const decimals = fc
  .tuple(fc.boolean(), fc.bigInt(0n, 10n ** 12n), fc.stringMatching(/^\d{0,12}$/))
  .map(([negative, whole, fraction]) => `${negative ? '-' : ''}${whole}${fraction === '' ? '' : `.${fraction}`}`);

/** The independent reference: numerator over denominator, by another road than the code under test. */
function rational(text: string): [bigint, bigint] {
  const [whole = '0', fraction = ''] = text.split('.');
  return [BigInt(whole + fraction), 10n ** BigInt(fraction.length)];
}

/** Nearest integer to n/d, ties away from zero, by comparing the two neighbours. */
function nearest(n: bigint, d: bigint): bigint {
  const truncated = n / d;
  const rest = n - truncated * d;
  const away = n < 0n ? truncated - 1n : truncated + 1n;
  return (rest < 0n ? -rest : rest) * 2n >= d ? away : truncated;
}

describe('decimals', () => {
  test.each([
    ['1.50', '1.5'],
    ['0', '0'],
    ['-0', '0'],
    ['-0.000', '0'],
    ['15e-1', '1.5'],
    ['1.5E+3', '1500'],
    ['1e-20', '0.00000000000000000001'],
    ['0e99999', '0'],
    ['-12.340', '-12.34'],
    ['0.30000000000000004', '0.30000000000000004'],
    ['999999999999999999999999', '999999999999999999999999'],
  ])('%s reads as %s', (text, expected) => {
    expect(decimalText(parseDecimal(text))).toBe(expected);
  });

  test.each([
    '',
    ' ',
    'NaN',
    'Infinity',
    '-Infinity',
    '+1',
    '.5',
    '1.',
    '01',
    '1,000',
    '0x10',
    '1_000',
    '1 ',
    '١',
    '--1',
    '1e',
    'null',
  ])('%j is no decimal', (text) => {
    expect(readDecimal(text)).toEqual({ ok: false, fault: 'NOT_A_DECIMAL' });
    expect(() => parseDecimal(text)).toThrow(RangeError);
  });

  test.each(['1e400', '1e-400', '1e999999999', '9'.repeat(25), `0.${'1'.repeat(31)}`, '9'.repeat(2000)])(
    '%.12s is out of range',
    (text) => {
      expect(readDecimal(text)).toEqual({ ok: false, fault: 'OUT_OF_RANGE' });
    },
  );

  test('any text is read or refused, never thrown on', () => {
    fc.assert(fc.property(fc.string(), (text) => typeof readDecimal(text).ok === 'boolean'));
    fc.assert(fc.property(fc.stringMatching(/^[-+.\deE]{0,40}$/), (text) => typeof readDecimal(text).ok === 'boolean'));
  });

  test('the text of a decimal reads back as the same decimal', () => {
    fc.assert(
      fc.property(decimals, (text) => {
        const once = decimalText(parseDecimal(text));
        expect(decimalText(parseDecimal(once))).toBe(once);
        expect(compareDecimals(parseDecimal(text), parseDecimal(once))).toBe(0);
      }),
    );
  });

  test('sum, product and order agree with rationals', () => {
    fc.assert(
      fc.property(decimals, decimals, (a, b) => {
        const [an, ad] = rational(a);
        const [bn, bd] = rational(b);
        const sum = addDecimals(parseDecimal(a), parseDecimal(b));
        const product = multiplyDecimals(parseDecimal(a), parseDecimal(b));
        expect(sum.unscaled * ad * bd).toBe((an * bd + bn * ad) * 10n ** BigInt(sum.scale));
        expect(product.unscaled * ad * bd).toBe(an * bn * 10n ** BigInt(product.scale));
        const order = an * bd - bn * ad;
        expect(compareDecimals(parseDecimal(a), parseDecimal(b))).toBe(order === 0n ? 0 : order < 0n ? -1 : 1);
      }),
    );
  });
});

describe('currencies', () => {
  test.each([
    ['GBP', 2],
    ['EUR', 2],
    ['USD', 2],
    ['JPY', 0],
    ['ISK', 0],
    ['BHD', 3],
    ['TND', 3],
    ['CLF', 4],
  ])('%s has %i digits behind the point', (code, exponent) => {
    expect(currencyExponent(code)).toBe(exponent);
  });

  test.each(['gbp', 'GB', 'XXX', '$', '', '__proto__', 'constructor'])('%j is no currency', (code) => {
    expect(isCurrency(code)).toBe(false);
    expect(() => currencyExponent(code)).toThrow(RangeError);
  });

  test('the table agrees with the one of the JavaScript engine, except where that follows custom instead of ISO 4217', () => {
    const custom: string[] = [];
    for (const code of CURRENCIES) {
      expect(code).toMatch(/^[A-Z]{3}$/);
      const digits = new Intl.NumberFormat('en', { style: 'currency', currency: code }).resolvedOptions();
      if (digits.maximumFractionDigits !== currencyExponent(code)) custom.push(code);
    }
    expect(new Set(CURRENCIES).size).toBe(CURRENCIES.length);
    expect(CURRENCIES.length).toBeGreaterThan(150);
    expect(custom.filter((code) => !FEWER_DIGITS_BY_CUSTOM.includes(code))).toEqual([]);
  });
});

/** Where the engine's data (CLDR) shows fewer digits than ISO 4217 gives the minor unit. */
const FEWER_DIGITS_BY_CUSTOM = 'AFN ALL COP HUF IDR IQD IRR KPW LAK LBP MGA MMK PKR SOS SYP YER'.split(' ');

describe('money', () => {
  test.each([
    ['48000.00', 'GBP', 4_800_000n, '48000.00'],
    ['48000', 'JPY', 48_000n, '48000'],
    ['-0.005', 'BHD', -5n, '-0.005'],
    ['0.1', 'EUR', 10n, '0.10'],
    ['1e3', 'USD', 100_000n, '1000.00'],
    ['-0', 'USD', 0n, '0.00'],
    ['92233720368547758.07', 'USD', 9_223_372_036_854_775_807n, '92233720368547758.07'],
  ])('%s %s', (text, currency, minor, formatted) => {
    expect(parseMoney(text, currency)).toEqual({ minor, currency });
    expect(formatMoney({ minor, currency })).toBe(formatted);
  });

  test('refuses what would need rounding, what is no number, and what is no currency', () => {
    expect(() => parseMoney('0.005', 'GBP')).toThrow('more decimals');
    expect(() => parseMoney('1.5', 'JPY')).toThrow('more decimals');
    expect(() => parseMoney('NaN', 'GBP')).toThrow(RangeError);
    expect(() => parseMoney('1', 'XYZ')).toThrow(RangeError);
    expect(() => money(1n, 'gbp')).toThrow(RangeError);
  });

  test('format and parse are inverse in every currency', () => {
    fc.assert(
      fc.property(fc.bigInt(-(10n ** 18n), 10n ** 18n), fc.constantFrom(...CURRENCIES), (minor, currency) => {
        expect(parseMoney(formatMoney({ minor, currency }), currency)).toEqual({ minor, currency });
      }),
    );
  });

  test('sums, and refuses mixed currencies', () => {
    expect(addMoney(money(1n, 'GBP'), money(-3n, 'GBP'))).toEqual(money(-2n, 'GBP'));
    expect(sumMoney([], 'JPY')).toEqual(money(0n, 'JPY'));
    expect(sumMoney([money(2n, 'EUR'), money(3n, 'EUR')], 'EUR')).toEqual(money(5n, 'EUR'));
    expect(() => addMoney(money(1n, 'GBP'), money(1n, 'EUR'))).toThrow('cannot be added');
    expect(() => sumMoney([money(1n, 'GBP')], 'EUR')).toThrow('cannot be added');
  });
});

describe('lineTotal', () => {
  test.each([
    ['0.005', '1', 'GBP', 1n],
    ['0.004', '1', 'GBP', 0n],
    ['-0.005', '1', 'GBP', -1n],
    ['2.675', '1', 'USD', 268n],
    ['1.005', '100', 'USD', 10_050n],
    ['0.0125', '3', 'GBP', 4n],
    ['310.50', '14', 'GBP', 434_700n],
    ['0.5', '1', 'JPY', 1n],
    ['1.0005', '1', 'BHD', 1001n],
    ['99.99', '-2', 'EUR', -19_998n],
    ['0.1', '0', 'EUR', 0n],
    ['1149.9999999999998', '1', 'GBP', 115_000n],
  ])('%s x %s %s is %i minor units', (price, quantity, currency, minor) => {
    expect(lineTotal(price, quantity, currency)).toEqual({ minor, currency });
  });

  test.each([
    ['95', '60', { percent: '5', amount: '0' }, 541_500n],
    ['0.01', '1', { percent: '50', amount: '0' }, 1n],
    ['10', '3', { percent: '33.333', amount: '0.01' }, 1999n],
    ['10', '1', { percent: '100', amount: '0' }, 0n],
    ['10', '1', { percent: '0', amount: '2.50' }, 750n],
  ])('%s x %s less %j', (price, quantity, discount, minor) => {
    expect(lineTotal(price, quantity, 'GBP', discount).minor).toBe(minor);
  });

  test('refuses a percentage outside 0 to 100 and factors that are no numbers', () => {
    expect(() => lineTotal('1', '1', 'GBP', { percent: '100.01', amount: '0' })).toThrow(RangeError);
    expect(() => lineTotal('1', '1', 'GBP', { percent: '-1', amount: '0' })).toThrow(RangeError);
    expect(() => lineTotal('NaN', '1', 'GBP')).toThrow(RangeError);
    expect(() => lineTotal('1', 'Infinity', 'GBP')).toThrow(RangeError);
  });

  test('agrees with exact rationals, rounded once, half away from zero', () => {
    const percents = fc.integer({ min: 0, max: 100_000 }).map((n) => decimalText({ unscaled: BigInt(n), scale: 3 }));
    fc.assert(
      fc.property(
        decimals,
        decimals,
        percents,
        fc.constantFrom('GBP', 'JPY', 'BHD'),
        (price, quantity, percent, currency) => {
          const [pn, pd] = rational(price);
          const [qn, qd] = rational(quantity);
          const [cn, cd] = rational(percent);
          const scale = 10n ** BigInt(currencyExponent(currency));
          const expected = nearest(pn * qn * (100n * cd - cn) * scale, pd * qd * 100n * cd);
          expect(lineTotal(price, quantity, currency, { percent, amount: '0' }).minor).toBe(expected);
        },
      ),
      { numRuns: 2000 },
    );
  });
});
