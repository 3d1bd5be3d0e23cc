import { ArrayUnique, IsIn, IsUUID, Length, Max, Min } from 'class-validator';
import { Field, ID, InputType, Int } from 'type-graphql';
import { FeedClass } from './feed-key.entity.js';

const DAYS = 'Days until it ends by itself, at most 366.';

@InputType({ description: 'A new key for the OData feed.' })
export class CreateFeedKeyInput {
  @Length(3, 80)
  @Field(() => String, { description: 'What it is for, such as `Power BI, weekly dashboard`.' })
  name: string;

  @ArrayUnique()
  @IsIn(Object.values(FeedClass), { each: true })
  @Field(() => [FeedClass], {
    defaultValue: [],
    description: 'The classes of columns that it sees beside what everybody sees; none that you do not see yourself.',
  })
  sees: FeedClass[];

  @Min(1)
  @Max(366)
  @Field(() => Int, { defaultValue: 366, description: DAYS })
  days: number;
}

@InputType({ description: 'A feed key that gets a new secret.' })
export class RotateFeedKeyInput {
  @IsUUID()
  @Field(() => ID, { description: 'The key.' })
  feedKeyId: string;

  @Min(1)
  @Max(366)
  @Field(() => Int, { defaultValue: 366, description: DAYS })
  days: number;
}

@InputType({ description: 'A feed key to revoke.' })
export class RevokeFeedKeyInput {
  @IsUUID()
  @Field(() => ID, { description: 'The key.' })
  feedKeyId: string;
}
