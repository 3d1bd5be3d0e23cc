import { PRESENT } from '../core/clock.js';
import { AppError, notFound } from '../core/error.js';
import { RecentlyUsed } from '../core/recently-used.js';
import { brief, type Query, select, sql } from '../core/statement.js';
import { ConfigurationState, ConfigurationVersion } from './configuration-version.entity.js';
import type { StoredConfiguration } from './stored-configuration.js';
import { versionColumns, versionsBy } from './version-rows.js';

const RULING = `select ${versionColumns('$2')} from configuration_version v
  where v.tenant_id = $1 and v.state = 'EFFECTIVE' and v.effective_from <= ${PRESENT}
  order by v.effective_from desc, v.version desc limit 1`;

const BY_IDS = `select ${versionColumns('$3')} from configuration_version v where v.tenant_id = $1 and v.id = any($2)`;

const OF_HANDOFF = `select ${versionColumns('$3')}
  from handoff h join configuration_version v on v.tenant_id = $1 and v.id = h.configuration_version_id
  where h.tenant_id = $1 and h.id = $2`;

/** The version that rules now: the latest EFFECTIVE one whose date has come. */
export const rulingConfiguration = (): Query<ConfigurationVersion> =>
  versionsBy(RULING, [], ([found]) => {
    if (!found)
      throw new AppError('UNAVAILABLE', 'The tenant has no configuration yet.', {
        remedy: 'Apply its file with `countersign tenants apply`.',
      });
    return found.version;
  });

/** When the tenant's first configuration began to rule; null before there is one. */
export const rulingSince = (): Query<Date | null> =>
  sql(
    "select min(effective_from) as at from configuration_version where tenant_id = $1 and state = 'EFFECTIVE'",
    [],
    (rows) => (rows[0]?.at as Date | null | undefined) ?? null,
  );

/** Versions by their ids; one that is not there is absent. */
export const configurationsById = (ids: readonly string[]): Query<ReadonlyMap<string, ConfigurationVersion>> =>
  brief(versionsBy(BY_IDS, [ids], (found) => new Map(found.map(({ version }) => [version.id, version]))));

/** The version that a handoff was opened under. */
export const configurationOfHandoff = (handoffId: string): Query<ConfigurationVersion> =>
  versionsBy(OF_HANDOFF, [handoffId], ([found]) => {
    if (!found) throw notFound('Handoff', handoffId);
    return found.version;
  });

/** All versions, newest first, locked: who proposes or decides works on the list as it is. */
export const lockVersions = (): Query<ConfigurationVersion[]> =>
  select(ConfigurationVersion, {}, { orderBy: ['-version'], lock: 'UPDATE' });

/**
 * Holds every version as it is until the transaction ends: none comes to rule between a gate's judgement and its commit
 * (approvals rule 7, attack A8). Ask for what rules after it, in a statement of its own.
 */
export const holdVersions = (): Query<void> =>
  sql('select id from configuration_version where tenant_id = $1 order by version desc for share', [], () => undefined);

/** By digest. */
const parsed = new RecentlyUsed<string, StoredConfiguration>(200);

/** The configuration of a version, without names; the same digest is the same content, so it is parsed once a process. */
export function configurationOf(version: Pick<ConfigurationVersion, 'content' | 'digest'>): StoredConfiguration {
  const known = parsed.get(version.digest);
  if (known) return known;
  const configuration = JSON.parse(version.content) as StoredConfiguration;
  parsed.set(version.digest, configuration);
  return configuration;
}

/** Whether a version rules already. */
export const isRuling = (version: ConfigurationVersion, now: Date): boolean =>
  version.state === ConfigurationState.EFFECTIVE && version.effectiveFrom <= now;

/** The one that rules of these versions, as rulingConfiguration() finds it; undefined when none does yet. */
export function rulingAmong(versions: readonly ConfigurationVersion[], now: Date): ConfigurationVersion | undefined {
  return versions
    .filter((version) => isRuling(version, now))
    .toSorted((a, b) => b.effectiveFrom.getTime() - a.effectiveFrom.getTime() || b.version - a.version)[0];
}
