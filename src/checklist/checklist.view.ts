import { configurationById, configurationOf } from '../catalogue/catalogue.queries.js';
import { ConfigurationVersion } from '../catalogue/configuration-version.entity.js';
import type { Reader } from '../core/reader.js';
import { DealSnapshot } from '../deal/deal.entity.js';
import { Stakeholder } from '../handoff/content.entity.js';
import { Handoff } from '../handoff/handoff.entity.js';
import { ChecklistItem } from './checklist.entity.js';
import { completeness } from './checklist.rules.js';
import { Evidence } from './evidence.entity.js';
import { type EvidenceContext, evidenceContext, itemStatus, type ItemVerdict, latestEvidence } from './status.rules.js';

interface ChecklistView {
  readonly items: readonly ChecklistItem[];
  readonly evidence: readonly Evidence[];
  readonly context: EvidenceContext;
}

/** The reader answers the same question of one request with the same array: the context is made once for it. */
const contexts = new WeakMap<readonly Evidence[], EvidenceContext>();

/** A handoff's checklist with all that its worth depends on; batched over the handoffs of a page. */
async function viewOf(reader: Reader, handoff: Handoff): Promise<ChecklistView> {
  const [items, evidence, snapshot, stakeholders, version, now] = await Promise.all([
    reader.many(ChecklistItem, 'handoffId', handoff.id, ['position', 'id']),
    reader.many(Evidence, 'handoffId', handoff.id, ['sequence', 'id']),
    reader.required(DealSnapshot, handoff.dealSnapshotId),
    reader.many(Stakeholder, 'handoffId', handoff.id),
    reader.one(ConfigurationVersion, handoff.configurationVersionId),
    reader.now(),
  ]);
  const known = contexts.get(evidence);
  if (known) return { items, evidence, context: known };
  // A program may not read the configuration, but its answer is judged in the same time zone.
  const { tenant } = configurationOf(version ?? (await reader.ask(configurationById(handoff.configurationVersionId))));
  const context = evidenceContext({ handoff, snapshot, items, evidence, stakeholders, timeZone: tenant.timeZone }, now);
  contexts.set(evidence, context);
  return { items, evidence, context };
}

/** The completeness of a handoff's checklist now, in basis points. */
export async function completenessNow(reader: Reader, handoff: Handoff): Promise<number> {
  const { items, evidence, context } = await viewOf(reader, handoff);
  return completeness(items, evidence, context);
}

/** What an item is worth now. */
export async function verdictNow(reader: Reader, item: ChecklistItem): Promise<ItemVerdict> {
  const { evidence, context } = await viewOf(reader, await reader.required(Handoff, item.handoffId));
  return itemStatus(item, latestEvidence(item, evidence), context);
}
