import { getNamedType, type GraphQLObjectType, type GraphQLOutputType } from 'graphql';
import { getMetadataArgsStorage } from '../column.js';
import { type EntityClass, type TableColumn, tableOf } from '../table.js';

/** What this folder reads of type-graphql's metadata, which the library keeps as a global and does not export. */
interface SchemaMetadata {
  readonly objectTypes: readonly { readonly name: string; readonly target: EntityClass }[];
  readonly fields: readonly { readonly name: string; readonly schemaName: string; readonly target: EntityClass }[];
  readonly fieldResolvers: readonly { readonly schemaName: string; readonly getObjectType?: () => EntityClass }[];
}

/** A type of the schema whose objects are rows of one table. */
export interface EntityType {
  readonly entity: EntityClass;
  /** Fields that are a column of the row and nothing else, by their name in the schema. */
  readonly columns: ReadonlyMap<string, TableColumn>;
}

/** What the types of the schema are made of, read once after it was built. */
export class SchemaTypes {
  private readonly entities: ReadonlyMap<string, EntityType>;
  /** Fields by type that are a property of the object and nothing else, with the property. */
  private readonly plain: ReadonlyMap<string, ReadonlyMap<string, string>>;

  constructor() {
    const metadata = globalThis.TypeGraphQLMetadataStorage as unknown as SchemaMetadata;
    const entities = new Set<unknown>(getMetadataArgsStorage().tables.map(({ target }) => target));
    const types = metadata.objectTypes.map(({ name, target }) => ({
      name,
      target,
      plain: plainFields(metadata, target),
    }));
    this.plain = new Map(types.map(({ name, plain }) => [name, plain]));
    this.entities = new Map(
      types
        .filter(({ target }) => entities.has(target))
        .map(({ name, target, plain }) => [name, { entity: target, columns: columnsOf(target, plain) }]),
    );
  }

  /** The table behind a type; undefined for a type that is no row. */
  entity(type: string): EntityType | undefined {
    return this.entities.get(type);
  }

  /** The object's property that a field without a resolver of its own shows; undefined for every other field. */
  property(type: string, field: string): string | undefined {
    return this.plain.get(type)?.get(field);
  }
}

/** Fields without a resolver, with the property that each shows. */
function plainFields({ fields, fieldResolvers }: SchemaMetadata, type: EntityClass): Map<string, string> {
  const isOfType = (target: unknown): boolean =>
    target === type || (typeof target === 'function' && type.prototype instanceof target);
  const resolved = new Set(
    fieldResolvers
      .filter(({ getObjectType }) => getObjectType && isOfType(getObjectType()))
      .map(({ schemaName }) => schemaName),
  );
  return new Map(
    fields
      .filter(
        ({ target, name, schemaName }) => isOfType(target) && !resolved.has(schemaName) && !(name in type.prototype),
      )
      .map(({ name, schemaName }) => [schemaName, name]),
  );
}

function columnsOf(entity: EntityClass, plain: ReadonlyMap<string, string>): Map<string, TableColumn> {
  const { byProperty } = tableOf(entity);
  return new Map(
    [...plain].flatMap(([field, property]) => {
      const column = byProperty.get(property);
      return column ? [[field, column] as const] : [];
    }),
  );
}

/** The type of the nodes of a Relay connection, or null for another type. */
export function nodeType(connection: GraphQLObjectType): GraphQLObjectType | null {
  const edges = connection.getFields().edges;
  if (!connection.name.endsWith('Connection') || !edges) return null;
  const edge = innermost(edges.type);
  return innermost(edge.getFields().node!.type);
}

function innermost(type: GraphQLOutputType): GraphQLObjectType {
  return getNamedType(type) as GraphQLObjectType;
}
