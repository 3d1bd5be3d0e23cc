import { sha256Hex } from '../core/canonical.js';
import type { EffectHandler } from '../core/dispatcher.js';
import { selectRequired, update } from '../core/statement.js';
import { Handoff } from '../handoff/handoff.entity.js';
import { briefDocx, DOCX_TYPE } from './brief.docx.js';
import { Brief } from './brief.entity.js';
import { type DocumentStore, safeSegment } from './brief.store.js';

/**
 * Stores the files of a brief under `<tenant>/<handoff number>/brief-v<version>` and records where, with the hash of
 * the DOCX. A brief that is stored already is left alone, so that the effect done twice is done once.
 */
export function briefStoreHandler(store: DocumentStore): EffectHandler {
  return async ({ aggregateId, payload }, { tenantId, read, now }) => {
    const { brief, handoff } = await read({
      brief: selectRequired(Brief, payload.briefId ?? ''),
      handoff: selectRequired(Handoff, aggregateId),
    });
    if (brief.markdownPath !== null) return { receipt: brief.markdownPath, writes: [] };
    if (sha256Hex(brief.markdown) !== payload.markdownHash) {
      throw new Error(`The text of brief ${brief.id} is not the one that was to be stored`);
    }
    const base = `${tenantId}/${safeSegment(handoff.number)}/brief-v${brief.version}`;
    const markdown = await store.put(`${base}.md`, Buffer.from(brief.markdown, 'utf8'), 'text/markdown; charset=utf-8');
    const docx = await store.put(`${base}.docx`, await briefDocx(brief.document), DOCX_TYPE);
    const receipt = { markdownPath: markdown.location, docxPath: docx.location, docxHash: docx.sha256, storedAt: now };
    return { receipt: markdown.location, writes: [update(Brief, { id: brief.id }, receipt)] };
  };
}
