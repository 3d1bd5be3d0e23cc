import { IsDefined, IsIn, IsOptional, IsUUID, Matches } from 'class-validator';
import { Field, ID, InputType } from 'type-graphql';
import { DecimalScalar, LocalDateScalar } from '../core/graphql/scalars.js';
import { HandoffChangeInput } from '../handoff/handoff.input.js';
import { Given, TopicKey, Written } from '../handoff/text.input.js';
import { CommitmentChannel, CommitmentState } from './commitment.entity.js';

const TEXT = 4_000;
const SOURCE = 500;
const HOURS = /^\d{1,6}(\.\d{1,2})?$/;
const AMOUNT = /^\d{1,12}(\.\d{1,3})?$/;

@InputType({ description: 'A promise made in the sale.' })
export class AddCommitmentInput extends HandoffChangeInput {
  @Written(TEXT)
  @Field(() => String, { description: 'What was promised.' })
  text: string;

  @IsIn(Object.values(CommitmentChannel))
  @Field(() => CommitmentChannel, { description: 'How it was promised.' })
  channel: CommitmentChannel;

  @IsDefined()
  @Field(() => LocalDateScalar, { description: 'The day on which it was promised, not in the future.' })
  madeOn: string;

  @Written(120)
  @Field(() => String, { description: 'To whom it was promised.' })
  promisedTo: string;

  @IsOptional()
  @IsUUID()
  @Field(() => ID, { nullable: true, description: 'The member who promised it; yourself when left out.' })
  madeById?: string | null;

  @Written(SOURCE)
  @Field(() => String, { description: 'Where it comes from: a mail, a call, a meeting.' })
  source: string;

  @IsOptional()
  @Field(() => LocalDateScalar, { nullable: true, description: 'The day by which it was promised.' })
  dueOn?: string | null;

  @TopicKey()
  @Field(() => String, {
    nullable: true,
    description: 'A key of what it is about, such as leased-line; the same as of the statements about it.',
  })
  topic?: string | null;

  @IsOptional()
  @Matches(HOURS, { message: 'promisedHours is a number of hours with at most two decimals, such as 7.5' })
  @Field(() => DecimalScalar, { nullable: true, description: 'The hours of work that were promised.' })
  promisedHours?: string | null;

  @IsOptional()
  @Matches(AMOUNT, { message: 'promisedAmount is an amount of money without a sign, such as 1500.00' })
  @Field(() => DecimalScalar, {
    nullable: true,
    description: "What was promised in money, in major units of the deal's currency.",
  })
  promisedAmount?: string | null;
}

@InputType({ description: 'A promise to change.' })
export class CommitmentInput extends HandoffChangeInput {
  @IsUUID()
  @Field(() => ID, { description: 'The commitment.' })
  commitmentId: string;
}

@InputType({
  description:
    'A correction of a promise. A field left out stays as it is; null empties the day by which it was promised, the topic and the figures.',
})
export class ReviseCommitmentInput extends CommitmentInput {
  @Given()
  @Written(TEXT)
  @Field(() => String, { nullable: true, description: 'What was promised.' })
  text?: string;

  @Given()
  @IsIn(Object.values(CommitmentChannel))
  @Field(() => CommitmentChannel, { nullable: true, description: 'How it was promised.' })
  channel?: CommitmentChannel;

  @Given()
  @Written(10)
  @Field(() => LocalDateScalar, { nullable: true, description: 'The day on which it was promised, not in the future.' })
  madeOn?: string;

  @Given()
  @Written(120)
  @Field(() => String, { nullable: true, description: 'To whom it was promised.' })
  promisedTo?: string;

  @Given()
  @Written(SOURCE)
  @Field(() => String, { nullable: true, description: 'Where it comes from.' })
  source?: string;

  @IsOptional()
  @Field(() => LocalDateScalar, { nullable: true, description: 'The day by which it was promised.' })
  dueOn?: string | null;

  @TopicKey()
  @Field(() => String, {
    nullable: true,
    description: 'A key of what it is about, such as leased-line; the same as of the statements about it.',
  })
  topic?: string | null;

  @IsOptional()
  @Matches(HOURS, { message: 'promisedHours is a number of hours with at most two decimals, such as 7.5' })
  @Field(() => DecimalScalar, { nullable: true, description: 'The hours of work that were promised.' })
  promisedHours?: string | null;

  @IsOptional()
  @Matches(AMOUNT, { message: 'promisedAmount is an amount of money without a sign, such as 1500.00' })
  @Field(() => DecimalScalar, {
    nullable: true,
    description: "What was promised in money, in major units of the deal's currency.",
  })
  promisedAmount?: string | null;
}

@InputType({ description: 'How a promise ends.' })
export class ResolveCommitmentInput extends CommitmentInput {
  @IsIn([CommitmentState.SCOPE_LINE, CommitmentState.TASK, CommitmentState.DECLINED])
  @Field(() => CommitmentState, { description: 'SCOPE_LINE, TASK or DECLINED.' })
  state: CommitmentState;

  @IsOptional()
  @Written(SOURCE)
  @Field(() => String, {
    nullable: true,
    description: 'The scope line or task that it became; obligatory for these two.',
  })
  reference?: string | null;

  @IsOptional()
  @Written(1_000)
  @Field(() => String, {
    nullable: true,
    description: 'Why it is declined, at least 10 characters; a remark otherwise.',
  })
  reason?: string | null;
}
