import { sha256Hex } from '../core/canonical.js';
import { LAST_YEAR } from '../core/local-day.js';
import { idField, type Scope, textField } from './export-fields.rules.js';
import { member } from './export-json.rules.js';
import type { HaloRecords } from './halopsa-records.rules.js';

const MAX_NAME = 500;
const MAX_TEXT = 100_000;

/** What the opportunity and its quotation say beside the terms. Ids are the vendor's, as text; absent is null. */
export interface ImportedDeal {
  /** The opportunity's `id`. */
  readonly externalId: string;
  /** `summary`, else the quotation's `title`. */
  readonly title: string;
  readonly clientExternalId: string | null;
  readonly clientName: string;
  readonly siteExternalId: string | null;
  readonly ownerExternalId: string | null;
  readonly ownerName: string | null;
  readonly contactExternalId: string | null;
  readonly contactName: string | null;
  readonly contactEmail: string | null;
  /** `pipeline_stage_id` and `pipeline_stage_name`. */
  readonly stageExternalId: string | null;
  readonly stageName: string | null;
  /** `status_id` and `status_name`; "won" is the tenant's mapping of these or of the closure (connectors 3.3). */
  readonly statusExternalId: string | null;
  readonly statusName: string | null;
  readonly closureExternalId: string | null;
  readonly ticketTypeExternalId: string | null;
  /** `dateclosed`, else `oppconverteddate`, read as UTC where it names no zone; ISO 8601 with milliseconds. */
  readonly wonAt: string | null;
  /** The same as the vendor wrote it (connectors 3.2: store raw and parsed). */
  readonly wonAtRaw: string | null;
  readonly quotationExternalId: string | null;
  readonly quotationTitle: string | null;
  readonly purchaseOrder: string | null;
  readonly scope: string | null;
  readonly risk: string | null;
  readonly note: string | null;
  /** `approvalstate` as the vendor codes it. */
  readonly approvalState: string | null;
  readonly approvedAt: string | null;
  readonly approvedBy: string | null;
  readonly approvedByEmail: string | null;
  /** SHA-256 of the signature, null when it is not signed; the image itself stays in the raw export. */
  readonly signatureDigest: string | null;
}

/** Reads the deal; null when it cannot be told which opportunity or client it is, and the findings say so. */
export function readDeal({ opportunity, quotation }: HaloRecords): ImportedDeal | null {
  const externalId = idField(opportunity, ['id', 'ticket_id', 'faultid']);
  if (externalId === null) missing(opportunity, 'OPPORTUNITY_ID_MISSING', 'id', 'a positive number');
  const clientName =
    textField(opportunity, ['client_name'], MAX_NAME) ??
    textField(quotation, ['client_name'], MAX_NAME) ??
    textField(opportunity, ['oppcompanyname'], MAX_NAME);
  if (clientName === null) missing(opportunity, 'CLIENT_MISSING', 'client_name', 'the name of the client');
  if (externalId === null || clientName === null) return null;
  const won = readTime(opportunity, ['dateclosed', 'oppconverteddate']);
  const signature = textField(quotation, ['signature'], Number.MAX_SAFE_INTEGER);
  return {
    externalId,
    title: readTitle(opportunity, quotation, externalId),
    clientExternalId: idField(opportunity, ['client_id']) ?? idField(quotation, ['client_id']),
    clientName,
    siteExternalId: idField(opportunity, ['site_id']) ?? idField(quotation, ['site_id']),
    ownerExternalId: idField(opportunity, ['agent_id']),
    ownerName: textField(opportunity, ['agent_name'], MAX_NAME),
    contactExternalId: idField(opportunity, ['user_id']),
    contactName: textField(opportunity, ['user_name', 'oppcontactname'], MAX_NAME),
    contactEmail: textField(opportunity, ['user_email', 'oppemailaddress'], MAX_NAME),
    stageExternalId: idField(opportunity, ['pipeline_stage_id']),
    stageName: textField(opportunity, ['pipeline_stage_name'], MAX_NAME),
    statusExternalId: idField(opportunity, ['status_id']),
    statusName: textField(opportunity, ['status_name'], MAX_NAME),
    closureExternalId: idField(opportunity, ['oppclosurecategory']),
    ticketTypeExternalId: idField(opportunity, ['tickettype_id']),
    wonAt: won.at,
    wonAtRaw: won.raw,
    quotationExternalId: idField(quotation, ['id']),
    quotationTitle: textField(quotation, ['title'], MAX_NAME),
    purchaseOrder: textField(quotation, ['ponumber', 'po_ref'], MAX_NAME),
    scope: readScope(quotation),
    risk: textField(quotation, ['risk'], MAX_TEXT),
    note: textField(quotation, ['note'], MAX_TEXT),
    approvalState: idField(quotation, ['approvalstate']),
    approvedAt: readTime(quotation, ['approvaldatetime']).at,
    approvedBy: textField(quotation, ['approvalname'], MAX_NAME),
    approvedByEmail: textField(quotation, ['approvalemailaddress'], MAX_NAME),
    signatureDigest: signature === null ? null : sha256Hex(signature),
  };
}

