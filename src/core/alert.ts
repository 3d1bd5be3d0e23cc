import type { Logger } from 'pino';
import { Field, Int, ObjectType } from 'type-graphql';
import { Column, Entity } from './column.js';
import { DateTimeScalar } from './graphql/scalars.js';
import type { Moment } from './command.js';
import type { LedgerSubject } from './ledger/entry.js';
import type { EffectHandler } from './outbox/handler.js';
import type { OutboxMessage } from './outbox/message.js';
import { insert, type Statement } from './statement.js';
import { Instant, JsonText, TenantOwned } from './table.js';

/** Something that people must see at once, such as an emergency. It says what by code and ids, never whose data. */
@Entity()
@ObjectType({ description: 'Something that people must see at once. Stays until somebody has acknowledged it.' })
export class Alert extends TenantOwned {
  @Column('text')
  @Field(() => String, { description: 'What it is, such as BREAK_GLASS.' })
  code: string;

  @Column('text')
  @Field(() => String, { description: 'The type of what it is about.' })
  subjectType: string;

  @Column('uuid')
  @Field(() => String, { description: 'The id of what it is about.' })
  subjectId: string;

  @JsonText()
  facts: Record<string, string | number>;

  @Instant()
  @Field(() => DateTimeScalar, { description: 'When it was raised.' })
  raisedAt: Date;

  @Column('uuid', { nullable: true })
  acknowledgedBy: string | null;

  @Instant({ nullable: true })
  @Field(() => DateTimeScalar, { nullable: true, description: 'When somebody acknowledged it.' })
  acknowledgedAt: Date | null;

  @Column('int')
  @Field(() => Int, { description: 'Raised by the acknowledgement; send it back as expectedRevision.' })
  revision: number;
}

/** What an alert says. */
export interface AlertTerms {
  readonly code: string;
  readonly subject: LedgerSubject;
  readonly facts: Readonly<Record<string, string | number>>;
}

/** The outbox's word for telling people of an alert outside of Countersign. */
export const ALERT_EFFECT = 'alert.send';

/** Raises an alert: its row, and the message that carries it to where people are. */
export function raiseAlert(
  { code, subject, facts }: AlertTerms,
  { now, newId }: Pick<Moment, 'now' | 'newId'>,
): { readonly statement: Statement; readonly message: OutboxMessage } {
  const id = newId();
  const row = { id, code, subjectType: subject.type, subjectId: subject.id, facts: { ...facts }, raisedAt: now };
  return {
    statement: insert(Alert, { ...row, acknowledgedBy: null, acknowledgedAt: null, revision: 1 }),
    message: {
      kind: ALERT_EFFECT,
      aggregate: { type: 'Alert', id },
      effectKey: `${ALERT_EFFECT}/${id}`,
      payload: { code, subjectType: subject.type, subjectId: subject.id },
    },
  };
}

/**
 * Carries alerts to the process's own log, where an operator's monitoring sees them at once: what there is without a
 * connection to where people are.
 */
export function alertHandler(log: Logger): EffectHandler {
  return ({ aggregateId, payload }, { tenantId }) => {
    log.warn({ tenantId, alertId: aggregateId, ...payload }, 'an alert was raised');
    return Promise.resolve({ receipt: 'logged', writes: [] });
  };
}
