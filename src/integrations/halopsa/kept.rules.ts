import { VendorError } from '../../core/outbox/vendor-error.js';
import { haloError, type HaloRecord, idOf, listOf, numberOf, plain, textOf } from './halopsa.record.js';

/** Lists whose records are found again by something else than their id: each by this field. */
const KEYS: Readonly<Record<string, string>> = {
  customfields: 'name',
  milestones: 'name',
  budgets: 'budgettype_id',
  date_dependencies: 'dependentfaultid',
};

const DAY = /^\d{4}-\d{2}-\d{2}$/;

/** A field that HaloPSA does not have as it was written, with both values as text; null where one has none. */
export interface FieldDifference {
  /** Such as `customfields.CFBaseline` or `milestones.Build.target_date`. */
  readonly field: string;
  readonly ours: string | null;
  readonly theirs: string | null;
}

/**
 * The fields that HaloPSA does not have as they were written. HaloPSA answers 200 also when it drops a field in silence
 * (facts 3.3), so only what is read back counts. Days are compared as days, since HaloPSA adds a time; numbers to two
 * decimals.
 */
export function differing(written: HaloRecord, kept: HaloRecord, path = ''): readonly FieldDifference[] {
  return Object.entries(written).flatMap(([name, value]) => {
    const field = `${path}${name}`;
    if (name === 'id') return [];
    if (Array.isArray(value)) return listDiffering(name, value as HaloRecord[], kept, field);
    return same(value, kept, name) ? [] : [{ field, ours: textIn(value), theirs: textIn(kept[name], value) }];
  });
}

/** The same by their paths alone. */
export function notKept(written: HaloRecord, kept: HaloRecord): readonly string[] {
  return differing(written, kept).map(({ field }) => field);
}

/** VendorError REFUSED that names what HaloPSA dropped; nothing when it kept everything. */
export function assertKept(written: HaloRecord, kept: HaloRecord, what: string): void {
  const dropped = notKept(written, kept);
  if (dropped.length > 0) throw fieldsDropped(what, dropped);
}

function fieldsDropped(what: string, dropped: readonly string[]): VendorError {
  const names = dropped.slice(0, 8).join(', ');
  return haloError(
    'REFUSED',
    'HALOPSA_FIELD_DROPPED',
    `HaloPSA took ${what} and did not keep: ${names}${dropped.length > 8 ? ' and more' : ''}.`,
    `Let the agent of the API application edit these fields, and make custom fields that are missing (their names begin with CF), for the ticket types of the connection. Then retry it: what is there already is found again.`,
  );
}

function listDiffering(
  name: string,
  written: readonly HaloRecord[],
  kept: HaloRecord,
  at: string,
): readonly FieldDifference[] {
  const key = KEYS[name] ?? 'id';
  return written.flatMap((one) => {
    const field = `${at}.${plain(one[key])}`;
    const id = idOf(one);
    const found = listOf(kept, name).find((other) => (id === null ? same(one[key], other, key) : idOf(other) === id));
    if (found)
      return differing(one, found, `${field}.`).map((inner) => (name === 'customfields' ? { ...inner, field } : inner));
    // A custom field without a value need not be there.
    if (name === 'customfields') return one.value === '' ? [] : [{ field, ours: textIn(one.value), theirs: null }];
    return [{ field, ours: plain(one[key]), theirs: null }];
  });
}

/** A value for people; a day as a day where ours is one. */
function textIn(value: unknown, like: unknown = value): string | null {
  const text = plain(value);
  if (text === '') return null;
  return typeof like === 'string' && DAY.test(like) ? text.slice(0, 10) : text;
}

function same(value: unknown, kept: HaloRecord, name: string): boolean {
  if (typeof value === 'string') {
    const text = plain(kept[name]);
    return DAY.test(value) ? text.slice(0, 10) === value : text.trim() === value.trim();
  }
  if (typeof value === 'boolean') return kept[name] === value;
  if (value === null || value === undefined) return textOf(kept, name) === '' && numberOf(kept, name) === null;
  const number = numberOf(kept, name);
  return number !== null && Math.abs(number - Number(plain(value))) < 0.005;
}
