import { ArrayMaxSize, ArrayNotEmpty, IsUUID, Length, Matches, ValidateNested } from 'class-validator';
import { Field, ID, InputType } from 'type-graphql';
import { HandoffChangeInput } from '../handoff/handoff.input.js';

@InputType({ description: 'A checkpoint of a handoff.' })
export class CheckpointInput extends HandoffChangeInput {
  @IsUUID()
  @Field(() => ID, { description: 'The checkpoint.' })
  checkpointId: string;
}

@InputType({ description: 'One gap at a checkpoint, named.' })
export class CheckpointGapInput {
  // The ledger keeps it: a path, and no free text.
  @Matches(/^[\w-]+([.:][\w-]+|\[[\w-]+\])*$/, {
    message: 'path is names joined by dots, such as checklist.SUPPORT_ENTITLEMENT',
  })
  @Length(2, 120)
  @Field(() => String, {
    description: 'What it is about, such as checklist.SUPPORT_ENTITLEMENT or milestones.rollout.',
  })
  path: string;

  @Length(5, 2000)
  @Field(() => String, { description: 'What is missing or wrong.' })
  text: string;
}

@InputType({ description: 'Why a checkpoint is not accepted.' })
export class ReturnCheckpointInput extends CheckpointInput {
  @ArrayNotEmpty()
  @ArrayMaxSize(50)
  @ValidateNested({ each: true })
  @Field(() => [CheckpointGapInput], { description: 'The gaps; at least one.' })
  gaps: CheckpointGapInput[];
}
