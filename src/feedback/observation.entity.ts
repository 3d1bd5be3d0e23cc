import { Field, Int, ObjectType, registerEnumType } from 'type-graphql';
import { Column, Entity } from '../core/column.js';
import { DateTimeScalar, LocalDateScalar } from '../core/graphql/scalars.js';
import { Instant, TenantOwned } from '../core/table.js';
import { InformationCategory } from '../kickoff/kickoff.entity.js';

/** Whom delivery had to ask again. */
export enum AskedOf {
  CLIENT = 'CLIENT',
  SALES = 'SALES',
}
registerEnumType(AskedOf, {
  name: 'AskedOf',
  description: 'Whom delivery had to ask again.',
  valuesConfig: {
    CLIENT: { description: 'The client, who has told it before.' },
    SALES: { description: 'Sales, who should have written it down.' },
  },
});

/** Something that delivery had to ask again although the handoff should hold it (document 001, repeat-ask rate). */
@Entity()
@ObjectType({ description: 'Something that delivery had to ask again although the handoff should hold it.' })
export class RepeatAsk extends TenantOwned {
  @Column('uuid')
  handoffId: string;

  @Column('text')
  @Field(() => InformationCategory, { description: 'What it was about.' })
  category: InformationCategory;

  @Column('text')
  @Field(() => String, { description: 'The item that should have told it, such as checklist.DEPENDENCIES.' })
  itemPath: string;

  @Column('text')
  @Field(() => AskedOf, { description: 'Who was asked.' })
  askedOf: AskedOf;

  @Column('date')
  @Field(() => LocalDateScalar, { description: 'The day on which it was asked.' })
  askedOn: string;

  @Column('uuid')
  recordedBy: string;

  @Instant()
  @Field(() => DateTimeScalar, { description: 'When it was recorded.' })
  recordedAt: Date;
}

/** What the client said of the handoff in a survey (document 004: surveys include the handoff). */
@Entity()
@ObjectType({ description: 'What the client said of the handoff in a survey.' })
export class ClientSurvey extends TenantOwned {
  @Column('uuid')
  handoffId: string;

  @Column('int')
  @Field(() => Int, { description: 'The score, 0 to 10.' })
  score: number;

  @Column('date')
  @Field(() => LocalDateScalar, { description: 'The day on which the client answered.' })
  answeredOn: string;

  @Column('text')
  @Field(() => String, { description: 'Where the answer is kept: an https link.' })
  evidenceUrl: string;

  @Column('uuid')
  recordedBy: string;

  @Instant()
  @Field(() => DateTimeScalar, { description: 'When it was recorded.' })
  recordedAt: Date;
}
