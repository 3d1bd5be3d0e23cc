import {
  getNamedType,
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLObjectType,
  type GraphQLSchema,
  isCompositeType,
  isObjectType,
  isRequiredArgument,
  isUnionType,
  type OperationDefinitionNode,
  parse,
  validate,
} from 'graphql';
import { assertWithinLimits, DEFAULT_LIMITS } from '../../../src/core/graphql/limits.js';
import { Dice } from './dice.js';
import { type Candidates, literalOf, valueOf } from './values.js';

/** An operation as a client sends it. */
export interface Asked {
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly operationName?: string;
}

/** What documents are made of. */
export interface Material {
  readonly schema: GraphQLSchema;
  readonly candidates: Candidates;
  /** Whether a field, as `Type.field`, is left out, because whoever asks may not. */
  readonly leave: (path: string) => boolean;
}

type Field = GraphQLField<unknown, unknown>;

/** How deep rows are nested in rows; a page's edges and nodes are no depth of their own. */
const DEEPEST = 6;
/** How often a document may go beyond a limit (core/graphql/limits.ts), or ask what the asker may not. */
const BEYOND = 0.02;

/** Names of SQL or JavaScript, of columns and aliases in statements; some differ by case alone, or beyond 63 bytes. */
const NAMES = [
  'select',
  'order',
  'a',
  'A',
  'constructor',
  'toString',
  '__proto__',
  'then',
  'json',
  'data',
  '_',
  'node',
  'id',
  'version',
  'position',
  'c',
  'e',
  'l',
  'n',
  'o',
  'r',
  't0',
  't1',
  't2',
  `long${'g'.repeat(70)}1`,
  `long${'g'.repeat(70)}2`,
];
const PAGE = /(Connection|Edge)$/;

/** A valid query operation by its seed: the same for the same seed and material. */
export function documentOf(seed: number, material: Material): Asked {
  const dice = new Dice(seed);
  for (;;) {
    const draft = new Draft(dice, dice.chance(BEYOND) ? { ...material, leave: () => false } : material);
    const asked = draft.operation();
    const document = parse(asked.query);
    if (validate(material.schema, document).length > 0) continue;
    if (dice.chance(BEYOND)) return asked;
    const operation = document.definitions[0] as OperationDefinitionNode;
    try {
      assertWithinLimits(material.schema, document, operation, asked.variables, DEFAULT_LIMITS);
      return asked;
    } catch {
      // Another throw: most documents are to be executed.
    }
  }
}

class Draft {
  private readonly declared: { readonly name: string; readonly type: string; readonly text: string }[] = [];
  private readonly variables: Record<string, unknown> = {};
  private readonly fragments: { readonly name: string; readonly type: string; readonly text: string }[] = [];
  private aliases = 0;
  private directives = 0;
  /** Fields that may still be asked. */
  private left: number;

  constructor(
    private readonly dice: Dice,
    private readonly material: Material,
  ) {
    this.left = dice.pick([8, 20, 40, 80, 160]);
  }

  operation(): Asked {
    const { dice, variables } = this;
    const type = this.material.schema.getQueryType()!;
    const fields = Object.values(type.getFields()).filter(({ name }) => !this.material.leave(`${type.name}.${name}`));
    const roots = dice.some(fields, dice.pick([1, 1, 1, 2, 3])).flatMap((field) => {
      const text = this.field(type, field, DEEPEST);
      // The same root again, with arguments of its own.
      return dice.chance(0.15) ? [text, this.field(type, field, DEEPEST - 3, true)] : [text];
    });
    if (dice.chance(0.1)) roots.push(this.typename());
    const body = `{ ${roots.join(' ')} }`;
    const declared = this.declared.map(({ text }) => text).join(', ');
    const named = this.fragments.map(({ name, type: on, text }) => `fragment ${name} on ${on} ${text}`);
    const isNamed = dice.chance(0.5);
    const head = `query${isNamed ? ' Asked' : ''}${declared ? ` (${declared})` : ''}`;
    const other = isNamed && dice.chance(0.1) ? ['query Other { me { id } }'] : [];
    return {
      query: [declared || isNamed ? `${head} ${body}` : body, ...other, ...named].join('\n'),
      variables,
      ...(other.length > 0 ? { operationName: 'Asked' } : {}),
    };
  }

  private selection(type: GraphQLNamedType, depth: number): string {
    const parts = isUnionType(type)
      ? this.members(type.getTypes(), depth)
      : this.fields(type as GraphQLObjectType, depth);
    if (this.dice.chance(0.15) || parts.length === 0)
      parts.splice(this.dice.below(parts.length + 1), 0, this.typename());
    return `{ ${parts.join(' ')} }`;
  }

  private members(types: readonly GraphQLObjectType[], depth: number): string[] {
    const chosen = types.filter(() => this.dice.chance(0.8));
    return chosen.map((member) => `... on ${member.name} ${this.selection(member, depth)}`);
  }

