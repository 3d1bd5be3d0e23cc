import { IsIn, IsOptional, IsUUID, Length, Matches } from 'class-validator';
import { ArgsType, Field, ID, InputType } from 'type-graphql';
import { PageArgs } from '../core/graphql/page-args.js';
import { LocalDateScalar } from '../core/graphql/scalars.js';
import { HandoffChangeInput } from '../handoff/handoff.input.js';
import { TrainingKind } from './training.entity.js';

@InputType({ description: 'Something that a member learned by.' })
export class RecordTrainingInput {
  @IsUUID()
  @Field(() => ID, { description: 'The member; never yourself.' })
  personId: string;

  @IsIn(Object.values(TrainingKind))
  @Field(() => TrainingKind, { description: 'What it was.' })
  kind: TrainingKind;

  @IsOptional()
  @Matches(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/, { message: 'course is a key of the training policy' })
  @Length(1, 60)
  @Field(() => String, { nullable: true, description: 'The key of the course; of a COURSE only.' })
  course?: string | null;

  @IsOptional()
  @IsUUID()
  @Field(() => ID, { nullable: true, description: 'The handoff that was shadowed or observed.' })
  handoffId?: string | null;

  @Field(() => LocalDateScalar, { description: 'The day on which it was done; not in the future.' })
  completedOn: string;
}

@InputType({ description: 'A member to certify.' })
export class CertifyMemberInput {
  @IsUUID()
  @Field(() => ID, { description: 'The member; never yourself.' })
  personId: string;
}

@InputType({ description: 'A certification to end.' })
export class RevokeCertificationInput {
  @IsUUID()
  @Field(() => ID, { description: 'The certification.' })
  certificationId: string;

  @Length(10, 1_000)
  @Matches(/\S/, { message: 'reason is blank' })
  @Field(() => String, { description: 'Why, in 10 to 1,000 characters.' })
  reason: string;
}

@InputType({ description: 'Who stands by the rep of a handoff.' })
export class NameBuddyInput extends HandoffChangeInput {
  @IsUUID()
  @Field(() => ID, { description: 'The buddy: an active member who is certified, and not the rep.' })
  buddyId: string;
}

@ArgsType()
export class TrainingArgs extends PageArgs {
  @IsOptional()
  @IsUUID()
  @Field(() => ID, { nullable: true, description: 'Only of this member.' })
  personId: string | null;
}
