import { createUnionType, Field, ObjectType, type ClassType } from 'type-graphql';
import type { Page } from '../page.js';
import { PageInfoType, RefusedType } from './types.js';

/** The Relay connection of a type: `XConnection` with its `XEdge`. */
export function connectionOf<T extends object>(type: ClassType<T>, name: string): ClassType<Page<T>> {
  @ObjectType(`${name}Edge`, { description: `One ${name} of a page and its cursor.` })
  class Edge {
    @Field(() => type, { description: `The ${name}.` })
    node: T;

    @Field(() => String, { description: 'Its cursor.' })
    cursor: string;
  }

  @ObjectType(`${name}Connection`, { description: `A page of ${name} rows (Relay).` })
  class Connection {
    @Field(() => [Edge], { description: 'The rows with their cursors.' })
    edges: Edge[];

    @Field(() => PageInfoType, { description: 'Where the page stands.' })
    pageInfo: PageInfoType;
  }
  return Connection;
}

/** The answer of a mutation: the row, or the refusal with every finding. One discriminator for all unions. */
export function resultOf<T extends object>(name: string, type: ClassType<T>): T | RefusedType {
  return createUnionType({
    name,
    description: `The ${type.name} after the change, or why it was refused.`,
    types: () => [type, RefusedType] as const,
    resolveType: (value) => (value instanceof RefusedType ? RefusedType : type),
  });
}
