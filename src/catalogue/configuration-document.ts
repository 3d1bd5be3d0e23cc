import {
  type Document,
  isAlias,
  isCollection,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseDocument,
  visit,
  type YAMLError,
} from 'yaml';
import { isWellFormed } from '../core/canonical.js';
import type { ConfigurationFault, FaultPath } from './configuration.fault.js';

/** A place in a file; both count from 1. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

/** A fault of the YAML text itself, which knows its own place. */
export type TextFault = ConfigurationFault & Place;

/** A YAML text as data, with the way back from data to lines. */
export interface ConfigurationDocument {
  /** The plain data; undefined when the text cannot be read as data at all. */
  readonly data: unknown;
  /** Faults of the text: syntax, duplicate keys, aliases, characters that cannot be stored. */
  readonly faults: readonly TextFault[];
  /** The place of a value, or of its name; of the nearest thing around it when it does not exist. */
  readonly placeOf: (path: FaultPath, atName?: boolean) => Place;
}

/** Aliases may save repetition, but no file needs many: a limit keeps the expansion of a small file small. */
const MAX_ALIASES = 100;
/** The deepest field of a sound file lies nine levels deep. */
const MAX_DEPTH = 40;
/** What a text may hold beside printable characters: tab and line breaks. PostgreSQL stores no NUL. */
// oxlint-disable-next-line no-control-regex
const CONTROL = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/;

const failed = (faults: readonly TextFault[]): ConfigurationDocument => ({
  data: undefined,
  faults,
  placeOf: () => ({ line: 1, column: 1 }),
});

/** Reads YAML 1.2 text. Never throws: whatever is wrong is a fault with its line. */
export function readDocument(text: string): ConfigurationDocument {
  const lines = new LineCounter();
  const at = (offset: number): Place => {
    const { line, col } = lines.linePos(Math.max(0, offset));
    return { line: Math.max(1, line), column: Math.max(1, col) };
  };
  let document: Document.Parsed;
  try {
    document = parseDocument(text, { lineCounter: lines, prettyErrors: false, version: '1.2', schema: 'core' });
  } catch {
    // The parser recurses: only a text nested thousands of levels deep exhausts the stack.
    return failed([{ ...tooDeep([]), line: 1, column: 1 }]);
  }
  const faults = [...document.errors, ...document.warnings].map((error) => syntaxFault(error, at));
  // After a syntax error the structure is a guess; a key that stands twice leaves it sure enough to go on.
  if (faults.some(({ code }) => code !== 'DUPLICATE_KEY')) return failed(faults);
  const aliases = aliasFaults(document, at);
  if (aliases.length > 0) return failed([...faults, ...aliases]);
  let data: unknown;
  try {
    data = document.toJS({ maxAliasCount: MAX_ALIASES });
  } catch {
    return failed([...faults, { ...tooManyAliases(), line: 1, column: 1 }]);
  }
  const placeOf = (path: FaultPath, atName = false): Place => at(offsetOf(document, path, atName));
  const characters = textFaults(data, [], 0).map((fault) => ({ ...fault, ...placeOf(fault.path) }));
  const deep = characters.some(({ code }) => code === 'TOO_DEEP');
  return deep ? failed([...faults, ...characters]) : { data, faults: [...faults, ...characters], placeOf };
}

function syntaxFault(error: YAMLError, at: (offset: number) => Place): TextFault {
  const place = at(error.pos[0]);
  if (error.code === 'DUPLICATE_KEY') {
    const message = 'This key stands in the same object already.';
    return { code: 'DUPLICATE_KEY', path: [], message, remedy: 'Remove one of the two.', ...place };
  }
  const message = error.message.split('\n')[0]!.replace(/\.?$/, '.');
  return { code: 'SYNTAX', path: [], message, remedy: 'Correct the YAML on this line.', ...place };
}

const tooManyAliases = (): ConfigurationFault => ({
  code: 'TOO_MANY_ALIASES',
  path: [],
  message: `Aliases (*name) repeat more than ${MAX_ALIASES} things.`,
  remedy: 'Write the values out.',
});

const tooDeep = (path: FaultPath): ConfigurationFault => ({
  code: 'TOO_DEEP',
  path: path.slice(0, 6),
  message: `The file is nested deeper than ${MAX_DEPTH} levels, or an alias holds itself.`,
  remedy: 'Remove the nesting.',
});

function aliasFaults(document: Document.Parsed, at: (offset: number) => Place): TextFault[] {
  const faults: TextFault[] = [];
  let count = 0;
  visit(document, {
    Alias(_key, alias) {
      count += 1;
      const place = at(alias.range?.[0] ?? 0);
      if (count === MAX_ALIASES + 1) faults.push({ ...tooManyAliases(), ...place });
      if (count > MAX_ALIASES || alias.resolve(document)) return;
      const message = `The alias *${alias.source} refers to nothing above it.`;
      faults.push({ code: 'UNKNOWN_ALIAS', path: [], message, remedy: `Define &${alias.source} first.`, ...place });
    },
  });
  return faults;
}

/** Texts that the database would refuse or silently change, in values and in names. */
function textFaults(value: unknown, path: FaultPath, depth: number): ConfigurationFault[] {
  if (depth > MAX_DEPTH) return [tooDeep(path)];
  if (typeof value === 'string') return isStorable(value) ? [] : [unstorable(path)];
  if (typeof value !== 'object' || value === null) return [];
  if (Array.isArray(value)) return value.flatMap((item, index) => textFaults(item, [...path, index], depth + 1));
  return Object.entries(value).flatMap(([name, inner]) => [
    ...(isStorable(name) ? [] : [unstorable(path)]),
    ...textFaults(inner, [...path, name], depth + 1),
  ]);
}

const isStorable = (text: string): boolean => isWellFormed(text) && !CONTROL.test(text);

const unstorable = (path: FaultPath): ConfigurationFault => ({
  code: 'CHARACTER',
  path,
  message: 'The text holds a control character or half of a character, which cannot be stored.',
  remedy: 'Type the text again without it.',
});

/** Where a value (or its name) begins in the text; follows the path as far as it leads. */
function offsetOf(document: Document.Parsed, path: FaultPath, atName: boolean): number {
  let node: Node | null = document.contents;
  let name: Node | null = null;
  for (const step of path) {
    const around: Node | null = isAlias(node) ? (node.resolve(document) ?? null) : node;
    if (isMap(around)) {
      const pair = around.items.find(({ key }) => String(isScalar(key) ? key.value : key) === String(step));
      if (!pair) break;
      name = pair.key as Node;
      node = pair.value as Node | null;
    } else if (isSeq(around) && typeof step === 'number' && around.items[step]) {
      name = null;
      node = around.items[step] as Node;
    } else break;
  }
  // A block begins on the line after its name; people look for the name. An empty value has no place of its own.
  const isBare = !node || isCollection(node) || node.range?.[0] === node.range?.[1];
  return (name && (atName || isBare) ? name : node)?.range?.[0] ?? 0;
}
