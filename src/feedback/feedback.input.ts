import { IsIn, IsUUID, Length, Matches, Max, Min } from 'class-validator';
import { Field, ID, InputType, Int } from 'type-graphql';
import { LocalDateScalar } from '../core/graphql/scalars.js';
import { InformationCategory } from '../kickoff/kickoff.entity.js';
import { CloseHandoffInput } from '../kickoff/kickoff.input.js';
import { AskedOf } from './observation.entity.js';

@InputType({ description: 'What delivery says of a handoff that it works with (document 003, two weeks after).' })
export class GiveFeedbackInput extends CloseHandoffInput {}

@InputType({ description: 'What delivery had to ask again.' })
export class RecordRepeatAskInput {
  @IsUUID()
  @Field(() => ID, { description: 'The handoff.' })
  handoffId: string;

  @IsIn(Object.values(InformationCategory))
  @Field(() => InformationCategory, { description: 'What it was about.' })
  category: InformationCategory;

  // The ledger keeps it: a path, and no free text.
  @Matches(/^[\w-]+([.:][\w-]+|\[[\w-]+\])*$/, {
    message: 'itemPath is names joined by dots, such as checklist.DEPENDENCIES',
  })
  @Length(2, 120)
  @Field(() => String, { description: 'The item that should have told it, such as checklist.DEPENDENCIES.' })
  itemPath: string;

  @IsIn(Object.values(AskedOf))
  @Field(() => AskedOf, { description: 'Who was asked.' })
  askedOf: AskedOf;

  @Field(() => LocalDateScalar, { description: 'The day on which it was asked; not in the future.' })
  askedOn: string;
}

@InputType({ description: 'What the client said in a survey.' })
export class RecordClientSurveyInput {
  @IsUUID()
  @Field(() => ID, { description: 'The handoff.' })
  handoffId: string;

  @Min(0)
  @Max(10)
  @Field(() => Int, { description: 'The score, 0 to 10.' })
  score: number;

  @Field(() => LocalDateScalar, { description: 'The day on which the client answered; not in the future.' })
  answeredOn: string;

  @Matches(/^https:\/\/[^\s<>"]{4,2000}$/, { message: 'evidenceUrl is the https link of the answer' })
  @Field(() => String, { description: 'The https link of the answer.' })
  evidenceUrl: string;
}
