import { Field, Int, ObjectType, registerEnumType } from 'type-graphql';
import { Column, Entity } from '../core/column.js';
import { DateTimeScalar } from '../core/graphql/scalars.js';
import { Instant, TenantOwned } from '../core/table.js';
import { Population } from './population.js';

export enum ExportKind {
  POPULATION = 'POPULATION',
  PACK = 'PACK',
}
registerEnumType(ExportKind, {
  name: 'AuditExportKind',
  description: 'What kind of file it is.',
  valuesConfig: {
    POPULATION: { description: 'A CSV file of every row of a population.' },
    PACK: { description: 'A zip file of the evidence behind requests.' },
  },
});

/**
 * A file that somebody may fetch once, within minutes. The file itself is kept nowhere: it is made when it is fetched, and
 * its digest stays here and in the ledger.
 */
@Entity()
@ObjectType({ description: 'A file of evidence that may be fetched once, by who asked for it, within minutes.' })
export class AuditExport extends TenantOwned {
  @Column('text')
  @Field(() => ExportKind, { description: 'What kind of file it is.' })
  kind: ExportKind;

  @Column('text', { nullable: true })
  @Field(() => Population, { nullable: true, description: 'The population; null for a pack.' })
  population: Population | null;

  @Instant({ nullable: true })
  @Field(() => DateTimeScalar, { nullable: true, description: 'The period from (inclusive); null for a pack.' })
  fromAt: Date | null;

  @Instant({ nullable: true })
  @Field(() => DateTimeScalar, { nullable: true, description: 'The period to (exclusive); null for a pack.' })
  toAt: Date | null;

  @Column('int')
  @Field(() => Int, { description: 'How many rows, or how many requests and waived items.' })
  rows: number;

  @Column('text', { nullable: true })
  @Field(() => String, {
    nullable: true,
    description: 'SHA-256 of the ids of the population, sorted, each with a line feed; null for a pack.',
  })
  idsSha256: string | null;

  @Column('uuid', { nullable: true })
  requestId: string | null;

  @Column('uuid', { nullable: true })
  sampleId: string | null;

  @Column('text')
  secretHash: string;

  @Column('uuid')
  requestedBy: string;

  @Instant()
  @Field(() => DateTimeScalar, { description: 'When it was asked for.' })
  requestedAt: Date;

  @Instant()
  @Field(() => DateTimeScalar, { description: 'Until when it can be fetched.' })
  expiresAt: Date;

  @Instant({ nullable: true })
  @Field(() => DateTimeScalar, { nullable: true, description: 'When it was fetched; null while nobody has.' })
  takenAt: Date | null;

  @Column('text', { nullable: true })
  @Field(() => String, { nullable: true, description: 'SHA-256 of the file that was fetched, lower-case hex.' })
  sha256: string | null;

  @Column('int', { nullable: true })
  @Field(() => Int, { nullable: true, description: 'How many bytes that file has.' })
  bytes: number | null;
}
