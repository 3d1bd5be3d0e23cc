import { recordActuals } from '../../src/actuals/actuals.commands.js';
import { systemActor } from '../../src/core/actor.js';
import { newId } from '../../src/core/id.js';
import { insert, selectRequired } from '../../src/core/statement.js';
import { Handoff } from '../../src/handoff/handoff.entity.js';
import { Introduction } from '../../src/introduction/introduction.entity.js';
import { withdrawHandoff } from '../../src/passage/withdraw.command.js';
import { touchesSince } from '../../src/quality/review.queries.js';
import { importForTest } from '../kit/deal.js';
import { submitForTest } from '../kit/project.js';
import { openSuite, START, type Suite } from '../kit/suite.js';
import type { World } from '../kit/world.js';
import { read } from '../rules/handoff.kit.js';

const HOUR = 3_600_000;
const after = (hours: number): Date => new Date(START.getTime() + hours * HOUR);

let suite: Suite;
let world: World;
beforeAll(async () => {
  suite = await openSuite();
  suite.clock.at = START;
  world = await suite.tenant();
});
afterAll(() => suite.close());

it('is the introduction where the delivery system tells of none or of a later one, once it is on record', async () => {
  const sales = await world.as('SALES_MANAGER');
  const handoffId = await sales.done(importForTest, read('managed-network-healthy'));
  await sales.done(submitForTest, { handoffId });
  const actor = systemActor(world.tenantId, 'halopsa.actuals');
  const reading = { handoffId, source: 'HALOPSA', sourceId: '1', takenAt: START, readAt: START, closedAt: null };
  const figures = { todosDone: 0, todosTotal: 0, currency: 'GBP', lines: [], marks: [] };
  const facts = { ...reading, ...figures, wonAt: START, firstContactAt: after(60) };
  await suite.pipeline.run(actor, recordActuals, facts, { idempotencyKey: null, path: newId() });
  const introduction = insert(Introduction, {
    id: newId(),
    handoffId,
    textSha256: 'a'.repeat(64),
    templateVersion: 1,
    approvedBy: sales.actor.id,
    approvedAt: START,
    threadUrl: 'https://mail.example/thread',
    recordedBy: sales.actor.id,
    introducedAt: after(2),
    recordedAt: after(30),
  });
  await suite.gateway.transaction(world.tenantId, (tx) => tx.commit([introduction]));

  const touch = { handoffId, wonAt: START, withdrawnAt: null };
  const seenAt = (before: Date) => world.read({ touches: touchesSince(START, before) });
  expect((await seenAt(after(30))).touches).toEqual([{ ...touch, contactAt: after(60) }]);
  expect((await seenAt(after(31))).touches).toEqual([{ ...touch, contactAt: after(2) }]);

  const { row } = await world.read({ row: selectRequired(Handoff, handoffId) });
  await sales.done(withdrawHandoff, {
    handoffId,
    reason: 'The client has changed its mind.',
    expectedRevision: row.revision,
  });
  expect((await seenAt(after(31))).touches).toEqual([{ ...touch, contactAt: after(2), withdrawnAt: START }]);
});
