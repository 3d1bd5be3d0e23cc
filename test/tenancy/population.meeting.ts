import { meetingPlan } from '../../src/catalogue/meeting.rules.js';
import { addActionItem } from '../../src/meeting/action.commands.js';
import { cancelHandoffMeeting, scheduleHandoffMeeting } from '../../src/meeting/meeting.commands.js';
import { CheckAnswer } from '../../src/meeting/meeting.entity.js';
import { recordHandoffMeeting } from '../../src/meeting/record.commands.js';
import type { Persona, World } from '../kit/world.js';

const on = async (world: World, handoffId: string) => {
  const [row] = await world.rows('select revision from handoff where tenant_id = $1 and id = $2', [handoffId]);
  return { handoffId, expectedRevision: Number(row!.revision) };
};

/** A date of the handoff meeting that was cancelled, and one that was held and recorded, with an action. */
export async function populateMeeting(world: World, sales: Persona, handoffId: string): Promise<void> {
  const { at } = world.suite.clock;
  const [row] = await world.rows('select owner_id, delivery_manager_id from handoff where tenant_id = $1 and id = $2', [
    handoffId,
  ]);
  const people = [row!.owner_id as string, row!.delivery_manager_id as string];
  const participants = people.map((personId) => ({ personId }));
  const { segments, checklist } = meetingPlan(world.configuration, 'STANDARD');
  const startsAt = new Date(at.getTime() + 7 * 86_400_000);
  const schedule = async (): Promise<string> =>
    sales.done(scheduleHandoffMeeting, { ...(await on(world, handoffId)), startsAt, participants });
  await schedule();
  await sales.done(cancelHandoffMeeting, {
    ...(await on(world, handoffId)),
    reason: 'The population meets another day.',
  });
  const meetingId = await schedule();
  await sales.done(recordHandoffMeeting, {
    ...(await on(world, handoffId)),
    heldAt: at,
    notes: 'What the rep told delivery about Priya and her team.',
    recordingUrl: 'https://recordings.example.com/population',
    attendance: people.map((personId) => ({ personId, attended: true })),
    segments: segments.map(({ key, questions }) => ({
      key,
      covered: true,
      answered: questions.map((question) => question.key),
      remark: 'Gone through with the rep of the population.',
    })),
    checklist: checklist.map(({ key }) => ({
      key,
      answer: CheckAnswer.NO,
      remark: 'Left to the second meeting of the population.',
    })),
  });
  await sales.done(addActionItem, {
    ...(await on(world, handoffId)),
    text: 'Send the network plan.',
    ownerId: people[1]!,
    dueOn: '2026-12-01',
    meetingId,
  });
}
