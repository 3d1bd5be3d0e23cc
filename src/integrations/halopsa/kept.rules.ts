import { VendorError } from '../../core/outbox/vendor-error.js';
import { haloError, type HaloRecord, idOf, listOf, numberOf, plain, textOf } from './halopsa.record.js';

/** Lists whose records are found again by something else than their id: each by this field. */
const KEYS: Readonly<Record<string, string>> = { customfields: 'name', milestones: 'name', budgets: 'budgettype_id' };

const DAY = /^\d{4}-\d{2}-\d{2}$/;

/**
 * The fields that HaloPSA does not have as they were written, as paths such as `customfields.CFBaseline`. HaloPSA
 * answers 200 also when it drops a field in silence (facts 3.3), so only what is read back counts. Days are compared as
 * days, since HaloPSA adds a time; numbers to two decimals.
 */
export function notKept(written: HaloRecord, kept: HaloRecord, path = ''): readonly string[] {
  return Object.entries(written).flatMap(([name, value]) => {
    const at = `${path}${name}`;
    if (name === 'id') return [];
    if (Array.isArray(value)) return listNotKept(name, value as HaloRecord[], kept, at);
    return same(value, kept, name) ? [] : [at];
  });
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

function listNotKept(name: string, written: readonly HaloRecord[], kept: HaloRecord, at: string): readonly string[] {
  const key = KEYS[name] ?? 'id';
  return written.flatMap((one) => {
    const label = `${at}.${plain(one[key])}`;
    const id = idOf(one);
    const found = listOf(kept, name).find((other) => (id === null ? same(one[key], other, key) : idOf(other) === id));
    if (found) return notKept(one, found, `${label}.`).map((inner) => (name === 'customfields' ? label : inner));
    // A custom field without a value need not be there.
    return name === 'customfields' && one.value === '' ? [] : [label];
  });
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
