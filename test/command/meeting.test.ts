import { select } from '../../src/core/statement.js';
import { suspendMember } from '../../src/identity/member.commands.js';
import {
  cancelHandoffMeeting,
  confirmHandoffMeeting,
  moveHandoffMeeting,
  scheduleHandoffMeeting,
} from '../../src/meeting/meeting.commands.js';
import { meetingsOf } from '../../src/meeting/meeting.queries.js';
import { recordHandoffMeeting } from '../../src/meeting/record.commands.js';
import { Notice } from '../../src/notice/notice.entity.js';
import { subjectFacts } from '../../src/notice/notice.facts.js';
import { wordsOf } from '../../src/notice/notice.words.js';
import { importForTest } from '../kit/deal.js';
import { operation } from '../kit/operation.js';
import { openSuite, START, type Suite } from '../kit/suite.js';
import { deal, invite, MeetingStage } from './meeting.kit.js';

const at = (text: string): Date => new Date(text);
const codes = (findings: readonly { code: string }[]): string[] => findings.map(({ code }) => code);

let suite: Suite;
beforeAll(async () => {
  suite = await openSuite();
});
afterAll(() => suite.close());

const states = async ({ world, handoffId }: MeetingStage): Promise<string[]> =>
  (await world.read({ rows: meetingsOf(handoffId) })).rows.map(({ state }) => state);
const shown = async ({ sales, handoffId }: MeetingStage) =>
  (await sales.graphql(operation('handoff-meeting'), { id: handoffId })).data!.handoff as {
    meeting: { state: string; findings: { code: string }[]; participants: { hasLeft: boolean }[] } | null;
    meetingAgenda: { agendaMinutes: number; findings: { code: string }[] };
    meetingOutcome: Record<string, unknown> | null;
  };

test('a date is made with whom the tier requires, moved by one of two, told with its agenda, and cancelled', async () => {
  const stage = await MeetingStage.open(suite, true);
  const { sales, delivery, lead, world } = stage;
  const admin = await world.as('ravi.revops');
  const sam = await world.as('sam.sales');
  await admin.done(suspendMember, { personId: sam.actor.id, expectedRevision: 1 });
  const hopeless = { startsAt: START, durationMinutes: 20, participants: invite(lead, sam) };
  const findings = await sales.refused(scheduleHandoffMeeting, {
    ...(await stage.schedule('2026-11-25T10:00:00Z')),
    ...hopeless,
  });
  expect(findings.map(({ code, facts }) => (facts.part ? `${code} ${JSON.stringify(facts.part)}` : code))).toEqual([
    'DATE_IN_THE_PAST',
    'MEETING_TOO_SHORT',
    'PARTICIPANT_NOT_ACTIVE',
    'REQUIRED_PARTICIPANT_MISSING "REP"',
    'REQUIRED_PARTICIPANT_MISSING "DELIVERY_MANAGER"',
  ]);
  await expect(
    (await world.as('freda.finance')).run(scheduleHandoffMeeting, await stage.schedule('2026-11-25T10:00:00Z')),
  ).rejects.toMatchObject({ code: 'FORBIDDEN' });
  await sales.done(scheduleHandoffMeeting, await stage.schedule('2026-11-25T10:00:00Z'));
  const again = await delivery.refused(scheduleHandoffMeeting, await stage.schedule('2026-11-26T10:00:00Z'));
  expect(codes(again)).toEqual(['MEETING_ALREADY_SCHEDULED']);
  expect(await stage.notices(2)).toEqual(['MEETING_SCHEDULED dana.delivery']);

  // Two move it at the same time: one does, the other sees that it has changed.
  const input = await stage.on();
  const moves = await Promise.allSettled([
    sales.run(moveHandoffMeeting, {
      ...input,
      startsAt: at('2026-11-30T10:00:00Z'),
      participants: invite(sales, delivery, lead),
    }),
    delivery.run(moveHandoffMeeting, {
      ...input,
      startsAt: at('2026-11-30T10:00:00Z'),
      participants: invite(sales, delivery, lead),
    }),
  ]);
  expect(
    moves
      .map((move) => (move.status === 'fulfilled' ? move.value.kind : (move.reason as { code: string }).code))
      .toSorted(),
  ).toEqual(['STALE_REVISION', 'done']);
  expect(await states(stage)).toEqual(['MOVED', 'SCHEDULED']);

  // For a Monday the agenda comes on Friday morning, to everybody, once.
  const before = await stage.notices();
  expect(before.filter((line) => line.startsWith('MEETING_AGENDA'))).toEqual([]);
  expect(before).toContain('MEETING_SCHEDULED leah.lead');
  suite.clock.at = at('2026-11-27T08:59:59Z');
  expect(await stage.notices()).toEqual(before);
  suite.clock.at = at('2026-11-27T09:00:00Z');
  await stage.notices(2);
  const agendas = (await stage.notices()).filter((line) => line.startsWith('MEETING_AGENDA'));
  expect(agendas).toEqual(['MEETING_AGENDA dana.delivery', 'MEETING_AGENDA leah.lead', 'MEETING_AGENDA sofia.sales']);
  const { rows } = await world.read({ rows: select(Notice, { template: 'MEETING_AGENDA' as never }) });
  const { facts } = await world.read({ facts: subjectFacts(rows[0]!) });
  const words = wordsOf(facts, { notice: rows[0]!, timeZone: 'Europe/London', now: suite.clock.at });
  expect(words?.lines).toEqual(
    expect.arrayContaining(['Meeting: 30 Nov 2026, 10:00 GMT, 45 minutes', '1. Customer context (5 minutes)']),
  );
  expect(words?.lines.filter((line) => line.startsWith('- '))).toHaveLength(23);

  const agenda = (await shown(stage)).meetingAgenda;
  expect([agenda.agendaMinutes, codes(agenda.findings)]).toEqual([50, ['AGENDA_TOO_LONG']]);
  const days = { fromOn: '2026-11-30', toOn: '2026-11-30', first: 10 };
  const listed = await lead.graphql(operation('handoff-meetings'), days);
  expect(listed.data!.handoffMeetings.edges).toMatchObject([{ node: { state: 'SCHEDULED', live: true } }]);
  const reversed = await lead.graphql(operation('handoff-meetings'), { ...days, toOn: '2026-11-29' });
  expect(reversed.errors[0]!.extensions).toMatchObject({ code: 'BAD_USER_INPUT', field: 'toOn' });

  await sales.done(cancelHandoffMeeting, { ...(await stage.on()), reason: 'The client is on holiday.' });
  expect(
    codes(await sales.refused(cancelHandoffMeeting, { ...(await stage.on()), reason: 'Once more, please.' })),
  ).toEqual(['NO_OPEN_MEETING']);
  const told = (await stage.notices(2)).filter((line) => line.startsWith('MEETING_CANCELLED'));
  expect(told).toEqual(['MEETING_CANCELLED dana.delivery', 'MEETING_CANCELLED leah.lead']);
});

