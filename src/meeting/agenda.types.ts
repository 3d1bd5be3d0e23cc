import { Field, ID, Int, ObjectType, registerEnumType } from 'type-graphql';
import { AGENDA_TOPICS, type AgendaTopic } from '../catalogue/configuration.meeting.js';
import { FindingType } from '../core/graphql/types.js';
import { type Part, PARTS } from './meeting.entity.js';

/** What an agenda shows of the handoff, as the API names it. */
export const TOPICS = Object.fromEntries(AGENDA_TOPICS.map((topic) => [topic, topic])) as Record<
  AgendaTopic,
  AgendaTopic
>;
registerEnumType(TOPICS, {
  name: 'AgendaTopic',
  description: 'What of the handoff a segment of the agenda shows.',
  valuesConfig: {
    OBJECTIVES: { description: 'What the client wants to achieve.' },
    SCOPE: { description: 'What was sold, what was not, and where the sale departs from the standard.' },
    COMMITMENTS: { description: 'Promises, those without a home first.' },
    TECHNICAL: { description: 'Technical requirements, integration constraints and dependencies.' },
    ASSUMPTIONS: { description: 'Assumptions that nobody has checked.' },
    DECISIONS: { description: 'Decisions that are open.' },
    RISKS: { description: 'Named risks.' },
  },
});

@ObjectType('AgendaQuestion', { description: 'A question that delivery asks in the meeting.' })
export class AgendaQuestionType {
  @Field(() => String, { description: 'Its key, unique in the agenda.' })
  key: string;

  @Field(() => String, { description: 'The question.' })
  text: string;
}

@ObjectType({ description: 'Something that the handoff knows already, as the agenda shows it.' })
export class AgendaKnown {
  @Field(() => TOPICS, { description: 'What it is.' })
  topic: AgendaTopic;

  @Field(() => ID, { description: 'The id of the statement, commitment, assumption, decision or risk.' })
  recordId: string;

  @Field(() => String, { description: 'What it says.' })
  text: string;
}

@ObjectType('AgendaSegment', { description: 'One segment of the agenda.' })
export class AgendaSegmentType {
  @Field(() => String, { description: 'Its key, such as scope-and-commitments.' })
  key: string;

  @Field(() => String, { description: 'Its name.' })
  title: string;

  @Field(() => Int, { description: 'How long it is planned for, in minutes.' })
  minutes: number;

  @Field(() => [AgendaQuestionType], { description: 'The question bank of the segment.' })
  questions: AgendaQuestionType[];

  @Field(() => [AgendaKnown], { description: 'What the handoff knows already, as it stands now.' })
  known: AgendaKnown[];
}

@ObjectType('AgendaCheck', { description: 'One item of the checklist that is done in the meeting.' })
export class AgendaCheckType {
  @Field(() => String, { description: 'Its key, such as scope-validated.' })
  key: string;

  @Field(() => String, { description: 'What is to be true at the end of the meeting.' })
  label: string;
}

/** The agenda of a handoff's meeting, generated whenever it is read. */
@ObjectType({ description: 'The agenda of the handoff meeting, generated from the handoff as it is now.' })
export class MeetingAgenda {
  @Field(() => Int, { description: 'How long the meeting is planned for, in minutes.' })
  durationMinutes: number;

  @Field(() => Int, { description: 'How long the segments take together, in minutes.' })
  agendaMinutes: number;

  @Field(() => [AgendaSegmentType], { description: 'The segments in order.' })
  segments: AgendaSegmentType[];

  @Field(() => [AgendaCheckType], { description: 'The checklist that is done in the meeting.' })
  checklist: AgendaCheckType[];

  @Field(() => [FindingType], { description: 'What is wrong with it, such as segments that take longer than planned.' })
  findings: FindingType[];
}

/** What the meetings of a handoff that were held came to, taken together. */
@ObjectType({ description: 'What the meetings of a handoff that were held came to, taken together.' })
export class MeetingOutcome {
  @Field(() => Boolean, { description: 'Whether in one of them every required part was there.' })
  allRequiredAttended: boolean;

  @Field(() => Boolean, { description: 'Whether every segment was gone through.' })
  agendaDone: boolean;

  @Field(() => Int, { description: 'How many questions the agenda has.' })
  questionsAsked: number;

  @Field(() => Int, { description: 'How many of them were answered.' })
  questionsAnswered: number;

  @Field(() => [PARTS], { description: 'The required parts that nobody took, of the meeting with the fewest.' })
  missingParts: Part[];

  @Field(() => [String], { description: 'The keys of segments that were not gone through.' })
  missedSegments: string[];

  @Field(() => [String], { description: 'The keys of questions that were not answered.' })
  openQuestions: string[];
}
