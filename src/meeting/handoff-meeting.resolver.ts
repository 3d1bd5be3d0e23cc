import { Ctx, FieldResolver, Resolver, Root } from 'type-graphql';
import { configurationOf } from '../catalogue/catalogue.queries.js';
import { meetingPlan } from '../catalogue/meeting.rules.js';
import { Commitment } from '../commitment/commitment.entity.js';
import { RequestContext } from '../core/graphql/context.js';
import { Many } from '../core/graphql/relations.js';
import { findingType } from '../core/graphql/types.js';
import { Decision } from '../decision/decision.entity.js';
import { Assumption, HandoffStatement, Risk } from '../handoff/content.entity.js';
import { Handoff } from '../handoff/handoff.entity.js';
import { ActionItem } from './action.entity.js';
import { agendaOf } from './agenda.rules.js';
import { MeetingAgenda, MeetingOutcome } from './agenda.types.js';
import { HandoffMeeting, MeetingState } from './meeting.entity.js';
import { configurationsOf, heldMeetings } from './meeting.queries.js';
import { meetingOutcome } from './outcome.rules.js';
import { agendaFindings, openMeeting } from './schedule.rules.js';

/** What a handoff shows of its meeting. */
@Resolver(() => Handoff)
export class MeetingOfHandoffResolver {
  @FieldResolver(() => HandoffMeeting, {
    nullable: true,
    description: 'The date of its internal meeting that is still to come, else the last one that was held.',
  })
  async meeting(@Root() handoff: Handoff, @Ctx() { reader }: RequestContext): Promise<HandoffMeeting | null> {
    const meetings = await reader.many(HandoffMeeting, 'handoffId', handoff.id, ['-id']);
    return openMeeting(meetings) ?? meetings.find(({ state }) => state === MeetingState.HELD) ?? null;
  }

  @Many(
    HandoffMeeting,
    'handoffId',
    'Every date of its internal meeting, newest first, those too that were moved or cancelled.',
    { orderBy: ['-id'] },
  )
  meetings: HandoffMeeting[];

  @FieldResolver(() => MeetingAgenda, {
    nullable: true,
    description:
      'The agenda of its internal meeting: segments with their questions, and what the handoff knows already.',
  })
  async meetingAgenda(
    @Root() handoff: Handoff,
    @Ctx() { reader, ability }: RequestContext,
  ): Promise<MeetingAgenda | null> {
    const { id } = handoff;
    const [version, meetings, statements, commitments, assumptions, decisions, risks] = await Promise.all([
      reader.keyed('meeting configurations', configurationsOf, id),
      reader.many(HandoffMeeting, 'handoffId', id, ['-id']),
      reader.many(HandoffStatement, 'handoffId', id),
      reader.many(Commitment, 'handoffId', id),
      reader.many(Assumption, 'handoffId', id),
      reader.many(Decision, 'handoffId', id),
      reader.many(Risk, 'handoffId', id),
    ]);
    if (!version) return null;
    const open = openMeeting(meetings);
    const plan = open?.plan ?? meetingPlan(configurationOf(version), handoff.tier);
    const minutes = open?.durationMinutes ?? plan.minutes;
    return Object.assign(new MeetingAgenda(), {
      ...agendaOf(plan, minutes, { statements, commitments, assumptions, decisions, risks }),
      findings: agendaFindings(plan, minutes).map((found) => findingType(found, ability)),
    });
  }

  @FieldResolver(() => MeetingOutcome, {
    nullable: true,
    description: 'What its meetings that were held came to, taken together; null while none was.',
  })
  async meetingOutcome(@Root() handoff: Handoff, @Ctx() { reader }: RequestContext): Promise<MeetingOutcome | null> {
    const held = await reader.keyed('held meetings', heldMeetings, handoff.id);
    const outcome = meetingOutcome(held ?? []);
    return outcome && Object.assign(new MeetingOutcome(), outcome);
  }

  @Many(ActionItem, 'handoffId', 'The actions that were agreed about it, oldest first.')
  actionItems: ActionItem[];
}
