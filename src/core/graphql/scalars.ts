import { GraphQLError, GraphQLScalarType, Kind } from 'graphql';
import { FIRST_YEAR, isTakenYear, LAST_YEAR } from '../local-day.js';

const DATE = /^(\d{4})-(\d{2})-(\d{2})$/;
const DATE_TIME =
  /^(\d{4})-(\d{2})-(\d{2})T([01]\d|2[0-3]):([0-5]\d):([0-5]\d)(\.\d{1,3})?(Z|[+-](?:[01]\d|2[0-3]):[0-5]\d)$/;
const DECIMAL = /^-?(0|[1-9]\d{0,20})(\.\d{1,10})?$/;
/** Which years a day or an instant may lie in. */
const YEARS = `of the years ${FIRST_YEAR} to ${LAST_YEAR}`;

function isRealDay(year: string, month: string, day: string): boolean {
  const date = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day)));
  const isReal = date.getUTCMonth() === Number(month) - 1 && date.getUTCDate() === Number(day);
  return isReal && isTakenYear(Number(year));
}

function textScalar<T>(
  name: string,
  description: string,
  parse: (text: string) => T,
  serialize: (value: unknown) => string,
): GraphQLScalarType<T, string> {
  const parseValue = (value: unknown): T => {
    if (typeof value !== 'string') throw new GraphQLError(`${name} is a string`);
    return parse(value);
  };
  return new GraphQLScalarType<T, string>({
    name,
    description,
    serialize,
    parseValue,
    parseLiteral: (node) => parseValue(node.kind === Kind.STRING ? node.value : null),
  });
}

/** An instant; one text form out, any zone in. Times without a zone and PostgreSQL's words (`now`, `infinity`) are refused. */
export const DateTimeScalar = textScalar<Date>(
  'DateTime',
  `An instant in ISO 8601 with a zone, ${YEARS}, answered as \`2026-11-21T09:30:00.000Z\`. At most milliseconds.`,
  (text) => {
    const match = DATE_TIME.exec(text);
    if (!match || !isRealDay(match[1]!, match[2]!, match[3]!)) {
      throw new GraphQLError(
        `"${text.slice(0, 40)}" is not an instant ${YEARS}: write it as 2026-11-21T09:30:00Z, with a zone`,
      );
    }
    return new Date(text);
  },
  (value) => (value as Date).toISOString(),
);

/** A day of the calendar, without a zone. */
export const LocalDateScalar = textScalar<string>(
  'Date',
  `A day of the calendar, \`2026-11-21\`, ${YEARS}.`,
  (text) => {
    const match = DATE.exec(text);
    if (!match || !isRealDay(match[1]!, match[2]!, match[3]!)) {
      throw new GraphQLError(`"${text.slice(0, 40)}" is not a day of the calendar, ${YEARS}: write it as 2026-11-21`);
    }
    return text;
  },
  (value) => value as string,
);

/** A decimal number that never passes through a float. */
export const DecimalScalar = textScalar<string>(
  'Decimal',
  'A decimal number as a string, such as `"1234.50"`; at most 21 digits before and 10 after the point.',
  (text) => {
    if (!DECIMAL.test(text)) throw new GraphQLError(`"${text.slice(0, 40)}" is not a decimal: write it as "1234.50"`);
    return text;
  },
  (value) => value as string,
);
