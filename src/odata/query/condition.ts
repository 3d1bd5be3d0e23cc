import type { EdmType } from '../../reporting/dataset.js';
import { badRequest, notImplemented } from '../odata.error.js';
import type { Comparison, Expression, FunctionName, Literal, PropertyPath } from './ast.js';
import { boundType, type Family, familyOf, literalFamily } from './literal.js';

/** A property that a path leads to, as SQL over the aliases of the statement. */
export interface FoundColumn {
  readonly sql: string;
  readonly type: EdmType;
  readonly nullable: boolean;
}

/** Where names of an expression are looked up and its values are bound. */
export interface Scope {
  /** The property at the end of the path; 400 or 501 when there is none. */
  column(path: PropertyPath, option: string): FoundColumn;
  /** Binds a value and answers its mark, such as `$3`. */
  bind(value: unknown): string;
}

/** A part of the condition in SQL; `family` is null for what is always null. */
interface Part {
  readonly sql: string;
  readonly family: Family | null;
  readonly nullable: boolean;
}

const OPERATORS: Readonly<Record<Comparison, string>> = { eq: '=', ne: '<>', gt: '>', ge: '>=', lt: '<', le: '<=' };
const OPTION = '$filter';

/**
 * The expression of $filter as a SQL condition, with every name checked and every value bound. Comparisons answer true or
 * false whatever is null (OData 4.01 part 2, section 5.1.1.1): null equals null alone, and is neither less nor greater.
 */
export function conditionOf(expression: Expression, scope: Scope): string {
  const part = partOf(expression, scope);
  return truth(part, expression).sql;
}

function partOf(expression: Expression, scope: Scope): Part {
  switch (expression.kind) {
    case 'literal':
      return literal(expression, scope);
    case 'path': {
      const { sql, type, nullable } = scope.column(expression, OPTION);
      return { sql, family: familyOf(type), nullable };
    }
    case 'compare':
      return compare(expression.operator, expression, scope);
    case 'junction': {
      const parts = expression.operands.map((operand) => truth(partOf(operand, scope), operand).sql);
      return { sql: `(${parts.join(` ${expression.operator} `)})`, family: 'BOOLEAN', nullable: true };
    }
    case 'not':
      return {
        sql: `(not ${truth(partOf(expression.operand, scope), expression.operand).sql})`,
        family: 'BOOLEAN',
        nullable: true,
      };
    case 'in':
      return membership(expression.left, expression.list, scope);
    default:
      return call(expression.name, expression.args, scope);
  }
}

function truth(part: Part, { at }: Expression): Part {
  if (part.family !== null && part.family !== 'BOOLEAN')
    throw badRequest(`${OPTION}: expected something that is true or false, found a ${word(part.family)}`, OPTION, at);
  return part;
}

function literal(value: Literal, scope: Scope): Part {
  const family = literalFamily(value.type);
  if (family === null) return { sql: 'null', family, nullable: true };
  if (family === 'BOOLEAN') return { sql: value.text, family, nullable: false };
  const type = boundType(value, OPTION);
  return { sql: `${scope.bind(value.text)}::${type}`, family, nullable: false };
}

function compare(
  operator: Comparison,
  { left, right }: { readonly left: Expression; readonly right: Expression },
  scope: Scope,
): Part {
  const a = partOf(left, scope);
  const b = partOf(right, scope);
  if (a.family !== null && b.family !== null && a.family !== b.family)
    throw badRequest(`${OPTION}: a ${word(a.family)} is not compared with a ${word(b.family)}`, OPTION, right.at);
  const boolean = (sql: string): Part => ({ sql: `(${sql})`, family: 'BOOLEAN', nullable: false });
  if (a.family === null || b.family === null) return boolean(withNull(operator, a, b));
  const isNullable = a.nullable || b.nullable;
  const plain = `${a.sql} ${OPERATORS[operator]} ${b.sql}`;
  if (!isNullable) return boolean(plain);
  if (operator === 'ne') return boolean(`${a.sql} is distinct from ${b.sql}`);
  // With one side null at most, "equal" is the plain comparison, which an index serves.
  if (operator === 'eq' && a.nullable && b.nullable) return boolean(`${a.sql} is not distinct from ${b.sql}`);
  return boolean(`coalesce(${plain}, false)`);
}

