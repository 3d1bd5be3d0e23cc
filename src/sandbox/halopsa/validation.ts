import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';
import { badRequest } from './refusal.js';
import { type FieldKind, shapeOf, type ShapeName } from './shapes.js';
import type { HaloRecord } from './store.js';
import { isHaloTime, normalTime } from './times.js';

const INT32 = { minimum: -2_147_483_648, maximum: 2_147_483_647 };
const UUID = '^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$';

type Direction = 'request' | 'answer';

const ajv = new Ajv({ allErrors: true, allowUnionTypes: true, strict: true });
ajv.addFormat('halo-time', isHaloTime);
const compiled = new Map<string, ValidateFunction>();

/** What a client sent, as the vendor takes it. */
export interface Taken {
  readonly records: readonly HaloRecord[];
  /** Names of fields that do not exist, and so are dropped in silence, as paths such as `[0].budgets[1].hourz`. */
  readonly dropped: readonly string[];
}

/**
 * Checks a posted body, which is a list even for one record (facts 3.3), and keeps the fields that exist. Throws 400
 * with every fault of type. An object in the place of the list is refused, unless the instance is set to take it.
 */
export function takeBody(
  shape: ShapeName,
  body: unknown,
  options: { readonly singleObject: boolean; readonly utcOffsetMinutes: number },
): Taken {
  const list = !Array.isArray(body) && options.singleObject ? [body] : body;
  if (!Array.isArray(list)) throw badRequest('The body must be an array, even for one record.');
  if (list.length === 0) throw badRequest('The array holds no record.');
  const validate = validator(shape, 'request');
  const dropped: string[] = [];
  const records = list.map((record: unknown, index) => {
    if (!validate(record)) throw badRequest(faults(validate.errors ?? [], `[${index}]`));
    return known(shape, record as HaloRecord, `[${index}]`, dropped, options.utcOffsetMinutes);
  });
  return { records, dropped };
}

/** Throws when an answer breaks the transcription: a fault of the simulator, never of its client. */
export function assertAnswer(shape: ShapeName, record: unknown): void {
  const validate = validator(shape, 'answer');
  if (!validate(record)) throw new Error(`The simulator broke ${shape}: ${faults(validate.errors ?? [], '')}`);
}

/** The fields of a stored record that the shape has. */
export function pick(shape: ShapeName, record: HaloRecord, names?: readonly string[]): HaloRecord {
  const wanted = names ?? Object.keys(shapeOf(shape));
  return Object.fromEntries(wanted.flatMap((name) => (record[name] === undefined ? [] : [[name, record[name]]])));
}

function known(shape: ShapeName, record: HaloRecord, path: string, dropped: string[], offset: number): HaloRecord {
  const fields = shapeOf(shape);
  const kept: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(record)) {
    const kind = Object.hasOwn(fields, name) ? fields[name] : undefined;
    if (kind === undefined) dropped.push(`${path}.${name}`);
    else kept[name] = knownValue(kind, value, `${path}.${name}`, dropped, offset);
  }
  return kept;
}

function knownValue(kind: FieldKind, value: unknown, path: string, dropped: string[], offset: number): unknown {
  if (value === null) return null;
  if (kind === 'time') return normalTime(value as string, offset);
  if (typeof kind === 'string') return value;
  return (value as HaloRecord[]).map((item, at) => known(kind[0], item, `${path}[${at}]`, dropped, offset));
}

function validator(shape: ShapeName, direction: Direction): ValidateFunction {
  const key = `${shape} ${direction}`;
  const made = compiled.get(key) ?? ajv.compile(schemaOf(shape, direction));
  compiled.set(key, made);
  return made;
}

function schemaOf(shape: ShapeName, direction: Direction): Record<string, unknown> {
  const properties = Object.entries(shapeOf(shape)).map(([name, kind]) => [name, kindSchema(kind, direction)]);
  return { type: 'object', properties: Object.fromEntries(properties), additionalProperties: direction === 'request' };
}

function kindSchema(kind: FieldKind, direction: Direction): Record<string, unknown> {
  switch (kind) {
    case 'int':
      return { type: ['integer', 'null'], ...INT32 };
    case 'number':
      return { type: ['number', 'null'] };
    case 'text':
      return { type: ['string', 'null'] };
    case 'flag':
      return { type: ['boolean', 'null'] };
    case 'time':
      return { type: ['string', 'null'], format: 'halo-time' };
    case 'uuid':
      return { type: ['string', 'null'], pattern: UUID };
    case 'objects':
      return { type: ['array', 'null'], items: { type: 'object' } };
    case 'any':
      return {};
    default:
      return { type: ['array', 'null'], items: schemaOf(kind[0], direction) };
  }
}

function faults(errors: readonly ErrorObject[], at: string): string {
  return errors
    .slice(0, 5)
    .map(({ instancePath, message }) => `${at}${instancePath.replaceAll('/', '.')} ${message ?? 'is not valid'}`)
    .join('; ');
}
