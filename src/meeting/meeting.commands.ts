import { mergedPeople } from '../approval/approval.queries.js';
import { dateOf } from '../catalogue/calendar.rules.js';
import { configurationOf, configurationOfHandoff } from '../catalogue/catalogue.queries.js';
import { CLAIMED_PARTS } from '../catalogue/configuration.meeting.js';
import { configurationSource, type ConfigurationVersion } from '../catalogue/configuration-version.entity.js';
import { type MeetingPlan, meetingPlan } from '../catalogue/meeting.rules.js';
import { command, done, type DoneOutcome, type Moment } from '../core/command.js';
import type { Finding } from '../core/finding.js';
import { type Answers, insert, insertAll, type Statement, update } from '../core/statement.js';
import type { Handoff } from '../handoff/handoff.entity.js';
import type { HandoffChangeInput } from '../handoff/handoff.input.js';
import { handoffRefused } from '../handoff/handoff.outcomes.js';
import { lockHandoff } from '../handoff/handoff.queries.js';
import { changeHandoff, checkRevision, endedFindings, handoffSubject } from '../handoff/handoff.rules.js';
import { eligiblePeople } from '../identity/identity.queries.js';
import { projectOfHandoff } from '../project/project.queries.js';
import { castFindings, castOf, type CastMember, type Invited, membersOf } from './cast.rules.js';
import { HandoffMeeting, MeetingParticipant, MeetingState } from './meeting.entity.js';
import type {
  CancelHandoffMeetingInput,
  MoveHandoffMeetingInput,
  ScheduleHandoffMeetingInput,
} from './meeting.input.js';
import { meetingsOf, participantsOf, wonSince } from './meeting.queries.js';
import {
  agendaDueAt,
  alreadyFindings,
  type AskedDate,
  confirmFindings,
  dateFindings,
  noMeeting,
  openMeeting,
} from './schedule.rules.js';

/** What a date is decided from; the handoff's lock first. */
const scheduleFacts = (handoffId: string) => ({
  handoff: lockHandoff(handoffId),
  version: configurationOfHandoff(handoffId),
  meetings: meetingsOf(handoffId),
  project: projectOfHandoff(handoffId),
  won: wonSince([handoffId]),
  people: eligiblePeople(),
  merged: mergedPeople(),
});

type ScheduleFacts = Answers<ReturnType<typeof scheduleFacts>>;

/** A date that was judged, ready to be written. */
interface JudgedDate {
  readonly asked: AskedDate;
  readonly plan: MeetingPlan;
  readonly members: readonly CastMember[];
  readonly isWon: boolean;
  readonly findings: readonly Finding[];
}

function judge(facts: ScheduleFacts, asked: AskedDate, invited: readonly Invited[], now: Date): JudgedDate {
  const { handoff, version, project, won, people, merged } = facts;
  const plan = meetingPlan(configurationOf(version), handoff.tier);
  const cast = castOf(handoff, project?.projectLeadId ?? null, people, merged);
  const members = membersOf(invited, cast, plan);
  const isWon = won.has(handoff.id);
  const findings = [
    ...endedFindings(handoff),
    ...dateFindings(asked, plan, isWon, now),
    ...castFindings(members, cast, plan),
  ];
  return { asked, plan, members, isWon, findings };
}

/** The rows of a new date, and the answer that names it. */
function dated(
  { handoff, version }: { readonly handoff: Handoff; readonly version: ConfigurationVersion },
  { asked, plan, members, isWon }: JudgedDate,
  { actor, now, newId }: Moment,
  former: readonly Statement[] = [],
): DoneOutcome {
  const { calendar } = configurationOf(version);
  const id = newId();
  const { startsAt, durationMinutes } = asked;
  const state = isWon ? MeetingState.SCHEDULED : MeetingState.TENTATIVE;
  const meeting = {
    id,
    handoffId: handoff.id,
    state,
    startsAt,
    startsOn: dateOf(calendar, startsAt),
    durationMinutes,
    agendaDueAt: agendaDueAt(startsAt, plan.agendaLeadHours, calendar),
    plan,
    probabilityPercent: isWon ? null : asked.probabilityPercent,
    scheduledBy: actor.id,
    scheduledAt: now,
  };
  const participants = members.map(({ personId, parts, need }) => {
    return { id: newId(), handoffId: handoff.id, meetingId: id, personId, parts: [...parts], need, attended: null };
  });
  return done({
    id,
    subject: handoffSubject(handoff.id),
    body: {
      meetingId: id,
      state,
      startsAt: startsAt.toISOString(),
      durationMinutes,
      participants: participants.map(({ personId, parts }) => ({ personId, parts })),
    },
    sources: [configurationSource(version)],
    writes: [
      ...former,
      insert(HandoffMeeting, meeting),
      ...insertAll(MeetingParticipant, participants),
      changeHandoff(handoff),
    ],
  });
}

/**
 * Gives the handoff meeting a date (document 004): with everybody whom the tier requires, in the future; before the close
 * only held, from the probability on that the tenant has set.
 */
