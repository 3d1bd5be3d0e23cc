import { DEAL_TYPES } from '../catalogue/configuration.words.js';
import type { DealSnapshot } from '../deal/deal.entity.js';
import { governedDigest } from '../handoff/handoff.rules.js';

/** What a digest of governed terms stands for. */
export interface GovernedTerms {
  readonly snapshot: DealSnapshot;
  readonly serviceTemplate: string;
  readonly dealType: string;
}

/**
 * The content that a round was asked about, found by its digest: a round keeps no copy of what it governs, and the digest
 * names it for good. Tried are the deal's snapshots, the newest first, under every classification that the handoff can
 * have had; null when none of them is it.
 */
export function governedTermsOf(
  digest: string,
  snapshots: readonly DealSnapshot[],
  serviceTemplates: readonly string[],
): GovernedTerms | null {
  const tried = new Set<string>();
  for (const snapshot of snapshots.toSorted((a, b) => b.revision - a.revision)) {
    if (tried.has(snapshot.termsDigest)) continue;
    tried.add(snapshot.termsDigest);
    for (const serviceTemplate of serviceTemplates) {
      for (const dealType of DEAL_TYPES) {
        const own = governedDigest({ dealTermsDigest: snapshot.termsDigest, serviceTemplate, dealType });
        if (own === digest) return { snapshot, serviceTemplate, dealType };
      }
    }
  }
  return null;
}
