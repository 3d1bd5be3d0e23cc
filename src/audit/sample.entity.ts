import { Field, ID, Int, ObjectType } from 'type-graphql';
import { Column, Entity } from '../core/column.js';
import { DateTimeScalar } from '../core/graphql/scalars.js';
import { Instant, TenantOwned } from '../core/table.js';
import { Population, RowKind } from './population.js';

/** A sample of a population and how it was drawn: with the seed anybody draws the same again. Append-only. */
@Entity()
@ObjectType({ description: 'A sample of a population. With its seed anybody draws the same rows again.' })
export class AuditSample extends TenantOwned {
  @Column('text')
  @Field(() => Population, { description: 'Of what it was drawn.' })
  population: Population;

  @Instant()
  @Field(() => DateTimeScalar, { description: 'The period from (inclusive).' })
  fromAt: Date;

  @Instant()
  @Field(() => DateTimeScalar, { description: 'The period to (exclusive).' })
  toAt: Date;

  @Column('text')
  @Field(() => String, {
    description:
      'The seed: rows stand in the order of SHA-256 (hex) of seed and row id, and the first `size` are taken.',
  })
  seed: string;

  @Column('int')
  @Field(() => Int, { description: 'How many rows were drawn; never more than there are.' })
  size: number;

  @Column('int')
  @Field(() => Int, { description: 'How many rows the population has.' })
  rows: number;

  @Column('text')
  @Field(() => String, { description: 'SHA-256 of the ids of the population, sorted, each with a line feed.' })
  idsSha256: string;

  /** The person or job that drew it. */
  @Column('text')
  drawnBy: string;

  @Instant()
  @Field(() => DateTimeScalar, { description: 'When it was drawn.' })
  drawnAt: Date;
}

/** One row of a sample. Append-only. */
@Entity()
@ObjectType({ description: 'One row of a sample.' })
export class AuditSampleItem extends TenantOwned {
  @Column('uuid')
  sampleId: string;

  @Column('int')
  @Field(() => Int, { description: 'The place in the order drawn, from 1.' })
  position: number;

  @Column('uuid')
  @Field(() => ID, { description: 'The id of the row in the population.' })
  rowId: string;

  @Column('text')
  @Field(() => RowKind, { description: 'What the row is.' })
  rowKind: RowKind;

  @Column('uuid', { nullable: true })
  requestId: string | null;

  @Column('text')
  @Field(() => String, { description: 'The type of what it is about, such as Handoff.' })
  subjectType: string;

  @Column('uuid')
  @Field(() => ID, { description: 'The id of what it is about.' })
  subjectId: string;

  @Instant()
  @Field(() => DateTimeScalar, { description: 'When it happened; of a request, when it was opened.' })
  at: Date;
}
