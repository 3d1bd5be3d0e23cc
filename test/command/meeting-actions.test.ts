import { addActionItem, completeActionItem, reassignActionItem } from '../../src/meeting/action.commands.js';
import { scheduleHandoffMeeting } from '../../src/meeting/meeting.commands.js';
import { actionItemsOf } from '../../src/meeting/meeting.queries.js';
import { recordHandoffMeeting } from '../../src/meeting/record.commands.js';
import { operation } from '../kit/operation.js';
import { openSuite, type Suite } from '../kit/suite.js';
import { MeetingStage } from './meeting.kit.js';

const at = (text: string): Date => new Date(text);
const codes = (findings: readonly { code: string }[]): string[] => findings.map(({ code }) => code);

let suite: Suite;
beforeAll(async () => {
  suite = await openSuite();
});
afterAll(() => suite.close());

test('actions have owner and day, are told, are late, are handed on, and are done by those who may', async () => {
  const stage = await MeetingStage.open(suite, true);
  const { sales, delivery, world, handoffId } = stage;
  const freda = await world.as('freda.finance');
  const auditor = await world.idOf('AUDITOR');
  const action = async (change: object = {}) => ({
    ...(await stage.on()),
    text: 'Send the network plan.',
    ownerId: delivery.actor.id,
    dueOn: '2026-11-24',
    ...change,
  });
  const wrong = { ownerId: auditor, dueOn: '2026-11-22' };
  expect(codes(await sales.refused(addActionItem, await action(wrong)))).toEqual([
    'OWNER_NOT_ELIGIBLE',
    'DUE_IN_THE_PAST',
  ]);
  const foreign = { meetingId: sales.actor.id };
  await expect(sales.run(addActionItem, await action(foreign))).rejects.toMatchObject({ code: 'NOT_FOUND' });
  const first = await sales.done(addActionItem, await action());
  await sales.done(addActionItem, await action({ ownerId: sales.actor.id }));
  expect(await stage.notices()).toEqual(['ACTION_ASSIGNED dana.delivery']);
  expect(codes(await freda.refused(completeActionItem, { ...(await stage.on()), actionItemId: first }))).toEqual([
    'NOT_THE_OWNER',
  ]);
  await delivery.done(reassignActionItem, { ...(await stage.on()), actionItemId: first, ownerId: freda.actor.id });
  suite.clock.at = at('2026-11-25T00:00:01Z');
  expect(await stage.notices(2)).toEqual([
    'ACTION_ASSIGNED dana.delivery',
    'ACTION_ASSIGNED freda.finance',
    'ACTION_OVERDUE freda.finance',
    'ACTION_OVERDUE sofia.sales',
  ]);
  const late = { mineOnly: true, openOnly: false, overdueOnly: true, first: 10 };
  const { data } = await freda.graphql(operation('action-items'), late);
  expect(data!.actionItems.edges).toMatchObject([
    { node: { number: 'A-1', overdue: true, owner: { handle: 'freda.finance' } } },
  ]);
  await freda.done(completeActionItem, { ...(await stage.on()), actionItemId: first, remark: 'Sent.' });
  expect(codes(await freda.refused(completeActionItem, { ...(await stage.on()), actionItemId: first }))).toEqual([
    'ACTION_DONE',
  ]);
  expect((await world.read({ rows: actionItemsOf(handoffId) })).rows.map(({ state }) => state)).toEqual([
    'DONE',
    'OPEN',
  ]);
  const { data: own } = await sales.graphql(operation('handoff-meeting'), { id: handoffId });
  expect(own!.handoff.actionItems).toMatchObject([{ overdue: false }, { overdue: true }]);
});

test('the sign-off asks for the meeting where the tenant says so', async () => {
  const stage = await MeetingStage.open(suite, true, (configuration) => {
    configuration.meetingPolicy = { byTier: { STANDARD: { signOff: 'BLOCK' } } };
  });
  const { sales, handoffId } = stage;
  const asked = async (): Promise<string[]> => {
    const { data } = await sales.graphql(operation('handoff-readiness'), { id: handoffId, gate: 'SIGN_OFF' });
    const { findings } = data!.handoff.readiness as { findings: { code: string; severity: string }[] };
    return findings.filter(({ code }) => code === 'MEETING_NOT_HELD').map(({ severity }) => severity);
  };
  expect(await asked()).toEqual(['BLOCKING']);
  await sales.done(scheduleHandoffMeeting, await stage.schedule('2026-11-24T10:00:00Z'));
  expect(await asked()).toEqual(['BLOCKING']);
  suite.clock.at = at('2026-11-24T11:00:00Z');
  await sales.done(recordHandoffMeeting, await stage.record());
  expect(await asked()).toEqual([]);
});
