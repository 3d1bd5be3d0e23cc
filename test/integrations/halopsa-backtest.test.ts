import { EffectState } from '../../src/core/outbox/effect.entity.js';
import { startBacktest } from '../../src/backtest/backtest.commands.js';
import { perform } from '../../src/sandbox/halopsa/people.js';
import { openSuite, START, type Suite } from '../kit/suite.js';
import type { World } from '../kit/world.js';
import { HaloWorld } from './halopsa.kit.js';

let suite: Suite;
let world: World;
let there: HaloWorld;
beforeAll(async () => {
  suite = await openSuite();
});
beforeEach(async () => {
  suite.clock.at = START;
  world = await suite.tenant();
  there = await HaloWorld.start(suite, world);
});
afterEach(() => there.close());
afterAll(() => suite.close());

async function started(lastWon: number): Promise<string> {
  const backtestId = await (await world.as('REVOPS_ADMIN')).done(startBacktest, { lastWon });
  await there.work();
  return backtestId;
}

const backtest = async (id: string) =>
  (await world.rows('select found, problem, remedy from backtest where tenant_id = $1 and id = $2', [id]))[0]!;
const deals = (id: string) =>
  world.rows('select external_id, judged, won_on from backtest_deal where tenant_id = $1 and backtest_id = $2', [id]);
const countOf = async (table: string): Promise<number> =>
  Number((await world.rows(`select count(*) as count from ${table} where tenant_id = $1`))[0]!.count);

describe('a back-test of the connected HaloPSA', () => {
  it('reads the last won deals, judges each, and writes nothing there and nothing handed over here', async () => {
    await there.connect();
    await there.work();
    perform(there.halo, 'win', { id: 2205 });
    const before = JSON.stringify(there.halo.store.all('ticket'));
    there.halo.log.clear();
    const id = await started(1);
    expect(await backtest(id)).toMatchObject({ found: 1, problem: null });
    const found = await deals(id);
    expect(found.map((row) => row.external_id)).toEqual(['2205']);
    expect(there.halo.log.list({ path: '/opportunities' }).length).toBeGreaterThan(1);
    expect(there.halo.log.list().flatMap(({ effects }) => effects)).toEqual([]);
    expect(JSON.stringify(there.halo.store.all('ticket'))).toBe(before);
    expect([await countOf('handoff'), await countOf('deal')]).toEqual([0, 0]);
    const open = await there.effects([EffectState.DEAD, EffectState.UNKNOWN, EffectState.PARKED]);
    expect(open).toEqual([]);
  });

  it('says why it cannot read: nothing connected, or won not mapped', async () => {
    const without = await started(3);
    expect(await backtest(without)).toMatchObject({ found: null, problem: 'HALOPSA_NOT_CONNECTED' });
    await there.connect();
    await there.work();
    const unmapped =
      'update integration set settings = replace(settings, \'"wonStatusIds":"9",\', \'\') where tenant_id = $1';
    await suite.gateway.transaction(world.tenantId, (tx) => tx.commit([{ text: unmapped, values: [] }]));
    expect(await backtest(await started(3))).toMatchObject({ found: null, problem: 'HALOPSA_SETTING_MISSING' });
  });
});
