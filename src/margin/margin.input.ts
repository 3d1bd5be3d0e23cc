import { IsUUID, Length, Min } from 'class-validator';
import { Field, ID, InputType, Int } from 'type-graphql';

@InputType({ description: 'A request to pass the margin gate despite a margin below its floor.' })
export class RequestMarginExceptionInput {
  @IsUUID()
  @Field(() => ID, { description: 'The handoff.' })
  handoffId: string;

  @Min(1)
  @Field(() => Int, { description: 'The revision of the handoff that you saw.' })
  expectedRevision: number;

  @Length(20, 2000)
  @Field(() => String, {
    description: 'Why the deal should be taken all the same, in 20 to 2000 characters; the approvers read it.',
  })
  reason: string;
}
