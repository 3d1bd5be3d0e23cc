import { ConfigurationVersion } from './catalogue/configuration-version.entity.js';
import { Evidence } from './checklist/evidence.entity.js';
import { sha256Hex } from './core/canonical.js';
import type { SourceChecker } from './core/ledger/export.js';
import { mapQuery, select, type Where } from './core/statement.js';
import type { EntityClass, TenantOwned } from './core/table.js';
import { DealSnapshot } from './deal/deal.entity.js';
import { BudgetBaseline } from './project/baseline.entity.js';

/** A checker for records of one entity. */
function checker<T extends TenantOwned>(
  entity: EntityClass<T>,
  now: (record: T) => { readonly version: number; readonly hash: string },
): SourceChecker {
  return (ids) =>
    mapQuery(
      select(entity, { id: ids } as unknown as Where<T>),
      (records) =>
        new Map(
          records.map((record) => {
            const { version, hash } = now(record);
            return [record.id, { version: String(version), hash }];
          }),
        ),
    );
}

/**
 * How an export looks again at what stood behind a decision, by the kind of source reference. Where the record keeps
 * the text that was hashed, the hash is calculated anew; otherwise the one that it keeps is compared.
 */
export const SOURCE_CHECKERS: Readonly<Record<string, SourceChecker>> = {
  CONFIGURATION: checker(ConfigurationVersion, ({ version, content }) => ({ version, hash: sha256Hex(content) })),
  DEAL_SNAPSHOT: checker(DealSnapshot, ({ revision, terms }) => ({ version: revision, hash: sha256Hex(terms) })),
  EVIDENCE: checker(Evidence, ({ sequence, contentHash }) => ({ version: sequence, hash: contentHash })),
  BASELINE: checker(BudgetBaseline, ({ version, contentDigest }) => ({ version, hash: contentDigest })),
};
