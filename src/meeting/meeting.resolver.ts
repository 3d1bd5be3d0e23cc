import type { GraphQLResolveInfo } from 'graphql';
import { Arg, Args, Ctx, FieldResolver, Info, Mutation, Query, Resolver, Root } from 'type-graphql';
import { configurationOf } from '../catalogue/catalogue.queries.js';
import { RequestContext } from '../core/graphql/context.js';
import { Many, One } from '../core/graphql/relations.js';
import { Allow, Runs } from '../core/graphql/rights.js';
import { connectionOf, resultOf } from '../core/graphql/shapes.js';
import { findingType, FindingType, type RefusedType } from '../core/graphql/types.js';
import type { Page } from '../core/page.js';
import { Handoff } from '../handoff/handoff.entity.js';
import { HandoffChangeInput } from '../handoff/handoff.input.js';
import { ENDED } from '../handoff/stage.rules.js';
import { MemberState, Person } from '../identity/person.entity.js';
import {
  cancelHandoffMeeting,
  confirmHandoffMeeting,
  moveHandoffMeeting,
  scheduleHandoffMeeting,
} from './meeting.commands.js';
import { HandoffMeeting, MeetingCheck, MeetingParticipant, MeetingSegment } from './meeting.entity.js';
import {
  CancelHandoffMeetingInput,
  HandoffMeetingsArgs,
  MoveHandoffMeetingInput,
  RecordHandoffMeetingInput,
  ScheduleHandoffMeetingInput,
} from './meeting.input.js';
import { configurationsOf, wonSince } from './meeting.queries.js';
import { recordHandoffMeeting } from './record.commands.js';
import { daysAsked, OPEN_STATES, standingFindings } from './schedule.rules.js';

const HandoffMeetingConnection = connectionOf(HandoffMeeting, 'HandoffMeeting');
const HandoffMeetingResult = resultOf('HandoffMeetingResult', HandoffMeeting);
type Answer = Promise<HandoffMeeting | RefusedType>;

/** The dates of handoff meetings, and what people do with them. */
@Resolver(() => HandoffMeeting)
export class HandoffMeetingResolver {
  @Allow('read', 'HandoffMeeting')
  @Query(() => HandoffMeetingConnection, {
    description: 'The dates of all internal handoff meetings, newest first; those of some days, if you say which.',
  })
  handoffMeetings(@Args() args: HandoffMeetingsArgs, @Ctx() { reader }: RequestContext): Promise<Page<HandoffMeeting>> {
    const days = daysAsked(args.fromOn ?? null, args.toOn ?? null);
    return reader.page(HandoffMeeting, days === null ? {} : { startsOn: days }, args.checked());
  }

  @One(HandoffMeeting, 'handoffId', Handoff, 'The handoff; its revision is what the next change expects.')
  handoff: Handoff | null;

  @FieldResolver(() => Boolean, {
    description: 'Whether it is still to take place: neither held, moved nor cancelled, and the handoff has not ended.',
  })
  async live(@Root() meeting: HandoffMeeting, @Ctx() { reader }: RequestContext): Promise<boolean> {
    if (!OPEN_STATES.includes(meeting.state)) return false;
    const handoff = await reader.one(Handoff, meeting.handoffId);
    return handoff !== null && !ENDED.includes(handoff.stage);
  }

  @Many(MeetingParticipant, 'meetingId', 'Who is invited, and who came.')
  participants: MeetingParticipant[];

  @Many(MeetingSegment, 'meetingId', 'What became of its agenda; none before it was recorded.', {
    orderBy: ['position'],
  })
  segments: MeetingSegment[];

  @Many(MeetingCheck, 'meetingId', 'What it found about its checklist; none before that.', { orderBy: ['position'] })
  checks: MeetingCheck[];

  @One(HandoffMeeting, 'scheduledBy', Person, 'Who made the date.')
  scheduler: Person | null;

