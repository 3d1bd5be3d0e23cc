import { type DocumentNode, type GraphQLSchema, type OperationDefinitionNode, visit, Kind } from 'graphql';
import type { Ability } from '../ability.js';
import { isSizeOfList } from './limits.js';

/** Sizes of pages under which one document is remembered; whatever is asked beyond is judged every time. */
const MOST_SIZES = 100;
/** A longer list of sizes is nobody's page. */
const LONGEST_SIZES = 200;

/**
 * What a parsed document was let through for. Only passes are kept, never refusals: whatever was not let through before
 * is judged anew, in the same words. It lives as long as the parsed document does.
 */
export class Passes {
  private hasStorableLiterals = false;
  private readonly abilities = new WeakSet<Ability>();
  private readonly costs = new Map<string, number>();
  private readonly sizedBy: readonly string[];

  constructor(document: DocumentNode) {
    this.sizedBy = variablesOfSize(document);
  }

  /** Runs the check of limits, which answers the cost, unless it has passed with the same operation and sizes of pages. */
  withinLimits(
    operation: OperationDefinitionNode,
    variables: Readonly<Record<string, unknown>>,
    check: () => number,
  ): number {
    const known = this.costOf(operation, variables);
    if (known !== undefined) return known;
    const cost = check();
    const key = this.keyOf(operation, variables);
    if (this.costs.size < MOST_SIZES && key.length <= LONGEST_SIZES) this.costs.set(key, cost);
    return cost;
  }

  /** What the check of limits has found the operation to cost; undefined when its pass was not kept. */
  costOf(operation: OperationDefinitionNode, variables: Readonly<Record<string, unknown>>): number | undefined {
    return this.costs.get(this.keyOf(operation, variables));
  }

  private keyOf(operation: OperationDefinitionNode, variables: Readonly<Record<string, unknown>>): string {
    // A variable that is left out has the document's default; one that is null has none.
    const sizes = this.sizedBy.map((name) => (Object.hasOwn(variables, name) ? [variables[name]] : []));
    return `${operation.name?.value ?? ''} ${JSON.stringify(sizes)}`;
  }

  /** Runs the check of rights unless it has passed before for whoever has these abilities. */
  mayAsk(ability: Ability, check: () => void): void {
    if (this.abilities.has(ability)) return;
    check();
    this.abilities.add(ability);
  }

  /** Runs the check of literals unless it has passed before. */
  storable(check: () => void): void {
    if (this.hasStorableLiterals) return;
    check();
    this.hasStorableLiterals = true;
  }
}

const passes = new WeakMap<GraphQLSchema, WeakMap<DocumentNode, Passes>>();

/** The passes of a document that was parsed for this schema. */
export function passesOf(schema: GraphQLSchema, document: DocumentNode): Passes {
  const documents = passes.get(schema) ?? new WeakMap<DocumentNode, Passes>();
  passes.set(schema, documents);
  const found = documents.get(document) ?? new Passes(document);
  documents.set(document, found);
  return found;
}

/** The variables that say how long a list is: on them, beside its text, depends what a document may answer. */
function variablesOfSize(document: DocumentNode): string[] {
  const names = new Set<string>();
  visit(document, {
    Argument({ name, value }) {
      if (isSizeOfList(name.value) && value.kind === Kind.VARIABLE) names.add(value.name.value);
    },
  });
  return [...names];
}
