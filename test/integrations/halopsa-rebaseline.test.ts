import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { CAST } from '../../src/sandbox/demo/cast.js';
import { demoDeal } from '../../src/sandbox/demo/deal-files.js';
import { perform } from '../../src/sandbox/halopsa/people.js';
import { seedDeal } from '../../src/sandbox/halopsa/seed.js';
import type { HaloRecord } from '../../src/sandbox/halopsa/store.js';
import { rebaseline } from '../../src/scope-change/rebaseline.command.js';
import { agree, ask, baselineOf, vote } from '../command/scope-change.kit.js';
import { playStory } from '../kit/story.js';
import { openSuite, START, type Suite } from '../kit/suite.js';
import type { World } from '../kit/world.js';
import { HaloWorld } from './halopsa.kit.js';

const sample = readFileSync(resolve('samples/halopsa/managed-network-below-floor.json'), 'utf8');

let suite: Suite;
let world: World;
let there: HaloWorld;
let handoffId: string;

/** A project that stands in HaloPSA as it was planned. */
beforeAll(async () => {
  suite = await openSuite();
  suite.clock.at = START;
  world = await suite.tenant();
  there = await HaloWorld.start(suite, world);
  there.halo.configure({ rateLimit: 100_000 });
  await there.connect();
  ({ handoffId } = await playStory(world));
  const [row] = await world.rows(
    'select d.external_id from deal d join handoff h on h.tenant_id = $1 and h.deal_id = d.id where d.tenant_id = $1 and h.id = $2',
    [handoffId],
  );
  seedDeal(there.halo, JSON.parse(demoDeal(sample, Number(row!.external_id)).won));
  await there.work();
});
afterAll(async () => {
  await there.close();
  await suite.close();
});

const project = (): HaloRecord => there.halo.store.all('ticket').find((one) => one.tickettype_id === 5)!;
const parts = (name: string): readonly HaloRecord[] => (project()[name] ?? []) as readonly HaloRecord[];
const field = (name: string): unknown => parts('customfields').find((one) => one.name === name)?.value;
const budget = (type: number): HaloRecord => parts('budgets').find(({ budgettype_id }) => budgettype_id === type)!;
const drifts = () => world.rows('select field, ours, theirs, state from psa_drift where tenant_id = $1 order by id');

it('brings the budgets, dates and baseline of a rebaseline into HaloPSA, and watches them from then on', async () => {
  await there.later(6);
  const before = await baselineOf(world, handoffId);
  const line = before.lines[0]!;
  expect(Number(budget(1).hours)).toBe(Number(line.hours));
  expect(field('CFBaseline')).toBe(`v2 ${before.contentDigest.slice(0, 16)}`);
  expect(field('CFKickoff')).not.toBe('');
  const milestones = parts('milestones').map((one) => String(one.target_date));

  const delivery = await world.as(CAST.delivery);
  const id = await ask(world, delivery, handoffId, {
    more: { hours: 8, cost: 20_000n, price: 80_000n },
    dateEffectDays: 5,
  });
  await vote(world, await world.as(CAST.lead), id);
  await agree(world, delivery, id);
  await delivery.done(rebaseline, { handoffId, scopeChangeId: id });
  await there.work();

  const after = await baselineOf(world, handoffId);
  const hours = Number(line.hours) + 8;
  expect(Number(budget(1).hours)).toBe(hours);
  expect(Number(budget(1).money)).toBe(Number(line.priceMinor + 80_000n) / 100);
  expect(field('CFBaseline')).toBe(`v3 ${after.contentDigest.slice(0, 16)}`);
  // The sign-off lapsed, so that the client has no date.
  expect([field('CFHandoffStatus'), field('CFKickoff')]).toEqual(['IN_REVIEW', '']);
  expect(parts('milestones').map((one) => String(one.target_date))).not.toEqual(milestones);

  // What we wrote is no drift; what somebody puts back is one from the new baseline.
  await there.later(6);
  await there.later(6);
  expect(await drifts()).toEqual([]);
  perform(there.halo, 'budget', { id: project().id as number, hours: Number(line.hours), type: 1 });
  await there.later(6);
  const found = (await drifts()).find((one) => one.field === 'budgets.1.hours');
  expect(found).toMatchObject({ ours: String(hours), theirs: String(Number(line.hours)), state: 'OPEN' });
}, 60_000);
