import { IsOptional, Matches } from 'class-validator';
import { Field, InputType } from 'type-graphql';
import { DateTimeScalar } from '../core/graphql/scalars.js';
import { HandoffChangeInput } from '../handoff/handoff.input.js';

@InputType({ description: 'The introduction as you read it.' })
export class ApproveIntroductionInput extends HandoffChangeInput {
  @Matches(/^[0-9a-f]{64}$/, { message: 'textSha256 is the SHA-256 that the draft says, 64 lower-case hex digits' })
  @Field(() => String, { description: 'The textSha256 of the draft that you approve.' })
  textSha256: string;
}

@InputType({ description: 'That the client has the introduction.' })
export class RecordIntroductionInput extends HandoffChangeInput {
  @Matches(/^https:\/\/[^\s<>"]{4,2000}$/, { message: 'threadUrl is the https link of the thread with the client' })
  @Field(() => String, { description: 'The https link of the thread, such as of the message in Outlook on the web.' })
  threadUrl: string;

  @IsOptional()
  @Field(() => DateTimeScalar, { nullable: true, description: 'When it was sent; now when left out, never later.' })
  introducedAt?: Date | null;
}
