import { Ajv, type ValidateFunction } from 'ajv';
import { Refusal } from './exchange.js';

/** A JSON Schema of a request's body: ours, of exactly what the product may send. */
export type RequestSchema = Readonly<Record<string, unknown>>;

const ajv = new Ajv({
  allErrors: true,
  strict: true,
  strictRequired: false,
  allowUnionTypes: true,
  discriminator: true,
});
const compiled = new Map<RequestSchema, ValidateFunction>();

/** What is wrong with a value, in one line; null for nothing. */
export function faultsOf(schema: RequestSchema, value: unknown): string | null {
  let validate = compiled.get(schema);
  if (!validate) {
    validate = ajv.compile(schema);
    compiled.set(schema, validate);
  }
  if (validate(value)) return null;
  return (validate.errors ?? [])
    .map(({ instancePath, message, params }) => {
      const extra = (params as { additionalProperty?: string }).additionalProperty;
      return `${instancePath || 'the body'} ${message ?? 'is wrong'}${extra ? ` ('${extra}')` : ''}`;
    })
    .join('; ');
}

/** Throws 400 with all faults unless the body is as the schema has it. */
export function assertBody(schema: RequestSchema, value: unknown): void {
  const faults = faultsOf(schema, value);
  if (faults) throw new Refusal(400, 'invalidRequest', `The request is malformed: ${faults}.`);
}

/** An object that takes exactly these properties. */
export function exactly(
  properties: Readonly<Record<string, unknown>>,
  required: readonly string[] = [],
): RequestSchema {
  return { type: 'object', properties, required: [...required], additionalProperties: false };
}

/** A text of bounded length. */
export function text(maxLength: number, minLength = 0): RequestSchema {
  return { type: 'string', minLength, maxLength };
}
