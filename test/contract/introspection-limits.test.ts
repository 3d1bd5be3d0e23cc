import { executeSync, getIntrospectionQuery, type OperationDefinitionNode, parse, validate } from 'graphql';
import { assertWithinLimits, INTROSPECTION_LIMITS } from '../../src/core/graphql/limits.js';
import { buildApiSchema } from '../../src/schema.js';

const schema = buildApiSchema();

function costOf(text: string): number {
  const document = parse(text, { maxTokens: 2000 });
  expect(validate(schema, document)).toEqual([]);
  const [operation] = document.definitions as readonly OperationDefinitionNode[];
  return assertWithinLimits(schema, document, operation!, {}, INTROSPECTION_LIMITS);
}

/** How many fields an answer has. */
function fieldsIn(value: unknown): number {
  if (Array.isArray(value)) return value.reduce((sum: number, one) => sum + fieldsIn(one), 0);
  if (typeof value !== 'object' || value === null) return 0;
  return Object.values(value).reduce((sum: number, one) => sum + 1 + fieldsIn(one), 0);
}

const repeated = (times: number, text: string): string =>
  Array.from({ length: times }, (_, n) => `a${n}: ${text}`).join(' ');

/** What tools ask to know the whole schema: what graphql-js asks by itself, and all it can ask (GraphiQL, Apollo Sandbox). */
const WHOLE = getIntrospectionQuery();
const EVERYTHING = getIntrospectionQuery({
  specifiedByUrl: true,
  directiveIsRepeatable: true,
  schemaDescription: true,
  inputValueDeprecation: true,
  oneOf: true,
});
const FULL_FIELDS = 'fields { name description args { name description type { name } } }';

describe('what asking for the schema may cost', () => {
  it.each([
    ['what every tool asks', WHOLE],
    ['with all that there is', EVERYTHING],
  ])('is the whole schema, weighed as what it is: %s', (_what, text) => {
    const answered = fieldsIn(executeSync({ schema, document: parse(text) }).data);
    expect(costOf(text) / answered).toBeGreaterThan(0.9);
    expect(costOf(text) / answered).toBeLessThan(1.2);
  });

  it.each([
    ['a type by its name', `{ __type(name: "Handoff") { name description ${FULL_FIELDS} } }`],
    ['enums by their names', `{ ${repeated(10, '__type(name: "Stage") { enumValues { name description } }')} }`],
  ])('is %s', (_what, text) => {
    expect(costOf(text)).toBeGreaterThan(0);
  });

  it.each([
    ['twice the whole schema', WHOLE.replace('__schema {', 'again: __schema { types { ...FullType } } __schema {')],
    ['its fields many times', `{ __schema { types { ${repeated(29, FULL_FIELDS)} } } }`],
    [
      'the fields of the types of its fields',
      `{ __schema { types { ${repeated(9, `fields { type { ${FULL_FIELDS} ofType { ${FULL_FIELDS} } } }`)} } } }`,
    ],
    ['its largest type many times', `{ __schema { mutationType { ${repeated(29, FULL_FIELDS)} } } }`],
    ['a type by its name many times', `{ ${repeated(20, `__type(name: "Mutation") { ${FULL_FIELDS} }`)} }`],
  ])('is not %s', (_what, text) => {
    expect(() => costOf(text)).toThrow(/cost is \d+, at most/);
  });

  it('is not a deeper look than a schema has', () => {
    const ofType = (depth: number): string => (depth === 0 ? 'name' : `ofType { ${ofType(depth - 1)} }`);
    expect(() => costOf(`{ __type(name: "Deal") { ${ofType(25)} } }`)).toThrow(/depth is/);
  });
});
