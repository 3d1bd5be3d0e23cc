import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { type GraphQLSchema, isEnumType, isInputObjectType, isInterfaceType, isObjectType } from 'graphql';
import { assertRightsDeclared } from '../../src/core/graphql/rights.js';
import { buildApiSchema, schemaText } from '../../src/schema.js';

/** Every named thing without a description, as `Type` or `Type.field`. */
function undescribed(schema: GraphQLSchema): string[] {
  return Object.values(schema.getTypeMap())
    .filter((type) => !type.name.startsWith('__') && !['String', 'Int', 'Float', 'Boolean', 'ID'].includes(type.name))
    .flatMap((type) => {
      const missing = type.description || ['Query', 'Mutation', 'Subscription'].includes(type.name) ? [] : [type.name];
      if (isEnumType(type)) return missing;
      if (!isObjectType(type) && !isInputObjectType(type) && !isInterfaceType(type)) return missing;
      const fields = Object.values(type.getFields());
      return [...missing, ...fields.filter((field) => !field.description).map((field) => `${type.name}.${field.name}`)];
    });
}

describe('the schema', () => {
  const schema = buildApiSchema();

  it('is the one that is checked in', () => {
    expect(schemaText()).toBe(readFileSync(resolve('schema/schema.graphql'), 'utf8'));
  });

  it('describes every type and field: it is the manual', () => {
    expect(undescribed(schema)).toEqual([]);
  });

  it('declares the right of every root field, and the command of every mutation', () => {
    expect(() => assertRightsDeclared(schema)).not.toThrow();
  });
});
