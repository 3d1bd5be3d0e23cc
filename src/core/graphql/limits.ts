import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  getNamedType,
  GraphQLError,
  type GraphQLField,
  type GraphQLSchema,
  isCompositeType,
  isInterfaceType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
  type GraphQLNamedType,
} from 'graphql';
import { introspectionRows, metaField } from './introspection-rows.js';

/** Bounds of one document; every one is a refusal with the figure, never a timeout. */
export interface DocumentLimits {
  readonly depth: number;
  /** Fields that would be answered at the most, pages counted with the size that was asked for. */
  readonly cost: number;
  readonly aliases: number;
  readonly rootFields: number;
  readonly directives: number;
}

export const DEFAULT_LIMITS: DocumentLimits = { depth: 12, cost: 50_000, aliases: 30, rootFields: 20, directives: 20 };

/** Of a document that asks for the schema alone: one whole schema, which is deeper than any question about data. */
export const INTROSPECTION_LIMITS: DocumentLimits = { ...DEFAULT_LIMITS, depth: 20, cost: 75_000 };

/** Tokens of a document, refused by the parser itself. */
export const MAX_TOKENS = 2_000;

/** Rows that a list is taken to have where its size cannot be asked for. */
const TYPICAL_LIST = 10;

/** Arguments by which the size of a list is asked for: of a page, and of a list that hangs on a row. */
const SIZES: ReadonlySet<string> = new Set(['first', 'newest']);

/** Whether an argument of this name says how many rows a list has at the most. */
export const isSizeOfList = (argument: string): boolean => SIZES.has(argument);

interface Weight {
  readonly depth: number;
  readonly cost: number;
}

/**
 * Refuses a document that would answer too much. Each fragment is weighed once, so that a chain of fragments which
 * doubles at every link costs linear time to refuse, and sizes of lists are counted whether literal, variable or default
 * (public limiters are blind to variables, reliability 3). Answers the cost.
 */
export function assertWithinLimits(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
  variables: Readonly<Record<string, unknown>>,
  limits: DocumentLimits,
): number {
  const root = schema.getRootType(operation.operation);
  if (!root) return 0;
  refuseAbove(
    'aliases',
    countNodes(document, (node) => node.kind === Kind.FIELD && node.alias !== undefined),
    limits.aliases,
  );
  refuseAbove(
    'directives',
    countNodes(document, (node) => node.kind === Kind.DIRECTIVE),
    limits.directives,
  );
  const scale = new Scale(schema, document, operation, variables);
  refuseAbove('rootFields', scale.countFields(operation.selectionSet, limits.rootFields), limits.rootFields);
  const { depth, cost } = scale.weighWhole(operation.selectionSet, root);
  refuseAbove('depth', depth, limits.depth);
  refuseAbove('cost', cost, limits.cost);
  return cost;
}

/** What the operation costs by the same count: fields that would be answered at the most. */
export function costOf(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
  variables: Readonly<Record<string, unknown>>,
): number {
  const root = schema.getRootType(operation.operation);
  return root ? new Scale(schema, document, operation, variables).weighWhole(operation.selectionSet, root).cost : 0;
}

function refuseAbove(limit: string, actual: number, allowed: number): void {
  if (actual <= allowed) return;
  throw new GraphQLError(
    `The document is too large: ${limit} is ${Math.min(actual, 1e12)}, at most ${allowed} is allowed.`,
    {
      extensions: {
        code: 'QUERY_TOO_COSTLY',
        limit,
        allowed,
        remedy: 'Ask for smaller pages or fewer fields, in several requests.',
      },
    },
  );
}

class Scale {
  private readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  private readonly known = new Map<string, Weight>();
  private readonly variables: Readonly<Record<string, unknown>>;

  constructor(
    private readonly schema: GraphQLSchema,
    document: DocumentNode,
    operation: OperationDefinitionNode,
    variables: Readonly<Record<string, unknown>>,
  ) {
    // What the request leaves out is filled in by the executor, after this: the document's default counts here too.
    const defaults = (operation.variableDefinitions ?? []).flatMap(({ variable, defaultValue }) =>
      defaultValue?.kind === Kind.INT ? [[variable.name.value, defaultValue.value]] : [],
    );
    this.variables = { ...Object.fromEntries(defaults), ...variables };
    const definitions = document.definitions.filter(
      (d): d is FragmentDefinitionNode => d.kind === Kind.FRAGMENT_DEFINITION,
    );
    this.fragments = new Map(definitions.map((d) => [d.name.value, d]));
  }

