/** Where a call points inside a drive, and what it wants of it. */
export interface ItemAddress {
  /** An item's id, or `root`. */
  readonly base: string;
  /** Decoded names below the base; null for the base itself. */
  readonly names: readonly string[] | null;
  /** What follows, for example `content`; empty for the item itself. */
  readonly rest: string;
}

const FORM = /^(root|items\/([^/:]+))(?::(\/[^:]*):?)?(?:\/(.*))?$/;

/**
 * Reads what follows `/drives/{id}/`: `root`, `items/{id}`, and both with a path, `root:/a/b.md:/content`
 * (learn.microsoft.com/graph/onedrive-addressing-driveitems). Null when it is not about an item. The path must be
 * soundly percent-encoded.
 */
export function itemAddress(path: string): ItemAddress | null {
  const match = FORM.exec(path);
  if (!match) return null;
  const [, first, id, names, rest = ''] = match;
  return {
    base: first === 'root' ? 'root' : decodeURIComponent(id ?? ''),
    names: names === undefined ? null : names.split('/').filter(Boolean).map(decodeURIComponent),
    rest,
  };
}
