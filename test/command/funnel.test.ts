import { Stage } from '../../src/handoff/stage.rules.js';
import { scheduleKickoff } from '../../src/kickoff/kickoff.commands.js';
import { refreshReporting } from '../kit/reporting.js';
import { playStory } from '../kit/story.js';
import { openSuite, START, type Suite } from '../kit/suite.js';
import type { Persona, World } from '../kit/world.js';
import { operation } from '../kit/operation.js';

let suite: Suite;
let world: World;
let delivery: Persona;
let handoffId: string;
beforeAll(async () => {
  suite = await openSuite();
  world = await suite.tenant();
  delivery = await world.as('dana.delivery');
  ({ handoffId } = await playStory(world));
});
afterAll(() => suite.close());

const on = async (): Promise<{ handoffId: string; expectedRevision: number }> => {
  const [row] = await world.rows('select revision from handoff where tenant_id = $1 and id = $2', [handoffId]);
  return { handoffId, expectedRevision: Number(row!.revision) };
};

/** How many handoffs ever had a kickoff scheduled and how many have one now, and what the fact says of the handoff. */
async function scheduled(): Promise<unknown[]> {
  await refreshReporting(world);
  const { data } = await delivery.graphql(operation('reports-funnel'), { from: '2026-11-01', to: '2026-12-31' });
  const steps = data!.handoffFunnel as { stage: Stage; reached: number; nowThere: number }[];
  const { reached, nowThere } = steps.find(({ stage }) => stage === Stage.KICKOFF_SCHEDULED)!;
  const [fact] = await world.rows(
    'select kickoff_scheduled_at, kickoff_starts_at from fact_handoff where tenant_id = $1 and id = $2',
    [handoffId],
  );
  return [reached, nowThere, fact!.kickoff_scheduled_at, fact!.kickoff_starts_at];
}

it('counts a kickoff as scheduled from when its first date was given, moved or fallen since', async () => {
  const [, , , first] = await scheduled();
  expect(await scheduled()).toEqual([1, 1, START, first]);

  const startsAt = new Date('2026-12-16T10:00:00Z');
  suite.clock.at = new Date('2026-11-24T10:00:00Z');
  await delivery.done(scheduleKickoff, { ...(await on()), startsAt, durationMinutes: 60 });
  expect(await scheduled()).toEqual([1, 1, START, startsAt]);

  const revoked = { ...(await on()), reason: 'The engineer has left.' };
  await delivery.graphql(operation('revoke-sign-off'), { input: revoked });
  expect(await scheduled()).toEqual([1, 0, START, null]);
});
