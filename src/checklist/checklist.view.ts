import { configurationOf, configurationsById } from '../catalogue/catalogue.queries.js';
import type { Reader } from '../core/reader.js';
import { DealSnapshot } from '../deal/deal.entity.js';
import { Stakeholder } from '../handoff/content.entity.js';
import { Handoff } from '../handoff/handoff.entity.js';
import { ChecklistItem } from './checklist.entity.js';
import { completeness } from './checklist.rules.js';
import { Evidence } from './evidence.entity.js';
import { type EvidenceContext, evidenceContext, itemStatus, type ItemVerdict, latestByItem } from './status.rules.js';

/** A handoff's checklist with all that its worth depends on. */
interface ChecklistView {
  readonly items: readonly ChecklistItem[];
  readonly evidence: readonly Evidence[];
  readonly context: EvidenceContext;
  /** What each item is worth, worked out when it is first asked. */
  readonly verdictOf: (item: ChecklistItem) => ItemVerdict;
}

/** The view of a handoff, read and worked out once for all fields of a request, and batched over the handoffs of a page. */
function viewOf(reader: Reader, handoffId: string, found: () => Promise<Handoff>): Promise<ChecklistView> {
  return reader.workedOut(`checklist of ${handoffId}`, async () => {
    const handoff = await found();
    const [items, evidence, snapshot, stakeholders, version, now] = await Promise.all([
      reader.many(ChecklistItem, 'handoffId', handoffId, ['position', 'id']),
      reader.many(Evidence, 'handoffId', handoffId, ['sequence', 'id']),
      reader.required(DealSnapshot, handoff.dealSnapshotId),
      reader.many(Stakeholder, 'handoffId', handoffId),
      // A program may not read the configuration, but its answer is judged in the same time zone.
      reader.keyed('configurations', configurationsById, handoff.configurationVersionId),
      reader.now(),
    ]);
    const { tenant } = configurationOf(version!);
    const ground = { handoff, snapshot, items, evidence, stakeholders, timeZone: tenant.timeZone };
    const context = evidenceContext(ground, now);
    return { items, evidence, context, verdictOf: verdictsOf(evidence, context) };
  });
}

function verdictsOf(evidence: readonly Evidence[], context: EvidenceContext): ChecklistView['verdictOf'] {
  const latest = latestByItem(evidence);
  const known = new Map<string, ItemVerdict>();
  return (item) => {
    const verdict = known.get(item.id) ?? itemStatus(item, latest.get(item.id) ?? null, context);
    known.set(item.id, verdict);
    return verdict;
  };
}

/** The completeness of a handoff's checklist now, in basis points. */
export async function completenessNow(reader: Reader, handoff: Handoff): Promise<number> {
  const { items, evidence, context } = await viewOf(reader, handoff.id, () => Promise.resolve(handoff));
  return completeness(items, evidence, context);
}

/** What an item is worth now. */
export async function verdictNow(reader: Reader, item: ChecklistItem): Promise<ItemVerdict> {
  const { verdictOf } = await viewOf(reader, item.handoffId, () => reader.required(Handoff, item.handoffId));
  return verdictOf(item);
}
