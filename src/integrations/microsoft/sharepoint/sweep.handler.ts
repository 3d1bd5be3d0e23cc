import { raiseAlert } from '../../../core/alert.js';
import { newId, NIL_ID } from '../../../core/id.js';
import type { EffectResult, EffectTools, PerformEffect } from '../../../core/outbox/handler.js';
import type { OutboxMessage } from '../../../core/outbox/message.js';
import { type Statement, update } from '../../../core/statement.js';
import type { GraphClient } from '../graph.client.js';
import { formerItem, itemById } from './folders.js';
import type { Place } from './place.js';
import type { SharePoint } from './sharepoint.js';
import { filesOfConnection } from './sharepoint.queries.js';
import { FileState, StoredFile } from './stored-file.entity.js';
import { nextSweep, restOfSweep } from './sweep.message.js';

/** Files that an effect compares; the next effect goes on behind them. Each is a question of the 500 a minute. */
const MOST = 100;

/**
 * Looks at every file of the connection, in parts: content that was changed (its cTag; a rename or a column changes only
 * the eTag) and files that are gone raise an alert, once each; a new name or place is noted. What lies in a library that
 * the connection led to before, and that is not granted any more, stays as it was seen last. Then again the next day, as
 * long as the connection holds files.
 */
export function sweepHandler(sharepoint: SharePoint, most = MOST): PerformEffect {
  return sharepoint.telling(async ({ id, payload }, tools) => {
    const { integrationId = '', after, sweepId = id } = payload;
    const graph = await sharepoint.of(tools);
    const { files } = await tools.read({ files: filesOfConnection(integrationId, after ?? NIL_ID, most) });
    const last = files.at(-1);
    if (graph.connection.id !== integrationId || last === undefined)
      return { receipt: 'NOTHING_TO_COMPARE', writes: [] };
    // The next day is asked for with the first part: it comes whatever becomes of the others.
    const asked = [
      ...(after === undefined ? [nextSweep(integrationId, tools.now)] : []),
      ...(files.length === most ? [restOfSweep(integrationId, sweepId, last.id)] : []),
    ];
    const { messages = [], ...result } = await sharepoint.places.use(graph, (place) =>
      compared(graph, place, files, tools),
    );
    return { ...result, messages: [...asked, ...messages] };
  });
}

async function compared(
  graph: GraphClient,
  place: Place,
  files: readonly StoredFile[],
  { now }: EffectTools,
): Promise<EffectResult> {
  const writes: Statement[] = [];
  const messages: OutboxMessage[] = [];
  let unread = 0;
  for (const file of files) {
    const { driveId, itemId } = file;
    const item =
      driveId === place.driveId ? await itemById(graph, place, itemId) : await formerItem(graph, driveId, itemId);
    if (item === 'NOT_GRANTED') {
      unread += 1;
      continue;
    }
    const state = item === null ? FileState.MISSING : item.cTag === file.cTag ? FileState.SOUND : FileState.CHANGED;
    const { name, webUrl } = item ?? file;
    writes.push(update(StoredFile, { id: file.id }, { state, name, webUrl, checkedAt: now }));
    if (state === file.state || state === FileState.SOUND) continue;
    const subject =
      file.briefId === null ? { type: 'IssuedDocument', id: file.documentId! } : { type: 'Brief', id: file.briefId };
    const { statement, message } = raiseAlert(
      { code: `DOCUMENT_${state}`, subject, facts: { format: file.format, version: file.version } },
      { now, newId },
    );
    writes.push(statement);
    messages.push(message);
  }
  const rest = unread === 0 ? '' : `, ${unread} left unchecked: their former library is not granted any more`;
  return { receipt: `${files.length - unread} files compared${rest}`, writes, messages };
}
