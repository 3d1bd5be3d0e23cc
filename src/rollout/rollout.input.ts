import {
  ArrayMaxSize,
  ArrayNotEmpty,
  ArrayUnique,
  IsIn,
  IsOptional,
  IsUUID,
  Length,
  Matches,
  Min,
} from 'class-validator';
import { ArgsType, Field, ID, InputType, Int } from 'type-graphql';
import { PageArgs } from '../core/graphql/page-args.js';
import { LocalDateScalar } from '../core/graphql/scalars.js';
import { Gate } from '../passage/gate.entity.js';
import { HypercareCheckKind, MisfireKind } from './rollout.entity.js';

@InputType({ description: 'A rollout to propose.' })
export class StartRolloutInput {
  @Field(() => LocalDateScalar, {
    description: 'The first day of week 1; not in the past. The items of each week are due on its last business day.',
  })
  startedOn: string;
}

@InputType({ description: 'A step of the rollout.' })
export class RolloutChangeInput {
  @Min(1)
  @Field(() => Int, { description: "The rollout's revision that you saw." })
  expectedRevision: number;
}

@InputType({ description: 'Who does an item, until when.' })
export class AssignRolloutItemInput {
  @IsUUID()
  @Field(() => ID, { description: 'The item.' })
  itemId: string;

  @IsUUID()
  @Field(() => ID, { description: 'Who does it: an active member.' })
  ownerId: string;

  @IsOptional()
  @Field(() => LocalDateScalar, { nullable: true, description: 'Until when; left out: as it is.' })
  dueOn?: string | null;

  @Min(1)
  @Field(() => Int, { description: "The item's revision that you saw." })
  expectedRevision: number;
}

@InputType({ description: 'An item that is done, and what shows it.' })
export class CompleteRolloutItemInput {
  @IsUUID()
  @Field(() => ID, { description: 'The item.' })
  itemId: string;

  @Length(9, 2_048)
  @Matches(/^https:\/\/[^\s]+$/, { message: 'evidenceUrl is an https link' })
  @Field(() => String, { description: 'The document that shows that it was done, an https link.' })
  evidenceUrl: string;

  @IsOptional()
  @Matches(/^[0-9a-f]{64}$/)
  @Field(() => String, { nullable: true, description: 'SHA-256 of that document, lower-case hex.' })
  evidenceSha256?: string | null;

  @Min(1)
  @Field(() => Int, { description: "The item's revision that you saw." })
  expectedRevision: number;
}

@InputType({ description: 'Which handoffs the pilot enforces.' })
export class ChoosePilotInput extends RolloutChangeInput {
  @IsOptional()
  @ArrayNotEmpty()
  @ArrayUnique()
  @ArrayMaxSize(100)
  @IsUUID(undefined, { each: true })
  @Field(() => [ID], {
    nullable: true,
    description:
      "Handoffs that sales may still edit; left out: by the tenant's rule, the oldest first, until it is full.",
  })
  handoffIds?: string[] | null;
}

@InputType({ description: 'A gate that was wrong.' })
export class RecordGateMisfireInput {
  @IsUUID()
  @Field(() => ID, { description: 'The handoff.' })
  handoffId: string;

  @IsIn(Object.values(MisfireKind))
  @Field(() => MisfireKind, { description: 'How it was wrong.' })
  kind: MisfireKind;

  @IsIn(Object.values(Gate))
  @Field(() => Gate, { description: 'Which gate.' })
  gate: Gate;

  @Length(3, 60)
  @Matches(/^[A-Z][A-Z0-9_]*$/, { message: 'code is a code of a finding, such as EVIDENCE_MISSING' })
  @Field(() => String, { description: 'The code of the finding that was wrong, or that is missing: EVIDENCE_MISSING.' })
  code: string;

  @Length(10, 1_000)
  @Matches(/\S/, { message: 'reason is blank' })
  @Field(() => String, { description: 'What is the case, in 10 to 1,000 characters.' })
  reason: string;
}

@InputType({ description: 'A look that was taken in hypercare.' })
export class RecordHypercareCheckInput {
  @IsIn(Object.values(HypercareCheckKind))
  @Field(() => HypercareCheckKind, { description: 'What was done.' })
  kind: HypercareCheckKind;

  @Field(() => LocalDateScalar, { description: 'The day on which it was due, as rollout { hypercare } lists it.' })
  dueOn: string;
}

@ArgsType()
export class MisfiresArgs extends PageArgs {
  @IsOptional()
  @IsUUID()
  @Field(() => ID, { nullable: true, description: 'Only of this handoff.' })
  handoffId: string | null;

  @Field(() => MisfireKind, { nullable: true, description: 'Only of this kind.' })
  kind: MisfireKind | null;
}
