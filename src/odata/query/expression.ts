import { badRequest, notImplemented } from '../odata.error.js';
import {
  type Comparison,
  type Expression,
  type FunctionName,
  FUNCTIONS,
  type Literal,
  type PropertyPath,
} from './ast.js';
import { TokenReader } from './token-reader.js';

/** How deep brackets, functions and negations may stand in each other. */
const DEEPEST = 64;

const EQUALITY: readonly string[] = ['eq', 'ne'];
const RELATION: readonly string[] = ['gt', 'ge', 'lt', 'le'];
/** Operators that the protocol knows beside those that are read here. */
const ARITHMETIC: readonly string[] = ['add', 'sub', 'mul', 'div', 'divby', 'mod', 'has'];
/** Functions that the protocol knows beside FUNCTIONS (OData 4.01 part 2, section 5.1.1). */
const OTHER_FUNCTIONS: ReadonlySet<string> = new Set([
  'concat',
  'indexof',
  'substring',
  'matchesPattern',
  'hassubset',
  'hassubsequence',
  'hour',
  'minute',
  'second',
  'fractionalseconds',
  'time',
  'totaloffsetminutes',
  'totalseconds',
  'now',
  'mindatetime',
  'maxdatetime',
  'round',
  'floor',
  'ceiling',
  'cast',
  'isof',
  'case',
  'any',
  'all',
  'substringof',
]);
/** How many arguments each takes. */
const ARITY: Readonly<Record<FunctionName, number>> = {
  contains: 2,
  startswith: 2,
  endswith: 2,
  tolower: 1,
  toupper: 1,
  length: 1,
  trim: 1,
  year: 1,
  month: 1,
  day: 1,
  date: 1,
};

const isFunction = (name: string): name is FunctionName => (FUNCTIONS as readonly string[]).includes(name);

/**
 * Reads an expression of $filter. 400 with the position for what is no expression, 501 for what the protocol knows and
 * this feed does not offer. Bounded: DEEPEST levels, and as many parts as the tokens are.
 */
export function parseFilter(text: string): Expression {
  const reader = new TokenReader(text, '$filter');
  const expression = new ExpressionReader(reader).read();
  reader.expectEnd();
  return expression;
}

/** Reads a path of names, of which the last is a property. */
export function readPath(reader: TokenReader): PropertyPath {
  const first = readSegment(reader);
  const names = [first.text];
  while (reader.takeMark('/')) names.push(readSegment(reader).text);
  return { kind: 'path', names, at: first.at };
}

function readSegment(reader: TokenReader): { readonly text: string; readonly at: number } {
  const name = reader.expectName('a property');
  if (['$it', '$root', '$this', '$count', '$filter', '$value', '$ref'].includes(name.text))
    throw notImplemented(name.text, reader.option, name.at);
  if (name.text.startsWith('$')) throw badRequest(`${name.text} stands for nothing here`, reader.option, name.at);
  if (name.text.includes('.')) throw notImplemented('A qualified name', reader.option, name.at);
  return name;
}

class ExpressionReader {
  private depth = 0;

  constructor(private readonly reader: TokenReader) {}

  read(): Expression {
    return this.junction('or', () => this.junction('and', () => this.comparison(EQUALITY, () => this.relation())));
  }

  /** Operands between `and`s or `or`s: one node however many there are. */
  private junction(operator: 'and' | 'or', operand: () => Expression): Expression {
    const first = operand();
    const operands = [first];
    while (this.takeOperator([operator])) operands.push(operand());
    return operands.length === 1 ? first : { kind: 'junction', operator, operands, at: first.at };
  }

  private relation(): Expression {
    const left = this.comparison(RELATION, () => this.operand());
    return this.takeOperator(['in']) ? { kind: 'in', left, list: this.list(), at: left.at } : left;
  }

  /** Comparisons of one rank, from the left. */
  private comparison(operators: readonly string[], operand: () => Expression): Expression {
    let left = operand();
    for (let links = 0; ; links++) {
      const operator = this.takeOperator(operators);
      if (!operator) return left;
      if (links >= DEEPEST) throw badRequest('$filter chains too many comparisons', '$filter', left.at);
      left = { kind: 'compare', operator: operator as Comparison, left, right: operand(), at: left.at };
    }
  }

  /** An operator between spaces, if one of these comes next. */
  private takeOperator(operators: readonly string[]): string | null {
    const { reader } = this;
    const name = reader.peek(1);
    if (reader.peek().kind !== 'space' || name.kind !== 'name') return null;
    if (ARITHMETIC.includes(name.text)) throw notImplemented(`The operator "${name.text}"`, reader.option, name.at);
    if (!operators.includes(name.text)) return null;
    reader.take();
    reader.take();
    if (!reader.skipSpace()) throw reader.unexpected(`a space after "${name.text}"`);
    return name.text;
  }

  private operand(): Expression {
    const { reader } = this;
    if (++this.depth > DEEPEST) throw badRequest('$filter is nested too deeply', reader.option, reader.peek().at);
    const found = this.plainOperand();
    this.depth--;
    return found;
  }

  private plainOperand(): Expression {
    const { reader } = this;
    const token = reader.peek();
    if (token.kind === 'literal') {
      reader.take();
      return token;
    }
    if (token.kind === 'mark' && token.text === '(') {
      reader.take();
      reader.skipSpace();
      const inner = this.read();
      reader.skipSpace();
      reader.expectMark(')');
      return inner;
    }
    if (token.kind !== 'name') throw reader.unexpected('a value, a property or a function');
    if (token.text === 'not' && (reader.peek(1).kind === 'space' || reader.isMark('(', 1))) {
      reader.take();
      reader.skipSpace();
      return { kind: 'not', operand: this.operand(), at: token.at };
    }
    if (reader.isMark('(', 1)) return this.call();
    const path = readPath(reader);
    if (!reader.isMark('(')) return path;
    // Only any and all stand behind a path with brackets, and functions of a service of its own.
    throw notImplemented(`"${path.names.at(-1)}" of a path`, reader.option, path.at);
  }

  private call(): Expression {
    const { reader } = this;
    const { text: name, at } = reader.expectName('a function');
    if (OTHER_FUNCTIONS.has(name) || name.includes('.'))
      throw notImplemented(`The function "${name}"`, reader.option, at);
    if (!isFunction(name)) throw badRequest(`There is no function "${name.slice(0, 40)}"`, reader.option, at);
    reader.expectMark('(');
    const args: Expression[] = [];
    do {
      reader.skipSpace();
      args.push(this.read());
      reader.skipSpace();
    } while (reader.takeMark(','));
    reader.expectMark(')');
    if (args.length !== ARITY[name])
      throw badRequest(`${name} takes ${ARITY[name]} and was given ${args.length}`, reader.option, at);
    return { kind: 'call', name, args, at };
  }

  /** The values of `in`, between brackets. */
  private list(): Literal[] {
    const { reader } = this;
    reader.expectMark('(');
    const values: Literal[] = [];
    reader.skipSpace();
    if (reader.takeMark(')')) return values;
    do {
      reader.skipSpace();
      const token = reader.peek();
      if (token.kind === 'name') throw notImplemented('Anything but values in a list', reader.option, token.at);
      if (token.kind !== 'literal') throw reader.unexpected('a value');
      values.push(token);
      reader.take();
      reader.skipSpace();
    } while (reader.takeMark(','));
    reader.expectMark(')');
    return values;
  }
}
