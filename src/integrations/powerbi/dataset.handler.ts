import type { OutboxEffect } from '../../core/outbox/effect.entity.js';
import type { EffectResult, EffectTools, SteppedHandler } from '../../core/outbox/handler.js';
import { VendorError } from '../../core/outbox/vendor-error.js';
import { remove, update } from '../../core/statement.js';
import { recordIn, textIn } from './powerbi.client.js';
import { PowerBiPush, PowerBiRow } from './powerbi.entity.js';
import { type PowerBiWays, type PushContext, pushContext } from './push.context.js';
import { datasetName } from './push.plan.js';

/**
 * Makes the push dataset of a connection, once: found by its remembered id, else by its name in our own workspace, else
 * made. One that is there gets its tables anew, empty: what was pushed before is pushed again as it is now.
 */
export function makeDatasetHandler(ways: PowerBiWays): SteppedHandler {
  const found = async (effect: OutboxEffect, tools: EffectTools): Promise<EffectResult | null> => {
    const context = await pushContext(ways, effect, tools);
    if (isSuperseded(context, effect)) return { receipt: 'SUPERSEDED', writes: [] };
    const datasetId = await existing(context);
    if (datasetId === null) return null;
    await beginAnew(context, datasetId);
    return made(context, datasetId);
  };
  return {
    lookup: found,
    perform: async (effect, tools) => {
      const there = await found(effect, tools);
      if (there) return there;
      const context = await pushContext(ways, effect, tools);
      const { client, definition } = context;
      const path = client.group('/datasets?defaultRetentionPolicy=None');
      return made(context, textIn(recordIn(await client.call('POST', path, { json: definition })), 'id'));
    },
  };
}

/** What may leave has changed since, or a newer effect does it. */
const isSuperseded = ({ push, digest }: PushContext, { payload }: OutboxEffect): boolean =>
  String(push.generation) !== payload.generation || digest !== payload.digest;

async function existing({ client, push, integrationId }: PushContext): Promise<string | null> {
  const datasets = await client.list(client.group('/datasets'));
  const isRemembered = push.workspaceId === client.settings.workspaceId;
  const own =
    (isRemembered ? datasets.find((dataset) => textIn(dataset, 'id') === push.datasetId) : undefined) ??
    datasets.find((dataset) => textIn(dataset, 'name') === datasetName(integrationId));
  return own ? textIn(own, 'id') : null;
}

/** Gives every table its schema and empties it; both may be done twice. */
async function beginAnew({ client, definition }: PushContext, datasetId: string): Promise<void> {
  for (const table of definition.tables) {
    const path = client.group(`/datasets/${datasetId}/tables/${encodeURIComponent(table.name)}`);
    await client.call('PUT', path, { json: table, isRepeatable: true });
    await client.call('DELETE', `${path}/rows`, { isRepeatable: true });
  }
}

function made({ client, integrationId, digest }: PushContext, datasetId: string): EffectResult {
  if (datasetId === '')
    throw new VendorError('UNKNOWN_OUTCOME', {
      code: 'POWERBI_NO_DATASET',
      message: 'Power BI has made a dataset and not said which.',
      remedy: 'It is looked for by its name by itself.',
    });
  const { workspaceId } = client.settings;
  return {
    receipt: datasetId,
    writes: [
      update(PowerBiPush, { integrationId }, { datasetId, workspaceId, schemaDigest: digest }),
      remove(PowerBiRow, { integrationId }),
    ],
  };
}