export const scheduleHandoffMeeting = command({
  name: 'scheduleHandoffMeeting',
  action: 'meet',
  subject: 'Handoff',
  services: false,
  facts: ({ handoffId }: ScheduleHandoffMeetingInput) => scheduleFacts(handoffId),
  target: ({ handoff }) => handoff,
  decide: (facts, input, moment) => {
    const { handoff, version, meetings } = facts;
    checkRevision(handoff, input.expectedRevision);
    const { startsAt, participants } = input;
    const { minutes } = meetingPlan(configurationOf(version), handoff.tier);
    const asked = {
      startsAt,
      durationMinutes: input.durationMinutes ?? minutes,
      probabilityPercent: input.probabilityPercent ?? null,
    };
    const judged = judge(facts, asked, participants, moment.now);
    const findings = [...judged.findings, ...alreadyFindings(openMeeting(meetings))];
    if (findings.length > 0) return handoffRefused(handoff, findings);
    return dated(facts, judged, moment);
  },
});

/**
 * Gives the handoff meeting another date, with other participants if need be. The former date stays in history; the new
 * one is told anew.
 */
export const moveHandoffMeeting = command({
  name: 'moveHandoffMeeting',
  action: 'meet',
  subject: 'Handoff',
  services: false,
  facts: ({ handoffId }: MoveHandoffMeetingInput) => ({
    ...scheduleFacts(handoffId),
    participants: participantsOf(handoffId),
  }),
  target: ({ handoff }) => handoff,
  decide: (facts, input, moment) => {
    const { handoff, meetings } = facts;
    checkRevision(handoff, input.expectedRevision);
    const open = openMeeting(meetings);
    if (open === null) return handoffRefused(handoff, [...endedFindings(handoff), noMeeting()]);
    const asked = {
      startsAt: input.startsAt,
      durationMinutes: input.durationMinutes ?? open.durationMinutes,
      probabilityPercent: input.probabilityPercent ?? open.probabilityPercent,
    };
    const invited = input.participants ?? invitedAgain(facts.participants, open.id);
    const judged = judge(facts, asked, invited, moment.now);
    if (judged.findings.length > 0) return handoffRefused(handoff, judged.findings);
    const moved = { state: MeetingState.MOVED, endedBy: moment.actor.id, endedAt: moment.now };
    return dated(facts, judged, moment, [update(HandoffMeeting, { id: open.id }, moved)]);
  },
});

/** Confirms a date that was held before the close, now that the deal is won (document 004: within 24 hours). */
export const confirmHandoffMeeting = command({
  name: 'confirmHandoffMeeting',
  action: 'meet',
  subject: 'Handoff',
  services: false,
  facts: ({ handoffId }: HandoffChangeInput) => ({
    handoff: lockHandoff(handoffId),
    meetings: meetingsOf(handoffId),
    won: wonSince([handoffId]),
  }),
  target: ({ handoff }) => handoff,
  decide: ({ handoff, meetings, won }, { expectedRevision }, { actor, now }) => {
    checkRevision(handoff, expectedRevision);
    const open = openMeeting(meetings);
    const findings = [
      ...endedFindings(handoff),
      ...(open === null ? [noMeeting()] : confirmFindings(open, won.has(handoff.id))),
    ];
    if (open === null || findings.length > 0) return handoffRefused(handoff, findings);
    const confirmed = { state: MeetingState.SCHEDULED, confirmedBy: actor.id, confirmedAt: now };
    return changed(handoff, open.id, update(HandoffMeeting, { id: open.id }, confirmed));
  },
});

/** Takes the date of the handoff meeting back, with the reason; whoever was told of it is told. */
export const cancelHandoffMeeting = command({
  name: 'cancelHandoffMeeting',
  action: 'meet',
  subject: 'Handoff',
  services: false,
  facts: ({ handoffId }: CancelHandoffMeetingInput) => ({
    handoff: lockHandoff(handoffId),
    meetings: meetingsOf(handoffId),
  }),
  target: ({ handoff }) => handoff,
  decide: ({ handoff, meetings }, { expectedRevision, reason }, { actor, now }) => {
    checkRevision(handoff, expectedRevision);
    const open = openMeeting(meetings);
    if (open === null) return handoffRefused(handoff, [noMeeting()]);
    const ended = { state: MeetingState.CANCELLED, endedBy: actor.id, endedAt: now, endReason: reason };
    return changed(handoff, open.id, update(HandoffMeeting, { id: open.id }, ended));
  },
});

function changed(handoff: Handoff, meetingId: string, write: Statement): DoneOutcome {
  const subject = handoffSubject(handoff.id);
  return done({ id: meetingId, subject, body: { meetingId }, writes: [write, changeHandoff(handoff)] });
}

/** Those of the former date, with the parts that were claimed for them; the others follow anew. */
function invitedAgain(participants: readonly MeetingParticipant[], meetingId: string): Invited[] {
  return participants
    .filter((one) => one.meetingId === meetingId)
    .map(({ personId, parts }) => ({ personId, part: CLAIMED_PARTS.find((part) => parts.includes(part)) ?? null }));
}
