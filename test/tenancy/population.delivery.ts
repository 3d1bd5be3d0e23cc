import { systemActor } from '../../src/core/actor.js';
import { setAbsence, setCapacity } from '../../src/feasibility/capacity.commands.js';
import { CapacityReason } from '../../src/feasibility/capacity.entity.js';
import { escalateDeadlines, pauseClocks } from '../../src/escalation/escalation.commands.js';
import { approveIntroduction } from '../../src/introduction/introduction.commands.js';
import { introductionFacts } from '../../src/introduction/introduction.queries.js';
import { introductionText } from '../../src/introduction/introduction.rules.js';
import type { Persona, World } from '../kit/world.js';

const on = async (world: World, handoffId: string) => {
  const [row] = await world.rows('select revision from handoff where tenant_id = $1 and id = $2', [handoffId]);
  return { handoffId, expectedRevision: Number(row!.revision) };
};

/** An introduction that was approved. */
export async function introduce(world: World, sales: Persona, handoffId: string): Promise<void> {
  const { facts } = await world.read({ facts: introductionFacts([handoffId]) });
  const { textSha256 } = introductionText(facts.get(handoffId)!);
  await sales.done(approveIntroduction, { ...(await on(world, handoffId)), textSha256 });
}

/** What was said of the team's hours. */
export async function populateCapacity(delivery: Persona): Promise<void> {
  const said = { role: 'Network engineer', personId: null, week: '2026-W51', reason: CapacityReason.TRAINING };
  await delivery.done(setCapacity, { ...said, hours: '262.5' });
  await delivery.done(setAbsence, { ...said, hours: '37.5' });
}

/** A pause, and deadlines that were escalated; those of a handoff that has ended are settled. */
export async function populateClocks(world: World, sales: Persona, story: string, draft: string): Promise<void> {
  await sales.done(pauseClocks, { ...(await on(world, draft)), reason: 'The client asked to wait for its new site.' });
  await escalate(world, story);
}

/** What is due of a handoff's deadlines, recorded as the worker does. */
export async function escalate(world: World, handoffId: string): Promise<void> {
  await world.acting(systemActor(world.tenantId, 'population')).done(escalateDeadlines, { handoffId });
}