  /** Fields of a selection with its fragments opened, counted to just above the limit. */
  countFields(selections: SelectionSetNode, limit: number, counted = 0): number {
    let count = counted;
    for (const selection of selections.selections) {
      if (count > limit) return count;
      if (selection.kind === Kind.FIELD) count++;
      else {
        const inner = selection.kind === Kind.INLINE_FRAGMENT ? selection : this.fragments.get(selection.name.value);
        if (inner) count = this.countFields(inner.selectionSet, limit, count);
      }
    }
    return count;
  }

  /** The weight of an operation, in whole fields. */
  weighWhole(selections: SelectionSetNode, root: GraphQLNamedType): Weight {
    const { depth, cost } = this.weigh(selections, root);
    return { depth, cost: Math.ceil(cost) };
  }

  private weigh(selections: SelectionSetNode, parent: GraphQLNamedType): Weight {
    let depth = 0;
    let cost = 0;
    for (const selection of selections.selections) {
      const part = this.weighOne(selection, parent);
      depth = Math.max(depth, part.depth);
      cost += part.cost;
    }
    return { depth, cost };
  }

  private weighOne(selection: SelectionSetNode['selections'][number], parent: GraphQLNamedType): Weight {
    if (selection.kind === Kind.FIELD) return this.weighField(selection, parent);
    if (selection.kind === Kind.INLINE_FRAGMENT) {
      const condition = selection.typeCondition && this.schema.getType(selection.typeCondition.name.value);
      return this.weigh(selection.selectionSet, condition ?? parent);
    }
    return this.weighFragment(selection.name.value);
  }

  private weighFragment(name: string): Weight {
    const known = this.known.get(name);
    if (known) return known;
    // A cycle is refused by validation; here it only must not recurse for ever.
    this.known.set(name, { depth: 0, cost: 0 });
    const fragment = this.fragments.get(name);
    const type = fragment && this.schema.getType(fragment.typeCondition.name.value);
    const weight = fragment && type ? this.weigh(fragment.selectionSet, type) : { depth: 0, cost: 0 };
    this.known.set(name, weight);
    return weight;
  }

  private weighField(node: FieldNode, parent: GraphQLNamedType): Weight {
    const field = this.fieldOf(parent, node.name.value);
    const type = field && getNamedType(field.type);
    if (!node.selectionSet || !type || !isCompositeType(type)) return { depth: 1, cost: 1 };
    const inner = this.weigh(node.selectionSet, type);
    return { depth: inner.depth + 1, cost: 1 + inner.cost * this.rows(node, field) };
  }

  private fieldOf(parent: GraphQLNamedType, name: string): GraphQLField<unknown, unknown> | undefined {
    if (!isObjectType(parent) && !isInterfaceType(parent)) return undefined;
    return parent.getFields()[name] ?? (parent === this.schema.getQueryType() ? metaField(name) : undefined);
  }

  private rows(node: FieldNode, field: GraphQLField<unknown, unknown>): number {
    const declared = field.args.find(({ name }) => isSizeOfList(name));
    if (declared) {
      const given = node.arguments?.find((arg) => arg.name.value === declared.name)?.value;
      const value =
        given?.kind === Kind.VARIABLE
          ? this.variables[given.name.value]
          : given?.kind === Kind.INT
            ? given.value
            : null;
      return Math.max(1, Number(value ?? declared.defaultValue ?? TYPICAL_LIST));
    }
    // The edges of a connection are already counted by its `first`.
    if (field.name === 'edges') return 1;
    return introspectionRows(this.schema).get(field) ?? (String(field.type).startsWith('[') ? TYPICAL_LIST : 1);
  }
}

function countNodes(root: unknown, matches: (node: { kind: Kind; alias?: unknown }) => boolean): number {
  let count = 0;
  const stack: unknown[] = [root];
  while (stack.length > 0) {
    const node = stack.pop();
    if (Array.isArray(node)) stack.push(...(node as unknown[]));
    else if (node && typeof node === 'object' && 'kind' in node) {
      if (matches(node as { kind: Kind })) count++;
      for (const [key, value] of Object.entries(node)) if (key !== 'loc') stack.push(value);
    }
  }
  return count;
}
