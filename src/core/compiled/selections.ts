import type { FieldNode, FragmentDefinitionNode, GraphQLObjectType, GraphQLSchema } from 'graphql';
import { collectFields, collectSubfields } from 'graphql/execution/collectFields.js';

/** The fields of an object that are asked, by response key. */
export type Selection = ReadonlyMap<string, readonly FieldNode[]>;

/** What an operation asks, with its fragments and directives taken in: each selection is collected once. */
export class Selections {
  readonly roots: Selection;
  /** How many fields were looked at so far. */
  fields: number;
  private readonly known = new WeakMap<readonly FieldNode[], Selection>();

  /** The variables are those that decide what is asked. */
  constructor(
    private readonly schema: GraphQLSchema,
    private readonly fragments: Readonly<Record<string, FragmentDefinitionNode>>,
    private readonly variables: Readonly<Record<string, unknown>>,
    operation: Parameters<typeof collectFields>[4],
  ) {
    this.roots = collectFields(schema, fragments, variables, schema.getQueryType()!, operation);
    this.fields = this.roots.size;
  }

  /** The fields of an object of the type that the nodes select. */
  of(type: GraphQLObjectType, nodes: readonly FieldNode[]): Selection {
    const known = this.known.get(nodes);
    if (known) return known;
    const found = collectSubfields(this.schema, this.fragments, this.variables, type, nodes);
    this.known.set(nodes, found);
    this.fields += found.size;
    return found;
  }
}
