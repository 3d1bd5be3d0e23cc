import type { Ground } from './ground.js';

/** An effect that is not done, with what the worker says about it. */
export interface Left {
  readonly id: string;
  readonly tenantId: string;
  readonly kind: string;
  readonly effectClass: string;
  readonly state: string;
  readonly reason: string | null;
  readonly remedy: string | null;
  readonly lastError: string | null;
  readonly attempts: number;
  readonly aggregateType: string;
  readonly aggregateId: string;
  readonly event: string | null;
}

const LEFT = `select id, tenant_id as "tenantId", kind, effect_class as "effectClass", state, reason, remedy,
  last_error as "lastError", attempts, aggregate_type as "aggregateType", aggregate_id as "aggregateId",
  payload::json ->> 'event' as event from outbox_effect`;
/** Of the handoffs; beside them there are sweeps, tests of connections and the ledger's checkpoints, again and again. */
const OURS = `aggregate_type in ('Handoff', 'Decision', 'Opportunity') and not_before is null`;
/** What a worker has to do without anybody's help; schedules, such as a card about a due date, are not due. */
const OPEN = `(state = 'PENDING' or (state = 'UNKNOWN' and effect_class = 'LOOKUP'))`;

/** The effects that the workers are to finish by themselves: of the handoffs all, of the rest what is overdue by so long. */
export const openEffects = (ground: Ground, overdueMs: number): Promise<Left[]> =>
  ground.rows(
    `${LEFT} where ${OPEN} and (${OURS} or coalesce(not_before, created_at) < now() - $1 * interval '1 millisecond')
     order by id`,
    [overdueMs],
  );

/** The effects that wait for a person. */
export const helpless = (ground: Ground): Promise<Left[]> =>
  ground.rows(
    `${LEFT} where state in ('DEAD', 'PARKED') or (state = 'UNKNOWN' and effect_class = 'CONFIRM') order by id`,
  );

/** The drafts that nobody has submitted yet. */
export const drafts = (ground: Ground): Promise<{ id: string; tenantId: string }[]> =>
  ground.rows(`select id, tenant_id as "tenantId" from handoff where stage = 'DRAFT' order by id`);

/** How many tasks stand in HaloPSA, by our own records: the measure of how far the campaign is. */
export async function tasksWritten(ground: Ground): Promise<number> {
  const [row] = await ground.rows<{ n: number }>(
    `select count(*)::int as n from psa_object where kind = 'TASK' and remote_id is not null`,
  );
  return row!.n;
}

/** What still has to be asked for or written before everything that so many handoffs want has been done. */
export async function missing(ground: Ground, handoffs: number): Promise<string[]> {
  const [row] = await ground.rows<Record<string, number>>(
    `select (select count(*)::int from handoff where stage = 'IN_REVIEW') as submitted,
       (select count(*)::int from project p where not exists (select 1 from psa_object o
         where o.tenant_id = p.tenant_id and o.own_id = p.id and o.remote_id is not null)) as projects,
       (select count(*)::int from project_task t where not exists (select 1 from psa_object o
         where o.tenant_id = t.tenant_id and o.own_id = t.id and o.remote_id is not null)) as tasks,
       (select count(*)::int from brief where stored_at is null) as briefs,
       (select count(*)::int from decision d where not exists (select 1 from outbox_effect e
         where e.tenant_id = d.tenant_id and e.kind = 'teams.card' and e.aggregate_id = d.id
           and (d.state = 'OPEN' or e.payload::json ->> 'event' = 'DECIDED'))) as decisions,
       (select count(*)::int from handoff h where not exists (select 1 from outbox_effect e
         where e.tenant_id = h.tenant_id and e.kind = 'teams.card' and e.aggregate_id = h.id)) as sign_offs,
       (select count(*)::int from outbox_effect where ${OPEN} and ${OURS}) as effects`,
  );
  const { submitted = 0, ...left } = row!;
  const unsubmitted = submitted === handoffs ? [] : [`${submitted} of ${handoffs} submitted`];
  return [...unsubmitted, ...Object.entries(left).flatMap(([what, n]) => (n === 0 ? [] : [`${n} ${what}`]))];
}

/** Without what a sweep of every five minutes asks for: reading what delivery spent never ends. */
const WORK = `${OURS} and kind <> 'halopsa.actuals'`;

/** When the last effect of the handoffs was done, by the database's clock. */
export async function lastDone(ground: Ground): Promise<Date> {
  const [row] = await ground.rows<{ at: Date }>(`select max(done_at) as at from outbox_effect where ${WORK}`);
  return row!.at;
}

/** Attempts by what came of them, the most frequent first. */
export const attempts = (ground: Ground): Promise<{ outcome: string; code: string | null; n: number }[]> =>
  ground.rows('select outcome, code, count(*)::int as n from outbox_attempt group by 1, 2 order by 3 desc, 1, 2');

/** Effects by kind and state. */
export const effectsByKind = (ground: Ground): Promise<{ kind: string; state: string; n: number }[]> =>
  ground.rows('select kind, state, count(*)::int as n from outbox_effect group by 1, 2 order by 1, 2');

/** The effects that were done last: their kind, attempts, and seconds from the request to the end. */
export const latest = (
  ground: Ground,
): Promise<{ kind: string; attempts: number; outcomes: string; seconds: number; doneAt: string }[]> =>
  ground.rows(
    `select kind, attempts, (select string_agg(a.outcome || coalesce(' ' || a.code, ''), ', ' order by a.id)
         from outbox_attempt a where a.tenant_id = e.tenant_id and a.effect_id = e.id) as outcomes,
       extract(epoch from done_at - created_at)::int as seconds, to_char(done_at, 'HH24:MI:SS') as "doneAt"
     from outbox_effect e where ${WORK} and done_at is not null order by done_at desc limit 8`,
  );
