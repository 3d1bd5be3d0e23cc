import { newId } from '../../core/id.js';
import type { PerformEffect } from '../../core/outbox/handler.js';
import { VendorError } from '../../core/outbox/vendor-error.js';
import { insert, type Query, selectFirst, selectRequired, sql, type Statement } from '../../core/statement.js';
import { Integration } from '../connection/connection.entity.js';
import { actualsMessage, waitingReads } from './actuals.message.js';
import { changedSince, latestChange } from './changed.js';
import type { HaloClient, HaloPsa, HaloQuery } from './halopsa.client.js';
import { type HaloRecord, plain } from './halopsa.record.js';
import { dueReads, type ProjectThere } from './project-sweep.rules.js';
import { PsaProjectSweep } from './psa-sync.entity.js';

/**
 * `halopsa.projects`: finds which of our projects changed in HaloPSA, or their tasks or opportunities, back to the
 * watermark less an overlap, and asks for each to be read; besides, a few that nobody has looked at for an hour, since
 * what was deleted stands in no list of changes.
 */
export function projectSweepHandler(halopsa: HaloPsa): PerformEffect {
  return async ({ id, aggregateId: integrationId }, tools) => {
    const { integration, sweep, projects } = await tools.read({
      integration: selectRequired(Integration, integrationId),
      sweep: selectFirst(PsaProjectSweep, { integrationId }),
      projects: projectsThere(),
    });
    if (integration.disconnectedAt !== null) return { receipt: 'DISCONNECTED', writes: [] };
    if (projects.length === 0) return { receipt: 'NO_PROJECTS', writes: [] };
    const watermark = sweep?.watermark ?? null;
    try {
      const client = await halopsa.byId(tools, integrationId);
      const rows = await changedRecords(client, watermark);
      const due = dueReads(projects, rows, tools.now);
      const { waiting } = await tools.read({ waiting: waitingReads(due.map(({ handoffId }) => handoffId)) });
      const fresh = due.filter(({ handoffId }) => !waiting.has(handoffId));
      return {
        receipt: `${fresh.length} to read`,
        writes: [swept(integrationId, { watermark: latestChange(rows, watermark), sweptAt: tools.now })],
        messages: fresh.map(({ handoffId, request }) => actualsMessage(handoffId, request ?? id)),
      };
    } catch (error) {
      // Anything else waits as the vendor's pause says, and goes on from here.
      if (!(error instanceof VendorError) || error.kind !== 'REFUSED') throw error;
      const { code, remedy } = error;
      const told = { watermark, sweptAt: tools.now, problem: code.slice(0, 80), remedy: remedy.slice(0, 1000) };
      return { receipt: code, writes: [swept(integrationId, told)] };
    }
  };
}

/** Changed projects, tasks and opportunities: the same kind of record in three lists (facts 3.2). */
async function changedRecords(client: HaloClient, watermark: string | null): Promise<readonly HaloRecord[]> {
  const lists: readonly { path: string; filter: HaloQuery }[] = [
    { path: '/Projects', filter: {} },
    { path: '/Tickets', filter: { tickettype_id: client.settings.taskTypeId } },
    { path: '/Opportunities', filter: {} },
  ];
  const found: HaloRecord[] = [];
  for (const { path, filter } of lists) found.push(...(await changedIn(client, path, watermark, filter)));
  return found;
}

/** At first the latest changes alone: every project is read for the first time anyway. */
function changedIn(
  client: HaloClient,
  path: string,
  watermark: string | null,
  filter: HaloQuery,
): Promise<readonly HaloRecord[]> {
  if (watermark !== null) return changedSince(client, path, watermark, filter);
  return client.list(path, { ...filter, order: 'last_update', orderdesc: true }, () => true);
}

/** Our projects that stand in the PSA and are not cancelled, with what is known of them there. */
function projectsThere(): Query<ProjectThere[]> {
  return sql(
    `select p.handoff_id, o.remote_id, d.external_id, c.read_at, s.closed_at is not null as is_closed,
       array(select t.remote_id from psa_object t where t.tenant_id = $1 and t.handoff_id = p.handoff_id
         and t.kind = 'TASK' and t.remote_id is not null) as tasks
     from project p
     join psa_object o on o.tenant_id = $1 and o.own_id = p.id and o.remote_id is not null
     join handoff h on h.tenant_id = $1 and h.id = p.handoff_id
     join deal d on d.tenant_id = $1 and d.id = h.deal_id
     left join actuals_cursor c on c.tenant_id = $1 and c.project_id = p.id
     left join actuals_snapshot s on s.tenant_id = $1 and s.id = c.snapshot_id
     where p.tenant_id = $1 and p.state <> 'CANCELLED' order by c.read_at nulls first, p.id`,
    [],
    (rows) =>
      rows.map((row) => ({
        handoffId: row.handoff_id as string,
        ids: [plain(row.remote_id), ...(row.tasks as string[])],
        opportunityId: row.external_id as string,
        readAt: row.read_at as Date | null,
        isClosed: row.is_closed === true,
      })),
  );
}

type Told = Pick<PsaProjectSweep, 'watermark' | 'sweptAt'> & Partial<Pick<PsaProjectSweep, 'problem' | 'remedy'>>;

function swept(integrationId: string, { problem = null, remedy = null, ...told }: Told): Statement {
  return insert(
    PsaProjectSweep,
    { id: newId(), integrationId, ...told, problem, remedy },
    `on conflict (tenant_id, integration_id) do update set watermark = excluded.watermark,
      swept_at = excluded.swept_at, problem = excluded.problem, remedy = excluded.remedy`,
  );
}
