import { Field, Int, ObjectType, registerEnumType } from 'type-graphql';
import { Column, Entity } from '../core/column.js';
import { Sensitive } from '../core/graphql/rights.js';
import { DateTimeScalar } from '../core/graphql/scalars.js';
import { Instant, TenantOwned } from '../core/table.js';

/** Where an introduction stands. */
export enum IntroductionState {
  DRAFT = 'DRAFT',
  APPROVED = 'APPROVED',
  SENT = 'SENT',
}
registerEnumType(IntroductionState, {
  name: 'IntroductionState',
  description: 'Where the introduction of the client to delivery stands.',
  valuesConfig: {
    DRAFT: { description: 'Drafted from the data; nobody has approved it as it reads now.' },
    APPROVED: { description: 'Somebody approved it as it reads now: send it, and record its thread.' },
    SENT: { description: 'The client has it; the same thread goes on.' },
  },
});

/** Who approved which text of the introduction, and where its thread is. The text itself is made from the data. */
@Entity()
export class Introduction extends TenantOwned {
  @Column('uuid')
  handoffId: string;

  /** SHA-256 of the text that was approved. */
  @Column('text')
  textSha256: string;

  @Column('int')
  templateVersion: number;

  @Column('uuid')
  approvedBy: string;

  @Instant()
  approvedAt: Date;

  @Column('text', { nullable: true })
  threadUrl: string | null;

  @Column('uuid', { nullable: true })
  recordedBy: string | null;

  @Instant({ nullable: true })
  introducedAt: Date | null;

  /** When that was recorded: it may have been sent before. */
  @Instant({ nullable: true })
  recordedAt: Date | null;
}

/** The introduction as it reads now. */
@ObjectType({ description: 'The introduction of the client to delivery (document 003: one thread with the client).' })
export class IntroductionDraft {
  @Field(() => IntroductionState, { description: 'Where it stands.' })
  state: IntroductionState;

  @Sensitive('PERSONAL')
  @Field(() => String, { description: 'The subject of the message.' })
  subject: string;

  @Sensitive('PERSONAL')
  @Field(() => String, { description: 'The message, drafted from the data of the handoff as it is now.' })
  body: string;

  @Field(() => String, { description: 'SHA-256 of subject and message; approve exactly this one.' })
  textSha256: string;

  @Field(() => Int, { description: 'The version of the template.' })
  templateVersion: number;

  @Field(() => [String], { description: 'What the handoff lacks for it, as codes; empty when it is complete.' })
  missing: string[];

  approvedBy: string | null;

  @Field(() => DateTimeScalar, { nullable: true, description: 'When this text was approved; null while it was not.' })
  approvedAt: Date | null;

  @Field(() => String, { nullable: true, description: 'Where the thread with the client is; null before it was sent.' })
  threadUrl: string | null;

  @Field(() => DateTimeScalar, { nullable: true, description: 'When the client was introduced; null before.' })
  introducedAt: Date | null;
}