/** The quotation's scope text; its hash is part of the terms. */
export function readScope(quotation: Scope): string | null {
  return textField(quotation, ['scope'], MAX_TEXT);
}

function readTitle(opportunity: Scope, quotation: Scope, externalId: string): string {
  const title = textField(opportunity, ['summary'], MAX_NAME) ?? textField(quotation, ['title'], MAX_NAME);
  if (title !== null) return title;
  const message = 'Neither the opportunity nor the quotation has a title; its number stands in.';
  opportunity.report.note('WARNING', 'TITLE_MISSING', `${opportunity.path}.summary`, message, {}, 'Give it a summary.');
  return `Opportunity ${externalId}`;
}

const TIME = /^(\d{4})-(\d{2})-(\d{2})(?:T(\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,7}))?(Z|[+-]\d{2}:\d{2})?)?$/;
/** HaloPSA writes dates long before any deal for "none" (1899-12-30 and 0001-01-01). */
const FIRST_REAL_YEAR = 1990;

/** The first of several members that holds a time; an impossible one is noted and left out. */
function readTime(scope: Scope, names: readonly string[]): { readonly at: string | null; readonly raw: string | null } {
  for (const name of names) {
    const raw = member(scope.record, name);
    if (typeof raw !== 'string' || raw.trim() === '') continue;
    const match = TIME.exec(raw.trim());
    if (match && Number(match[1]) < FIRST_REAL_YEAR) continue;
    const at = match && Number(match[1]) <= LAST_YEAR ? parseTime(match) : null;
    if (at) return { at, raw: raw.trim() };
    const message = `${name} is no date and time that exists, until the year ${LAST_YEAR}.`;
    const remedy = 'Correct it in HaloPSA and export again.';
    scope.report.note('WARNING', 'TIME_INVALID', `${scope.path}.${name}`, message, { field: name }, remedy);
  }
  return { at: null, raw: null };
}

function parseTime(match: RegExpExecArray): string | null {
  const [, year, month, day, hour = '00', minute = '00', second = '00', fraction = '', zone = 'Z'] = match;
  const date = `${year}-${month}-${day}`;
  // Date would roll 30 February over to March; what does not come back as it went in does not exist.
  const midnight = new Date(`${date}T00:00:00.000Z`);
  if (Number.isNaN(midnight.getTime()) || midnight.toISOString().slice(0, 10) !== date) return null;
  const time = new Date(`${date}T${hour}:${minute}:${second}.${fraction.slice(0, 3).padEnd(3, '0')}${zone}`);
  return Number.isNaN(time.getTime()) ? null : time.toISOString();
}

function missing({ path, report }: Scope, code: string, name: string, what: string): void {
  const message = `The opportunity has no ${name}.`;
  report.fatal(
    code,
    `${path}.${name}`,
    message,
    { field: name },
    `Export from the API, which gives ${what} as ${name}.`,
  );
}
