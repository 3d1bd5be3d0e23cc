import { KeptTexts } from '../core/kept-texts.js';
import type { Query, Row } from '../core/statement.js';
import { hydrate, tableOf } from '../core/table.js';
import { ConfigurationVersion } from './configuration-version.entity.js';

/**
 * A content is some fifty kilobytes, nearly every change needs the one that its handoff was opened under, and none ever
 * changes: each travels to a process once. A tenant's handoffs are of its last few versions.
 */
const contents = new KeptTexts(100, 3);

/** The columns of a version `v`, its content left out where its digest is one of those at the place, such as `$3`. */
export const versionColumns = (place: string): string =>
  tableOf(ConfigurationVersion)
    .columns.map(({ name }) =>
      name === 'content' ? `case when v.digest = any(${place}) then null else v.content end as content` : `v.${name}`,
    )
    .join(', ');

/** A version that was found, and whatever else was selected beside it. */
export interface FoundVersion {
  readonly version: ConfigurationVersion;
  readonly row: Row;
}

/** A query of rows with `versionColumns` of the place behind the values. */
export function versionsBy<T>(
  text: string,
  values: readonly unknown[],
  read: (found: readonly FoundVersion[]) => T,
): Query<T> {
  const named = new Map<string, ReadonlyMap<string, string>>();
  return {
    text,
    values,
    ofTenant: (tenantId) => {
      const known = contents.of(tenantId);
      named.set(tenantId, known);
      return [...known.keys()];
    },
    read: (rows) => read(rows.map((row) => ({ row, version: whole(row, named) }))),
  };
}

/** The version of a row, with its content from those that its query has named when it was sent. */
function whole(row: Row, named: ReadonlyMap<string, ReadonlyMap<string, string>>): ConfigurationVersion {
  const version = hydrate(ConfigurationVersion, row);
  const { tenantId, digest } = version;
  if (row.content === null) version.content = named.get(tenantId)!.get(digest)!;
  contents.keep(tenantId, digest, version.content);
  return version;
}
