import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { backtestDeals, startBacktest } from '../../src/backtest/backtest.commands.js';
import { Role } from '../../src/identity/roles.js';
import type { World } from '../kit/world.js';

const sample = (name: string): string => readFileSync(resolve(`samples/halopsa/${name}.json`), 'utf8');

/** A back-test with a deal that was judged and one that could not be read. */
export async function populateBacktest(world: World): Promise<void> {
  const admin = await world.as(Role.REVOPS_ADMIN);
  const backtestId = await admin.done(startBacktest, {});
  const deals = [{ payload: sample('managed-network-below-floor') }, { payload: '{}' }];
  await admin.done(backtestDeals, { backtestId, deals });
}
