import type { EdmType } from '../../reporting/dataset.js';
import { badRequest } from '../odata.error.js';
import type { Literal } from './ast.js';
import type { LiteralType } from './tokens.js';

/** Types that are compared with each other; all numbers are one. */
export type Family = 'GUID' | 'STRING' | 'BOOLEAN' | 'NUMBER' | 'DATE' | 'INSTANT';

const FAMILIES: Readonly<Record<EdmType, Family>> = {
  'Edm.Guid': 'GUID',
  'Edm.String': 'STRING',
  'Edm.Boolean': 'BOOLEAN',
  'Edm.Int32': 'NUMBER',
  'Edm.Int64': 'NUMBER',
  'Edm.Decimal': 'NUMBER',
  'Edm.Date': 'DATE',
  'Edm.DateTimeOffset': 'INSTANT',
};

/** The PostgreSQL type that holds values of each type. */
export const SQL_TYPES: Readonly<Record<EdmType, string>> = {
  'Edm.Guid': 'uuid',
  'Edm.String': 'text',
  'Edm.Boolean': 'boolean',
  'Edm.Int32': 'integer',
  'Edm.Int64': 'bigint',
  'Edm.Decimal': 'numeric',
  'Edm.Date': 'date',
  'Edm.DateTimeOffset': 'timestamptz',
};

export const familyOf = (type: EdmType): Family => FAMILIES[type];

/** The family of a literal; null for `null`, which fits every one. */
export function literalFamily(type: LiteralType): Family | null {
  if (type === 'NULL') return null;
  return type === 'INTEGER' || type === 'DECIMAL' ? 'NUMBER' : type;
}

/** An offset of more than 14 hours (XML Schema 1.1 part 2, section 3.3.7). */
const FAR_ZONE = /T.*[+-](1[5-9]|2\d|14:(?!00)):?/;
const LARGEST_BIGINT = 2n ** 63n;

/**
 * The PostgreSQL type under which a literal is bound: a whole number within 64 bits as such, so that an index on a column
 * of whole numbers still serves. 400 for a day that no calendar has.
 */
export function boundType({ type, text, at }: Pick<Literal, 'type' | 'text' | 'at'>, option: string): string {
  switch (type) {
    case 'GUID':
      return 'uuid';
    case 'BOOLEAN':
      return 'boolean';
    case 'INTEGER':
      return text.length < 20 && isBigint(BigInt(text)) ? 'bigint' : 'numeric';
    case 'DECIMAL':
      return 'numeric';
    case 'DATE':
    case 'INSTANT':
      if (!isDay(text.slice(0, 10))) throw badRequest(`There is no day ${text.slice(0, 10)}`, option, at);
      if (FAR_ZONE.test(text)) throw badRequest('No time zone is farther from UTC than 14 hours', option, at);
      return type === 'DATE' ? 'date' : 'timestamptz';
    default:
      return 'text';
  }
}

const isBigint = (value: bigint): boolean => value < LARGEST_BIGINT && value >= -LARGEST_BIGINT;

const DAY = /^(\d{4})-(\d{2})-(\d{2})$/;

/** Whether the proleptic Gregorian calendar has the day, in the years 1 to 9999. */
export function isDay(text: string): boolean {
  const [, year, month, day] = (DAY.exec(text) ?? []).map(Number);
  if (!year || !month || !day) return false;
  const leap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  const days = [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1] ?? 0;
  return day <= days;
}
