import { ArrayMaxSize, IsIn, IsOptional, IsUUID, Length, Matches, Min } from 'class-validator';
import { Field, ID, InputType, Int } from 'type-graphql';
import { DateTimeScalar } from '../core/graphql/scalars.js';
import { VoteDecision } from './vote.entity.js';

const CAST: readonly VoteDecision[] = [VoteDecision.APPROVE, VoteDecision.REJECT];

@InputType({ description: "One person's answer to an approval request." })
export class CastVoteInput {
  @IsUUID()
  @Field(() => ID, { description: 'The request.' })
  requestId: string;

  @IsIn(CAST, { message: 'decision is APPROVE or REJECT; an emergency is declared with breakGlass' })
  @Field(() => VoteDecision, { description: 'The answer: APPROVE or REJECT.' })
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

  @IsOptional()
  @IsUUID()
  @Field(() => ID, {
    nullable: true,
    description: 'Whom you stand in for by a live delegation; leave it out to vote for yourself.',
  })
  onBehalfOf?: string | null;
}

@InputType({ description: 'An approval of yours to take back, before its effect.' })
export class RevokeVoteInput {
  @IsUUID()
  @Field(() => ID, { description: 'The request.' })
  requestId: string;

  @Length(3, 2000)
  @Field(() => String, { description: 'Why, in 3 to 2000 characters.' })
  reason: string;

  @Min(1)
  @Field(() => Int, { description: 'The revision that you saw.' })
  expectedRevision: number;
}

@InputType({ description: 'An emergency: pass a request without its quorum, as the policy allows you by name.' })
export class BreakGlassInput {
  @IsUUID()
  @Field(() => ID, { description: 'The request.' })
  requestId: string;

  @Matches(/^[0-9a-f]{64}$/)
  @Field(() => String, { description: 'The digest of the content that you saw, from the request.' })
  digest: string;

  @Length(20, 2000)
  @Field(() => String, { description: 'Why it cannot wait, in 20 to 2000 characters.' })
  reason: string;

  @Matches(/^[\w./#-]{2,60}$/, { message: 'ticket is 2 to 60 letters, digits and the signs . / # - _' })
  @Field(() => String, { description: 'The ticket of the emergency, such as INC-4711.' })
  ticket: string;
}

@InputType({ description: 'What the review of an emergency came to.' })
export class ReviewBreakGlassInput {
  @IsUUID()
  @Field(() => ID, { description: 'The review.' })
  reviewId: string;

  @Field(() => Boolean, { description: 'Whether it was an emergency.' })
  justified: boolean;

  @Length(10, 2000)
  @Field(() => String, { description: 'What you found, in 10 to 2000 characters.' })
  note: string;

  @Min(1)
  @Field(() => Int, { description: 'The revision that you saw.' })
  expectedRevision: number;
}

@InputType({ description: 'Who votes for whom, from when until when.' })
export class DelegateVotesInput {
  @IsUUID()
  @Field(() => ID, { description: 'The person who is away; you, unless you are an administrator.' })
  delegatorId: string;

  @IsUUID()
  @Field(() => ID, { description: 'The person who votes for them.' })
  delegateId: string;

  @Field(() => DateTimeScalar, { description: 'From when.' })
  fromAt: Date;

  @Field(() => DateTimeScalar, { description: 'Until when, exclusive; 60 days at most.' })
  untilAt: Date;

  @IsOptional()
  @ArrayMaxSize(20)
  @Matches(/^[A-Z][A-Z_]{1,59}$/, { each: true, message: 'kinds are words such as MARGIN_EXCEPTION' })
  @Field(() => [String], { nullable: true, description: 'Only for these kinds of request; none or left out is all.' })
  kinds: string[] | null;

  @Length(3, 500)
  @Field(() => String, { description: 'Why, such as out of office.' })
  reason: string;
}

@InputType({ description: 'A delegation to confirm or to end.' })
export class DelegationInput {
  @IsUUID()
  @Field(() => ID, { description: 'The delegation.' })
  delegationId: string;

  @Min(1)
  @Field(() => Int, { description: 'The revision that you saw.' })
  expectedRevision: number;
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
