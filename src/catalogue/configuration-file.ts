import { canonicalJson, sha256Hex } from '../core/canonical.js';
import type { TenantConfiguration } from './configuration.js';
import { type ConfigurationDocument, type Place, readDocument } from './configuration-document.js';
import { type ConfigurationFault, pathText } from './configuration.fault.js';
import { ruleFaults } from './configuration.rules.js';
import { shapeFaults } from './configuration-shape.js';

/** Largest size of a file, in bytes of UTF-8. */
export const MAX_FILE_BYTES = 512 * 1024;
/** More faults than this are counted, not listed: nobody reads them, and the answer stays small. */
export const MAX_FAULTS = 500;

const MAX_WORDS = 500;

/** One reason why a file is refused. */
export interface FileFault {
  /** Machine code, such as UNKNOWN_REFERENCE. */
  readonly code: string;
  /** Line in the file, from 1. */
  readonly line: number;
  /** Column in the line, from 1. */
  readonly column: number;
  /** Where in the data, such as `tiers[2].checklistTemplate`; `(file)` for the whole. */
  readonly path: string;
  /** One sentence that says what is wrong. */
  readonly message: string;
  /** One sentence that says what to do. */
  readonly remedy: string;
}

/** A file that was read: either a sound configuration, or every reason why not, in the order of the lines. */
export type ParsedConfiguration =
  | {
      readonly ok: true;
      readonly configuration: TenantConfiguration;
      /** RFC 8785 text of the file's data. What is stored has no names: stored-configuration.ts. */
      readonly canonical: string;
      /** SHA-256 of the canonical text, lower-case hex. */
      readonly digest: string;
    }
  | { readonly ok: false; readonly faults: readonly FileFault[] };

/**
 * Reads a tenant's YAML file (issue 2: "a bad file is refused whole, with line and reason for every fault"). Three
 * sieves: the text (YAML, duplicate keys, aliases, characters), the shape (JSON Schema), the meaning (rules). After a
 * YAML syntax error the others have nothing to read; a rule is skipped only while a part that it reads lacks a field
 * or holds another type. Never throws, whatever the text.
 */
export function parseConfigurationFile(text: string): ParsedConfiguration {
  if (Buffer.byteLength(text, 'utf8') > MAX_FILE_BYTES) return refused([tooLarge]);
  const document = readDocument(text);
  const faults: (ConfigurationFault & Place)[] = [...document.faults];
  if (document.data !== undefined) faults.push(...dataFaults(document));
  if (faults.length > 0) return refused(faults);
  const configuration = document.data as TenantConfiguration;
  const canonical = canonicalJson(configuration);
  return { ok: true, configuration, canonical, digest: sha256Hex(canonical) };
}

const tooLarge: ConfigurationFault & Place = {
  code: 'FILE_TOO_LARGE',
  path: [],
  message: `The file is larger than ${MAX_FILE_BYTES / 1024} KB.`,
  remedy: 'Remove what the tenant does not use.',
  line: 1,
  column: 1,
};

function dataFaults({ data, placeOf }: ConfigurationDocument): (ConfigurationFault & Place)[] {
  const shape = shapeFaults(data);
  const meaning = ruleFaults(data, shape.broken);
  return [...shape.faults, ...meaning].map((fault) => ({ ...fault, ...placeOf(fault.path, fault.atName) }));
}

function refused(faults: readonly (ConfigurationFault & Place)[]): ParsedConfiguration {
  const sorted = faults
    .toSorted((a, b) => a.line - b.line || a.column - b.column)
    .map(({ code, line, column, path, message, remedy }): FileFault => {
      return { code, line, column, path: short(pathText(path)), message: short(message), remedy: short(remedy) };
    });
  if (sorted.length <= MAX_FAULTS) return { ok: false, faults: sorted };
  const left = sorted.length - MAX_FAULTS;
  const rest = { ...sorted[MAX_FAULTS]!, code: 'MORE_FAULTS', message: `${left} more faults from here on.` };
  return { ok: false, faults: [...sorted.slice(0, MAX_FAULTS), { ...rest, remedy: 'Correct the listed ones first.' }] };
}

/** Names and values from a hostile file may be long; what is told of them is not. */
const short = (words: string): string => (words.length > MAX_WORDS ? `${words.slice(0, MAX_WORDS)}…` : words);
