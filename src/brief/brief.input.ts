import { IsUUID } from 'class-validator';
import { Field, ID, InputType } from 'type-graphql';
import { HandoffChangeInput } from '../handoff/handoff.input.js';

@InputType({ description: 'The brief that you have read and stand behind.' })
export class ReleaseBriefInput extends HandoffChangeInput {
  @IsUUID()
  @Field(() => ID, { description: 'The brief: the latest version of the handoff.' })
  briefId: string;
}
