import {
  ArrayMaxSize,
  ArrayMinSize,
  ArrayUnique,
  IsBoolean,
  IsDefined,
  IsIn,
  IsOptional,
  IsUUID,
  Length,
  Matches,
  Max,
  Min,
  ValidateNested,
} from 'class-validator';
import { ArgsType, Field, ID, InputType, Int, registerEnumType } from 'type-graphql';
import { CLAIMED_PARTS, type ClaimedPart } from '../catalogue/configuration.meeting.js';
import { PageArgs } from '../core/graphql/page-args.js';
import { DateTimeScalar, LocalDateScalar } from '../core/graphql/scalars.js';
import { HandoffChangeInput } from '../handoff/handoff.input.js';
import { Given, Written } from '../handoff/text.input.js';
import { CheckAnswer } from './meeting.entity.js';

/** The parts that are claimed, as the API names them. */
export const CLAIMS = Object.fromEntries(CLAIMED_PARTS.map((part) => [part, part])) as Record<ClaimedPart, ClaimedPart>;
registerEnumType(CLAIMS, {
  name: 'ClaimedMeetingPart',
  description: 'A part in the handoff meeting that follows from no role: whoever invites says it.',
  valuesConfig: {
    SOLUTION_ENGINEER: { description: 'Designed the solution in the sale.' },
    PROFESSIONAL_SERVICES: { description: 'Speaks for professional services.' },
    PRODUCT: { description: 'Speaks for the product.' },
  },
});

/** A key of the configuration; a refusal keeps it in the ledger, so it is no free text. */
function ConfigurationKey(): PropertyDecorator {
  return (target, property) => {
    Matches(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/, {
      message: '$property is lower-case words joined by hyphens, such as scope-validated',
    })(target, String(property));
    Length(1, 60)(target, String(property));
  };
}

@InputType({ description: 'Somebody to be invited to the handoff meeting.' })
export class MeetingInviteInput {
  @IsUUID()
  @Field(() => ID, { description: 'The person: an active member.' })
  personId: string;

  @IsOptional()
  @IsIn(CLAIMED_PARTS)
  @Field(() => CLAIMS, {
    nullable: true,
    description: 'The part that no role gives them; the others follow from who they are.',
  })
  part?: ClaimedPart | null;
}

const LONGEST_LIST = 50;
const MINUTES =
  "How long it is planned for, in minutes, 15 to 480; the tier's length when left out (document 004: 45, HIGH_TOUCH 60).";
const PROBABILITY =
  'The probability of the deal in per cent, 0 to 100, as the CRM says; only asked while the deal is not won.';

@InputType({ description: 'A date for the internal handoff meeting.' })
export class ScheduleHandoffMeetingInput extends HandoffChangeInput {
  @IsDefined()
  @Field(() => DateTimeScalar, { description: 'When it begins; in the future.' })
  startsAt: Date;

  @IsOptional()
  @Min(15)
  @Max(480)
  @Field(() => Int, { nullable: true, description: MINUTES })
  durationMinutes?: number | null;

  @ArrayMinSize(1)
  @ArrayMaxSize(LONGEST_LIST)
  @ArrayUnique(({ personId }: MeetingInviteInput) => personId)
  @ValidateNested({ each: true })
  @Field(() => [MeetingInviteInput], { description: 'Who is invited, each once; at most 50.' })
  participants: MeetingInviteInput[];

  @IsOptional()
  @Min(0)
  @Max(100)
  @Field(() => Int, { nullable: true, description: PROBABILITY })
  probabilityPercent?: number | null;
}

@InputType({ description: 'Another date for the handoff meeting. A field left out stays as it is.' })
export class MoveHandoffMeetingInput extends HandoffChangeInput {
  @IsDefined()
  @Field(() => DateTimeScalar, { description: 'When it begins; in the future.' })
  startsAt: Date;

  @IsOptional()
  @Min(15)
  @Max(480)
  @Field(() => Int, { nullable: true, description: 'How long it is planned for, in minutes, 15 to 480.' })
  durationMinutes?: number | null;

  @IsOptional()
  @ArrayMinSize(1)
  @ArrayMaxSize(LONGEST_LIST)
  @ArrayUnique(({ personId }: MeetingInviteInput) => personId)
  @ValidateNested({ each: true })
  @Field(() => [MeetingInviteInput], { nullable: true, description: 'Who is invited, each once; at most 50.' })
  participants?: MeetingInviteInput[] | null;

  @IsOptional()
  @Min(0)
  @Max(100)
  @Field(() => Int, { nullable: true, description: PROBABILITY })
  probabilityPercent?: number | null;
}

@InputType({ description: 'Why the handoff meeting does not take place.' })
export class CancelHandoffMeetingInput extends HandoffChangeInput {
  @Length(10, 1_000)
  @Matches(/\S/, { message: 'reason is blank' })
  @Field(() => String, { description: 'The reason, 10 to 1,000 characters.' })
  reason: string;
}

@InputType({ description: 'Whether somebody was at the meeting.' })
export class MeetingAttendanceInput {
  @IsUUID()
  @Field(() => ID, { description: 'Who was invited, or came without.' })
  personId: string;

  @IsBoolean()
  @Field(() => Boolean, { description: 'Whether they were there.' })
  attended: boolean;
}

@InputType({ description: 'What became of a segment of the agenda.' })
export class MeetingSegmentInput {
  @ConfigurationKey()
  @Field(() => String, { description: 'The key of the segment.' })
  key: string;

