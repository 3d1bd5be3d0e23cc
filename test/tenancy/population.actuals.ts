import { recordActuals } from '../../src/actuals/actuals.commands.js';
import { ActualsMarkKind } from '../../src/actuals/actuals.entity.js';
import { systemActor } from '../../src/core/actor.js';
import { newId } from '../../src/core/id.js';
import { insert, sql } from '../../src/core/statement.js';
import { recordDrifts } from '../../src/integrations/halopsa/drift-record.command.js';
import { PsaProjectSweep } from '../../src/integrations/halopsa/psa-sync.entity.js';
import type { World } from '../kit/world.js';

/** What delivery spent on each project that stands in the PSA, and a field of it that somebody edited there. */
export async function populateActuals(world: World, integrationId: string): Promise<void> {
  const { suite, tenantId } = world;
  const { at } = suite.clock;
  const { projects } = await world.read({
    projects: sql(
      `select distinct on (p.id) p.id, p.handoff_id, o.id as object_id, t.id as task_id from project p
        join psa_object o on o.tenant_id = $1 and o.own_id = p.id
        join project_task t on t.tenant_id = $1 and t.project_id = p.id
        where p.tenant_id = $1 order by p.id, t.id`,
      [],
      (rows) => rows as unknown as Planned[],
    ),
  });
  for (const project of projects) await spend(world, project);
  const told = { integrationId, watermark: at.toISOString(), sweptAt: at, problem: null, remedy: null };
  await suite.gateway.transaction(tenantId, (tx) => tx.commit([insert(PsaProjectSweep, { id: newId(), ...told })]));
}

interface Planned {
  readonly id: string;
  readonly handoff_id: string;
  readonly object_id: string;
  readonly task_id: string;
}

async function spend({ suite, tenantId }: World, project: Planned): Promise<void> {
  const { at } = suite.clock;
  const of = { handoffId: project.handoff_id };
  const request = { idempotencyKey: null, path: newId() };
  const actor = systemActor(tenantId, 'halopsa.actuals');
  const contact = new Date(at.getTime() + 3_600_000);
  await suite.pipeline.run(
    actor,
    recordActuals,
    {
      ...of,
      source: 'HALOPSA',
      sourceId: newId().slice(-12),
      takenAt: at,
      readAt: at,
      closedAt: null,
      wonAt: at,
      firstContactAt: contact,
      todosDone: 1,
      todosTotal: 2,
      currency: 'GBP',
      lines: [{ budgetTypes: ['engineering'], actualMinutes: 90, remainingMinutes: 600, actualCostMinor: '4500' }],
      marks: [{ kind: ActualsMarkKind.TASK, ownId: project.task_id, doneAt: contact }],
    },
    request,
  );
  const difference = { objectId: project.object_id, field: 'budgets.1.hours', ours: '80', theirs: '120' };
  await suite.pipeline.run(
    actor,
    recordDrifts,
    { ...of, projectId: project.id, checked: [project.object_id], differences: [difference], changedBy: {} },
    { ...request, path: newId() },
  );
}
