import type { OutboxEffect } from '../../core/outbox/effect.entity.js';
import type { FieldClass } from '../../core/graphql/rights.js';
import { type Query, sql } from '../../core/statement.js';
import type { ConnectionSettings } from '../connection/connection.entity.js';
import type { ConnectionReference } from '../microsoft/telling.js';
import { type PowerBiSettings, powerBiSettings } from './powerbi.settings.js';

/** The tenant's connection to Power BI: the oldest that is not ended; null without one. */
export const connectedPowerBi = (): Query<string | null> =>
  sql(
    `select id from integration where tenant_id = $1 and vendor = 'POWERBI' and state <> 'DISCONNECTED' order by id limit 1`,
    [],
    ([row]) => (row?.id as string | undefined) ?? null,
  );

/** A connection as the worker plans for it. */
export interface PowerBiConnection {
  readonly id: string;
  readonly settings: PowerBiSettings;
}

/** Every connection to Power BI that is not ended. */
export const powerBiConnections = (): Query<PowerBiConnection[]> =>
  sql(
    `select id, settings from integration where tenant_id = $1 and vendor = 'POWERBI' and state <> 'DISCONNECTED' order by id`,
    [],
    (rows) =>
      rows.map(({ id, settings }) => ({
        id: id as string,
        settings: powerBiSettings(JSON.parse(settings as string) as ConnectionSettings),
      })),
  );

/** How far the reporting model has come, as one text; null before its first projection. */
export const modelState = (): Query<string | null> =>
  sql(
    `select projected_seq::text || '/' || model_version::text as state from reporting_progress where tenant_id = $1`,
    [],
    ([row]) => (row?.state as string | undefined) ?? null,
  );

/** What may leave for the connection's present workspace. */
export const grantedClasses = (integrationId: string, workspaceId: string): Query<ReadonlySet<FieldClass>> =>
  sql(
    `select field_class from power_bi_class
     where tenant_id = $1 and integration_id = $2 and workspace_id = $3 and revoked_at is null`,
    [integrationId, workspaceId],
    (rows) => new Set(rows.map(({ field_class }) => field_class as FieldClass)),
  );

/** The connection that an effect of Power BI is for. */
export const connectionOfEffect = ({ payload }: OutboxEffect): Query<ConnectionReference | null> =>
  sql(
    `select id, secret_version from integration where tenant_id = $1 and id = $2 and state <> 'DISCONNECTED'`,
    [payload.integrationId],
    ([row]) => (row ? { id: row.id as string, secretVersion: row.secret_version as number } : null),
  );

/** The effects that send batches, by the batch. */
export const effectsOfBatches = (batchIds: readonly string[]): Query<ReadonlyMap<string, string>> =>
  sql(
    `select e.id, b.id as batch_id from power_bi_batch b join outbox_effect e on e.tenant_id = $1
       and e.effect_key = case b.form when 'ROWS' then 'powerbi.rows/' else 'powerbi.table/' end || b.id
     where b.tenant_id = $1 and b.id = any($2)`,
    [batchIds],
    (rows) => new Map(rows.map(({ id, batch_id }) => [batch_id as string, id as string])),
  );
