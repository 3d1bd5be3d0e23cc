import { LosslessNumber, parse } from 'lossless-json';
import { isWellFormed } from '../core/canonical.js';
import { type Finding, finding } from '../core/finding.js';

/** JSON as it was written: numbers keep their text, so that no amount ever passes through a float. */
export type ExportValue = null | boolean | string | LosslessNumber | readonly ExportValue[] | ExportRecord;
export interface ExportRecord {
  readonly [name: string]: ExportValue | undefined;
}

/** Largest export that is read, in UTF-8 bytes (connectors 3.4: reject bodies over 1 MB). */
export const MAX_EXPORT_BYTES = 1_000_000;
/** Deepest nesting that is read; a HaloPSA opportunity with its quotation has about eight levels. */
export const MAX_EXPORT_DEPTH = 64;
/** Duplicate names that are reported; finding the line of each one of a hundred thousand would take minutes. */
const MAX_DUPLICATES = 20;

/** A parsed export, or why it could not be read. */
export type ParsedExport =
  { readonly ok: true; readonly value: ExportValue } | { readonly ok: false; readonly findings: readonly Finding[] };

/**
 * Parses the raw text of an export. Refused with a finding: too large, nested too deeply, lone surrogates or NUL (the
 * database would store another text than the one that was hashed), no JSON, and one name twice with different values
 * (readers disagree on which one counts). A byte order mark is skipped, since PowerShell writes one.
 */
export function parseExport(raw: string): ParsedExport {
  const bytes = Buffer.byteLength(raw, 'utf8');
  if (bytes > MAX_EXPORT_BYTES) {
    return refused('EXPORT_TOO_LARGE', `The export has ${bytes} bytes; at most ${MAX_EXPORT_BYTES} are read.`, {
      facts: { bytes, limit: MAX_EXPORT_BYTES },
      remedy: 'Export one opportunity with its one quotation, without attachments or images.',
    });
  }
  if (!isWellFormed(raw) || raw.includes('\0')) {
    return refused('EXPORT_NOT_TEXT', 'The export is no well-formed UTF-8 text.', {
      facts: {},
      remedy: 'Save the API answer as UTF-8, byte for byte.',
    });
  }
  const text = raw.startsWith('\uFEFF') ? raw.slice(1) : raw;
  if (deeperThan(text, MAX_EXPORT_DEPTH)) {
    return refused('EXPORT_TOO_DEEP', `The export is nested deeper than ${MAX_EXPORT_DEPTH} levels.`, {
      facts: { limit: MAX_EXPORT_DEPTH },
      remedy: 'Export one opportunity with its one quotation, as the API answers them.',
    });
  }
  return parseText(text);
}

/** Whether a value is a JSON object. */
export function isRecord(value: ExportValue | undefined): value is ExportRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof LosslessNumber);
}

/** Whether a value is a JSON array. */
export function isList(value: ExportValue | undefined): value is readonly ExportValue[] {
  return Array.isArray(value);
}

/** The value of a record's own member; `__proto__` and other inherited names are no members. */
export function member(record: ExportRecord, name: string): ExportValue | undefined {
  return Object.hasOwn(record, name) ? record[name] : undefined;
}

/** The text of a number or string, as for an id or a code; empty for anything else. */
export function scalarText(value: ExportValue | undefined): string {
  if (value instanceof LosslessNumber) return value.value;
  return typeof value === 'string' ? value.trim() : '';
}

function parseText(text: string): ParsedExport {
  const findings: Finding[] = [];
  try {
    const value = parse(text, undefined, {
      onDuplicateKey: ({ key, position, oldValue }) => {
        if (findings.length < MAX_DUPLICATES) findings.push(duplicate(key, placeOf(text, position)));
        return oldValue;
      },
    }) as ExportValue;
    return findings.length > 0 ? { ok: false, findings } : { ok: true, value };
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    const at = / at position (\d+)/.exec(error.message);
    const place = placeOf(text, at ? Number(at[1]) : text.length);
    const notFinite = /^[-+]?(NaN|Infinity)/.exec(text.slice(place.position, place.position + 9));
    const reason = error.message
      .replace(/ at position \d+/, '')
      .replace(/[^\x20-\x7E]/g, '?')
      .slice(0, 120);
    return refused('EXPORT_NOT_JSON', `The export is no JSON: line ${place.line}, column ${place.column}: ${reason}.`, {
      facts: { line: place.line, column: place.column },
      remedy: notFinite
        ? `JSON has no ${notFinite[0]}: correct the figure in HaloPSA and export again.`
        : 'Save the API answer as it is, without editing or cutting it.',
    });
  }
}

function duplicate(key: string, { line, column }: Place): Finding {
  return finding({
    code: 'EXPORT_DUPLICATE_NAME',
    path: '$',
    message: `A name stands twice in one object with different values: line ${line}, column ${column}.`,
    facts: { line, column, name: /^\w{1,60}$/.test(key) ? key : '' },
    remedy: 'Export the record from the API again; remove what was added by hand.',
  });
}

function refused(code: string, message: string, rest: Pick<Finding, 'facts' | 'remedy'>): ParsedExport {
  return { ok: false, findings: [finding({ code, path: '$', message, ...rest })] };
}

interface Place {
  readonly position: number;
  readonly line: number;
  readonly column: number;
}

/** Line and column, both from 1, of a position in the text. */
function placeOf(text: string, position: number): Place {
  const before = text.slice(0, position);
  const lastBreak = before.lastIndexOf('\n');
  return { position, line: before.split('\n').length, column: position - lastBreak };
}

/** Counts brackets outside strings, before the recursive parser sees them and could exhaust the stack. */
function deeperThan(text: string, limit: number): boolean {
  let depth = 0;
  let inString = false;
  for (let i = 0; i < text.length; i += 1) {
    const char = text[i];
    if (inString) {
      if (char === '\\') i += 1;
      else if (char === '"') inString = false;
    } else if (char === '"') inString = true;
    else if (char === '[' || char === '{') {
      depth += 1;
      if (depth > limit) return true;
    } else if (char === ']' || char === '}') depth -= 1;
  }
  return false;
}
