import fc from 'fast-check';
import { rowMakerOf } from '../../src/core/row-maker.js';
import { instanceMaker } from '../../src/core/unrolled.js';

/** Names of every kind: whoever could end the quotation of one would write the rest of the program. */
const name = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom('__proto__', 'constructor', '"', '\\', '"]: 1, ["', '\n', '\u2028', '${x}', "'; throw 1; '"),
);
const names = fc.uniqueArray(name, { maxLength: 12 });

describe('a row that is made by written-out code', () => {
  it('has each field under its name, read by its parser, whatever the names are', () => {
    fc.assert(
      fc.property(names, fc.array(fc.option(fc.string()), { minLength: 12, maxLength: 12 }), (columns, fields) => {
        const length = (text: string): number => text.length;
        const parsers = columns.map((_, at) => (at % 2 === 0 ? null : length));
        const row = rowMakerOf(columns, parsers)(fields);
        const expected = columns.map((column, at) => [
          column,
          at % 2 === 0 ? fields[at] : (fields[at]?.length ?? null),
        ]);
        expect(new Map(Object.entries(row))).toEqual(new Map(expected as [string, unknown][]));
        expect(Object.getPrototypeOf(row)).toBe(Object.prototype);
      }),
    );
  });

  it('is made by the same function for the same columns and types, and by another one for others', () => {
    expect(rowMakerOf(['a', 'b'], [null, Number])).toBe(rowMakerOf(['a', 'b'], [null, Number]));
    expect(rowMakerOf(['a', 'b'], [null, Number])).not.toBe(rowMakerOf(['a', 'b'], [null, null]));
    expect(rowMakerOf(['a,b'], [null])).not.toBe(rowMakerOf(['a', 'b'], [null, null]));
  });
});

describe('an instance that is made by written-out code', () => {
  it('has each column under its property, turned by its transformer', () => {
    class Thing {
      readonly kind = 'thing';
    }
    fc.assert(
      fc.property(
        fc.uniqueArray(
          name.filter((one) => one !== '__proto__' && one !== 'kind'),
          { maxLength: 12 },
        ),
        (properties) => {
          const filled = properties.map((property, at) => ({
            property,
            column: `c"${at}`,
            from: at % 2 === 0 ? null : (value: unknown): unknown => [value],
          }));
          const row = Object.fromEntries(filled.map(({ column }, at) => [column, at]));
          const made = instanceMaker(Thing, filled)(row);
          expect(made).toBeInstanceOf(Thing);
          const expected = properties.map((property, at) => [property, at % 2 === 0 ? at : [at]]);
          expect(new Map(Object.entries(made))).toEqual(
            new Map([['kind', 'thing'], ...expected] as [string, unknown][]),
          );
        },
      ),
    );
  });
});
