import {
  ArrayMaxSize,
  ArrayUnique,
  IsIn,
  IsOptional,
  IsUUID,
  Length,
  Matches,
  Min,
  ValidateNested,
} from 'class-validator';
import { ArgsType, Field, ID, InputType, Int } from 'type-graphql';
import { PageArgs } from '../core/graphql/page-args.js';
import { LocalDateScalar } from '../core/graphql/scalars.js';
import { StatementKind } from './content.entity.js';
import { DealType } from './handoff.entity.js';
import { Stage } from './stage.rules.js';
import { Given, Written } from './text.input.js';

@InputType({ description: 'A change to one handoff.' })
export class HandoffChangeInput {
  @IsUUID()
  @Field(() => ID, { description: 'The handoff.' })
  handoffId: string;

  @Min(1)
  @Field(() => Int, { description: "The handoff's revision that you saw." })
  expectedRevision: number;
}

@InputType({ description: "An answer to one of the configuration's questions." })
export class AnswerInput {
  // A refusal keeps it in the ledger: a key, and no free text.
  @Matches(/^[a-z0-9]+(-[a-z0-9]+)*$/, {
    message: 'key is lower-case words joined by hyphens, such as has-site-survey',
  })
  @Length(1, 80)
  @Field(() => String, { description: 'The key of the question, such as has-site-survey.' })
  key: string;

  @IsOptional()
  @Length(1, 80)
  @Field(() => String, {
    nullable: true,
    description: '"true" or "false" for a yes-or-no question, the value of an option otherwise; null takes it back.',
  })
  value: string | null;
}

@InputType({ description: "Sales' fields of a handoff. A field left out stays as it is; null empties it." })
export class EditHandoffInput extends HandoffChangeInput {
  @IsOptional()
  @Written(10_000)
  @Field(() => String, { nullable: true, description: "The client's background, objectives and priorities." })
  context?: string | null;

  @IsOptional()
  @Written(2_000)
  @Field(() => String, { nullable: true, description: 'How and when the client wants to be spoken to.' })
  communicationPreferences?: string | null;

  @IsOptional()
  @Written(4_000)
  @Field(() => String, { nullable: true, description: 'Billing terms.' })
  billingTerms?: string | null;

  @IsOptional()
  @Written(4_000)
  @Field(() => String, { nullable: true, description: 'Payment schedule.' })
  paymentSchedule?: string | null;

  @IsOptional()
  @Written(4_000)
  @Field(() => String, { nullable: true, description: 'Discounts and special terms.' })
  specialTerms?: string | null;

  @IsOptional()
  @Field(() => LocalDateScalar, { nullable: true, description: 'The day on which the project is to start.' })
  startOn?: string | null;

  @IsOptional()
  @ArrayMaxSize(50)
  @ArrayUnique((answer: AnswerInput) => answer.key)
  @ValidateNested({ each: true })
  @Field(() => [AnswerInput], { nullable: true, description: 'Answers to questions; those not named stay.' })
  answers?: AnswerInput[] | null;
}

@InputType({ description: "Delivery's own fields of a handoff. A field left out stays as it is; null empties it." })
export class EditIntakeInput extends HandoffChangeInput {
  @IsOptional()
  @Written(10_000)
  @Field(() => String, { nullable: true, description: "Delivery's intake notes; sales reads them." })
  intakeNotes?: string | null;
}

@InputType({ description: 'What kind of work a handoff is. A field left out stays as it is.' })
export class ClassifyHandoffInput extends HandoffChangeInput {
  @Given()
  @Matches(/^[a-z0-9]+(-[a-z0-9]+)*$/)
  @Length(1, 80)
  @Field(() => String, { nullable: true, description: 'The key of a service template, such as managed-network.' })
  serviceTemplate?: string;

  @Given()
  @IsIn(Object.values(DealType))
  @Field(() => DealType, { nullable: true, description: 'What kind of deal it is.' })
  dealType?: DealType;

  @IsOptional()
  @Written(80)
  @Field(() => String, {
    nullable: true,
    description: "The client's segment, such as SMB or ENTERPRISE; null empties it.",
  })
  segment?: string | null;
}

@InputType({ description: 'Who answers for a handoff.' })
export class AssignHandoffInput extends HandoffChangeInput {
  @IsUUID()
  @Field(() => ID, { description: 'The person: active, and with the role that it takes.' })
  personId: string;
}

@InputType({ description: 'Why a handoff is withdrawn.' })
export class WithdrawHandoffInput extends HandoffChangeInput {
  @Length(10, 1_000)
  @Matches(/\S/, { message: 'reason is blank' })
  @Field(() => String, { description: 'The reason, 10 to 1,000 characters: the deal was lost or reopened.' })
  reason: string;
}

@ArgsType()
export class HandoffArgs {
  @IsUUID()
  @Field(() => ID, { description: 'The id of the handoff.' })
  id: string;
}

@ArgsType()
export class HandoffNumberArgs {
  @Length(1, 80)
  @Field(() => String, { description: 'The number that people use, such as H-2205.' })
  number: string;
}

@InputType({ description: 'Which handoffs; every field given must match.' })
export class HandoffFilter {
  @IsOptional()
  @Field(() => Stage, { nullable: true, description: 'Where it stands.' })
  stage?: Stage | null;

  @IsOptional()
  @IsUUID()
  @Field(() => ID, { nullable: true, description: 'The sales manager who owns it.' })
  ownerId?: string | null;

  @IsOptional()
  @IsUUID()
  @Field(() => ID, { nullable: true, description: 'The delivery manager who answers for it.' })
  deliveryManagerId?: string | null;

  @IsOptional()
  @IsUUID()
  @Field(() => ID, { nullable: true, description: 'The customer.' })
  clientId?: string | null;
}

@ArgsType()
export class HandoffsArgs extends PageArgs {
  @IsOptional()
  @ValidateNested()
  @Field(() => HandoffFilter, { nullable: true, description: 'Only these; all that you may read without it.' })
  filter?: HandoffFilter | null;
}

@ArgsType()
export class StatementsArgs {
  @IsOptional()
  @Field(() => StatementKind, { nullable: true, description: 'Only those about this; all without it.' })
  kind?: StatementKind | null;
}
