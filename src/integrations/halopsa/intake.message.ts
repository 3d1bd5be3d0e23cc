import { v5 } from 'uuid';
import type { OutboxMessage } from '../../core/outbox/message.js';
import { EffectState, OutboxEffect } from '../../core/outbox/effect.entity.js';
import { type Query, sql } from '../../core/statement.js';
import { tableOf } from '../../core/table.js';
import { Vendor } from '../connection/connection.entity.js';

/** The kind of the effect that reads one opportunity again and does what follows. */
export const HALOPSA_INTAKE = 'halopsa.intake';

/** Opportunities have no id of ours before they are deals: one that is made of the connection's and theirs. */
export const opportunityKey = (integrationId: string, externalId: string): string => v5(externalId, integrationId);

/** Something about an opportunity may have changed: it is read again. */
export function intakeMessage(integrationId: string, externalId: string, hintId: string): OutboxMessage {
  return {
    kind: HALOPSA_INTAKE,
    aggregate: { type: 'Opportunity', id: opportunityKey(integrationId, externalId) },
    effectKey: `${HALOPSA_INTAKE}:${hintId}`,
    payload: { integrationId, externalId },
    vendor: Vendor.HALOPSA,
  };
}

/** Of these opportunities, those that wait to be read already: a further hint adds nothing until that has begun. */
export function waitingIntakes(keys: readonly string[]): Query<ReadonlySet<string>> {
  return sql(
    `select aggregate_id from ${tableOf(OutboxEffect).name} where tenant_id = $1 and aggregate_id = any($2::uuid[])
      and kind = $3 and state = $4 and not is_begun`,
    [keys, HALOPSA_INTAKE, EffectState.PENDING],
    (rows) => new Set(rows.map((row) => row.aggregate_id as string)),
  );
}
