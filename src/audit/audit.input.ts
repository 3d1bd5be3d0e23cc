import { IsDate, IsIn, IsOptional, IsUUID, Length, Matches, Max, Min } from 'class-validator';
import { Field, ID, InputType, Int, registerEnumType } from 'type-graphql';
import { DateTimeScalar } from '../core/graphql/scalars.js';
import { Population } from './population.js';
import { LARGEST_SAMPLE } from './sample.rules.js';

@InputType({ description: 'Of what everything is exported, and of which period.' })
export class ExportPopulationInput {
  @IsIn(Object.values(Population))
  @Field(() => Population, { description: 'Of what.' })
  population: Population;

  @IsDate()
  @Field(() => DateTimeScalar, { description: 'The period from (inclusive).' })
  from: Date;

  @IsDate()
  @Field(() => DateTimeScalar, { description: 'The period to (exclusive); it must be over for a minute.' })
  to: Date;
}

@InputType({ description: 'What a sample is drawn of: an export, or a population of a period.' })
export class DrawSampleInput {
  @IsOptional()
  @IsUUID()
  @Field(() => ID, { nullable: true, description: 'The export of a population; then leave out the next three.' })
  exportId?: string | null;

  @IsOptional()
  @IsIn(Object.values(Population))
  @Field(() => Population, { nullable: true, description: 'Of what, without an export.' })
  population?: Population | null;

  @IsOptional()
  @IsDate()
  @Field(() => DateTimeScalar, { nullable: true, description: 'The period from (inclusive), without an export.' })
  from?: Date | null;

  @IsOptional()
  @IsDate()
  @Field(() => DateTimeScalar, { nullable: true, description: 'The period to (exclusive), without an export.' })
  to?: Date | null;

  @Min(1)
  @Max(LARGEST_SAMPLE)
  @Field(() => Int, { description: `How many rows, 1 to ${LARGEST_SAMPLE}; of a smaller population all.` })
  size: number;

  @IsOptional()
  @Length(1, 100)
  @Matches(/^[\x21-\x7e]*$/)
  @Field(() => String, {
    nullable: true,
    description: 'To draw the same again: 1 to 100 printable ASCII characters; made by the server when left out.',
  })
  seed?: string | null;
}

@InputType({ description: 'Whose evidence is packed: one request, or everything in a sample.' })
export class MakeEvidencePackInput {
  @IsOptional()
  @IsUUID()
  @Field(() => ID, { nullable: true, description: 'One approval request.' })
  requestId?: string | null;

  @IsOptional()
  @IsUUID()
  @Field(() => ID, { nullable: true, description: 'A sample.' })
  sampleId?: string | null;
}

export enum ControlVerdict {
  PASS = 'PASS',
  EXCEPTION = 'EXCEPTION',
}
registerEnumType(ControlVerdict, {
  name: 'ControlVerdict',
  description: 'What the reviewer of a sampled override says.',
  valuesConfig: {
    PASS: { description: 'It is in order.' },
    EXCEPTION: { description: 'Something is wrong with it.' },
  },
});

@InputType({ description: 'What you found.' })
export class ReviewControlItemInput {
  @IsUUID()
  @Field(() => ID, { description: 'The item.' })
  itemId: string;

  @IsIn(Object.values(ControlVerdict))
  @Field(() => ControlVerdict, { description: 'The verdict.' })
  verdict: ControlVerdict;

  @Length(10, 2000)
  @Field(() => String, { description: 'What you looked at and found, 10 to 2000 characters.' })
  note: string;

  @Min(1)
  @Field(() => Int, { description: 'The revision that you saw.' })
  expectedRevision: number;
}
