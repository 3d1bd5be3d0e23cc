import { sha256Hex } from '../core/canonical.js';
import type { Finding } from '../core/finding.js';
import { idField, Report, type Scope } from './export-fields.rules.js';
import { isList, isRecord, member, parseExport, scalarText } from './export-json.rules.js';
import type { HaloOptions } from './halopsa-billing.rules.js';
import { readCurrency } from './halopsa-currency.rules.js';
import { checkHeaderTotal, quotesInOtherCurrency } from './halopsa-checks.rules.js';
import { type ImportedDeal, readDeal, readScope } from './halopsa-deal.rules.js';
import { MAX_LINES, readLine } from './halopsa-lines.rules.js';
import { findRecords } from './halopsa-records.rules.js';
import { digestOfTerms, type NormalisedTerms, type TermsLine } from './terms.rules.js';

/**
 * What an export says. `ok` means that the terms are complete and can be stored as a snapshot; findings may still
 * block a gate (COST_MISSING does). Without `ok` nothing can be stored, and the findings say everything that is wrong.
 */
export type HaloImport =
  | {
      readonly ok: true;
      readonly deal: ImportedDeal;
      readonly terms: NormalisedTerms;
      /** SHA-256 of the canonical terms: equal exactly when everything governed is equal. */
      readonly termsDigest: string;
      /** SHA-256 of the raw text, byte for byte. */
      readonly rawDigest: string;
      readonly findings: readonly Finding[];
    }
  | { readonly ok: false; readonly findings: readonly Finding[] };

/**
 * Reads a HaloPSA opportunity with its quotation from the vendor's own JSON: pure, deterministic, never throws on any
 * text. Tolerant of unknown members, of the order of members, and of both spellings of the lines (see
 * halopsa-figures.rules.ts); strict about money: exact decimals, one currency, no guessed figure (issue 2, deal intake
 * on real input).
 */
export function normaliseHaloExport(raw: string, options: HaloOptions = {}): HaloImport {
  const parsed = parseExport(raw);
  if (!parsed.ok) return parsed;
  const report = new Report();
  const records = findRecords(parsed.value, report, options.quotationId);
  if (!records) return { ok: false, findings: report.findings };
  const deal = readDeal(records);
  const terms = readTerms(records.opportunity, records.quotation, options);
  if (!report.usable || !deal || !terms) return { ok: false, findings: report.findings };
  const digests = { termsDigest: digestOfTerms(terms), rawDigest: sha256Hex(raw) };
  return { ok: true, deal, terms, ...digests, findings: report.findings };
}

/** Which opportunity and client an export is about, whatever its terms say; null when that cannot be told. */
export function identifyHaloExport(
  raw: string,
): Pick<ImportedDeal, 'externalId' | 'clientExternalId' | 'clientName'> | null {
  const parsed = parseExport(raw);
  const records = parsed.ok ? findRecords(parsed.value, new Report()) : null;
  return records && readDeal(records);
}

function readTerms(opportunity: Scope, quotation: Scope, options: HaloOptions): NormalisedTerms | null {
  const currency = readCurrency(opportunity, quotation, options);
  const scopes = lineScopes(quotation);
  if (!currency || !scopes) return null;
  refuseTwins(scopes);
  const converted = quotesInOtherCurrency(quotation);
  const read = scopes.flatMap((scope) => readLine(scope, { currency, converted, options }) ?? []);
  if (!quotation.report.usable) return null;
  if (read.length === 0) {
    const remedy = 'Add the priced lines to the quotation in HaloPSA and export it with its details.';
    quotation.report.fatal('LINES_MISSING', `${quotation.path}.lines`, 'The quotation has no priced line.', {}, remedy);
    return null;
  }
  const lines: TermsLine[] = read.map((line, index) => ({ position: index + 1, ...line }));
  checkHeaderTotal(quotation, lines, currency);
  const scope = readScope(quotation);
  return { version: 1, currency, lines, signedScopeHash: scope === null ? null : sha256Hex(scope) };
}

/** The objects of `lines`: by `sort_seq`, then id, where all have one (the API promises no order); else as they stand. */
function lineScopes({ record, path, report }: Scope): readonly Scope[] | null {
  const lines = member(record, 'lines');
  if (!isList(lines)) {
    const remedy = 'Export the quotation with includedetails=true, so that it carries its lines.';
    report.fatal('LINES_MISSING', `${path}.lines`, 'The quotation carries no list of lines.', {}, remedy);
    return null;
  }
  if (lines.length > MAX_LINES) {
    const facts = { count: lines.length, limit: MAX_LINES };
    const message = `The quotation has ${lines.length} lines; at most ${MAX_LINES} are read.`;
    report.fatal('LINES_TOO_MANY', `${path}.lines`, message, facts, 'Split the quotation.');
    return null;
  }
  const scopes: Scope[] = [];
  for (const [index, line] of lines.entries()) {
    const place = `${path}.lines[${index}]`;
    if (isRecord(line)) scopes.push({ record: line, path: place, report });
    else report.fatal('LINE_MALFORMED', place, 'A line is no object.', {}, 'Export the quotation from the API again.');
  }
  const ordered = scopes.map((scope) => ({
    scope,
    sequence: wholeNumber(scope, 'sort_seq'),
    id: wholeNumber(scope, 'id'),
  }));
  if (ordered.some(({ sequence }) => sequence === null)) return scopes;
  return ordered
    .sort((a, b) => (a.sequence ?? 0) - (b.sequence ?? 0) || (a.id ?? 0) - (b.id ?? 0))
    .map(({ scope }) => scope);
}

function wholeNumber({ record }: Scope, name: string): number | null {
  const text = scalarText(member(record, name));
  return /^\d{1,15}$/.test(text) ? Number(text) : null;
}

/** The same line id twice would count the line twice. */
function refuseTwins(scopes: readonly Scope[]): void {
  const seen = new Set<string>();
  for (const scope of scopes) {
    const id = idField(scope, ['id']);
    if (id === null) continue;
    if (seen.has(id)) {
      const remedy = 'Export the quotation from the API again.';
      scope.report.fatal('LINE_DUPLICATE', `${scope.path}.id`, `The line ${id} stands twice.`, { lineId: id }, remedy);
    }
    seen.add(id);
  }
}
