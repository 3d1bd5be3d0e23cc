import { IsBoolean, IsDefined, IsIn, IsOptional, IsUUID, Length, Matches } from 'class-validator';
import { ArgsType, Field, ID, InputType } from 'type-graphql';
import { PageArgs } from '../core/graphql/page-args.js';
import { LocalDateScalar } from '../core/graphql/scalars.js';
import { HandoffChangeInput } from '../handoff/handoff.input.js';
import { Written } from '../handoff/text.input.js';
import { DecisionKind, DecisionState } from './decision.entity.js';

@InputType({ description: 'A question for the decision log.' })
export class OpenDecisionInput extends HandoffChangeInput {
  @IsIn(Object.values(DecisionKind))
  @Field(() => DecisionKind, { description: 'What is to be decided.' })
  kind: DecisionKind;

  @Written(1_000)
  @Field(() => String, { description: 'The question.' })
  question: string;

  @IsOptional()
  @Written(4_000)
  @Field(() => String, { nullable: true, description: 'What must be known to decide it.' })
  context?: string | null;

  @IsOptional()
  @IsUUID()
  @Field(() => ID, { nullable: true, description: 'The assumption that it decides, if it decides one.' })
  assumptionId?: string | null;

  @IsUUID()
  @Field(() => ID, { description: 'Who decides it.' })
  ownerId: string;

  @IsDefined()
  @Field(() => LocalDateScalar, { description: 'The day by which it is to be decided; today or later.' })
  dueOn: string;

  @IsUUID()
  @Field(() => ID, { description: 'Who is told when the owner does not decide; another person.' })
  escalationContactId: string;

  @IsBoolean()
  @Field(() => Boolean, { defaultValue: true, description: 'Whether no kickoff may be scheduled while it is open.' })
  blocksKickoff: boolean;
}

@InputType({ description: 'An entry of the decision log.' })
export class DecisionInput extends HandoffChangeInput {
  @IsUUID()
  @Field(() => ID, { description: 'The entry.' })
  decisionId: string;
}

@InputType({ description: 'What was decided, and why.' })
export class ResolveDecisionInput extends DecisionInput {
  @Written(4_000)
  @Field(() => String, { description: 'What was decided.' })
  outcome: string;

  @Length(10, 4_000)
  @Matches(/\S/, { message: 'reason is blank' })
  @Field(() => String, { description: 'Why, 10 to 4,000 characters.' })
  reason: string;

  @IsBoolean()
  @Field(() => Boolean, {
    defaultValue: false,
    description: 'Whether the question no longer arises: OBSOLETE instead of RESOLVED.',
  })
  obsolete: boolean;
}

@InputType({ description: 'Who decides from now on. A field left out stays as it is.' })
export class ReassignDecisionInput extends DecisionInput {
  @IsUUID()
  @Field(() => ID, { description: 'Who decides it.' })
  ownerId: string;

  @IsOptional()
  @IsUUID()
  @Field(() => ID, { nullable: true, description: 'Who is told when the owner does not decide.' })
  escalationContactId?: string | null;

  @IsOptional()
  @Field(() => LocalDateScalar, {
    nullable: true,
    description: 'The day by which it is to be decided; today or later.',
  })
  dueOn?: string | null;
}

@ArgsType()
export class DecisionsArgs extends PageArgs {
  @IsOptional()
  @Field(() => DecisionState, { nullable: true, description: 'Only entries in this state.' })
  state?: DecisionState | null;

  @IsBoolean()
  @Field(() => Boolean, {
    defaultValue: false,
    description: 'Only open entries whose day has passed, of handoffs that have not ended.',
  })
  overdueOnly: boolean;
}
