import { Reporter } from '../../src/reporting/reporter.js';
import { sealerOf } from './sealer.js';
import type { World } from './world.js';

/** Brings the facts of a world's tenant up to date, as a worker does: seals its ledger and projects what is new. */
export async function refreshReporting(world: World): Promise<void> {
  await sealerOf(world).cover(world.tenantId);
  await new Reporter(world.suite.gateway).catchUp(world.tenantId);
}
