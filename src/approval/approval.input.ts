import { IsIn, IsOptional, IsUUID, Length, Matches, Min } from 'class-validator';
import { Field, ID, InputType, Int } from 'type-graphql';
import { VoteDecision } from './vote.entity.js';

@InputType({ description: "One person's answer to an approval request." })
export class CastVoteInput {
  @IsUUID()
  @Field(() => ID, { description: 'The request.' })
  requestId: string;

  @IsIn(Object.values(VoteDecision))
  @Field(() => VoteDecision, { description: 'The answer.' })
  decision: VoteDecision;

  @Length(3, 2000)
  @Field(() => String, { description: 'Why, in 3 to 2000 characters.' })
  reason: string;

  @Matches(/^[0-9a-f]{64}$/)
  @Field(() => String, {
    description:
      'The digest of the content that you saw, from the request: a vote on other content is refused (STALE_CONTENT).',
  })
  digest: string;

  @IsOptional()
  @Min(1)
  @Field(() => Int, {
    nullable: true,
    description: 'The revision of the request that you saw; the digest guards the content without it.',
  })
  expectedRevision: number | null;
}

@InputType({ description: 'An approval request to take back.' })
export class WithdrawRequestInput {
  @IsUUID()
  @Field(() => ID, { description: 'The request.' })
  requestId: string;

  @Min(1)
  @Field(() => Int, { description: 'The revision that you saw.' })
  expectedRevision: number;
}
