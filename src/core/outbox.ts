import { Column, Entity } from 'typeorm';
import { insertAll, type Statement } from './statement.js';
import { Instant, JsonText, TenantOwned } from './table.js';

/** A side effect that a command asks for. The payload holds ids and hashes, no secret and no personal data. */
export interface OutboxMessage {
  /** Which handler of the worker does it, such as `brief.store`. */
  readonly kind: string;
  readonly aggregate: { readonly type: string; readonly id: string };
  /** Unique a tenant: the same effect asked for twice is one effect. */
  readonly effectKey: string;
  readonly payload: Readonly<Record<string, string>>;
}

export type OutboxState = 'PENDING' | 'DONE' | 'DEAD';

/** A side effect recorded in the transaction of the change that wants it; the worker does it afterwards. */
@Entity()
export class OutboxEffect extends TenantOwned {
  @Column('text')
  kind: string;

  @Column('text')
  aggregateType: string;

  @Column('uuid')
  aggregateId: string;

  @Column('text')
  effectKey: string;

  @JsonText()
  payload: Record<string, string>;

  @Column('text')
  state: OutboxState;

  @Column('int')
  attempts: number;

  @Instant()
  createdAt: Date;

  @Instant()
  nextAttemptAt: Date;

  @Instant({ nullable: true })
  leasedUntil: Date | null;

  /** Raised with every lease: a worker whose lease ran out cannot complete what another has taken over. */
  @Column('int')
  fencingToken: number;

  @Column('text', { nullable: true })
  lastError: string | null;

  /** What the handler answered: a path, a remote id. */
  @Column('text', { nullable: true })
  receipt: string | null;

  @Instant({ nullable: true })
  doneAt: Date | null;
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
      state: 'PENDING' as const,
      attempts: 0,
      createdAt: now,
      nextAttemptAt: now,
      leasedUntil: null,
      fencingToken: 0,
    })),
  ).map((statement) => ({ ...statement, text: `${statement.text} on conflict (tenant_id, effect_key) do nothing` }));
}
