import { newId } from '../../src/core/id.js';
import { insert } from '../../src/core/statement.js';
import { Role } from '../../src/identity/roles.js';
import {
  confirmKpiBaseline,
  correctKpiBaseline,
  freezeKpiBaseline,
  signOffKpiDefinitions,
} from '../../src/kpi/kpi.commands.js';
import { KPI_DIGEST } from '../../src/kpi/kpi.definitions.js';
import { KpiSide } from '../../src/kpi/kpi.entity.js';
import { choosePilot, recordGateMisfire } from '../../src/rollout/pilot.commands.js';
import { assignRolloutItem } from '../../src/rollout/item.commands.js';
import { confirmRollout, startRollout } from '../../src/rollout/rollout.commands.js';
import { HypercareCheck, HypercareCheckKind, MisfireKind } from '../../src/rollout/rollout.entity.js';
import { Certification, HandoffBuddy, TrainingKind, TrainingRecord } from '../../src/rollout/training.entity.js';
import { Gate } from '../../src/passage/gate.entity.js';
import type { World } from '../kit/world.js';

/** A rollout in shadow with an owned item and a pilot, baselines and signatures, misfires, training and a buddy. */
export async function populateRollout(world: World, draft: string): Promise<void> {
  const admin = await world.as(Role.REVOPS_ADMIN);
  const lead = await world.as(Role.SERVICE_DELIVERY_LEAD);
  const sales = await world.as(Role.SALES_MANAGER);
  await sales.done(signOffKpiDefinitions, { digest: KPI_DIGEST, side: KpiSide.SALES });
  await lead.done(signOffKpiDefinitions, { digest: KPI_DIGEST, side: KpiSide.DELIVERY });
  const figures = {
    fromOn: '2026-10-01',
    toOn: '2026-10-31',
    numerator: '41',
    denominator: '60',
    cohort: 'Deals won in October.',
    sourceUrl: 'https://example.com/baselines',
  };
  const baselineId = await admin.done(freezeKpiBaseline, { kpi: 'COMPLETION_RATE', ...figures });
  const corrected = await admin.done(correctKpiBaseline, {
    baselineId,
    ...figures,
    numerator: '42',
    reason: 'One was counted twice.',
  });
  await lead.done(confirmKpiBaseline, { baselineId: corrected });
  const rolloutId = await admin.done(startRollout, { startedOn: '2026-11-23' });
  await lead.done(confirmRollout, { expectedRevision: 1 });
  const [item] = await world.rows('select id from rollout_item where tenant_id = $1 order by position limit 1');
  await admin.done(assignRolloutItem, { itemId: item!.id as string, ownerId: sales.actor.id, expectedRevision: 1 });
  await admin.done(choosePilot, { handoffIds: [draft], expectedRevision: 2 });
  for (let n = 0; n < 3; n++)
    await sales.done(recordGateMisfire, {
      handoffId: draft,
      kind: MisfireKind.FALSE_NEGATIVE,
      gate: Gate.SUBMIT,
      code: 'SCOPE_UNCLEAR',
      reason: 'The scope named no site, and nothing was found.',
    });
  await populateTraining(world, rolloutId, draft);
}

/** Rows that only a tenant with a training policy, and one in hypercare, writes by its commands. */
async function populateTraining(world: World, rolloutId: string, handoffId: string): Promise<void> {
  const { suite, tenantId } = world;
  const { at } = suite.clock;
  const lead = await world.idOf(Role.SERVICE_DELIVERY_LEAD);
  const people = [await world.idOf('sofia.sales'), await world.idOf('sam.sales')];
  const handoffs = await world.rows('select id, owner_id from handoff where tenant_id = $1');
  const course = { kind: TrainingKind.COURSE, course: 'handoff-basics', handoffId: null };
  const watched = { kind: TrainingKind.OBSERVED_HANDOFF, course: null, handoffId };
  const recorded = { completedOn: '2026-11-20', recordedBy: lead, recordedAt: at };
  await suite.gateway.transaction(tenantId, (tx) =>
    tx.commit([
      insert(
        TrainingRecord,
        people.flatMap((personId) => [
          { id: newId(), personId, ...course, ...recorded },
          { id: newId(), personId, ...watched, ...recorded },
        ]),
      ),
      insert(
        Certification,
        people.map((personId) => ({ id: newId(), personId, certifiedBy: lead, certifiedAt: at, expiresAt: null })),
      ),
      insert(
        HandoffBuddy,
        handoffs.map(({ id, owner_id: repId }) => ({
          id: newId(),
          handoffId: id as string,
          repId: repId as string,
          buddyId: people.find((personId) => personId !== repId)!,
          namedBy: lead,
          namedAt: at,
        })),
      ),
      insert(HypercareCheck, {
        id: newId(),
        rolloutId,
        kind: HypercareCheckKind.OFFICE_HOURS,
        dueOn: '2026-11-23',
        complete: null,
        closed: null,
        checkedBy: lead,
        checkedAt: at,
      }),
    ]),
  );
}
