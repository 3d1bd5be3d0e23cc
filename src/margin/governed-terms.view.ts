import { configurationOf } from '../catalogue/catalogue.queries.js';
import { ConfigurationVersion } from '../catalogue/configuration-version.entity.js';
import type { Reader } from '../core/reader.js';
import type { ApprovalRequest } from '../approval/request.entity.js';
import { DealSnapshot } from '../deal/deal.entity.js';
import { Handoff } from '../handoff/handoff.entity.js';
import { handoffSubject } from '../handoff/handoff.rules.js';
import { type GovernedTerms, governedTermsOf } from './governed-terms.rules.js';

/**
 * What a digest of a request about a handoff stands for, as a question that is answered for any of its rounds; null for
 * another kind of subject, and when the handoff is not for this reader. Batched over a page.
 */
export async function governedTermsFor(
  reader: Reader,
  request: ApprovalRequest,
): Promise<((digest: string) => GovernedTerms | null) | null> {
  if (request.subjectType !== handoffSubject(request.subjectId).type) return null;
  const handoff = await reader.one(Handoff, request.subjectId);
  if (!handoff) return null;
  const [snapshots, version] = await Promise.all([
    reader.many(DealSnapshot, 'dealId', handoff.dealId, ['-revision']),
    reader.one(ConfigurationVersion, handoff.configurationVersionId),
  ]);
  const templates = version ? Object.keys(configurationOf(version).serviceTemplates) : [];
  const likely = [handoff.serviceTemplate, ...templates.filter((key) => key !== handoff.serviceTemplate)];
  return (digest) => governedTermsOf(digest, snapshots, likely);
}
