import type { CommandResult } from '../../src/core/command.js';
import { AppError } from '../../src/core/error.js';
import { linesAbout } from '../../src/feasibility/capacity.queries.js';
import { holdKickoff } from '../../src/kickoff/kickoff.commands.js';
import { CAST } from '../../src/sandbox/demo/cast.js';
import { rebaseline } from '../../src/scope-change/rebaseline.command.js';
import { withdrawScopeChange } from '../../src/scope-change/scope-change.commands.js';
import { operation } from '../kit/operation.js';
import { playStory } from '../kit/story.js';
import { openSuite, START, type Suite } from '../kit/suite.js';
import type { Persona, World } from '../kit/world.js';
import { ask, baselineOf, on, vote } from './scope-change.kit.js';

let suite: Suite;
let world: World;
let handoffId: string;
let delivery: Persona;
let lead: Persona;

beforeAll(async () => {
  suite = await openSuite();
});
afterAll(() => suite.close());

/** A handoff of its own that went all the way to a scheduled kickoff. */
async function begin(): Promise<void> {
  suite.clock.at = START;
  world = await suite.tenant();
  ({ handoffId } = await playStory(world));
  delivery = await world.as(CAST.delivery);
  lead = await world.as(CAST.lead);
}

const row = async (text: string) => (await world.rows(text, [handoffId]))[0]!;
const handoff = () => row('select stage, revision from handoff where tenant_id = $1 and id = $2');
const project = () => row('select state, target_on from project where tenant_id = $1 and handoff_id = $2');
const signOff = () =>
  row('select state, end_reason from feasibility_sign_off where tenant_id = $1 and handoff_id = $2 order by id desc');
const codes = (findings: readonly { code: string }[]): string[] => findings.map(({ code }) => code);
const move = (scopeChangeId: string) => ({ handoffId, scopeChangeId });
const ended = async (calls: readonly Promise<CommandResult>[]): Promise<string[]> =>
  (await Promise.allSettled(calls)).map((one) => {
    if (one.status === 'rejected') return one.reason instanceof AppError ? one.reason.code : String(one.reason);
    return one.value.kind === 'done' ? 'done' : codes(one.value.findings).join();
  });

describe('two at once', () => {
  beforeAll(begin);

  it('of two approved scope changes one moves the baseline, and the other finds that it has moved', async () => {
    const ids = [await ask(world, delivery, handoffId), await ask(world, delivery, handoffId, { dateEffectDays: 1 })];
    for (const id of ids) await vote(world, lead, id);
    const before = await baselineOf(world, handoffId);
    const results = await ended([delivery.run(rebaseline, move(ids[0]!)), lead.run(rebaseline, move(ids[1]!))]);
    expect(results.toSorted()).toEqual(['BASELINE_MOVED', 'done']);
    expect((await baselineOf(world, handoffId)).version).toBe(before.version + 1);
    const loser = ids[results.indexOf('BASELINE_MOVED')]!;
    const { data } = await lead.graphql(operation('scope-change'), { id: loser });
    expect(data!.scopeChange).toMatchObject({ state: 'APPROVED', isStale: true });
  });

  it('the same one twice moves it once', async () => {
    const id = await ask(world, delivery, handoffId);
    await vote(world, lead, id);
    const before = await baselineOf(world, handoffId);
    const results = await ended([delivery.run(rebaseline, move(id)), lead.run(rebaseline, move(id))]);
    expect(results.toSorted()).toEqual(['ALREADY_REBASELINED', 'done']);
    expect((await baselineOf(world, handoffId)).version).toBe(before.version + 1);
  });

  it('a withdrawal against a rebaseline: one is first, and the other sees it', async () => {
    const id = await ask(world, delivery, handoffId);
    await vote(world, lead, id);
    const back = { ...(await on(world, handoffId)), scopeChangeId: id };
    const results = await ended([delivery.run(withdrawScopeChange, back), lead.run(rebaseline, move(id))]);
    expect([['done', 'APPROVAL_MISSING'].join(' '), ['STALE_REVISION', 'done'].join(' ')]).toContain(results.join(' '));
  });
});

describe('after the kickoff', () => {
  beforeAll(begin);

  it('the stage stays, the project runs on, and the sign-off ends all the same', async () => {
    const [kickoff] = await world.rows(
      "select starts_at from kickoff where tenant_id = $1 and handoff_id = $2 and state = 'SCHEDULED'",
      [handoffId],
    );
    suite.clock.at = new Date((kickoff!.starts_at as Date).getTime() + 3_600_000);
    await delivery.done(holdKickoff, await on(world, handoffId));
    const id = await ask(world, delivery, handoffId, { dateEffectDays: 2 });
    await vote(world, lead, id);
    await delivery.done(rebaseline, move(id));
    expect(await handoff()).toMatchObject({ stage: 'KICKED_OFF' });
    expect(await project()).toMatchObject({ state: 'ACTIVE' });
    expect(await signOff()).toMatchObject({ state: 'LAPSED' });
    // The people of the plan go on working by it: a sign-off of another handoff does not pass over them.
    const plan = 'query ($id: ID!) { handoff(id: $id) { resourcePlan { booking } } }';
    const { data } = await delivery.graphql(plan, { id: handoffId });
    const { lines } = await world.read({ lines: linesAbout([handoffId]) });
    expect(data!.handoff.resourcePlan).toEqual(lines.map(() => ({ booking: 'HARD' })));
    expect(lines.map(({ isHard }) => isHard)).toEqual([true]);
    const kickoffs = await world.rows('select state from kickoff where tenant_id = $1 and handoff_id = $2', [
      handoffId,
    ]);
    expect(kickoffs).toContainEqual({ state: 'HELD' });
  });
});
