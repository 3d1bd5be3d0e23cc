import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';
import { type ConfigurationFault, type FaultPath, listed } from './configuration.fault.js';
import { CONFIGURATION_SCHEMA } from './configuration.schema.js';
import type { JsonSchema } from './schema.parts.js';

/** Departures of the data from the schema. */
export interface ShapeFaults {
  readonly faults: readonly ConfigurationFault[];
  /**
   * The top-level parts in which a field is missing or of another type, so that rules that read them cannot run, or
   * in which a list is too long for rules that compare everything with everything; `*` when the whole file is no
   * object. A wrong word or number leaves a part readable.
   */
  readonly broken: ReadonlySet<string>;
}

const BREAKING = ['required', 'type', 'maxItems', 'maxProperties'];

let compiled: ValidateFunction | null = null;

/** Compiled at first use, since most processes never read a file. */
function validator(): ValidateFunction {
  compiled ??= new Ajv({ allErrors: true, verbose: true, allowUnionTypes: true }).compile({ ...CONFIGURATION_SCHEMA });
  return compiled;
}

/** Every place where parsed data departs from the JSON Schema of a tenant's file. */
export function shapeFaults(data: unknown): ShapeFaults {
  const validate = validator();
  if (validate(data)) return { faults: [], broken: new Set() };
  // Beside every fault of a name, ajv reports that some name was at fault.
  const errors = (validate.errors ?? []).filter(({ keyword }) => keyword !== 'propertyNames');
  return { faults: errors.map((error) => faultOf(error, data)), broken: new Set(errors.flatMap(brokenPart)) };
}

function brokenPart({ keyword, instancePath, params }: ErrorObject): string[] {
  if (!BREAKING.includes(keyword)) return [];
  const part = instancePath.split('/')[1];
  return [part ?? (keyword === 'required' ? String(params.missingProperty) : '*')];
}

function faultOf(error: ErrorObject, data: unknown): ConfigurationFault {
  const path = pathOf(error.instancePath, data);
  const schema = (error.parentSchema ?? {}) as JsonSchema;
  if (error.propertyName !== undefined) {
    const name = error.propertyName;
    const message = `The name ${name} is not allowed here.`;
    return { code: 'NAME', path: [...path, name], atName: true, message, remedy: remedyOf(error, schema) };
  }
  switch (error.keyword) {
    case 'required': {
      const name = String(error.params.missingProperty);
      const says = describedBy((schema.properties as Record<string, JsonSchema> | undefined)?.[name]);
      return { code: 'MISSING', path, message: `${name} is missing.`, remedy: `Add ${name}: ${says}` };
    }
    case 'additionalProperties': {
      const name = String(error.params.additionalProperty);
      const known = Object.keys((schema.properties as object | undefined) ?? {});
      const near = known.find((candidate) => isNear(candidate, name));
      const remedy = near ? `Did you mean ${near}?` : `Known here are: ${listed(known)}.`;
      return {
        code: 'UNKNOWN_FIELD',
        path: [...path, name],
        atName: true,
        message: `${name} is not known here.`,
        remedy,
      };
    }
    case 'uniqueItems': {
      const later = Math.max(Number(error.params.i), Number(error.params.j));
      const message = 'This stands in the list already.';
      return { code: 'DUPLICATE', path: [...path, later], message, remedy: 'Remove one of the two.' };
    }
    default: {
      const code = error.keyword === 'type' ? 'TYPE' : 'VALUE';
      return { code, path, message: messageOf(error), remedy: remedyOf(error, schema) };
    }
  }
}

function messageOf(error: ErrorObject): string {
  const shown = shortText(error.data);
  switch (error.keyword) {
    case 'type':
      return `Expected ${listed([error.params.type as string | string[]].flat())}, found ${shown}.`;
    case 'enum':
      return `${shown} is none of the allowed words.`;
    case 'pattern':
      return `${shown} does not have the right form.`;
    default:
      return `${shown} ${error.message ?? 'is not allowed'}.`;
  }
}

function remedyOf(error: ErrorObject, schema: JsonSchema): string {
  if (error.keyword === 'enum') return `Use one of: ${listed((error.params.allowedValues as unknown[]).map(String))}.`;
  const quoted = error.keyword === 'type' && schema.type === 'string' && typeof error.data === 'number';
  return `${quoted ? 'Put it in quotes. ' : ''}Expected here: ${describedBy(schema)}`;
}

function describedBy(schema: JsonSchema | undefined): string {
  return typeof schema?.description === 'string' ? schema.description : 'see tenant.schema.json.';
}

/** A value as shown in a message: short, and never a whole document. */
function shortText(value: unknown): string {
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (value === null) return 'nothing';
  if (typeof value === 'object') return 'an object';
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}

/** A JSON pointer as path; the data tells a position in a list from a name that looks like a number. */
function pathOf(pointer: string, data: unknown): FaultPath {
  let value: unknown = data;
  return pointer
    .split('/')
    .slice(1)
    .map((raw) => {
      const name = raw.replaceAll('~1', '/').replaceAll('~0', '~');
      const step = Array.isArray(value) ? Number(name) : name;
      value = (value as Record<string | number, unknown> | null | undefined)?.[step];
      return step;
    });
}

/** Whether two names differ by case, hyphens or one typing slip: enough to guess what was meant. */
function isNear(known: string, written: string): boolean {
  const [a, b] = [known, written].map((name) => name.toLowerCase().replaceAll(/[-_]/g, '')) as [string, string];
  if (a === b) return true;
  if (Math.abs(a.length - b.length) > 1) return false;
  let start = 0;
  while (start < a.length && a[start] === b[start]) start += 1;
  const rests = [
    [a.slice(start + 1), b.slice(start + 1)],
    [a.slice(start), b.slice(start + 1)],
    [a.slice(start + 1), b.slice(start)],
    [a.slice(start + 2), b.slice(start + 2)],
  ];
  return rests.some(([left, right], kind) => left === right && (kind < 3 || a[start] === b[start + 1]));
}
