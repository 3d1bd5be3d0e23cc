import { putFiles, type StoreOf } from '../brief/brief.handler.js';
import { type DocumentStore, safeSegment } from '../brief/brief.store.js';
import { sha256Hex } from '../core/canonical.js';
import type { EffectResult, EffectTools, PerformEffect } from '../core/outbox/handler.js';
import { selectRequired, update } from '../core/statement.js';
import type { Vault } from '../core/vault.js';
import { IssuedDocument } from './document.entity.js';
import { documentsOf, handoffNumberOfDocument } from './document.queries.js';

/**
 * Stores the files of an issued document under `<handoff number>/<document>`: one name a document, so that each issue is
 * a version of the same file where the store keeps versions. What is stored or archived already is left alone.
 */
export function documentStoreHandler(store: DocumentStore | StoreOf, vault: Vault): PerformEffect {
  return async ({ payload }, tools) => {
    const { issue } = await tools.read({ issue: selectRequired(IssuedDocument, payload.documentId ?? '') });
    if (issue.markdownPath !== null) return { receipt: issue.markdownPath, writes: [] };
    // Its successor has the name, and its own effect.
    if (issue.archivedAt !== null) return { receipt: 'ARCHIVED', writes: [] };
    if (sha256Hex(issue.markdown) !== payload.markdownHash)
      throw new Error(`The text of document ${issue.id} is not the one that was to be stored`);
    return storeFiles(store, vault, issue, tools);
  };
}

/**
 * Writes the stored files of a handoff's documents again, after somebody in them was erased; `isHere` tells by a location
 * whether it is one of this store.
 */
export function documentEraseHandler(
  store: DocumentStore | StoreOf,
  vault: Vault,
  isHere: (location: string) => boolean = () => true,
): PerformEffect {
  return async ({ aggregateId }, tools) => {
    const { issues } = await tools.read({ issues: documentsOf(aggregateId) });
    const results: EffectResult[] = [];
    // Of a document the newest stored issue is what its file holds; an issue that waits is stored without them anyway.
    const newest = new Map(issues.filter(({ markdownPath }) => markdownPath !== null).map((one) => [one.kind, one]));
    for (const issue of newest.values())
      if (isHere(issue.markdownPath!)) results.push(await storeFiles(store, vault, issue, tools));
    return { receipt: `${results.length} documents written again`, writes: results.flatMap(({ writes }) => writes) };
  };
}

async function storeFiles(
  store: DocumentStore | StoreOf,
  vault: Vault,
  { id, kind, document }: IssuedDocument,
  tools: EffectTools,
): Promise<EffectResult> {
  const { number } = await tools.read({ number: handoffNumberOfDocument(id) });
  const base = `${safeSegment(number)}/${kind.toLowerCase().replaceAll('_', '-')}`;
  const { receipt, writes } = await putFiles(store, vault, { id, document, base }, tools);
  return { receipt: receipt.markdownPath, writes: [update(IssuedDocument, { id }, receipt), ...writes] };
}