  @One(HandoffMeeting, 'recordedBy', Person, 'Who recorded it; null before.')
  recorder: Person | null;

  @FieldResolver(() => [FindingType], {
    description: 'What is wrong with it as things are now, such as a participant who left; none once it is over.',
  })
  async findings(@Root() meeting: HandoffMeeting, @Ctx() { reader, ability }: RequestContext): Promise<FindingType[]> {
    const { handoffId } = meeting;
    const [participants, wonAt, version, now] = await Promise.all([
      reader.many(MeetingParticipant, 'meetingId', meeting.id),
      reader.keyed('meeting wins', wonSince, handoffId),
      reader.keyed('meeting configurations', configurationsOf, handoffId),
      reader.now(),
    ]);
    const people = await Promise.all(participants.map(({ personId }) => reader.one(Person, personId)));
    if (!version) return [];
    const invited = participants.map(({ personId, parts }, index) => ({
      personId,
      parts,
      isActive: isActive(people[index] ?? null),
    }));
    const { calendar } = configurationOf(version);
    const found = standingFindings(meeting, { participants: invited, wonAt, calendar, now });
    return found.map((one) => findingType(one, ability));
  }

  @Runs(scheduleHandoffMeeting)
  @Mutation(() => HandoffMeetingResult, {
    description:
      'Gives the internal handoff meeting a date, with everybody whom the tier requires; before the close it is only held.',
  })
  scheduleHandoffMeeting(
    @Arg('input') input: ScheduleHandoffMeetingInput,
    @Ctx() ctx: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Answer {
    return ctx.run(scheduleHandoffMeeting, input, info, HandoffMeeting);
  }

  @Runs(moveHandoffMeeting)
  @Mutation(() => HandoffMeetingResult, {
    description: 'Gives the handoff meeting another date, with other participants if need be. Answers the new date.',
  })
  moveHandoffMeeting(
    @Arg('input') input: MoveHandoffMeetingInput,
    @Ctx() ctx: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Answer {
    return ctx.run(moveHandoffMeeting, input, info, HandoffMeeting);
  }

  @Runs(confirmHandoffMeeting)
  @Mutation(() => HandoffMeetingResult, {
    description: 'Confirms a date that was held before the close, now that the deal is won.',
  })
  confirmHandoffMeeting(
    @Arg('input') input: HandoffChangeInput,
    @Ctx() ctx: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Answer {
    return ctx.run(confirmHandoffMeeting, input, info, HandoffMeeting);
  }

  @Runs(cancelHandoffMeeting)
  @Mutation(() => HandoffMeetingResult, { description: 'Takes the date of the handoff meeting back, with the reason.' })
  cancelHandoffMeeting(
    @Arg('input') input: CancelHandoffMeetingInput,
    @Ctx() ctx: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Answer {
    return ctx.run(cancelHandoffMeeting, input, info, HandoffMeeting);
  }

  @Runs(recordHandoffMeeting)
  @Mutation(() => HandoffMeetingResult, {
    description:
      'Records that the handoff meeting was held: attendance, notes or recording, agenda, questions and checklist.',
  })
  recordHandoffMeeting(
    @Arg('input') input: RecordHandoffMeetingInput,
    @Ctx() ctx: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Answer {
    return ctx.run(recordHandoffMeeting, input, info, HandoffMeeting);
  }
}

@Resolver(() => MeetingParticipant)
export class MeetingParticipantResolver {
  @One(MeetingParticipant, 'personId', Person, 'Who it is.')
  person: Person | null;

  @FieldResolver(() => Boolean, { description: 'Whether they are no active member any more.' })
  async hasLeft(@Root() participant: MeetingParticipant, @Ctx() { reader }: RequestContext): Promise<boolean> {
    return !isActive(await reader.one(Person, participant.personId));
  }
}

const isActive = (person: Person | null): boolean => person?.state === MemberState.ACTIVE && person.mergedInto === null;