test('before the close a date is only held, from 90 % on, and is confirmed once the deal is won', async () => {
  const stage = await MeetingStage.open(suite, false);
  const { sales, delivery } = stage;
  const unlikely = await sales.refused(
    scheduleHandoffMeeting,
    await stage.schedule('2026-11-25T10:00:00Z', { probabilityPercent: 89 }),
  );
  expect(unlikely).toMatchObject([{ code: 'DEAL_NOT_PROBABLE_ENOUGH', facts: { leastPercent: 90 } }]);
  await sales.done(scheduleHandoffMeeting, await stage.schedule('2026-11-24T10:00:00Z', { probabilityPercent: 92 }));
  expect(await states(stage)).toEqual(['TENTATIVE']);
  // Less than a day ahead, but nobody is called to prepare for what may not come.
  expect(await stage.notices()).toEqual(['MEETING_SCHEDULED dana.delivery']);
  expect(codes(await delivery.refused(confirmHandoffMeeting, await stage.on()))).toEqual(['DEAL_NOT_WON']);
  await sales.done(importForTest, deal(true));
  expect(codes((await shown(stage)).meeting!.findings)).not.toContain('MEETING_NOT_CONFIRMED');
  suite.clock.at = at('2026-11-24T14:00:01Z');
  expect(codes((await shown(stage)).meeting!.findings)).toContain('MEETING_NOT_CONFIRMED');
  suite.clock.at = at('2026-11-24T09:00:00Z');
  await delivery.done(confirmHandoffMeeting, await stage.on());
  expect(codes(await delivery.refused(confirmHandoffMeeting, await stage.on()))).toEqual(['ALREADY_CONFIRMED']);
  // It was confirmed an hour before it begins: the agenda goes at once.
  expect((await stage.notices(2)).filter((line) => line.startsWith('MEETING_AGENDA'))).toHaveLength(2);
  expect((await shown(stage)).meeting!.state).toBe('SCHEDULED');
});

