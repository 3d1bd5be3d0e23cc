import { invalidateEvidence } from '../../../checklist/evidence-loss.commands.js';
import { EvidenceLoss } from '../../../checklist/evidence.entity.js';
import { newId, NIL_ID } from '../../../core/id.js';
import type { EffectTools, PerformEffect } from '../../../core/outbox/handler.js';
import { insert, type Statement } from '../../../core/statement.js';
import type { Connections } from '../../connection/connection.secret.js';
import type { SharePoint } from '../sharepoint/sharepoint.js';
import { DocumentState, EvidenceDocument } from './evidence-document.entity.js';
import { recordDocumentMove } from './evidence.commands.js';
import { look } from './evidence.look.js';
import { watchMessage } from './evidence.message.js';
import { hostOf, type WatchedEvidence, watchedEvidence } from './evidence.queries.js';
import type { DocumentNow } from './evidence.rules.js';

/** Documents an effect looks at; the next effect goes on behind them. */
const MOST = 50;

/**
 * Looks at the documents behind evidence that lie where a connection leads. What was replaced or deleted proves nothing
 * any more (invalidateEvidence); what was moved gets its new link; what cannot be read stays as it is, with the reason.
 */
export function watchHandler(sharepoint: SharePoint, connections: Connections): PerformEffect {
  return sharepoint.telling(async ({ aggregateId: integrationId, payload }, tools) => {
    const connection = await connections.byId(tools, integrationId);
    const graph = sharepoint.client(connection, tools.signal);
    const from = { integrationId, after: payload.after ?? NIL_ID, most: MOST };
    const { watched } = await tools.read({ watched: watchedEvidence(hostOf(connection.baseUrl), from) });
    const writes: Statement[] = [];
    for (const one of watched) {
      const { document } = one;
      const now = await look(graph, one.documentUrl, document, tools.now);
      // What one connection can read is not taken from it by another that cannot.
      if (document && document.integrationId !== integrationId && now.state === DocumentState.UNCHECKED) continue;
      await told(one, now, tools);
      writes.push(kept(one, integrationId, now, tools.now));
    }
    const last = watched.at(-1);
    const isMore = watched.length === MOST && last !== undefined;
    return {
      receipt: `${watched.length} documents looked at`,
      writes,
      messages: isMore ? [watchMessage(integrationId, payload.occasion ?? '', last.evidenceId)] : [],
    };
  });
}

const LOSSES: Readonly<Partial<Record<DocumentState, EvidenceLoss>>> = {
  [DocumentState.CHANGED]: EvidenceLoss.DOCUMENT_CHANGED,
  [DocumentState.DELETED]: EvidenceLoss.DOCUMENT_DELETED,
};

/** By commands of their own, so that each stands in the ledger. */
async function told(
  { evidenceId, handoffId, document }: WatchedEvidence,
  { state, driveId, itemId, webUrl }: DocumentNow,
  { run }: EffectTools,
): Promise<void> {
  const loss = LOSSES[state];
  if (loss) await run(invalidateEvidence, { handoffId, evidenceId, loss });
  const hasMoved = document?.webUrl && webUrl !== null && document.webUrl !== webUrl;
  if (hasMoved && driveId !== null && itemId !== null)
    await run(recordDocumentMove, { evidenceId, driveId, itemId, webUrl });
}

function kept({ evidenceId }: WatchedEvidence, integrationId: string, now: DocumentNow, checkedAt: Date): Statement {
  const set = ['integration_id', 'state', 'reason', 'drive_id', 'item_id', 'c_tag', 'quick_xor_hash', 'web_url']
    .concat(['moved_at', 'checked_at'])
    .map((column) => `${column} = excluded.${column}`);
  const { state, reason, driveId, itemId, cTag, quickXorHash, webUrl, movedAt } = now;
  const row = { state, reason, driveId, itemId, cTag, quickXorHash, webUrl, movedAt };
  return insert(
    EvidenceDocument,
    { id: newId(), evidenceId, integrationId, ...row, checkedAt },
    `on conflict (tenant_id, evidence_id) do update set ${set.join(', ')}`,
  );
}
