import type { FieldClass } from '../../core/graphql/rights.js';
import type { OutboxEffect } from '../../core/outbox/effect.entity.js';
import type { EffectResult, EffectTools } from '../../core/outbox/handler.js';
import { mapQuery, remove, selectFirst, selectRequired, type Statement, update } from '../../core/statement.js';
import type { Connections } from '../connection/connection.secret.js';
import type { PowerBi, PowerBiClient } from './powerbi.client.js';
import { BatchState, PowerBiBatch, PowerBiPush, PowerBiRow } from './powerbi.entity.js';
import { grantedClasses } from './powerbi.queries.js';
import { definitionDigest, pushDefinition, type PushDefinition } from './push.model.js';
import { datasetName } from './push.plan.js';

/** What the worker's handlers of Power BI work with. */
export interface PowerBiWays {
  readonly powerBi: PowerBi;
  readonly connections: Connections;
}

/** What every step of a push knows. */
export interface PushContext {
  readonly client: PowerBiClient;
  readonly integrationId: string;
  readonly push: PowerBiPush;
  readonly sees: ReadonlySet<FieldClass>;
  /** The dataset as it should be now. */
  readonly definition: PushDefinition;
  readonly digest: string;
}

/** Opens the connection and reads what has been granted to it. */
export async function pushContext(ways: PowerBiWays, effect: OutboxEffect, tools: EffectTools): Promise<PushContext> {
  const integrationId = effect.payload.integrationId!;
  const connection = await ways.connections.byId(tools, integrationId);
  const client = ways.powerBi.client(connection, tools.signal);
  const { workspaceId } = client.settings;
  const { push, sees } = await tools.read({
    push: mapQuery(selectFirst(PowerBiPush, { integrationId }), (one) => one!),
    sees: grantedClasses(integrationId, workspaceId),
  });
  const definition = pushDefinition(datasetName(integrationId), sees);
  return { client, integrationId, push, sees, definition, digest: definitionDigest(workspaceId, definition) };
}

/** A batch with the dataset that it is for. */
export interface BatchContext extends PushContext {
  readonly batch: PowerBiBatch;
  readonly datasetId: string;
}

/**
 * The batch of an effect, or null when it must not go out any more: pushing was switched off, what may leave has changed,
 * or the tables begin anew.
 */
export async function batchContext(
  ways: PowerBiWays,
  effect: OutboxEffect,
  tools: EffectTools,
): Promise<BatchContext | null> {
  const context = await pushContext(ways, effect, tools);
  const { batch } = await tools.read({ batch: selectRequired(PowerBiBatch, effect.payload.batchId!) });
  const { push, digest, client } = context;
  const isCurrent = batch.generation === push.generation && push.schemaDigest === digest && client.settings.pushes;
  return isCurrent && push.datasetId !== null ? { ...context, batch, datasetId: push.datasetId } : null;
}

/** The batch will not go out: its rows go with the tables that begin anew. */
export function voided({ payload }: OutboxEffect, receipt: string): EffectResult {
  const batchId = payload.batchId!;
  return {
    receipt,
    writes: [
      update(PowerBiBatch, { id: batchId }, { state: BatchState.VOID }),
      remove(PowerBiRow, { batchId }),
      beginAnew(batchId),
    ],
  };
}

/** Has the tables begin anew, unless they have since the batch was planned. */
const beginAnew = (batchId: string): Statement => ({
  text: `update power_bi_push p set asked_digest = null from power_bi_batch b
    where p.tenant_id = $1 and b.tenant_id = $1 and b.id = $2 and p.integration_id = b.integration_id
      and p.generation = b.generation`,
  values: [batchId],
});

/** Somebody has deleted the dataset: it is made again, and filled from nothing. */
export function datasetGone(effect: OutboxEffect): EffectResult {
  const { receipt, writes } = voided(effect, 'DATASET_GONE');
  const gone = { datasetId: null, workspaceId: null, schemaDigest: null };
  return { receipt, writes: [...writes, update(PowerBiPush, { integrationId: effect.payload.integrationId! }, gone)] };
}