test('a record says everything or is refused with all that it lacks; a second meeting does what the first left open', async () => {
  const stage = await MeetingStage.open(suite, true);
  const { sales, delivery, lead, world, handoffId } = stage;
  expect(codes(await sales.refused(recordHandoffMeeting, await stage.record()))).toEqual(['NO_OPEN_MEETING']);
  await sales.done(scheduleHandoffMeeting, await stage.schedule('2026-11-24T10:00:00Z'));
  const blank = { heldAt: at('2026-12-01T10:00:00Z'), notes: null, attendance: [], segments: [], checklist: [] };
  expect(codes(await sales.refused(recordHandoffMeeting, await stage.record(blank)))).toEqual([
    'IMPOSSIBLE_TIME',
    'NOTES_OR_RECORDING_MISSING',
    'ATTENDANCE_MISSING',
    'NOBODY_ATTENDED',
    'RECORD_INCOMPLETE',
    'RECORD_INCOMPLETE',
  ]);
  const link = { ...(await stage.record({ recordingUrl: 'javascript:alert(1)' })), heldAt: START.toISOString() };
  const bad = await sales.graphql(operation('record-handoff-meeting'), { input: link });
  expect(bad.errors[0]!.extensions.code).toBe('BAD_USER_INPUT');

  suite.clock.at = at('2026-11-24T11:00:00Z');
  const half = await stage.record();
  const attendance = [
    { personId: sales.actor.id, attended: true },
    { personId: delivery.actor.id, attended: false },
    { personId: lead.actor.id, attended: true },
  ];
  const segments = half.segments.map((segment, index) =>
    index === 0 ? segment : { ...segment, covered: false, answered: [] },
  );
  await sales.done(recordHandoffMeeting, { ...half, attendance, segments, heldAt: at('2026-11-24T10:05:00Z') });
  expect((await shown(stage)).meetingOutcome).toMatchObject({
    allRequiredAttended: false,
    missingParts: ['DELIVERY_MANAGER'],
    agendaDone: false,
    questionsAsked: 23,
    questionsAnswered: 3,
  });
  const { data } = await sales.graphql(operation('handoff-clocks'), { id: handoffId });
  const clocks = data!.handoff.clocks as { key: string; stoppedAt: string }[];
  expect(clocks.find(({ key }) => key === 'HANDOFF_MEETING')!.stoppedAt).toBe('2026-11-24T10:05:00.000Z');

  await delivery.done(scheduleHandoffMeeting, await stage.schedule('2026-11-25T10:00:00Z'));
  suite.clock.at = at('2026-11-25T11:00:00Z');
  await delivery.done(recordHandoffMeeting, await stage.record());
  expect(await states(stage)).toEqual(['HELD', 'HELD']);
  expect((await shown(stage)).meetingOutcome).toMatchObject({
    allRequiredAttended: true,
    agendaDone: true,
    questionsAnswered: 23,
  });
  const kept = await sales.graphql(operation('meeting-record'), { id: handoffId });
  const guest = kept.data!.handoff.meetings[1].participants.find((one: { parts: string[] }) =>
    one.parts.includes('GUEST'),
  );
  expect(guest).toMatchObject({ person: { handle: 'leah.lead' }, attended: true });
  const auditor = await (await world.as('AUDITOR')).graphql(operation('meeting-record'), { id: handoffId });
  expect(auditor.errors[0]!.extensions.code).toBe('FORBIDDEN');
});

test('a participant who leaves afterwards is shown, and the date is not moved with them', async () => {
  const stage = await MeetingStage.open(suite, true);
  const { sales, delivery, lead, world } = stage;
  const admin = await world.as('ravi.revops');
  const solution = [...invite(sales, delivery), { personId: lead.actor.id, part: 'SOLUTION_ENGINEER' as const }];
  await sales.done(scheduleHandoffMeeting, await stage.schedule('2026-11-26T10:00:00Z', { participants: solution }));
  expect(codes((await shown(stage)).meeting!.findings)).toEqual(['RECOMMENDED_PART_OPEN', 'AGENDA_TOO_LONG']);
  await admin.done(suspendMember, { personId: lead.actor.id, expectedRevision: 1 });
  const { meeting } = await shown(stage);
  expect(codes(meeting!.findings)).toEqual([
    'PARTICIPANT_LEFT',
    'RECOMMENDED_PART_OPEN',
    'RECOMMENDED_PART_OPEN',
    'AGENDA_TOO_LONG',
  ]);
  expect(meeting!.participants.map(({ hasLeft }) => hasLeft)).toEqual([false, false, true]);
  const moved = { startsAt: at('2026-11-27T10:00:00Z') };
  expect(await sales.refused(moveHandoffMeeting, { ...(await stage.on()), ...moved })).toMatchObject([
    { code: 'PARTICIPANT_NOT_ACTIVE', facts: { personId: lead.actor.id } },
  ]);
  await sales.done(moveHandoffMeeting, { ...(await stage.on()), ...moved, participants: invite(sales, delivery) });
});