function withNull(operator: Comparison, a: Part, b: Part): string {
  if (operator !== 'eq' && operator !== 'ne') return 'false';
  if (a.family === null && b.family === null) return String(operator === 'eq');
  return `${(a.family === null ? b : a).sql} is ${operator === 'eq' ? '' : 'not '}null`;
}

function membership(left: Expression, list: readonly Literal[], scope: Scope): Part {
  const part = partOf(left, scope);
  if (part.family === null) throw notImplemented('"in" of null', OPTION, left.at);
  const given = list.filter(({ type }) => type !== 'NULL');
  const other = given.find(({ type }) => literalFamily(type) !== part.family);
  if (other)
    throw badRequest(
      `${OPTION}: a ${word(part.family)} is not compared with a ${word(literalFamily(other.type)!)}`,
      OPTION,
      other.at,
    );
  const types = new Set(given.map((value) => boundType(value, OPTION)));
  const type = types.has('numeric') ? 'numeric' : [...types][0];
  const any =
    type === undefined ? 'false' : `${part.sql} = any(${scope.bind(given.map(({ text }) => text))}::${type}[])`;
  const orNull = given.length < list.length ? ` or ${part.sql} is null` : '';
  return { sql: `(coalesce(${any}, false)${orNull})`, family: 'BOOLEAN', nullable: false };
}

function call(name: FunctionName, args: readonly Expression[], scope: Scope): Part {
  const parts = args.map((arg) => partOf(arg, scope));
  const nullable = parts.some((part) => part.nullable);
  const [a, b] = parts.map(({ sql, family }) => (family === null ? 'null::text' : sql));
  const expect = (allowed: readonly Family[]): void =>
    parts.forEach(({ family }, index) => {
      if (family === null || allowed.includes(family)) return;
      throw badRequest(
        `${OPTION}: ${name} takes a ${allowed.map(word).join(' or a ')}, not a ${word(family)}`,
        OPTION,
        args[index]!.at,
      );
    });
  const text = (sql: string, family: Family): Part => {
    expect(['STRING']);
    return { sql, family, nullable };
  };
  switch (name) {
    case 'contains':
      return text(`(strpos(${a}, ${b}) > 0)`, 'BOOLEAN');
    case 'startswith':
      return text(`starts_with(${a}, ${b})`, 'BOOLEAN');
    case 'endswith':
      return text(`(right(${a}, length(${b})) = ${b})`, 'BOOLEAN');
    case 'tolower':
      return text(`lower(${a})`, 'STRING');
    case 'toupper':
      return text(`upper(${a})`, 'STRING');
    case 'trim':
      return text(`btrim(${a})`, 'STRING');
    case 'length':
      return text(`length(${a})`, 'NUMBER');
    case 'date':
      expect(['INSTANT']);
      return { sql: `(${inUtc(a!, parts[0]!)})::date`, family: 'DATE', nullable };
    default:
      expect(['DATE', 'INSTANT']);
      return { sql: `extract(${name} from ${inUtc(a!, parts[0]!)})`, family: 'NUMBER', nullable };
  }
}

/** Days and their parts are those of UTC, in which the feed writes every instant. */
function inUtc(sql: string, { family }: Part): string {
  if (family === null) return 'null::date';
  return family === 'INSTANT' ? `(${sql} at time zone 'UTC')` : sql;
}

const word = (family: Family): string =>
  ({ GUID: 'guid', STRING: 'string', BOOLEAN: 'boolean', NUMBER: 'number', DATE: 'date', INSTANT: 'date and time' })[
    family
  ];
