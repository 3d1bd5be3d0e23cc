import { IsIn, IsUUID, Length, Matches, Min } from 'class-validator';
import { Field, ID, InputType, Int, registerEnumType } from 'type-graphql';

export enum ReviewVerdict {
  SOUND = 'SOUND',
  EXCEPTION = 'EXCEPTION',
}
registerEnumType(ReviewVerdict, {
  name: 'IntegrationReviewVerdict',
  description: 'What the reviewer of a connection says.',
  valuesConfig: {
    SOUND: { description: 'It has what it needs and no more.' },
    EXCEPTION: { description: 'Something is missing, too much or unclear; the remark says what is done about it.' },
  },
});

@InputType({ description: 'What you found in a connection that you had no hand in.' })
export class CloseIntegrationReviewInput {
  @IsUUID()
  @Field(() => ID, { description: 'The review.' })
  reviewId: string;

  @IsIn(Object.values(ReviewVerdict))
  @Field(() => ReviewVerdict, { description: 'The verdict.' })
  verdict: ReviewVerdict;

  @Length(10, 2000)
  @Matches(/\S/, { message: 'remark is blank' })
  @Field(() => String, { description: 'What you looked at and found, 10 to 2000 characters.' })
  remark: string;

  @Min(1)
  @Field(() => Int, { description: 'The revision that you saw.' })
  expectedRevision: number;
}
