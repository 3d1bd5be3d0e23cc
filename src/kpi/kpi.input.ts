import { IsIn, IsOptional, IsUUID, Length, Matches } from 'class-validator';
import { Field, ID, InputType } from 'type-graphql';
import { DecimalScalar, LocalDateScalar } from '../core/graphql/scalars.js';
import { Written } from '../handoff/text.input.js';
import { KpiSide } from './kpi.entity.js';

const WHOLE = /^-?\d{1,18}$/;
const WHOLE_MESSAGE = '$property is a whole number of at most 18 digits, in quotes';

@InputType({ description: 'Which definitions are signed, for which side.' })
export class SignOffKpiDefinitionsInput {
  @Matches(/^[0-9a-f]{64}$/)
  @Field(() => String, { description: 'The digest of kpiDefinitions, as you read it.' })
  digest: string;

  @IsIn(Object.values(KpiSide))
  @Field(() => KpiSide, { description: 'For which side you sign.' })
  side: KpiSide;
}

@InputType({ description: 'The figures of a baseline and where they come from.' })
class BaselineFigures {
  @Field(() => LocalDateScalar, { description: 'First day of the period.' })
  fromOn: string;

  @Field(() => LocalDateScalar, { description: 'Last day of the period; not in the future.' })
  toOn: string;

  @Matches(WHOLE, { message: WHOLE_MESSAGE })
  @Field(() => DecimalScalar, { description: "The numerator, a whole number in the definition's unit." })
  numerator: string;

  @Matches(WHOLE, { message: WHOLE_MESSAGE })
  @Field(() => DecimalScalar, { description: 'The denominator, a whole number; 0 when there was no case.' })
  denominator: string;

  @Length(3, 500)
  @Matches(/\S/, { message: 'cohort is blank' })
  @Field(() => String, { description: 'Which cases were counted, in 3 to 500 characters.' })
  cohort: string;

  @Length(9, 2_048)
  @Matches(/^https:\/\/[^\s]+$/, { message: 'sourceUrl is an https link' })
  @Field(() => String, { description: 'The document or report that the figures come from, an https link.' })
  sourceUrl: string;

  @IsOptional()
  @Matches(/^[0-9a-f]{64}$/)
  @Field(() => String, { nullable: true, description: 'SHA-256 of that document, lower-case hex.' })
  sourceSha256?: string | null;
}

@InputType({ description: 'The baseline of a KPI.' })
export class FreezeKpiBaselineInput extends BaselineFigures {
  @Written(60)
  @Matches(/^[A-Z][A-Z0-9_]*$/, { message: 'kpi is a key of kpiDefinitions, such as COMPLETION_RATE' })
  @Field(() => String, { description: 'The key of the KPI, such as COMPLETION_RATE.' })
  kpi: string;
}

@InputType({ description: 'A correction of a frozen baseline.' })
export class CorrectKpiBaselineInput extends BaselineFigures {
  @IsUUID()
  @Field(() => ID, { description: 'The baseline that counts now and is wrong.' })
  baselineId: string;

  @Length(10, 1_000)
  @Matches(/\S/, { message: 'reason is blank' })
  @Field(() => String, { description: 'What was wrong, in 10 to 1,000 characters.' })
  reason: string;
}

@InputType({ description: 'A correction to confirm.' })
export class ConfirmKpiBaselineInput {
  @IsUUID()
  @Field(() => ID, { description: 'The correction.' })
  baselineId: string;
}
