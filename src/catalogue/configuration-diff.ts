import { canonicalJson } from '../core/canonical.js';
import type { TenantConfiguration } from './configuration.js';
import type { StoredConfiguration } from './stored-configuration.js';

/** One difference between two versions of a configuration. */
export interface ConfigurationChange {
  /** Where, by keys instead of array positions, such as `people[sofia.sales].roles` or `calendar.holidays[2026-12-25]`. */
  readonly path: string;
  /** The JSON value before; undefined when it is new. */
  readonly before: unknown;
  /** The JSON value after; undefined when it is gone. */
  readonly after: unknown;
}

/** Fields that name an element of a list; the first that every element has, and has differently, is used. */
const NAMES: readonly (readonly string[])[] = [
  ['key'],
  ['code'],
  ['value'],
  ['topic'],
  ['date'],
  ['oid'],
  ['serviceTemplate', 'dealType', 'lineKind', 'billing', 'from'],
];

/**
 * What is different, in the order of the new configuration, then what is gone; empty when the two are equal. A list
 * of named things is compared by their names, so that one inserted task is one change; when only the order differs,
 * that is one change of `<path>.order`. Other lists (roles, dependencies, tier rules by position) change as a whole
 * when they hold words, and by position when they hold objects.
 */
export function diffConfigurations<C extends TenantConfiguration | StoredConfiguration>(
  before: C,
  after: C,
): ConfigurationChange[] {
  return compare('', before, after);
}

function compare(path: string, before: unknown, after: unknown): ConfigurationChange[] {
  if (isRecord(before) && isRecord(after)) return compareRecords(path, before, after);
  if (Array.isArray(before) && Array.isArray(after)) return compareLists(path, before, after);
  return same(before, after) ? [] : [{ path, before, after }];
}

function compareRecords(
  path: string,
  before: Readonly<Record<string, unknown>>,
  after: Readonly<Record<string, unknown>>,
): ConfigurationChange[] {
  const names = [...new Set([...Object.keys(after), ...Object.keys(before)])];
  return names.flatMap((name) =>
    compare(path === '' ? name : `${path}.${name}`, member(before, name), member(after, name)),
  );
}

function compareLists(path: string, before: readonly unknown[], after: readonly unknown[]): ConfigurationChange[] {
  if (same(before, after)) return [];
  if (![...before, ...after].every(isRecord)) return [{ path, before, after }];
  const naming = NAMES.find((fields) => [before, after].every((items) => areNamedBy(items, fields)));
  const a = byName(before, naming);
  const b = byName(after, naming);
  const changes = [...new Set([...b.keys(), ...a.keys()])].flatMap((name) =>
    compare(`${path}[${name}]`, a.get(name), b.get(name)),
  );
  return naming ? [...changes, ...orderChange(path, [...a.keys()], [...b.keys()])] : changes;
}

/** A move of what both lists hold; insertions and removals alone move nothing. */
function orderChange(path: string, before: readonly string[], after: readonly string[]): ConfigurationChange[] {
  const kept = before.filter((name) => after.includes(name));
  const now = after.filter((name) => before.includes(name));
  return same(kept, now) ? [] : [{ path: `${path}.order`, before, after }];
}

/** Whether these fields tell the elements of a list apart; an empty list has nothing to tell apart. */
function areNamedBy(items: readonly unknown[], fields: readonly string[]): boolean {
  const names = items.map((item) => nameOf(item, fields));
  return names.every((name) => name !== null) && new Set(names).size === names.length;
}

function nameOf(item: unknown, fields: readonly string[]): string | null {
  if (!isRecord(item)) return null;
  const parts = fields.map((field) => member(item, field));
  return parts.every((part) => typeof part === 'string') ? parts.join(' ') : null;
}

/** The elements by their name, or by their position when nothing names them. */
function byName(items: readonly unknown[], naming: readonly string[] | undefined): ReadonlyMap<string, unknown> {
  return new Map(items.map((item, index) => [(naming && nameOf(item, naming)) ?? String(index), item]));
}

function same(a: unknown, b: unknown): boolean {
  if (a === undefined || b === undefined) return a === b;
  return canonicalJson(a) === canonicalJson(b);
}

function member(record: Readonly<Record<string, unknown>>, name: string): unknown {
  return Object.hasOwn(record, name) ? record[name] : undefined;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
