import { recordActuals } from '../../src/actuals/actuals.commands.js';
import { systemActor } from '../../src/core/actor.js';
import { newId } from '../../src/core/id.js';
import { selectRequired } from '../../src/core/statement.js';
import { Handoff } from '../../src/handoff/handoff.entity.js';
import { withdrawHandoff } from '../../src/passage/withdraw.command.js';
import { erosionItems } from '../../src/quality/item.rules.js';
import { erosionGrounds } from '../../src/quality/review.queries.js';
import { importForTest } from '../kit/deal.js';
import { submitForTest } from '../kit/project.js';
import { openSuite, START, type Suite } from '../kit/suite.js';
import type { Persona, World } from '../kit/world.js';
import { read } from '../rules/handoff.kit.js';

const HOUR = 3_600_000;
/** An instant of a week, the first of which is week 0. */
const inWeek = (week: number, hours: number): Date => new Date(START.getTime() + (week * 168 + hours) * HOUR);

let suite: Suite;
let world: World;
let sales: Persona;
let handoffId: string;
beforeAll(async () => {
  suite = await openSuite();
});
afterAll(() => suite.close());

/** Every test has a project of its own. */
beforeEach(async () => {
  suite.clock.at = START;
  world = await suite.tenant();
  sales = await world.as('SALES_MANAGER');
  handoffId = await sales.done(importForTest, read('managed-network-healthy'));
  await sales.done(submitForTest, { handoffId });
});

/** The project is read, and has cost far more than it was to cost. */
async function spend(at: Date, closedAt: Date | null = null): Promise<void> {
  const lines = [
    { budgetTypes: ['engineering'], actualMinutes: 90, remainingMinutes: 0, actualCostMinor: '1000000000' },
  ];
  const reading = { handoffId, source: 'HALOPSA', sourceId: '1', takenAt: at, readAt: at, closedAt, lines, marks: [] };
  const figures = { wonAt: START, firstContactAt: null, todosDone: 0, todosTotal: 0, currency: 'GBP' };
  const actor = systemActor(world.tenantId, 'halopsa.actuals');
  await suite.pipeline.run(actor, recordActuals, { ...reading, ...figures }, { idempotencyKey: null, path: newId() });
}

/** What the reviews of these weeks list. */
const listedIn = (weeks: readonly number[]): Promise<(string | null)[][]> =>
  Promise.all(
    weeks.map(async (week) => {
      const { grounds } = await world.read({
        grounds: erosionGrounds({ from: inWeek(week, 0), to: inWeek(week + 1, 0) }),
      });
      return erosionItems(grounds).map(({ label }) => label);
    }),
  );

describe('margin erosion in the weekly review', () => {
  it('is listed as long as a project loses margin, also in weeks in which it reads the same or is not read', async () => {
    await spend(inWeek(0, 1));
    await spend(inWeek(1, 1));
    expect(await world.rows('select id from actuals_snapshot where tenant_id = $1')).toHaveLength(1);
    expect(await listedIn([-1, 0, 1, 2])).toEqual([[], ['FORECAST'], ['FORECAST'], ['FORECAST']]);
  });

  it('is listed as realised once, in the week in which the close was read', async () => {
    await spend(inWeek(0, 1));
    await spend(inWeek(2, 1), inWeek(1, 167));
    expect(await listedIn([0, 1, 2, 3])).toEqual([['FORECAST'], ['FORECAST'], ['REALISED'], []]);
  });

  it('is not listed any more in the weeks after a deal was lost', async () => {
    await spend(inWeek(0, 1));
    suite.clock.at = inWeek(1, 1);
    const { row } = await world.read({ row: selectRequired(Handoff, handoffId) });
    const lost = { handoffId, reason: 'The client has changed its mind.', expectedRevision: row.revision };
    await sales.done(withdrawHandoff, lost);
    expect(await listedIn([0, 1, 2])).toEqual([['FORECAST'], ['FORECAST'], []]);
  });
});
