import { IsIn, Max, Min } from 'class-validator';
import { Field, InputType, Int } from 'type-graphql';
import { NoticeDelivery } from './notice.entity.js';

@InputType({ description: 'How you want to be told. Urgent notices are mailed at once in any case.' })
export class SetNoticePreferenceInput {
  @IsIn(Object.values(NoticeDelivery))
  @Field(() => NoticeDelivery, { description: 'One by one, or together.' })
  delivery: NoticeDelivery;

  @Field(() => Boolean, {
    description: "Whether mails wait outside of the working times of the tenant's business calendar.",
  })
  quietHours: boolean;

  @Min(0)
  @Max(200)
  @Field(() => Int, {
    description: 'Single mails a calendar day, 0 to 200; what comes beyond it goes into the next digest.',
  })
  dailyMails: number;
}
