import { newId } from '../../src/core/id.js';
import { insert } from '../../src/core/statement.js';
import { Role } from '../../src/identity/roles.js';
import { connectIntegration, disconnectIntegration } from '../../src/integrations/connection/connection.commands.js';
import { Vendor } from '../../src/integrations/connection/connection.entity.js';
import {
  BatchForm,
  BatchState,
  GrantedClass,
  PowerBiBatch,
  PowerBiClass,
  PowerBiPush,
  PowerBiRefresh,
  PowerBiRow,
  RefreshCause,
  RefreshStatus,
} from '../../src/integrations/powerbi/powerbi.entity.js';
import type { World } from '../kit/world.js';

/** A Power BI that is not connected any more, so that nothing of the story goes there, with a row of each kind. */
export async function populatePowerBi(world: World): Promise<void> {
  const admin = await world.as(Role.REVOPS_ADMIN);
  const [workspaceId, datasetId] = [newId(), newId()];
  const integrationId = await admin.done(connectIntegration, {
    vendor: Vendor.POWERBI,
    name: `Workspace ${newId().slice(-12)}`,
    baseUrl: 'https://api.powerbi.com',
    settings: Object.entries({ directoryId: newId(), workspaceId }).map(([name, value]) => ({ name, value })),
    credentials: Object.entries({ clientId: newId(), clientSecret: newId() }).map(([name, value]) => ({ name, value })),
  });
  await admin.done(disconnectIntegration, { integrationId, expectedRevision: 1 });
  const { at } = world.suite.clock;
  const batchId = newId();
  const digests = { askedDigest: 'a'.repeat(64), schemaDigest: 'a'.repeat(64), generation: 1, batchSeq: 1 };
  const came = { modelState: '1/1', hasMore: false, plannedAt: at };
  const of = { integrationId, tableName: 'Handoffs' };
  const batch = { seq: 1, generation: 1, form: BatchForm.ROWS, rowCount: 1, state: BatchState.SENT };
  const row = { rowKey: newId(), digest: 'b'.repeat(32), batchId, gone: false };
  const asked = { cause: RefreshCause.PERSON, askedById: admin.actor.id, askedAt: at, modelState: '1/1' };
  const ended = { status: RefreshStatus.FAILED, requestId: newId(), startedAt: at, endedAt: at };
  const why = { reason: 'POWERBI_REFRESH_FAILED', remedy: 'Look there.' };
  const granted = { fieldClass: GrantedClass.PERSONAL, grantedById: admin.actor.id, grantedAt: at, revokedAt: at };
  await world.suite.gateway.transaction(world.tenantId, (tx) =>
    tx.commit([
      insert(PowerBiClass, { id: newId(), integrationId, workspaceId, ...granted }),
      insert(PowerBiPush, { id: newId(), integrationId, datasetId, workspaceId, ...digests, ...came }),
      ...[batchId, newId(), newId()].map((id, n) =>
        insert(PowerBiBatch, { id, ...of, ...batch, seq: n + 1, plannedAt: at, sentAt: at }),
      ),
      insert(PowerBiRow, { ...of, ...row }),
      ...[0, 1, 2].map(() =>
        insert(PowerBiRefresh, { id: newId(), integrationId, datasetId, ...asked, ...ended, ...why }),
      ),
    ]),
  );
}
