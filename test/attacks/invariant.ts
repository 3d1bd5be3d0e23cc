import pg from 'pg';
import type { Suite } from '../kit/suite.js';

/**
 * What must hold after any attack, asked of the tables alone and in another way than the engine asks (reliability 4.1):
 * whatever was done under an approval was approved by as many different people as it took, who were then active, held a
 * role that answers it, and neither asked nor wrote; on exactly that content, in time, and once.
 */
const human = (person: string, at: string): string => `(select case
    when exists (select 1 from member_merge m where m.tenant_id = x.tenant_id and m.person_id = x.id and m.merged_at <= ${at})
    then x.merged_into else x.id end from person x where x.tenant_id = u.tenant_id and x.id = ${person})`;

/** Where one person's votes count at an instant, in the alias `v`, judged at `at`. */
const counts = (at: string): string => `v.decision = 'APPROVE'
  and not exists (select 1 from approval_revocation k where k.tenant_id = v.tenant_id and k.vote_id = v.id and k.revoked_at <= ${at})
  and exists (select 1 from role_grant g where g.tenant_id = v.tenant_id
    and g.person_id = ${human('coalesce(v.on_behalf_of, v.voter_id)', at)} and u.roles like '%"' || g.role || '"%'
    and g.granted_at <= ${at} and (g.revoked_at is null or g.revoked_at >= ${at})
    and (g.granted_at <= ${at} - make_interval(hours => u.cool_down) or g.confirmed_at <= ${at}))
  and not exists (select 1 from member_suspension s where s.tenant_id = v.tenant_id
    and s.person_id in (${human('v.voter_id', at)}, ${human('coalesce(v.on_behalf_of, v.voter_id)', at)})
    and s.suspended_at < ${at} and (s.ended_at is null or s.ended_at > ${at}))
  and (v.delegation_id is null or exists (select 1 from delegation d where d.tenant_id = v.tenant_id and d.id = v.delegation_id
    and d.confirmed_at <= v.cast_at and d.from_at <= v.cast_at and d.until_at > v.cast_at and (d.ended_at is null or d.ended_at >= ${at})))
  and not exists (select 1 from unnest(array[v.voter_id, coalesce(v.on_behalf_of, v.voter_id)]) hand where ${human('hand', at)} in (
    select ${human('u.requester_id', at)}
    union select ${human('c.person_id', at)} from contribution c where c.tenant_id = u.tenant_id
      and c.subject_type = u.subject_type and c.subject_id = u.subject_id and c.contributed_at < ${at}
    union select ${human('p.person_id', at)} from approval_participant p where p.tenant_id = u.tenant_id
      and p.request_id = u.request_id and p.round = u.round and p.part = 'CONTRIBUTOR'))`;

/** Every use of a grant of these requests, with what it took: what the round opened with, or was tightened to. */
const USED = `select t.*, (t.need->>'coolDownHours')::int as cool_down, t.need::text as roles,
    (select max(total) from (select sum((step->>'approvers')::int) as total
      from json_array_elements(t.need->'quorums') with ordinality q(steps, n), json_array_elements(q.steps) step group by n) s) as needed
  from (select u.tenant_id, u.request_id, u.round, u.grant_id, u.used_at, g.digest, g.content_revision, g.granted_at,
      g.expires_at, r.requester_id, r.subject_type, r.subject_id,
      (case when r.round = u.round then r.need else d.need end)::json as need
    from approval_use u join approval_grant g on g.tenant_id = u.tenant_id and g.id = u.grant_id
    join approval_request r on r.tenant_id = u.tenant_id and r.id = u.request_id
    join approval_round d on d.tenant_id = u.tenant_id and d.request_id = u.request_id and d.round = u.round
    where u.request_id = any($1)) t`;

