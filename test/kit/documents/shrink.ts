import {
  type DefinitionNode,
  type DocumentNode,
  type GraphQLSchema,
  Kind,
  parse,
  print,
  validate,
  visit,
} from 'graphql';
import type { Asked } from './document.js';

/** Requests that the search for a smaller operation may cost. */
const TRIES = 400;
const REMOVABLE = new Set<string>([
  Kind.FIELD,
  Kind.INLINE_FRAGMENT,
  Kind.FRAGMENT_SPREAD,
  Kind.ARGUMENT,
  Kind.DIRECTIVE,
  Kind.OPERATION_DEFINITION,
]);

/** The smallest operation of which `holds` is still true that leaving out one part after the other comes to. */
export async function shrink(
  schema: GraphQLSchema,
  asked: Asked,
  holds: (smaller: Asked) => Promise<boolean>,
  tries = TRIES,
): Promise<Asked> {
  let best = asked;
  let left = tries;
  for (let at = 0; left > 0;) {
    const smaller = without(schema, best, at);
    if (smaller === 'end') return best;
    left--;
    if (smaller && (await holds(smaller))) best = smaller;
    else at++;
  }
  return best;
}

/** The operation without its n-th part, null when that leaves none that is valid, 'end' when it has no such part. */
function without(schema: GraphQLSchema, asked: Asked, at: number): Asked | null | 'end' {
  let seen = -1;
  const cut = visit(parse(asked.query), {
    enter(node) {
      if (!REMOVABLE.has(node.kind)) return undefined;
      seen++;
      return seen === at ? null : undefined;
    },
  });
  if (seen < at) return 'end';
  const document = tidy(cut);
  const { operationName } = asked;
  const isThere = ({ definitions }: DocumentNode): boolean =>
    definitions.some((one) => one.kind === Kind.OPERATION_DEFINITION && one.name?.value === operationName);
  if (!document || (operationName && !isThere(document)) || validate(schema, document).length > 0) return null;
  const declared = namesIn(document.definitions, Kind.VARIABLE_DEFINITION);
  const variables = Object.fromEntries(Object.entries(asked.variables).filter(([name]) => declared.has(name)));
  return { query: print(document), variables, ...(operationName ? { operationName } : {}) };
}

/** Leaves out fragments and variables that nothing names any more; null when a selection has become empty. */
function tidy(document: DocumentNode): DocumentNode | null {
  let isEmpty = false;
  const visited = visit(document, {
    SelectionSet: (node) => void (isEmpty ||= node.selections.length === 0),
    OperationDefinition(node) {
      const reached = reachable(document, node);
      const used = namesIn([{ ...node, variableDefinitions: [] }, ...reached], Kind.VARIABLE);
      return {
        ...node,
        variableDefinitions: (node.variableDefinitions ?? []).filter((one) => used.has(one.variable.name.value)),
      };
    },
  });
  if (isEmpty) return null;
  const operations = visited.definitions.filter((one) => one.kind === Kind.OPERATION_DEFINITION);
  if (operations.length === 0) return null;
  const kept = new Set<DefinitionNode>(operations.flatMap((one) => reachable(visited, one)));
  return {
    ...visited,
    definitions: visited.definitions.filter((one) => one.kind === Kind.OPERATION_DEFINITION || kept.has(one)),
  };
}

/** The fragments that a definition names, and those that they name. */
function reachable(document: DocumentNode, from: DefinitionNode): DefinitionNode[] {
  const found = new Set<DefinitionNode>();
  const open: DefinitionNode[] = [from];
  for (let next = open.pop(); next; next = open.pop()) {
    const named = namesIn([next], Kind.FRAGMENT_SPREAD);
    for (const one of document.definitions) {
      if (one.kind !== Kind.FRAGMENT_DEFINITION || !named.has(one.name.value) || found.has(one)) continue;
      found.add(one);
      open.push(one);
    }
  }
  return [...found];
}

function namesIn(
  definitions: readonly DefinitionNode[],
  kind: Kind.VARIABLE | Kind.VARIABLE_DEFINITION | Kind.FRAGMENT_SPREAD,
): Set<string> {
  const names = new Set<string>();
  for (const definition of definitions) {
    visit(definition, {
      enter(node) {
        if (node.kind !== kind) return;
        names.add(node.kind === Kind.VARIABLE_DEFINITION ? node.variable.name.value : node.name.value);
      },
    });
  }
  return names;
}
