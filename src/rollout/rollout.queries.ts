import { AppError } from '../core/error.js';
import { mapQuery, type Query, select, sql } from '../core/statement.js';
import { WOULD_HAVE_REFUSED } from '../handoff/shadow.rules.js';
import type { TestedConnection } from './enforcement.rules.js';
import type { Closing } from './hypercare.rules.js';
import { Rollout, RolloutItem } from './rollout.entity.js';

/** The tenant's rollout, or null. */
export const findRollout = (): Query<Rollout | null> => mapQuery(select(Rollout), ([rollout]) => rollout ?? null);

/** The tenant's rollout, locked, or null: of two who take the same step the second finds it taken. */
export const lockAnyRollout = (): Query<Rollout | null> =>
  mapQuery(select(Rollout, {}, { lock: 'UPDATE' }), ([rollout]) => rollout ?? null);

/** The tenant's rollout, locked, or NOT_FOUND. */
export const lockRollout = (): Query<Rollout> =>
  mapQuery(lockAnyRollout(), (rollout) => {
    if (rollout) return rollout;
    throw new AppError('NOT_FOUND', 'The tenant has no rollout.', {
      type: 'Rollout',
      remedy: 'Propose one with startRollout.',
    });
  });

/** The twelve items of the tenant's rollout, in order. */
export const rolloutItems = (): Query<RolloutItem[]> => select(RolloutItem, {}, { orderBy: ['position'] });

/** How many handoffs the pilot enforces. */
export const pilotSize = (): Query<number> =>
  sql('select count(*) as count from pilot_handoff where tenant_id = $1', [], ([row]) => Number(row?.count ?? 0));

/** A gate evaluation `e` in which nothing was left open that shadow let pass. */
const CLEAN = `not exists (select 1 from gate_finding f where f.tenant_id = $1 and f.evaluation_id = e.id
  and f.facts like '%"${WOULD_HAVE_REFUSED}":true%')`;

/** The deals that were won since the rollout's enforcement of every deal, a fortnight before included. */
export const closingsOfHypercare = (): Query<Closing[]> =>
  sql(
    `select s.won_on, (select min(e.evaluated_at) from gate_evaluation e where e.tenant_id = $1 and e.handoff_id = h.id
        and e.gate = 'SUBMIT' and e.verdict = 'PASSED' and ${CLEAN}) as complete_at
      from rollout r
      join deal_snapshot s on s.tenant_id = $1 and s.won_on >= (r.normal_since - interval '14 days')::date
      join deal d on d.tenant_id = $1 and d.current_snapshot_id = s.id
      join handoff h on h.tenant_id = $1 and h.deal_id = d.id and h.stage <> 'WITHDRAWN'
      where r.tenant_id = $1 and r.normal_since is not null`,
    [],
    (rows) => rows.map((row) => ({ wonOn: row.won_on as string, completeAt: row.complete_at as Date | null })),
  );

/** How many submissions went through that enforcement would have refused. */
export const letPass = (): Query<number> =>
  sql(
    `select count(distinct e.id) as count from gate_evaluation e
      join gate_finding f on f.tenant_id = $1 and f.evaluation_id = e.id and f.facts like '%"${WOULD_HAVE_REFUSED}":true%'
      where e.tenant_id = $1 and e.verdict = 'PASSED'`,
    [],
    ([row]) => Number(row?.count ?? 0),
  );

/** The connections that are not disconnected, with what their last test found. Read past the layer above, by its table. */
export const testedConnections = (): Query<TestedConnection[]> =>
  sql(
    `select id, vendor, state, checks, checked_at, connected_at from integration
      where tenant_id = $1 and state <> 'DISCONNECTED' order by vendor, id`,
    [],
    (rows) =>
      rows.map((row) => {
        const checks = JSON.parse((row.checks as string | null) ?? '[]') as { name: string; state: string }[];
        return {
          id: row.id as string,
          vendor: row.vendor as string,
          state: row.state as string,
          notOk: checks.filter(({ state }) => state !== 'OK').map(({ name }) => name),
          checkedAt: row.checked_at as Date | null,
          connectedAt: row.connected_at as Date,
        };
      }),
  );

/** Open handoffs that no pilot has, the one that was opened first first, with what a rule picks by. */
export interface PilotCandidate {
  readonly id: string;
  readonly dealType: string;
  readonly tier: string;
}

/** The candidates of a pilot: handoffs that sales may still edit. */
export const pilotCandidates = (): Query<PilotCandidate[]> =>
  sql(
    `select h.id, h.deal_type, h.tier from handoff h
      where h.tenant_id = $1 and h.stage in ('DRAFT', 'RETURNED')
        and not exists (select 1 from pilot_handoff p where p.tenant_id = $1 and p.handoff_id = h.id)
      order by h.id limit 1000`,
    [],
    (rows) =>
      rows.map((row) => ({ id: row.id as string, dealType: row.deal_type as string, tier: row.tier as string })),
  );

/** An exception or an emergency by which a gate was passed since the rollout began. */
export interface OverrideRow {
  readonly requestId: string;
  readonly kind: string;
  readonly way: string;
  readonly subjectId: string;
  readonly grantedAt: Date;
}

/** The newest overrides since the rollout began, at most so many; changes of configuration are none. */
export const overridesSince = (since: Date, most: number): Query<OverrideRow[]> =>
  sql(
    `select g.request_id, r.kind, g.way, r.subject_id, g.granted_at from approval_grant g
      join approval_request r on r.tenant_id = $1 and r.id = g.request_id and r.subject_type = 'Handoff'
      where g.tenant_id = $1 and g.granted_at >= $2 order by g.granted_at desc, g.id desc limit $3`,
    [since, most],
    (rows) =>
      rows.map((row) => ({
        requestId: row.request_id as string,
        kind: row.kind as string,
        way: row.way as string,
        subjectId: row.subject_id as string,
        grantedAt: row.granted_at as Date,
      })),
  );
