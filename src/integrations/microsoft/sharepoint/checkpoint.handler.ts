import { checkpointHandler } from '../../../core/ledger/checkpoint-store.js';
import { type PerformEffect, steps } from '../../../core/outbox/handler.js';
import { VendorError } from '../../../core/outbox/vendor-error.js';
import { type GraphClient, recordIn } from '../graph.client.js';
import { driveItem } from './drive-item.js';
import { folderAt, itemInFolder } from './folders.js';
import { encodedPath, folderName } from './names.rules.js';
import type { Place } from './place.js';
import { quickXorHash } from './quick-xor-hash.js';
import type { SharePoint } from './sharepoint.js';
import { ROOT_FOLDER } from './sharepoint.store.js';

/** The kind of the effect that keeps a checkpoint of the ledger in SharePoint. */
export const KEEP_IN_SHAREPOINT = 'sharepoint.checkpoint';

/**
 * Keeps the ledger's signed checkpoints in the tenant's own library, out of the reach of whoever owns the database: one
 * file each in `<folder>/Ledger/<month>/`, never replaced.
 */
export function keepHandler(sharepoint: SharePoint): PerformEffect {
  return sharepoint.telling(async (effect, tools) => {
    const graph = await sharepoint.of(tools);
    const store = {
      keep: (_tenantId: string, note: string) =>
        sharepoint.places.use(graph, (place) => keep(graph, place, effect.payload.size ?? '', note)),
    };
    return steps(checkpointHandler(store)).perform(effect, tools);
  });
}

async function keep(graph: GraphClient, place: Place, size: string, note: string): Promise<string> {
  const month = /^at (\d{4}-\d{2})/m.exec(note)?.[1] ?? 'undated';
  const root = graph.connection.settings.folder ?? ROOT_FOLDER;
  const folder = await folderAt(graph, place, [folderName(root), 'Ledger', month]);
  const name = `checkpoint-${size.padStart(12, '0')}.txt`;
  const content = Buffer.from(note, 'utf8');
  const path = `/drives/${place.driveId}/items/${encodeURIComponent(folder.id)}:/${encodedPath([name])}:/content`;
  const answer = await graph.call('PUT', `${path}?@microsoft.graph.conflictBehavior=fail`, {
    body: content,
    headers: { 'content-type': 'application/octet-stream' },
    accept: [409],
    isRepeatable: true,
  });
  if (answer.status !== 409) return driveItem(recordIn(answer)).webUrl;
  const existing = await itemInFolder(graph, place, folder.id, [name]);
  if (existing?.quickXorHash === quickXorHash(content)) return existing.webUrl;
  throw new VendorError('REFUSED', {
    code: 'LEDGER_CHECKPOINT_DIFFERS',
    message: `SharePoint has another content under the name of the checkpoint at ${size} entries.`,
    remedy: `Somebody has changed ${name}: look at its versions in SharePoint, rename it as evidence, then retry this effect.`,
  });
}
