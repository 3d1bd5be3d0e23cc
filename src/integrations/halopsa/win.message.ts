import { EffectClass, OutboxEffect } from '../../core/outbox/effect.entity.js';
import type { OutboxMessage } from '../../core/outbox/message.js';
import { type Query, sql } from '../../core/statement.js';
import { tableOf } from '../../core/table.js';
import { Vendor } from '../connection/connection.entity.js';
import type { HaloMode } from './halopsa.settings.js';
import { opportunityKey } from './intake.message.js';

/** The kinds of the effects that answer a win in HaloPSA whose handoff has not passed the gate. */
export const HALOPSA_NOTE = 'halopsa.note';
export const HALOPSA_REVERT = 'halopsa.revert';
export const HALOPSA_APPROVAL = 'halopsa.approval';

/** One win of one opportunity. */
export interface Win {
  readonly integrationId: string;
  readonly externalId: string;
  readonly handoffId: string;
  /** When it was closed, by HaloPSA's own clock: won again later is another win. */
  readonly wonAt: string;
}

/** What follows a win that came before the gate: once a win, however often it is read. */
export function winMessages(win: Win, mode: HaloMode): OutboxMessage[] {
  if (mode === 'OBSERVE') return [];
  const kind = mode === 'REVERT' ? HALOPSA_REVERT : HALOPSA_NOTE;
  return [message(kind, win, win.wonAt, { wonAt: win.wonAt })];
}

/** HaloPSA's own approval `sequence` of the Won outcome waits for our agent. */
export function approvalMessage(win: Omit<Win, 'wonAt'>, sequence: number): OutboxMessage {
  return message(HALOPSA_APPROVAL, win, String(sequence), { sequence: String(sequence) });
}

/** Whether an action of ours that opens an opportunity again may have been done, and nobody has noted it yet. */
export function revertsInDoubt(integrationId: string, externalId: string): Query<boolean> {
  return sql(
    `select 1 from ${tableOf(OutboxEffect).name} where tenant_id = $1 and kind = $2 and in_doubt
      and state in ('PENDING', 'UNKNOWN', 'DEAD', 'PARKED') and starts_with(effect_key, $3) limit 1`,
    [HALOPSA_REVERT, `${HALOPSA_REVERT}:${opportunityKey(integrationId, externalId)}:`],
    (rows) => rows.length > 0,
  );
}

function message(
  kind: string,
  { integrationId, externalId, handoffId }: Omit<Win, 'wonAt'>,
  once: string,
  more: Readonly<Record<string, string>>,
): OutboxMessage {
  return {
    kind,
    aggregate: { type: 'Handoff', id: handoffId },
    effectKey: `${kind}:${opportunityKey(integrationId, externalId)}:${once}`,
    payload: { integrationId, externalId, ...more },
    vendor: Vendor.HALOPSA,
    effectClass: EffectClass.LOOKUP,
  };
}
