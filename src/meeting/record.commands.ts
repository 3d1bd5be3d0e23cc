import { command, done } from '../core/command.js';
import { insertAll, update } from '../core/statement.js';
import { handoffRefused } from '../handoff/handoff.outcomes.js';
import { lockHandoff } from '../handoff/handoff.queries.js';
import { changeHandoff, checkRevision, endedFindings, handoffSubject } from '../handoff/handoff.rules.js';
import { eligiblePeople } from '../identity/identity.queries.js';
import {
  HandoffMeeting,
  MeetingCheck,
  MeetingParticipant,
  MeetingSegment,
  MeetingState,
  ParticipantNeed,
} from './meeting.entity.js';
import type { RecordHandoffMeetingInput } from './meeting.input.js';
import { meetingsOf, participantsOf } from './meeting.queries.js';
import { recordFindings } from './record.rules.js';
import { noMeeting, openMeeting } from './schedule.rules.js';

/**
 * Records that the handoff meeting was held: who was there, notes or recording, what became of every segment and
 * question, and the checklist that was done in it (document 004). A record does not change afterwards; what was left open
 * is done in another meeting.
 */
export const recordHandoffMeeting = command({
  name: 'recordHandoffMeeting',
  action: 'meet',
  subject: 'Handoff',
  services: false,
  facts: ({ handoffId }: RecordHandoffMeetingInput) => ({
    handoff: lockHandoff(handoffId),
    meetings: meetingsOf(handoffId),
    participants: participantsOf(handoffId),
    people: eligiblePeople(),
  }),
  target: ({ handoff }) => handoff,
  decide: ({ handoff, meetings, participants, people }, input, { actor, now, newId }) => {
    checkRevision(handoff, input.expectedRevision);
    const meeting = openMeeting(meetings);
    if (meeting === null) return handoffRefused(handoff, [...endedFindings(handoff), noMeeting()]);
    const invitedIds = participants.filter(({ meetingId }) => meetingId === meeting.id).map(({ personId }) => personId);
    const activeIds = new Set(people.map(({ personId }) => personId));
    const ground = { meeting, invitedIds, activeIds, openedAt: handoff.openedAt, now };
    const findings = [...endedFindings(handoff), ...recordFindings(input, ground)];
    if (findings.length > 0) return handoffRefused(handoff, findings);
    const { heldAt, notes = null, recordingUrl = null, attendance, segments, checklist } = input;
    const of = { handoffId: handoff.id, meetingId: meeting.id };
    const came = (wanted: boolean): string[] =>
      attendance
        .filter(({ personId, attended }) => attended === wanted && invitedIds.includes(personId))
        .map(({ personId }) => personId);
    const others = attendance.filter(({ personId, attended }) => attended && !invitedIds.includes(personId));
    const places = (planned: readonly { readonly key: string }[], key: string): number =>
      planned.findIndex((one) => one.key === key) + 1;
    const record = { state: MeetingState.HELD, heldAt, notes, recordingUrl, recordedBy: actor.id, recordedAt: now };
    const answered = segments.flatMap((segment) => segment.answered);
    return done({
      id: meeting.id,
      subject: handoffSubject(handoff.id),
      body: {
        meetingId: meeting.id,
        heldAt: heldAt.toISOString(),
        attended: attendance.filter(({ attended }) => attended).map(({ personId }) => personId),
        covered: segments.filter(({ covered }) => covered).map(({ key }) => key),
        questionsAnswered: answered.length,
        checklist: checklist.map(({ key, answer }) => ({ key, answer })),
      },
      writes: [
        update(HandoffMeeting, { id: meeting.id }, record),
        ...[true, false].flatMap((attended) => {
          const ids = came(attended);
          return ids.length > 0
            ? [update(MeetingParticipant, { meetingId: meeting.id, personId: ids }, { attended })]
            : [];
        }),
        ...insertAll(
          MeetingParticipant,
          others.map(({ personId }) => {
            return {
              id: newId(),
              ...of,
              personId,
              parts: ['GUEST' as const],
              need: ParticipantNeed.OPTIONAL,
              attended: true,
            };
          }),
        ),
        ...insertAll(
          MeetingSegment,
          segments.map(({ key, covered, answered: keys, remark = null }) => {
            const position = places(meeting.plan.segments, key);
            return { id: newId(), ...of, position, segment: key, covered, answered: [...keys], remark };
          }),
        ),
        ...insertAll(
          MeetingCheck,
          checklist.map(({ key, answer, remark = null }) => {
            const position = places(meeting.plan.checklist, key);
            return { id: newId(), ...of, position, item: key, answer, remark };
          }),
        ),
        changeHandoff(handoff),
      ],
    });
  },
});
