import { insertAll, type Statement } from '../statement.js';
import { EffectClass, EffectState, OutboxEffect } from './effect.entity.js';

/** A side effect that a command asks for. The payload holds ids and hashes, no secret and no personal data. */
export interface OutboxMessage {
  /** Which handler of the worker does it, such as `brief.store`. */
  readonly kind: string;
  readonly aggregate: { readonly type: string; readonly id: string };
  /** Unique a tenant: the same effect asked for twice is one effect. */
  readonly effectKey: string;
  readonly payload: Readonly<Record<string, string>>;
  /** Not to be done before this moment: a schedule, quiet hours. */
  readonly notBefore?: Date;
  /** The system outside that it needs, such as `HALOPSA`: it waits while that vendor is paused for the tenant. */
  readonly vendor?: string;
  /** How it may be repeated when its outcome is unknown; PUT when left out. */
  readonly effectClass?: EffectClass;
}

/** The statements that record the messages. */
export function enqueue(messages: readonly OutboxMessage[], now: Date, newId: () => string): Statement[] {
  return insertAll(
    OutboxEffect,
    messages.map((message) => ({
      id: newId(),
      kind: message.kind,
      aggregateType: message.aggregate.type,
      aggregateId: message.aggregate.id,
      effectKey: message.effectKey,
      payload: { ...message.payload },
      vendor: message.vendor ?? null,
      effectClass: message.effectClass ?? EffectClass.PUT,
      state: EffectState.PENDING,
      attempts: 0,
      strikes: 0,
      createdAt: now,
      notBefore: message.notBefore ?? null,
      nextAttemptAt: message.notBefore && message.notBefore > now ? message.notBefore : now,
      leasedUntil: null,
      fencingToken: 0,
      isBegun: false,
      inDoubt: false,
    })),
  ).map((statement) => ({ ...statement, text: `${statement.text} on conflict (tenant_id, effect_key) do nothing` }));
}
