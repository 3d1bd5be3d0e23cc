import { openSuite, type Suite } from '../kit/suite.js';
import { playStory } from '../kit/story.js';

let suite: Suite;
beforeAll(async () => {
  suite = await openSuite();
});
afterAll(() => suite.close());

describe('one handoff all the way', () => {
  it('goes through every gate, as each persona', async () => {
    const world = await suite.tenant();
    const { steps, handoffId } = await playStory(world);
    const refusals = steps.filter((step) => step.outcome === 'REFUSED').map((step) => step.operation);
    expect(refusals).toEqual([
      'submit-handoff',
      'verify-evidence',
      'submit-handoff',
      'cast-vote',
      'cast-vote',
      'submit-handoff',
      'schedule-kickoff',
      'sign-off-feasibility',
      'schedule-kickoff',
    ]);
    const rows = await world.rows(
      'select version from budget_baseline where tenant_id = $1 and handoff_id = $2 order by version',
      [handoffId],
    );
    expect(rows.map((row) => row.version)).toEqual([1, 2]);
    const [projects] = await world.rows('select count(*)::int as n from project where tenant_id = $1');
    expect(projects!.n).toBe(1);
  });
});
