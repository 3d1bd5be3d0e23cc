import {
  __Directive,
  __Field,
  __Schema,
  __Type,
  type GraphQLField,
  type GraphQLSchema,
  type GraphQLType,
  isAbstractType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isObjectType,
  isWrappingType,
  SchemaMetaFieldDef,
  TypeMetaFieldDef,
} from 'graphql';

type Field = GraphQLField<unknown, unknown>;

const META_FIELDS: readonly Field[] = [SchemaMetaFieldDef, TypeMetaFieldDef];

/** The field of this name by which the root of queries tells of the schema; its type does not list it. */
export const metaField = (name: string): Field | undefined => META_FIELDS.find((field) => field.name === name);

const counted = new WeakMap<GraphQLSchema, ReadonlyMap<Field, number>>();

/**
 * How many rows the fields have by which a schema tells of itself, by field. Its types and directives are counted; of what
 * lies within them, each has as many as the mean one, so that the whole schema weighs what it is. A single type that may
 * be any counts as all of them: the largest has fifty times the fields of the mean one.
 */
export function introspectionRows(schema: GraphQLSchema): ReadonlyMap<Field, number> {
  const known = counted.get(schema);
  if (known) return known;
  const rows = countRows(schema);
  counted.set(schema, rows);
  return rows;
}

function countRows(schema: GraphQLSchema): ReadonlyMap<Field, number> {
  const types = Object.values(schema.getTypeMap());
  const directives = schema.getDirectives();
  const composed = types.filter((type) => isObjectType(type) || isInterfaceType(type));
  const fields = composed.flatMap((type) => Object.values(type.getFields()));
  const inputFields = types.filter(isInputObjectType).flatMap((type) => Object.values(type.getFields()));
  const named = [...fields, ...fields.flatMap(({ args }) => args), ...inputFields];
  const wrappings = total(named, ({ type }) => wrappingsOf(type));
  const [own, of] = [__Schema.getFields(), __Type.getFields()];
  return new Map<Field, number>([
    [own.types!, types.length],
    [own.directives!, directives.length],
    [TypeMetaFieldDef, types.length],
    [own.queryType!, types.length],
    [own.mutationType!, types.length],
    [own.subscriptionType!, types.length],
    [of.fields!, fields.length / types.length],
    [of.inputFields!, inputFields.length / types.length],
    [of.interfaces!, total(composed, (type) => type.getInterfaces().length) / types.length],
    [
      of.possibleTypes!,
      total(types.filter(isAbstractType), (type) => schema.getPossibleTypes(type).length) / types.length,
    ],
    [of.enumValues!, total(types.filter(isEnumType), (type) => type.getValues().length) / types.length],
    [of.ofType!, wrappings / (named.length + wrappings)],
    [__Field.getFields().args!, total(fields, ({ args }) => args.length) / fields.length],
    [__Directive.getFields().args!, total(directives, ({ args }) => args.length) / directives.length],
  ]);
}

const total = <T>(list: readonly T[], count: (one: T) => number): number =>
  list.reduce((sum, one) => sum + count(one), 0);

/** How many lists and non-nulls a type is wrapped in. */
const wrappingsOf = (type: GraphQLType): number => (isWrappingType(type) ? 1 + wrappingsOf(type.ofType) : 0);
