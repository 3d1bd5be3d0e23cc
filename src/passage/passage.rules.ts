import { DateTime } from 'luxon';
import type { SourceReference } from '../core/source.js';
import { configurationOf } from '../catalogue/catalogue.queries.js';
import type { ConfigurationVersion } from '../catalogue/configuration-version.entity.js';
import type { DealSnapshot } from '../deal/deal.entity.js';

/** The source reference of a deal's snapshot. */
export function snapshotSource({ id, revision, termsDigest }: Pick<DealSnapshot, 'id' | 'revision' | 'termsDigest'>): SourceReference {
  return { type: 'DEAL_SNAPSHOT', id, version: String(revision), hash: termsDigest };
}

/** The day of an instant in the tenant's time zone. */
export function today(version: ConfigurationVersion, now: Date): string {
  return DateTime.fromJSDate(now, { zone: configurationOf(version).tenant.timeZone }).toISODate()!;
}
