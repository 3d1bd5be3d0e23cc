import { newId } from '../../src/core/id.js';
import { insert } from '../../src/core/statement.js';
import { PreClose, PreCloseState } from '../../src/passage/pre-close.entity.js';
import { Checkpoint, CheckpointReturn, CheckpointState } from '../../src/phase/checkpoint.entity.js';
import type { World } from '../kit/world.js';

/** A request for a review before the signature, and a checkpoint that was returned: past the rules, which the draft is not for. */
export async function populateVariants(world: World, handoffId: string): Promise<void> {
  const at = world.suite.clock.at;
  const checkpointId = newId();
  const gaps = [{ path: 'milestones.rollout', text: 'The second site is not connected.' }];
  const sources = [{ type: 'CONFIGURATION', id: newId(), version: '1', hash: 'a'.repeat(64) }];
  const delivery = await world.idOf('dana.delivery');
  const sales = await world.idOf('sofia.sales');
  await world.suite.gateway.transaction(world.tenantId, (tx) =>
    tx.commit([
      insert(PreClose, {
        id: newId(),
        handoffId,
        state: PreCloseState.REQUESTED,
        expectedCloseOn: '2026-11-29',
        reason: 'The client wants to begin in the week of its signature.',
        requestedBy: sales,
        requestedAt: at,
      }),
      insert(Checkpoint, {
        id: checkpointId,
        handoffId,
        key: 'first-site',
        name: 'First site',
        position: 1,
        checklistItems: [],
        milestones: ['rollout'],
        dueOn: '2026-12-07',
        state: CheckpointState.RETURNED,
        openedAt: at,
        sources,
      }),
      insert(CheckpointReturn, { id: newId(), handoffId, checkpointId, gaps, returnedBy: delivery, returnedAt: at }),
    ]),
  );
}
