import { LosslessNumber } from 'lossless-json';
import { isWellFormed, type JsonValue } from '../core/canonical.js';
import { type Decimal, decimalText, readDecimal } from '../core/decimal.js';
import { type Finding, finding, type Severity } from '../core/finding.js';
import { type ExportRecord, type ExportValue, member } from './export-json.rules.js';

/** One object of the export, where it stands, and where its findings go. */
export interface Scope {
  readonly record: ExportRecord;
  /** JSONPath, such as `$.quotation.lines[2]`. */
  readonly path: string;
  readonly report: Report;
}

/** A member that holds a cost, at the end of a path. */
const COST = /\.cost\w*$/;

/**
 * Collects findings, each code once a place. `fatal` ones leave nothing to normalise; `note` ones go along with the
 * deal, which may still block a gate (a missing cost does).
 */
export class Report {
  private readonly collected = new Map<string, Finding>();
  private failed = false;

  get findings(): readonly Finding[] {
    return [...this.collected.values()];
  }
  /** Whether the deal can still be normalised. */
  get usable(): boolean {
    return !this.failed;
  }

  fatal(code: string, path: string, message: string, facts: Finding['facts'], remedy: string): void {
    this.failed = true;
    this.add(finding({ code, path, message, facts, remedy }));
  }
  note(severity: Severity, code: string, path: string, message: string, facts: Finding['facts'], remedy: string): void {
    // What is worth a look about a cost tells the cost; that one is missing tells none, and blocks.
    const discloses = severity === 'WARNING' && COST.test(path) ? { discloses: 'COST' } : {};
    this.add(finding({ code, severity, path, message, facts, remedy, ...discloses }));
  }

  /** A member that two figures look at is reported once. */
  private add(found: Finding): void {
    const key = `${found.code} ${found.path}`;
    if (!this.collected.has(key)) this.collected.set(key, found);
  }
}

/** A number that was read: its exact value, its one text and where it stood. */
export interface ReadNumber {
  readonly value: Decimal;
  readonly text: string;
  readonly name: string;
}

const NOT_FINITE = /^[-+]?(nan|inf(inity)?)$/i;

/** Absent: not there or null. Fault: there, unusable, and already reported. */
export type NumberField = ReadNumber | 'ABSENT' | 'FAULT';

/**
 * Reads a member as an exact number. A text, NaN, an infinity, a number of too many digits or another type is a
 * finding of the given weight, never a guess; an exponent form is read exactly and noted, since a price that prints so
 * has usually passed through a float.
 */
export function numberField({ record, path, report }: Scope, name: string, weight: 'FATAL' | 'NOTE'): NumberField {
  const value = member(record, name);
  if (value === undefined || value === null) return 'ABSENT';
  const where = `${path}.${name}`;
  const fault = (code: string, message: string, remedy: string): 'FAULT' => {
    const facts: Record<string, JsonValue> = { field: name, found: shown(value) };
    if (weight === 'FATAL') report.fatal(code, where, message, facts, remedy);
    else report.note('WARNING', code, where, message, facts, remedy);
    return 'FAULT';
  };
  if (typeof value === 'string') {
    return NOT_FINITE.test(value.trim())
      ? fault('NUMBER_NOT_FINITE', `${name} is not a finite number.`, 'Correct the figure in HaloPSA and export again.')
      : fault('NUMBER_AS_TEXT', `${name} is a text, not a number.`, 'Export from the API, which gives a JSON number.');
  }
  if (!(value instanceof LosslessNumber)) {
    return fault('NUMBER_EXPECTED', `${name} is not a number.`, 'Export from the API, which gives a JSON number.');
  }
  const read = readDecimal(value.value);
  if (!read.ok) {
    return fault(
      'NUMBER_OUT_OF_RANGE',
      `${name} has more digits than a price, cost or quantity can have.`,
      'Correct the figure in HaloPSA and export again.',
    );
  }
  if (/e/i.test(value.value)) {
    report.note(
      'WARNING',
      'NUMBER_IN_EXPONENT_FORM',
      where,
      `${name} is written with an exponent; it is read exactly as ${decimalText(read.value)}.`,
      { field: name, found: shown(value), readAs: decimalText(read.value) },
      'Compare the figure with the one in HaloPSA.',
    );
  }
  return { value: read.value, text: decimalText(read.value), name };
}

