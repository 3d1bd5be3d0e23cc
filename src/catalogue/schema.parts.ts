/** A JSON Schema (draft-07) or a part of one. */
export type JsonSchema = { readonly [keyword: string]: unknown };

/** Pattern of a slug: lower-case words joined by hyphens. */
export const SLUG = '^[a-z][a-z0-9]*(-[a-z0-9]+)*$';
/** Pattern of a calendar date; whether the day exists is a rule of its own. */
export const DATE = '^\\d{4}-\\d{2}-\\d{2}$';
/** Largest amount of money in a file: 15 digits of minor units stay exact in JSON. */
export const MAX_MINOR = 999_999_999_999_999;

const UUID = '^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$';
const OWN_UUID = '^[0-9a-f]{8}-[0-9a-f]{4}-[47][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$';

/** An object of named fields, all required save the `optional` ones, and no others. */
export function object(
  description: string,
  properties: Readonly<Record<string, JsonSchema>>,
  optional: readonly string[] = [],
): JsonSchema {
  const required = Object.keys(properties).filter((name) => !optional.includes(name));
  return { type: 'object', description, properties, required, additionalProperties: false };
}

/** An object whose names are free (within `names`) and whose values are alike. */
export function record(
  description: string,
  names: JsonSchema,
  values: JsonSchema,
  limits: JsonSchema = { minProperties: 1, maxProperties: 100 },
): JsonSchema {
  return { type: 'object', description, propertyNames: names, additionalProperties: values, ...limits };
}

/** A list. */
export function list(description: string, items: JsonSchema, minItems = 1, maxItems = 500): JsonSchema {
  return { type: 'array', description, items, minItems, maxItems };
}

/** A list of different words out of a vocabulary. */
export function words(description: string, vocabulary: readonly string[], minItems = 1): JsonSchema {
  const items = { type: 'string', enum: vocabulary };
  return { type: 'array', description, items, minItems, maxItems: vocabulary.length, uniqueItems: true };
}

/** One word out of a vocabulary. */
export function word(description: string, vocabulary: readonly string[]): JsonSchema {
  return { type: 'string', description, enum: vocabulary };
}

/** A text that says something. */
export function text(description: string, maxLength = 200): JsonSchema {
  return { type: 'string', description, pattern: '\\S', maxLength };
}

/** A text of a pattern. */
export function pattern(description: string, expression: string, maxLength = 100): JsonSchema {
  return { type: 'string', description, pattern: expression, maxLength };
}

/** A slug. */
export const slug = (description: string): JsonSchema => pattern(description, SLUG, 60);

/** A uuid that another system gave, lower-case. */
export const foreignUuid = (description: string): JsonSchema => pattern(description, UUID);

/** A uuid of Countersign's own: version 4 or 7, lower-case. */
export const ownUuid = (description: string): JsonSchema => pattern(description, OWN_UUID);

/** An integer within bounds, both inclusive. */
export function integer(description: string, minimum: number, maximum: number): JsonSchema {
  return { type: 'integer', description, minimum, maximum };
}

/** True or false. */
export const flag = (description: string): JsonSchema => ({ type: 'boolean', description });
