import { sha256Hex } from '../core/canonical.js';
import type { EffectResult, EffectTools, PerformEffect } from '../core/outbox/handler.js';
import { selectRequired, type Statement, update } from '../core/statement.js';
import { keysOfRecord, openTexts, type PersonalKey, textsOfRecord, type Vault } from '../core/vault.js';
import type { StoredBriefDocument } from './brief.document.js';
import { Brief } from './brief.entity.js';
import { briefMarkdown } from './brief.markdown.js';
import { joinBrief } from './brief.personal.js';
import { briefsOf, handoffNumberOfBrief } from './brief.queries.js';
import { type DocumentStore, safeSegment } from './brief.store.js';

/** So many times the files are written anew because somebody was erased meanwhile. */
const MOST_ROUNDS = 5;

/** The store for one brief in one attempt. */
export type StoreOf = (briefId: string, tools: EffectTools) => Promise<DocumentStore>;

/**
 * Stores the files of a brief under `<tenant>/<handoff number>/brief-v<version>` and records where, with the hash of
 * the DOCX. A brief that is stored already is left alone, so that the effect done twice is done once.
 */
export function briefStoreHandler(store: DocumentStore | StoreOf, vault: Vault): PerformEffect {
  return async (effect, tools) => {
    const { brief } = await tools.read({ brief: selectRequired(Brief, effect.payload.briefId ?? '') });
    if (brief.markdownPath !== null) return { receipt: brief.markdownPath, writes: [] };
    if (sha256Hex(brief.markdown) !== effect.payload.markdownHash) {
      throw new Error(`The text of brief ${brief.id} is not the one that was to be stored`);
    }
    return storeFiles(store, vault, brief.id, tools);
  };
}

/**
 * Writes the stored files of a handoff's briefs again, after somebody in them was erased; `isHere` tells by a location
 * whether it is one of this store.
 */
export function briefEraseHandler(
  store: DocumentStore | StoreOf,
  vault: Vault,
  isHere: (location: string) => boolean = () => true,
): PerformEffect {
  return async ({ aggregateId }, tools) => {
    const { briefs } = await tools.read({ briefs: briefsOf(aggregateId) });
    const results: EffectResult[] = [];
    for (const { id, markdownPath } of briefs) {
      if (markdownPath !== null && isHere(markdownPath)) results.push(await storeFiles(store, vault, id, tools));
    }
    return { receipt: `${results.length} briefs written again`, writes: results.flatMap(({ writes }) => writes) };
  };
}

/** Stores both files of a brief and records where. */
async function storeFiles(
  documents: DocumentStore | StoreOf,
  vault: Vault,
  briefId: string,
  tools: EffectTools,
): Promise<EffectResult> {
  const { brief, number } = await tools.read({
    brief: selectRequired(Brief, briefId),
    number: handoffNumberOfBrief(briefId),
  });
  const base = `${safeSegment(number)}/brief-v${brief.version}`;
  const { receipt, writes } = await putFiles(documents, vault, { id: briefId, document: brief.document, base }, tools);
  return { receipt: receipt.markdownPath, writes: [update(Brief, { id: briefId }, receipt), ...writes] };
}

/** A document to be put: its id, its content without names, and its path below the tenant's without an ending. */
export interface PuttableDocument {
  readonly id: string;
  readonly document: StoredBriefDocument;
  readonly base: string;
}

/** Where the files of a document were put, and what the store itself keeps of them. */
export interface PutFiles {
  readonly receipt: {
    readonly markdownPath: string;
    readonly markdownFileHash: string;
    readonly docxPath: string;
    readonly docxHash: string;
    readonly storedAt: Date;
  };
  readonly writes: readonly Statement[];
}

/**
 * Writes both files from the texts that have a key. A key that was destroyed meanwhile makes it write them again: the
 * erasure's own effect may have run before this, slower, attempt.
 */
export async function putFiles(
  documents: DocumentStore | StoreOf,
  vault: Vault,
  { id, document: stored, base }: PuttableDocument,
  tools: EffectTools,
): Promise<PutFiles> {
  const { tenantId, read, now } = tools;
  const store = typeof documents === 'function' ? await documents(id, tools) : documents;
  for (let round = 1; round <= MOST_ROUNDS; round++) {
    const { texts, keys } = await read({ texts: textsOfRecord(id), keys: keysOfRecord(id) });
    const document = joinBrief(stored, openTexts(vault, texts, keys));
    const text = Buffer.from(briefMarkdown(document), 'utf8');
    const markdown = await store.put(`${tenantId}/${base}.md`, text, 'text/markdown; charset=utf-8');
    const { briefDocx, DOCX_TYPE } = await import('./brief.docx.js');
    const docx = await store.put(`${tenantId}/${base}.docx`, await briefDocx(document), DOCX_TYPE);
    const { keys: after } = await read({ keys: keysOfRecord(id) });
    if (livingOf(after) !== livingOf(keys)) continue;
    const receipt = {
      markdownPath: markdown.location,
      markdownFileHash: markdown.sha256,
      docxPath: docx.location,
      docxHash: docx.sha256,
      storedAt: now,
    };
    return { receipt, writes: [...(markdown.writes ?? []), ...(docx.writes ?? [])] };
  }
  throw new Error(
    `People of document ${id} were erased while each of ${MOST_ROUNDS} versions of its files was written`,
  );
}

const livingOf = (keys: readonly PersonalKey[]): number => keys.filter(({ wrapped }) => wrapped !== null).length;
