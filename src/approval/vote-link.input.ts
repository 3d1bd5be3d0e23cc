import { Length } from 'class-validator';
import { Field, InputType } from 'type-graphql';

@InputType({ description: 'The link of a message that asks for your vote.' })
export class OpenVoteLinkInput {
  @Length(1, 200)
  @Field(() => String, { description: 'What follows `/approve/` in the address.' })
  token: string;
}
