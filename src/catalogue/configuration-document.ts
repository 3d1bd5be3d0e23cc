import {
  type Document,
  isAlias,
  isCollection,
  isMap,
  isScalar,
  isSeq,
  Lexer,
  LineCounter,
  isNode,
  type Pair,
  Parser,
  parseDocument,
  visit,
  type YAMLError,
  type YAMLMap,
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
/** Each level of data takes up to three places on the parser's stack. */
const MAX_PARSER_DEPTH = 3 * MAX_DEPTH;
/** A file of the largest size that is written as people write has about 125,000. */
const MAX_LEXEMES = 150_000;
/** What a text may hold beside printable characters: tab and line breaks. PostgreSQL stores no NUL. */
// oxlint-disable-next-line no-control-regex
const CONTROL = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/;

const failed = (faults: readonly TextFault[]): ConfigurationDocument => ({
  data: undefined,
  faults,
  placeOf: () => ({ line: 1, column: 1 }),
});

function placeIn(lines: LineCounter, offset: number): Place {
  const { line, col } = lines.linePos(Math.max(0, offset));
  return { line: Math.max(1, line), column: Math.max(1, col) };
}

/** Reads YAML 1.2 text. Never throws: whatever is wrong is a fault with its line. */
export function readDocument(text: string): ConfigurationDocument {
  const lines = new LineCounter();
  const at = (offset: number): Place => placeIn(lines, offset);
  const excess = excessFault(text);
  if (excess) return failed([excess]);
  const document = parseDocument(text, {
    lineCounter: lines,
    prettyErrors: false,
    version: '1.2',
    schema: 'core',
    // Found below: the package compares every key with every other, which a hostile file makes a matter of minutes.
    uniqueKeys: false,
  });
  const syntax = [...document.errors, ...document.warnings].map((error) => syntaxFault(error, at));
  // After a syntax error the structure is a guess; a key that stands twice leaves it sure enough to go on.
  if (syntax.length > 0) return failed(syntax);
  const faults = duplicateKeys(document.contents, [], at);
  const aliases = aliasFaults(document, at);
  if (aliases.length > 0) return failed([...faults, ...aliases]);
  let data: unknown;
  try {
    data = document.toJS({ maxAliasCount: MAX_ALIASES });
  } catch {
    return failed([...faults, { ...tooManyAliases(), line: 1, column: 1 }]);
  }
  const offsetOf = locator(document);
  const placeOf = (path: FaultPath, atName = false): Place => at(offsetOf(path, atName));
  const characters = textFaults(data, [], 0).map((fault) => ({ ...fault, ...placeOf(fault.path) }));
  const endless = characters.some(({ code }) => code === 'TOO_DEEP');
  return endless ? failed([...faults, ...characters]) : { data, faults: [...faults, ...characters], placeOf };
}

/**
 * What would cost too much to read. The composer of the yaml package recurses, and a text of 200,000 brackets ends the
 * whole process (V8 cannot compile a regular expression with the stack exhausted, and aborts). The parser below it
 * keeps its own stack: it is run first, and its stack watched.
 */
function excessFault(text: string): TextFault | null {
  const lines = new LineCounter();
  const parser = new Parser(lines.addNewLine);
  let lexemes = 0;
  for (const lexeme of new Lexer().lex(text)) {
    // Draining the generator moves the parser on; its tokens are not wanted here.
    Array.from(parser.next(lexeme));
    if (parser.stack.length > MAX_PARSER_DEPTH) return { ...tooDeep([]), ...placeIn(lines, parser.offset) };
    lexemes += 1;
    if (lexemes > MAX_LEXEMES) return { ...tooMany, ...placeIn(lines, parser.offset) };
  }
  return null;
}

const tooMany: ConfigurationFault = {
  code: 'FILE_TOO_LARGE',
  path: [],
  message: 'The file says more single things than any tenant needs.',
  remedy: 'Remove what the tenant does not use.',
};

function syntaxFault(error: YAMLError, at: (offset: number) => Place): TextFault {
  const message = error.message.split('\n')[0]!.replace(/\.?$/, '.');
  return { code: 'SYNTAX', path: [], message, remedy: 'Correct the YAML on this line.', ...at(error.pos[0]) };
}

/** Every key that stands in its object already. Aliases are not followed: their keys are told where they stand. */
function duplicateKeys(node: unknown, path: FaultPath, at: (offset: number) => Place): TextFault[] {
  if (isSeq(node)) return node.items.flatMap((item, index) => duplicateKeys(item, [...path, index], at));
  if (!isMap(node)) return [];
  const seen = new Set<string>();
  return node.items.flatMap(({ key, value }) => {
    const name = nameOf(key);
    const inner = duplicateKeys(value, [...path, name], at);
    if (!seen.has(name)) {
      seen.add(name);
      return inner;
    }
    const message = `The key ${name} stands in the same object already.`;
    const fault = { code: 'DUPLICATE_KEY', path: [...path, name], message, remedy: 'Remove one of the two.' };
    return [{ ...fault, ...at(startOf(key) ?? 0) }, ...inner];
  });
}

/** A key as text, as it is in the data. */
const nameOf = (key: unknown): string => String(isScalar(key) ? key.value : key);

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

/** The pairs of a map by name; the first of a name that stands twice. Kept, since a file may have thousands of faults. */
function pairsOf(map: YAMLMap, known: WeakMap<YAMLMap, ReadonlyMap<string, Pair>>): ReadonlyMap<string, Pair> {
  const indexed = known.get(map);
  if (indexed) return indexed;
  const named = map.items.map((pair): [string, Pair] => [nameOf(pair.key), pair]);
  const pairs = new Map(named.toReversed());
  known.set(map, pairs);
  return pairs;
}

/** Finds where a value (or its name) begins in the text; follows the path as far as it leads. */
function locator(document: Document.Parsed): (path: FaultPath, atName: boolean) => number {
  const known = new WeakMap<YAMLMap, ReadonlyMap<string, Pair>>();
  return (path, atName) => {
    let node: unknown = document.contents;
    let name: unknown = null;
    for (const step of path) {
      const around: unknown = isAlias(node) ? node.resolve(document) : node;
      const pair = isMap(around) ? pairsOf(around, known).get(String(step)) : undefined;
      const item: unknown = isSeq(around) && typeof step === 'number' ? around.items[step] : undefined;
      if (!pair && !item) break;
      name = pair?.key ?? null;
      node = pair ? pair.value : item;
    }
    // A block begins on the line after its name; people look for the name. An empty value has no place of its own.
    const start = startOf(node);
    const named = startOf(name);
    return (atName || isCollection(node) || start === null ? named : start) ?? start ?? 0;
  };
}

/** Where a node with a text of its own begins; null for none. */
function startOf(node: unknown): number | null {
  if (!isNode(node) || !node.range) return null;
  const [start, end] = node.range;
  return start === end ? null : start;
}
