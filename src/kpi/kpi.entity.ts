import { Field, Int, ObjectType, registerEnumType } from 'type-graphql';
import { Column, Entity } from '../core/column.js';
import { DateTimeScalar, LocalDateScalar } from '../core/graphql/scalars.js';
import { Instant, TenantOwned } from '../core/table.js';

export enum KpiSide {
  SALES = 'SALES',
  DELIVERY = 'DELIVERY',
}
registerEnumType(KpiSide, {
  name: 'KpiSide',
  description: 'Whose leadership signs (document 001: VP Sales and VP CS sign process and definitions).',
  valuesConfig: {
    SALES: { description: 'A sales manager signs.' },
    DELIVERY: { description: 'A service delivery lead signs.' },
  },
});

/** One side's signature under the definitions as they were. Append-only; both sides are two people by the schema. */
@Entity()
@ObjectType({ description: "One side's signature under the KPI definitions." })
export class KpiSignOff extends TenantOwned {
  @Column('text')
  @Field(() => String, { description: 'SHA-256 of the definitions that were signed, lower-case hex.' })
  digest: string;

  @Column('int')
  @Field(() => Int, { description: 'The version of the set of definitions.' })
  setVersion: number;

  @Column('text')
  @Field(() => KpiSide, { description: 'Which side.' })
  side: KpiSide;

  @Column('uuid')
  signedBy: string;

  @Instant()
  @Field(() => DateTimeScalar, { description: 'When.' })
  signedAt: Date;
}

/** A KPI as it was before the rollout, or a correction of that. Append-only: a figure is never edited. */
@Entity()
@ObjectType({ description: 'What a KPI was before, frozen; a correction is a row of its own.' })
export class KpiBaseline extends TenantOwned {
  @Column('text')
  @Field(() => String, { description: 'The key of the KPI.' })
  kpi: string;

  @Column('int')
  @Field(() => Int, { description: 'The version of its definition.' })
  definitionVersion: number;

  /** Whether the figures tell of margin: an ability reads it. */
  @Column('boolean')
  isMargin: boolean;

  @Column('date')
  @Field(() => LocalDateScalar, { description: 'First day of the period.' })
  fromOn: string;

  @Column('date')
  @Field(() => LocalDateScalar, { description: 'Last day of the period.' })
  toOn: string;

  @Column('bigint')
  numerator: bigint;

  @Column('bigint')
  denominator: bigint;

  @Column('text')
  @Field(() => String, { description: 'Which cases were counted, in words.' })
  cohort: string;

  @Column('text')
  @Field(() => String, {
    description:
      'Where the figures come from: an https link to a document or report, or a URN of urn:countersign when they were measured here.',
  })
  sourceUrl: string;

  @Column('text', { nullable: true })
  @Field(() => String, { nullable: true, description: 'SHA-256 of that document, lower-case hex.' })
  sourceSha256: string | null;

  @Column('uuid')
  frozenBy: string;

  @Instant()
  @Field(() => DateTimeScalar, { description: 'When it was frozen, or proposed as a correction.' })
  frozenAt: Date;

  @Column('uuid', { nullable: true })
  supersedesId: string | null;

  @Column('text', { nullable: true })
  @Field(() => String, { nullable: true, description: 'Why it corrects another; null for the first.' })
  reason: string | null;
}

/** A second person's confirmation, without which a correction counts for nothing. Append-only. */
@Entity()
@ObjectType({ description: "A second person's confirmation of a correction." })
export class KpiBaselineConfirmation extends TenantOwned {
  @Column('uuid')
  baselineId: string;

  /** Repeats the correction's, so that one baseline is corrected once. */
  @Column('uuid')
  supersedesId: string;

  /** Repeats who proposed it, so that the schema can tell two people apart. */
  @Column('uuid')
  proposedBy: string;

  @Column('uuid')
  confirmedBy: string;

  @Instant()
  @Field(() => DateTimeScalar, { description: 'When.' })
  confirmedAt: Date;
}