/**
 * Reads the first member of several spellings of one figure that is there. When two spellings are there and differ,
 * that is fatal: nothing says which one the client was promised.
 */
export function spelledNumber(scope: Scope, names: readonly string[]): NumberField {
  let first: NumberField = 'ABSENT';
  for (const name of names) {
    const field = numberField(scope, name, 'FATAL');
    if (field === 'ABSENT') continue;
    if (field === 'FAULT') return 'FAULT';
    if (first === 'ABSENT') first = field;
    else if (typeof first === 'object' && first.text !== field.text) {
      scope.report.fatal(
        'FIGURES_CONTRADICT',
        `${scope.path}.${name}`,
        `${first.name} says ${first.text} and ${name} says ${field.text}, for the same figure.`,
        { [first.name]: first.text, [name]: field.text },
        'Recalculate or re-save the quotation in HaloPSA, so that both agree, and export again.',
      );
      return 'FAULT';
    }
  }
  return first;
}

/** Reads a member as a flag; anything but true, false or nothing is fatal. */
export function flagField({ record, path, report }: Scope, name: string): boolean | null {
  const value = member(record, name);
  if (value === undefined || value === null) return null;
  if (typeof value === 'boolean') return value;
  report.fatal(
    'FLAG_EXPECTED',
    `${path}.${name}`,
    `${name} is neither true nor false.`,
    { field: name, found: shown(value) },
    'Export from the API, which gives true or false.',
  );
  return null;
}

/**
 * Reads the first of several members that holds text, trimmed; null for none. NUL and lone surrogates are fatal (the
 * database cannot hold them), and so is a text beyond the limit: governed text is never cut.
 */
export function textField({ record, path, report }: Scope, names: readonly string[], limit: number): string | null {
  for (const name of names) {
    const value = member(record, name);
    if (typeof value !== 'string' || value.trim() === '') continue;
    const text = value.trim();
    if (text.includes('\0') || !isWellFormed(text)) {
      report.fatal(
        'TEXT_NOT_STORABLE',
        `${path}.${name}`,
        `${name} holds a NUL or half a surrogate pair.`,
        { field: name },
        'Type the text again in HaloPSA and export again.',
      );
      return null;
    }
    if (text.length > limit) {
      report.fatal(
        'TEXT_TOO_LONG',
        `${path}.${name}`,
        `${name} has ${text.length} characters; at most ${limit} are read.`,
        { field: name, length: text.length, limit },
        'Shorten the text in HaloPSA; link a document for more.',
      );
      return null;
    }
    return text;
  }
  return null;
}

/** Reads the first of several members that is an id: a positive whole number or a text; zero and below mean none. */
export function idField(scope: Scope, names: readonly string[]): string | null {
  for (const name of names) {
    const value = member(scope.record, name);
    if (value instanceof LosslessNumber) {
      if (/^[1-9]\d{0,18}$/.test(value.value)) return value.value;
    } else if (typeof value === 'string' && /^[\w.:-]{1,64}$/.test(value.trim()) && !/^(-\d+|0)$/.test(value.trim())) {
      return value.trim();
    }
  }
  return null;
}

/** What stood there, for the facts of a finding: figures as they are, other text only by its length. */
function shown(value: ExportValue): string {
  if (value instanceof LosslessNumber) return value.value.slice(0, 60);
  if (typeof value === 'string') {
    const text = value.trim();
    const isFigure = text.length <= 60 && (/^[-+\d.,eE% ]*$/.test(text) || NOT_FINITE.test(text));
    return isFigure ? text : `text of ${value.length} characters`;
  }
  if (value === null) return 'null';
  return Array.isArray(value) ? 'list' : typeof value;
}
