import { idField, type Report, type Scope } from './export-fields.rules.js';
import { type ExportRecord, type ExportValue, isList, isRecord, member } from './export-json.rules.js';

/** The opportunity and the one quotation that governs it, each with its place in the export. */
export interface HaloRecords {
  readonly opportunity: Scope;
  readonly quotation: Scope;
}

/** Names under which an export carries its quotation or quotations. */
const QUOTATION_NAMES = ['quotation', 'quotations', 'quote', 'quotes'];
/** Names of the list in an answer of the API's list calls (connectors 3.3). */
const LIST_NAMES = ['tickets', 'opportunities'];

/**
 * Finds the opportunity and its quotation: `{opportunity, quotation}`, the opportunity with its quotation inside, and
 * each of them bare, in a list of one (as the API answers) or in a page of one (`tickets`). Several are a finding,
 * never a choice: only the caller's `quotationId` picks one. Null when either is not found.
 */
export function findRecords(root: ExportValue, report: Report, quotationId?: string): HaloRecords | null {
  const outer = one({ value: root, path: '$' }, 'opportunity', report);
  if (!outer) return null;
  const named = member(outer.record, 'opportunity');
  const inner =
    named === undefined || named === null
      ? outer
      : one({ value: named, path: `${outer.path}.opportunity` }, 'opportunity', report);
  if (!inner) return null;
  const opportunity: Scope = { record: inner.record, path: inner.path, report };
  const quotation = findQuotation([outer, inner], report, quotationId);
  if (!quotation || !belongs(opportunity, quotation)) return null;
  return { opportunity, quotation };
}

interface Found {
  readonly record: ExportRecord;
  readonly path: string;
}

interface Place {
  readonly value: ExportValue;
  readonly path: string;
}

function findQuotation(holders: readonly Found[], report: Report, quotationId?: string): Scope | null {
  for (const { record, path } of holders) {
    for (const name of QUOTATION_NAMES) {
      const value = member(record, name);
      if (value === undefined || value === null) continue;
      const found = pick({ value, path: `${path}.${name}` }, report, quotationId);
      return found && { ...found, report };
    }
  }
  const message = 'The export holds no quotation, and so no price, cost or scope.';
  const remedy = 'Export GET /Quotation/{id}?includedetails=true with it, as {"opportunity": ..., "quotation": ...}.';
  report.fatal('QUOTATION_MISSING', '$.quotation', message, {}, remedy);
  return null;
}

/** The wanted quotation of a list, when the caller wants one; else the only one. */
function pick(place: Place, report: Report, quotationId?: string): Found | null {
  if (quotationId === undefined) return one(place, 'quotation', report);
  const all = places(place).flatMap(({ value, path }) => (isRecord(value) ? [{ record: value, path }] : []));
  const wanted = all.filter(({ record, path }) => idField({ record, path, report }, ['id']) === quotationId);
  if (wanted.length === 1 && wanted[0]) return wanted[0];
  const facts = { wanted: quotationId, count: wanted.length };
  const message = `${wanted.length} quotations of the export have the id that was asked for.`;
  report.fatal('QUOTATION_NOT_FOUND', place.path, message, facts, 'Give the id of one quotation of this export.');
  return null;
}

/** The one object at a place: bare, in a list of one, or in a page of one. */
function one(place: Place, what: 'opportunity' | 'quotation', report: Report): Found | null {
  const all = places(place);
  const [only] = all;
  if (all.length === 1 && only && isRecord(only.value)) return { record: only.value, path: only.path };
  const code = what === 'opportunity' ? 'OPPORTUNITY' : 'QUOTATION';
  if (all.length > 1) {
    const remedy =
      what === 'opportunity'
        ? 'Import one opportunity at a time.'
        : 'Export the accepted quotation only, or give its id.';
    const message = `The export holds ${all.length} records where one ${what} is expected.`;
    report.fatal(`${code}_AMBIGUOUS`, place.path, message, { count: all.length }, remedy);
  } else {
    const message = `There is no ${what} here.`;
    const remedy = 'Save the answer of GET /Opportunities/{id}?includedetails=true together with its quotation.';
    report.fatal(`${code}_MISSING`, place.path, message, {}, remedy);
  }
  return null;
}

function places({ value, path }: Place): readonly Place[] {
  if (isList(value)) return value.map((item, index) => ({ value: item, path: `${path}[${index}]` }));
  if (isRecord(value)) {
    for (const name of LIST_NAMES) {
      const list = member(value, name);
      if (isList(list)) return list.map((item, index) => ({ value: item, path: `${path}.${name}[${index}]` }));
    }
  }
  return [{ value, path }];
}

/** A quotation that names another opportunity or another client is fatal: its terms would govern the wrong deal. */
function belongs(opportunity: Scope, quotation: Scope): boolean {
  const pairs: readonly [string, string, string][] = [
    ['ticket_id', 'id', 'QUOTATION_OF_OTHER_OPPORTUNITY'],
    ['client_id', 'client_id', 'QUOTATION_OF_OTHER_CLIENT'],
  ];
  return pairs.every(([theirs, ours, code]) => {
    const named = idField(quotation, [theirs]);
    const expected = idField(opportunity, [ours]);
    if (named === null || expected === null || named === expected) return true;
    const message = `The quotation's ${theirs} is ${named}, the opportunity's ${ours} is ${expected}.`;
    const remedy = 'Export the quotation of this very opportunity.';
    quotation.report.fatal(code, `${quotation.path}.${theirs}`, message, { named, expected }, remedy);
    return false;
  });
}
