import type { HaloInstance } from './instance.js';
import type { ShapeName } from './shapes.js';
import type { HaloRecord } from './store.js';
import { assertAnswer, pick } from './validation.js';

/** The query of a request, its names in any case, without the filters that the instance ignores. */
export class Query {
  private readonly values: ReadonlyMap<string, string>;

  constructor(parameters: Readonly<Record<string, string>>, ignored: readonly string[] = []) {
    const entries = Object.entries(parameters).map(([name, value]): [string, string] => [name.toLowerCase(), value]);
    this.values = new Map(entries.filter(([name]) => !ignored.includes(name)));
  }

  text(name: string): string | null {
    return this.values.get(name) ?? null;
  }

  flag(name: string): boolean {
    return this.values.get(name)?.toLowerCase() === 'true';
  }

  /** A whole number above zero, else the default. */
  count(name: string, otherwise: number): number {
    const text = this.values.get(name) ?? '';
    return /^[1-9]\d{0,8}$/.test(text) ? Number(text) : otherwise;
  }
}

/** A record with the fields of its shape alone; throws when they break the shape. */
export function present(shape: ShapeName, record: HaloRecord): HaloRecord {
  const shown = pick(shape, record);
  assertAnswer(shape, shown);
  return shown;
}

/** Query parameters of every list. */
export const PAGING = ['pageinate', 'page_size', 'page_no'];

/**
 * A list as the vendor pages it (facts 3.3): `pageinate` is the real spelling; a page holds at most `pageCap` rows
 * whatever `page_size` says, in silence, while `record_count` stays right. Which key holds the rows is a setting.
 */
export function pageOf(halo: HaloInstance, name: string, rows: readonly HaloRecord[], query: Query): unknown {
  const { pageCap, defaultRows, listKeys } = halo.settings;
  const key = Object.hasOwn(listKeys, name) ? listKeys[name] : null;
  if (!query.flag('pageinate')) {
    const shown = rows.slice(0, Math.min(query.count('count', key === null ? rows.length : defaultRows), pageCap));
    return key === null || key === undefined ? shown : { record_count: rows.length, [key]: shown };
  }
  const asked = query.count('page_size', defaultRows);
  const size = Math.min(asked, pageCap);
  const page = query.count('page_no', 1);
  const shown = rows.slice((page - 1) * size, page * size);
  if (key === null || key === undefined) return shown;
  return { page_no: page, page_size: asked, record_count: rows.length, [key]: shown };
}

/** What a POST answers: one record as an object or in a list, several in a list. */
export function replyOf(halo: HaloInstance, records: readonly HaloRecord[]): unknown {
  return records.length === 1 && halo.settings.reply === 'OBJECT' ? records[0] : records;
}