  private fields(type: GraphQLObjectType, depth: number): string[] {
    const { dice, material } = this;
    const all = Object.values(type.getFields()).filter(({ name }) => !material.leave(`${type.name}.${name}`));
    const isPage = PAGE.test(type.name);
    const [leaves, rows] = [all.filter((one) => !isRows(one)), all.filter(isRows)];
    const width = isPage ? 1 : dice.chance(0.1) ? leaves.length : 1 + dice.below(5);
    const deep = depth > 0 && this.left > 0;
    const asked = [
      ...dice.some(leaves, width).filter(() => !isPage || dice.chance(0.5)),
      ...(isPage ? rows.filter(({ name }) => dice.chance(name === 'pageInfo' ? 0.4 : 0.95)) : []),
      ...(isPage || !deep ? [] : dice.some(rows, dice.pick([0, 1, 1, 2, 3]))),
    ];
    return dice.some(asked, asked.length).flatMap((field) => {
      const text = this.field(type, field, PAGE.test(type.name) ? depth : depth - 1);
      return this.again(field, text, depth).map((one) => this.wrapped(type, one));
    });
  }

  /** The text, and now and then the same field once more: both are merged into one. */
  private again(field: Field, text: string, depth: number): string[] {
    if (!this.dice.chance(0.05)) return [text];
    const type = getNamedType(field.type);
    if (!isCompositeType(type)) return [text, text];
    const head = text.slice(0, text.indexOf('{'));
    // An input object's brace is no selection's.
    return head.includes('(') ? [text, text] : [text, `${head}${this.selection(type, depth - 2)}`];
  }

  private wrapped(type: GraphQLObjectType, text: string): string {
    const { dice } = this;
    const way = dice.next();
    if (way < 0.06) return `... ${this.directive()}{ ${text} }`;
    if (way < 0.12) return `... on ${type.name} ${this.directive()}{ ${text} }`;
    if (way > 0.06 + 0.12) return text;
    const known = this.fragments.filter((one) => one.type === type.name);
    if (known.length > 0 && dice.chance(0.4)) return `${text} ...${dice.pick(known).name}`;
    const name = `F${this.fragments.length}`;
    this.fragments.push({ name, type: type.name, text: `{ ${text} }` });
    return `...${name} ${this.directive()}`;
  }

  private field(parent: GraphQLObjectType, field: Field, depth: number, isAliased = false): string {
    this.left--;
    const type = getNamedType(field.type);
    const alias = isAliased || this.dice.chance(0.08) ? this.alias() : '';
    const given = this.arguments(parent.name === 'Query' ? field.name : `${parent.name}.${field.name}`, field.args);
    const head = `${alias}${field.name}${given} ${this.directive()}`;
    return isCompositeType(type) ? `${head}${this.selection(type, depth)}` : head.trimEnd();
  }

  private typename(): string {
    return `${this.dice.chance(0.2) ? this.alias() : ''}__typename`;
  }

  private alias(): string {
    if (this.aliases >= DEFAULT_LIMITS.aliases) return '';
    this.aliases++;
    return this.dice.chance(0.5) ? `${this.dice.pick(NAMES)}: ` : `x${this.aliases}: `;
  }

  private directive(): string {
    if (this.directives >= DEFAULT_LIMITS.directives || !this.dice.chance(0.04)) return '';
    this.directives++;
    const name = this.dice.pick(['include', 'skip']);
    const value = this.dice.chance(0.75) === (name === 'include');
    return `@${name}(if: ${this.dice.chance(0.5) ? String(value) : this.variable('Boolean!', value)}) `;
  }

  private arguments(owner: string, args: readonly GraphQLArgument[]): string {
    const given = args.filter((arg) => isRequiredArgument(arg) || this.dice.chance(arg.name === 'first' ? 0.8 : 0.4));
    const parts = given.map((arg) => `${arg.name}: ${this.argument(owner, arg)}`);
    return parts.length > 0 ? `(${parts.join(', ')})` : '';
  }

  private argument(owner: string, arg: GraphQLArgument): string {
    const { dice } = this;
    const { candidates } = this.material;
    if (dice.chance(0.5)) return literalOf(valueOf(dice, candidates, owner, arg, false), arg.type);
    const type = String(arg.type);
    const known = this.declared.filter((one) => one.type === type && one.text.indexOf('=') < 0);
    if (known.length > 0 && dice.chance(0.2)) return `$${dice.pick(known).name}`;
    // An argument with a default takes a variable that may be left out (GraphQL October 2021, 5.8.5).
    const isLoose = arg.defaultValue !== undefined && dice.chance(0.2);
    const declared = isLoose ? type.replace(/!$/, '') : type;
    const standard = dice.chance(0.3) ? ` = ${literalOf(valueOf(dice, candidates, owner, arg, false), arg.type)}` : '';
    const isGiven = !(standard || isLoose || !type.endsWith('!')) || dice.chance(0.8);
    return isGiven
      ? this.variable(declared, valueOf(dice, candidates, owner, arg, true), standard)
      : this.variable(declared, undefined, standard);
  }

  /** Declares a variable; it is sent unless its value is undefined. */
  private variable(type: string, value: unknown, standard = ''): string {
    const name = `v${this.declared.length}`;
    this.declared.push({ name, type, text: `$${name}: ${type}${standard}` });
    if (value !== undefined) this.variables[name] = value;
    return `$${name}`;
  }
}

function isRows(field: Field): boolean {
  return isObjectType(getNamedType(field.type)) || isUnionType(getNamedType(field.type));
}
