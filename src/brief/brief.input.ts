import { IsUUID, Min } from 'class-validator';
import { Field, ID, InputType, Int } from 'type-graphql';

@InputType({ description: 'The handoff whose brief is generated anew.' })
export class DraftBriefInput {
  @IsUUID()
  @Field(() => ID, { description: 'The handoff.' })
  handoffId: string;

  @Min(1)
  @Field(() => Int, { description: 'The revision of the handoff that you saw.' })
  expectedRevision: number;
}

@InputType({ description: 'The brief that you have read and stand behind.' })
export class ReleaseBriefInput extends DraftBriefInput {
  @IsUUID()
  @Field(() => ID, { description: 'The brief: the latest version of the handoff.' })
  briefId: string;
}
