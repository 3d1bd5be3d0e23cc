import { readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import {
  type FieldNode,
  type GraphQLInputType,
  type GraphQLSchema,
  isNonNullType,
  Kind,
  type OperationDefinitionNode,
  OperationTypeNode,
  parse,
  typeFromAST,
} from 'graphql';
import type { Dice } from './dice.js';
import type { Asked } from './document.js';
import { type Candidates, valueOf } from './values.js';

/** A query that ships with the product (schema/operations). */
export interface ShippedQuery {
  readonly file: string;
  readonly query: string;
  readonly operation: OperationDefinitionNode;
}

/** Every query of schema/operations. */
export function shippedQueries(): ShippedQuery[] {
  const folder = resolve('schema/operations');
  return readdirSync(folder).flatMap((file) => {
    const query = readFileSync(resolve(folder, file), 'utf8');
    const operation = parse(query).definitions.find((one) => one.kind === Kind.OPERATION_DEFINITION);
    return operation?.operation === OperationTypeNode.QUERY ? [{ file, query, operation }] : [];
  });
}

/** The query with values for its variables, as its root fields take them; what need not be sent now and then is not. */
export function askedOf(
  { query, operation }: ShippedQuery,
  schema: GraphQLSchema,
  candidates: Candidates,
  dice: Dice,
): Asked {
  const places = new Map<string, { owner: string; name: string }>();
  for (const root of operation.selectionSet.selections) {
    for (const { name, value } of (root as FieldNode).arguments ?? []) {
      if (value.kind === Kind.VARIABLE)
        places.set(value.name.value, { owner: (root as FieldNode).name.value, name: name.value });
    }
  }
  const variables: Record<string, unknown> = {};
  for (const { variable, type, defaultValue } of operation.variableDefinitions ?? []) {
    const declared = typeFromAST(schema, type as never) as unknown as GraphQLInputType;
    const { owner = '', name = variable.name.value } = places.get(variable.name.value) ?? {};
    if ((defaultValue || !isNonNullType(declared)) && dice.chance(0.5)) continue;
    variables[variable.name.value] = valueOf(dice, candidates, owner, { name, type: declared }, false);
  }
  return { query, variables };
}