  @IsBoolean()
  @Field(() => Boolean, { description: 'Whether it was gone through.' })
  covered: boolean;

  @ArrayMaxSize(LONGEST_LIST)
  @ArrayUnique()
  @Matches(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/, { each: true, message: 'answered holds keys of questions' })
  @Length(1, 60, { each: true })
  @Field(() => [String], { description: 'The keys of its questions that were answered.' })
  answered: string[];

  @IsOptional()
  @Written(2_000)
  @Field(() => String, { nullable: true, description: 'A remark, such as why it was left out.' })
  remark?: string | null;
}

@InputType({ description: 'What the meeting found about an item of its checklist.' })
export class MeetingCheckInput {
  @ConfigurationKey()
  @Field(() => String, { description: 'The key of the item.' })
  key: string;

  @IsIn(Object.values(CheckAnswer))
  @Field(() => CheckAnswer, { description: 'What the meeting found.' })
  answer: CheckAnswer;

  @IsOptional()
  @Written(2_000)
  @Field(() => String, { nullable: true, description: 'What is missing, or why it does not arise; not for YES.' })
  remark?: string | null;
}

@InputType({ description: 'What a handoff meeting that was held came to.' })
export class RecordHandoffMeetingInput extends HandoffChangeInput {
  @IsDefined()
  @Field(() => DateTimeScalar, { description: 'When it began; never in the future.' })
  heldAt: Date;

  @IsOptional()
  @Written(20_000)
  @Field(() => String, { nullable: true, description: 'The notes; either these or the recording.' })
  notes?: string | null;

  @IsOptional()
  @Matches(/^https:\/\/[^\s<>"]{4,2000}$/, { message: 'recordingUrl is the https link of the recording' })
  @Field(() => String, { nullable: true, description: 'The https link of the recording.' })
  recordingUrl?: string | null;

  @ArrayMaxSize(LONGEST_LIST)
  @ArrayUnique(({ personId }: MeetingAttendanceInput) => personId)
  @ValidateNested({ each: true })
  @Field(() => [MeetingAttendanceInput], { description: 'Whether each who was invited came, and who else did.' })
  attendance: MeetingAttendanceInput[];

  @ArrayMaxSize(LONGEST_LIST)
  @ArrayUnique(({ key }: MeetingSegmentInput) => key)
  @ValidateNested({ each: true })
  @Field(() => [MeetingSegmentInput], { description: 'What became of each segment of the agenda.' })
  segments: MeetingSegmentInput[];

  @ArrayMaxSize(LONGEST_LIST)
  @ArrayUnique(({ key }: MeetingCheckInput) => key)
  @ValidateNested({ each: true })
  @Field(() => [MeetingCheckInput], { description: 'What the meeting found about each item of the checklist.' })
  checklist: MeetingCheckInput[];
}

@InputType({ description: 'An action that was agreed about a handoff.' })
export class AddActionItemInput extends HandoffChangeInput {
  @Written(1_000)
  @Field(() => String, { description: 'What is to be done.' })
  text: string;

  @IsUUID()
  @Field(() => ID, { description: 'Who does it: an active member.' })
  ownerId: string;

  @IsDefined()
  @Field(() => LocalDateScalar, { description: 'The day by which it is to be done; today or later.' })
  dueOn: string;

  @IsOptional()
  @IsUUID()
  @Field(() => ID, { nullable: true, description: 'The meeting of this handoff that it came out of, if it did.' })
  meetingId?: string | null;
}

@InputType({ description: 'An action of a handoff.' })
export class ActionItemInput extends HandoffChangeInput {
  @IsUUID()
  @Field(() => ID, { description: 'The action.' })
  actionItemId: string;
}

@InputType({ description: 'That an action was done.' })
export class CompleteActionItemInput extends ActionItemInput {
  @IsOptional()
  @Written(2_000)
  @Field(() => String, { nullable: true, description: 'What came of it.' })
  remark?: string | null;
}

@InputType({ description: 'Who does an action from now on. A field left out stays as it is.' })
export class ReassignActionItemInput extends ActionItemInput {
  @IsUUID()
  @Field(() => ID, { description: 'Who does it: an active member.' })
  ownerId: string;

  @Given()
  @Field(() => LocalDateScalar, { nullable: true, description: 'The day by which it is to be done; today or later.' })
  dueOn?: string;
}

@ArgsType()
export class ActionItemsArgs extends PageArgs {
  @IsBoolean()
  @Field(() => Boolean, { defaultValue: false, description: 'Only those that are yours.' })
  mineOnly: boolean;

  @IsBoolean()
  @Field(() => Boolean, { defaultValue: false, description: 'Only those that are not done.' })
  openOnly: boolean;

  @IsBoolean()
  @Field(() => Boolean, { defaultValue: false, description: 'Only those that are not done and whose day has passed.' })
  overdueOnly: boolean;
}

@ArgsType()
export class HandoffMeetingsArgs extends PageArgs {
  @IsOptional()
  @Field(() => LocalDateScalar, {
    nullable: true,
    description: "The first day, in the tenant's business calendar; with `toOn` alone 92 days are looked at.",
  })
  fromOn?: string | null;

  @IsOptional()
  @Field(() => LocalDateScalar, {
    nullable: true,
    description: 'The last day, at most 92 days later; 92 days are looked at when it is left out beside `fromOn`.',
  })
  toOn?: string | null;
}
