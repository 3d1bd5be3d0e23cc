import type { ClassType } from 'type-graphql';
import type { Where } from '../statement.js';
import type { EntityClass } from '../table.js';
import type { RequestContext } from './context.js';
import { declared } from './declared.js';

/** A field that is nothing but rows of another table: read by a Reader, or compiled into the operation's statement. */
export type Relation =
  | {
      readonly kind: 'one';
      readonly entity: EntityClass<{ id: string }>;
      /** The property of this row that holds the id of the other one. */
      readonly key: string;
    }
  | {
      /** FIRST is the first of MANY. */
      readonly kind: 'many' | 'first';
      readonly entity: EntityClass;
      /** The property of the other rows that holds the id of this one. */
      readonly key: string;
      readonly orderBy: readonly string[];
      /** What else the other rows are: equality of properties. */
      readonly where: Readonly<Record<string, string | number | boolean>>;
    };

interface Parent {
  id: string;
}

interface ManyOptions<C> {
  /** Properties in order, `-property` descending; by id without it. */
  readonly orderBy?: readonly string[];
  /** Only rows with these values. */
  readonly where?: Where<C> & Readonly<Record<string, string | number | boolean>>;
}

/** The names of properties that may hold an id. */
type Key<T> = keyof T & string;

/**
 * A field with the row whose id `key` of the parent holds: null when there is none, or not for whoever asks.
 * The entity is the GraphQL type too.
 */
export function One<P extends object, C extends { id: string }>(
  _parent: EntityClass<P>,
  key: Key<P>,
  entity: EntityClass<C>,
  description: string,
): PropertyDecorator {
  return related({ kind: 'one', entity, key }, () => entity as ClassType<C>, { nullable: true, description });
}

/** A field with all rows whose `key` names the parent, by id unless ordered otherwise. */
export function Many<C extends object>(
  entity: EntityClass<C>,
  key: Key<C>,
  description: string,
  options: ManyOptions<C> = {},
): PropertyDecorator {
  return related(relationTo('many', entity, key, options), () => [entity as ClassType<C>], { description });
}

/** A field with the first of the rows whose `key` names the parent, or null; the newest unless ordered otherwise. */
export function First<C extends object>(
  entity: EntityClass<C>,
  key: Key<C>,
  description: string,
  options: ManyOptions<C> = { orderBy: ['-id'] },
): PropertyDecorator {
  return related(relationTo('first', entity, key, options), () => entity as ClassType<C>, {
    nullable: true,
    description,
  });
}

function relationTo<C extends object>(
  kind: 'many' | 'first',
  entity: EntityClass<C>,
  key: Key<C>,
  { orderBy = ['id'], where = {} }: ManyOptions<C>,
): Relation {
  return { kind, entity, key, orderBy, where };
}

function related(
  relation: Relation,
  type: () => ClassType | [ClassType],
  options: { readonly nullable?: boolean; readonly description: string },
): PropertyDecorator {
  const resolve = (row: Parent, { reader }: RequestContext): Promise<unknown> => read(relation, row, reader);
  return declared<Parent>({ type, options, extensions: { relation }, resolve });
}

async function read(relation: Relation, row: Parent, reader: RequestContext['reader']): Promise<unknown> {
  if (relation.kind === 'one') {
    return reader.one(relation.entity, (row as unknown as Record<string, string | null>)[relation.key]!);
  }
  const { entity, key, orderBy, where } = relation;
  const all = (await reader.many(entity, key as never, row.id, orderBy)) as Record<string, unknown>[];
  const terms = Object.entries(where);
  const found = terms.length === 0 ? all : all.filter((other) => terms.every(([name, is]) => other[name] === is));
  return relation.kind === 'many' ? found : (found[0] ?? null);
}

/** The relation that a field of the schema is, or null. */
export function relationOf(field: { extensions?: Readonly<Record<string, unknown>> }): Relation | null {
  return (field.extensions?.relation as Relation | undefined) ?? null;
}
