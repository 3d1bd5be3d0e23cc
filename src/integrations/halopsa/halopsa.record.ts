import { isLosslessNumber } from 'lossless-json';
import { VendorError, type VendorFault } from '../../core/outbox/vendor-error.js';

/** A record of HaloPSA's API as it was parsed: numbers are LosslessNumber, whatever the vendor adds is still there. */
export type HaloRecord = Readonly<Record<string, unknown>>;

/** Whether a parsed value is a record. */
export function isRecord(value: unknown): value is HaloRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !isLosslessNumber(value);
}

/** A whole number above zero, such as an id; null for everything else, also for a fraction or a text. */
export function idOf(record: HaloRecord, name = 'id'): number | null {
  const value = numberOf(record, name);
  return value !== null && Number.isSafeInteger(value) && value > 0 ? value : null;
}

/** A number; null when there is none. */
export function numberOf(record: HaloRecord, name: string): number | null {
  const value = record[name];
  if (typeof value !== 'number' && !isLosslessNumber(value)) return null;
  const read = Number(plain(value));
  return Number.isFinite(read) ? read : null;
}

/** A text, number or flag as text; empty for everything else. */
export function plain(value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return `${value}`;
  return isLosslessNumber(value) ? value.value : '';
}

/** A text; empty when there is none. */
export function textOf(record: HaloRecord, name: string): string {
  const value = record[name];
  return typeof value === 'string' ? value : '';
}

/** A list of records; what is none is left out. */
export function listOf(record: HaloRecord, name: string): readonly HaloRecord[] {
  const value = record[name];
  return Array.isArray(value) ? value.filter(isRecord) : [];
}

/** The value of a custom field as text; empty when it has none. */
export function customField(record: HaloRecord, name: string): string {
  return plain(listOf(record, 'customfields').find((one) => one.name === name)?.value);
}

/** What went wrong with HaloPSA, with what an administrator can do about it. */
export function haloError(kind: VendorFault, code: string, message: string, remedy: string): VendorError {
  return new VendorError(kind, { code, message, remedy });
}

/** The lists of a ticket whose rows HaloPSA makes anew when they carry no id; budgets it knows by their type. */
const PARTS = ['milestones', 'date_dependencies'];

/** Whether a record as it is posted only changes what is there: it has an id, and so have its parts. */
export function makesNothing(record: HaloRecord): boolean {
  return [record, ...PARTS.flatMap((name) => listOf(record, name))].every((one) => idOf(one) !== null);
}
