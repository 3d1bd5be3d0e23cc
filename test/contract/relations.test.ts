import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isObjectType } from 'graphql';
import { relationOf } from '../../src/core/graphql/relations.js';
import { tableOf } from '../../src/core/table.js';
import { ENTITIES } from '../../src/entities.js';
import { buildApiSchema } from '../../src/schema.js';

/** A method that is nothing but one read by the parent's own key: what `@One`, `@Many` and `@First` say in a line. */
const PLAIN =
  /\{\n {4}return reader\.(?:one\(\w+, (?:\w+\.)?\w+\)|(?:many|first)\(\w+, '\w+', (?:\w+\.)?id(?:, \[[^\]]*\])?\));\n {2}\}/;

const relations = Object.values(buildApiSchema().getTypeMap())
  .filter(isObjectType)
  .flatMap((type) =>
    Object.values(type.getFields()).map((field) => ({ type: type.name, field: field.name, is: relationOf(field) })),
  )
  .flatMap(({ is, ...named }) => (is ? [{ ...named, is }] : []));

/** The columns that a relation names and its tables lack, as `Type.field: property`. */
function missing({ type, field, is }: (typeof relations)[number]): string[] {
  const theirs = tableOf(is.entity).byProperty;
  // A parent that is no entity is computed: its key is a property that the compiler checks.
  const parent = ENTITIES.find((entity) => entity.name === type);
  const lacking =
    is.kind === 'one'
      ? parent && !tableOf(parent).byProperty.has(is.key)
        ? [is.key]
        : []
      : [is.key, ...is.orderBy.map((name) => name.replace(/^-/, '')), ...Object.keys(is.where)].filter(
          (name) => !theirs.has(name),
        );
  return lacking.map((name) => `${type}.${field}: ${name}`);
}

/** The fields of a resolver file that are still methods, though a declaration says the same. */
function undeclared(path: string): string[] {
  const fields = readFileSync(path, 'utf8').split('@FieldResolver(').slice(1);
  return fields.map((field) => field.slice(0, field.indexOf('\n  }\n') + 5)).filter((field) => PLAIN.test(field));
}

describe('fields that are rows of another table', () => {
  it('name columns that are there', () => {
    expect(relations.length).toBeGreaterThan(200);
    expect(relations.flatMap(missing)).toEqual([]);
  });

  it('are declared, so that the operation compiler can read them', () => {
    const files = readdirSync('src', { recursive: true, encoding: 'utf8' }).filter((f) => f.endsWith('.resolver.ts'));
    expect(files.flatMap((file) => undeclared(join('src', file)))).toEqual([]);
  });
});