const CHECKS: Readonly<Record<string, string>> = {
  'an effect happened twice': `select u.request_id from approval_use u where u.request_id = any($1)
    group by u.request_id, u.round having count(*) > 1`,
  'used, and not in the state USED': `select r.id from approval_request r where r.id = any($1)
    and (r.state = 'USED') <> exists (select 1 from approval_use u where u.tenant_id = r.tenant_id and u.request_id = r.id and u.round = r.round)`,
  'used with fewer different people than it took': `select u.request_id, u.needed, u.used_at from (${USED}) u
    where u.needed > (select count(distinct ${human('v.voter_id', 'u.used_at')}) from approval_vote v
      where v.tenant_id = u.tenant_id and v.request_id = u.request_id and v.round = u.round and v.digest = u.digest
        and v.content_revision = u.content_revision and v.cast_at <= u.used_at and ${counts('u.used_at')})`,
  'used before it was granted, or after it lapsed': `select u.request_id from (${USED}) u
    where u.used_at < u.granted_at or u.used_at >= u.expires_at`,
  'a vote on other content than its round': `select v.request_id from approval_vote v
    join approval_round d on d.tenant_id = v.tenant_id and d.request_id = v.request_id and d.round = v.round
    where v.request_id = any($1) and (v.digest <> d.digest or v.content_revision <> d.content_revision)`,
  'a vote by the requester': `select u.request_id from approval_vote v
    join approval_request r on r.tenant_id = v.tenant_id and r.id = v.request_id
    cross join lateral (select v.tenant_id, v.request_id) u where v.request_id = any($1)
    and ${human('r.requester_id', 'v.cast_at')} in (${human('v.voter_id', 'v.cast_at')}, ${human('v.on_behalf_of', 'v.cast_at')})`,
  'one human in two votes of a round': `select u.request_id from approval_vote v
    join approval_vote w on w.tenant_id = v.tenant_id and w.request_id = v.request_id and w.round = v.round and w.id <> v.id and w.cast_at <= v.cast_at
    cross join lateral (select v.tenant_id, v.request_id) u where v.request_id = any($1)
    and (${human('v.voter_id', 'v.cast_at')} in (${human('w.voter_id', 'v.cast_at')}, ${human('w.on_behalf_of', 'v.cast_at')})
      or ${human('v.on_behalf_of', 'v.cast_at')} in (${human('w.voter_id', 'v.cast_at')}, ${human('w.on_behalf_of', 'v.cast_at')}))`,
  'a vote after the time to decide': `select v.request_id from approval_vote v
    join approval_request r on r.tenant_id = v.tenant_id and r.id = v.request_id
    where v.request_id = any($1) and r.round = 1 and v.cast_at >= r.decide_by`,
  'a vote and the ledger disagree': `select r.id from approval_request r where r.id = any($1)
    and (select count(*) from approval_vote v where v.tenant_id = r.tenant_id and v.request_id = r.id)
      <> (select count(*) from ledger_entry l where l.tenant_id = r.tenant_id and l.subject_id = r.id::text
        and l.action in ('castVote', 'breakGlass') and l.outcome = 'DONE')`,
  'approved, and no grant says so': `select r.id from approval_request r where r.id = any($1) and r.state in ('APPROVED', 'USED')
    and not exists (select 1 from approval_grant g where g.tenant_id = r.tenant_id and g.request_id = r.id and g.round = r.round)`,
};

const pools = new WeakMap<Suite, pg.Pool>();

function poolOf(suite: Suite): pg.Pool {
  const known = pools.get(suite);
  if (known) return known;
  const pool = new pg.Pool({ connectionString: suite.superuserUrl, max: 4 });
  // An idle connection ends with its database.
  pool.on('error', () => undefined);
  pools.set(suite, pool);
  return pool;
}

/** How many deadlocks the database has resolved: the locks are taken in one order, so that there are none. */
export async function deadlocksOf(suite: Suite): Promise<number> {
  const text = 'select deadlocks::int as n from pg_stat_database where datname = current_database()';
  return (await poolOf(suite).query<{ n: number }>(text)).rows[0]!.n;
}

/** Whether somebody waits for a lock that this server process holds. */
export async function holdsUp(suite: Suite, pid: number): Promise<boolean> {
  const text = "select 1 from pg_stat_activity where wait_event_type = 'Lock' and $1 = any(pg_blocking_pids(pid))";
  return (await poolOf(suite).query({ name: 'holds up', text, values: [pid] })).rows.length > 0;
}

/** What is broken among these requests, each by name; nothing when the invariant holds. Read past row-level security. */
export async function breaksOf(suite: Suite, requestIds: readonly string[]): Promise<string[]> {
  if (requestIds.length === 0) return [];
  const pool = poolOf(suite);
  const found = await Promise.all(
    Object.entries(CHECKS).map(async ([name, text]) => {
      const { rows } = await pool.query({ name: name.slice(0, 60), text, values: [requestIds] });
      return rows.map((row) => `${name} ${JSON.stringify(row)}`);
    }),
  );
  return found.flat();
}

/** Closes what the invariant reads by. */
export async function endInvariant(suite: Suite): Promise<void> {
  await pools.get(suite)?.end();
  pools.delete(suite);
}
