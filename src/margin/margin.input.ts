import { Length } from 'class-validator';
import { Field, InputType } from 'type-graphql';
import { HandoffChangeInput } from '../handoff/handoff.input.js';

@InputType({ description: 'A request to pass the margin gate despite a margin below its floor.' })
export class RequestMarginExceptionInput extends HandoffChangeInput {
  @Length(20, 2000)
  @Field(() => String, {
    description: 'Why the deal should be taken all the same, in 20 to 2000 characters; the approvers read it.',
  })
  reason: string;
}
