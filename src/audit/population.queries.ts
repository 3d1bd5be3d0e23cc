import { acceptNotApplicable } from '../checklist/item.commands.js';
import { type Query, type Row, sql } from '../core/statement.js';
import { CONFIGURATION_CHANGE } from '../governance/proposal.rules.js';
import type { Period, Population, PopulationRow, RowKind } from './population.js';

/** The most rows that a population may have: one file, made in memory. */
export const LARGEST_POPULATION = 20_000;

/** Of what, and which period: `asked` in every statement here, with the values after `$1`. */
export interface Asked {
  readonly cte: string;
  readonly values: readonly unknown[];
}

/** As somebody asks for it. */
export const askedFor = (population: Population, { from, to }: Period): Asked => ({
  cte: `asked as (select $2::text as population, $3::timestamptz as from_at, $4::timestamptz as to_at where $1::uuid is not null)`,
  values: [population, from, to],
});

/** As an export of a population asked for it. */
export const askedByExport = (exportId: string): Asked => ({
  cte: "asked as (select x.population, x.from_at, x.to_at from audit_export x where x.tenant_id = $1 and x.id = $2 and x.kind = 'POPULATION')",
  values: [exportId],
});

/** A uuid among texts that may name a job. */
const PERSON = "~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$'";

/** Everybody who had a hand in a request `r`: asked, owned or wrote on the content, voted, was voted for, used it, took a vote back. */
const HANDS = `array(select r.requester_id::text
    union select p.person_id::text from approval_participant p where p.tenant_id = $1 and p.request_id = r.id
    union select c.person_id::text from contribution c
      where c.tenant_id = $1 and c.subject_type = r.subject_type and c.subject_id = r.subject_id
    union select o.revoked_by::text from approval_revocation o where o.tenant_id = $1 and o.request_id = r.id
    union select u.used_by from approval_use u where u.tenant_id = $1 and u.request_id = r.id and u.used_by ${PERSON})`;

/** Who approved or declared what a grant `g` says. */
const BY_GRANT = `array(select v.voter_id::text from approval_vote v
      where v.tenant_id = $1 and v.request_id = g.request_id and v.round = g.round and v.decision <> 'REJECT' and v.cast_at <= g.granted_at
        and not exists (select 1 from approval_revocation k where k.tenant_id = $1 and k.vote_id = v.id and k.revoked_at < g.granted_at)
      order by v.cast_at, v.id)`;

const within = (column: string): string => `${column} >= a.from_at and ${column} < a.to_at`;

/**
 * Which rows a population has. Each depends on what is never changed once it is over: that a request was opened, that a
 * grant was reached, that a request ended for good. So a period that is over has the same rows whenever it is asked for.
 */
const ROWS = `
  select r.id, 'APPROVAL_REQUEST' as kind, r.id as request_id, r.subject_type, r.subject_id, r.opened_at as at,
      r.digest, array[r.requester_id::text] as by, ${HANDS} as actors
    from asked a join approval_request r on r.tenant_id = $1
    where a.population = 'APPROVAL_REQUESTS' and (${within('r.opened_at')}
      or (r.state in ('REJECTED', 'WITHDRAWN', 'EXPIRED') and ${within('r.decided_at')})
      or exists (select 1 from approval_grant g where g.tenant_id = $1 and g.request_id = r.id and ${within('g.granted_at')}))
  union all
  select g.id, case g.way when 'BREAK_GLASS' then 'BREAK_GLASS' else 'EXCEPTION' end, r.id, r.subject_type, r.subject_id, g.granted_at,
      g.digest, ${BY_GRANT}, ${HANDS}
    from asked a join approval_grant g on g.tenant_id = $1 and ${within('g.granted_at')}
    join approval_request r on r.tenant_id = $1 and r.id = g.request_id
    where a.population = 'OVERRIDES' and r.kind <> '${CONFIGURATION_CHANGE}'
  union all
  select v.id, 'VOTE_REVOKED', r.id, r.subject_type, r.subject_id, v.revoked_at,
      b.digest, array[v.revoked_by::text], ${HANDS}
    from asked a join approval_revocation v on v.tenant_id = $1 and ${within('v.revoked_at')}
    join approval_vote b on b.tenant_id = $1 and b.id = v.vote_id
    join approval_request r on r.tenant_id = $1 and r.id = v.request_id
    where a.population = 'OVERRIDES'
  union all
  select e.id, 'NOT_APPLICABLE', null::uuid, e.subject_type, e.subject_id::uuid, e.at,
      null, array[e.actor_id], array(select e.actor_id union select e.content::json->'body'->>'claimedBy' where e.content::json->'body'->>'claimedBy' is not null
        union select h.owner_id::text from handoff h where h.tenant_id = $1 and h.id = e.subject_id::uuid)
    from asked a join ledger_entry e on e.tenant_id = $1 and ${within('e.at')}
      and e.action = '${acceptNotApplicable.name}' and e.outcome = 'DONE'
    where a.population = 'OVERRIDES'`;

/** The rows of a population, at most one more than the largest that is taken. */
export function populationRows({ cte, values }: Asked): Query<PopulationRow[]> {
  return sql(
    `with ${cte}, rows as (${ROWS}) select * from rows order by at, id limit ${LARGEST_POPULATION + 1}`,
    values,
    (rows) => rows.map(rowOf),
  );
}

function rowOf(row: Row): PopulationRow {
  return {
    id: row.id as string,
    kind: row.kind as RowKind,
    requestId: row.request_id as string | null,
    subjectType: row.subject_type as string,
    subjectId: row.subject_id as string,
    at: row.at as Date,
    digest: row.digest as string | null,
    by: row.by as string[],
    actors: (row.actors as string[]).toSorted(),
  };
}

/** What the file of a population says of a request. Approvers: of the round that was used, else granted, else asked. */
export interface RequestLine {
  readonly id: string;
  readonly kind: string;
  readonly subjectType: string;
  readonly subjectId: string;
  readonly requesterId: string;
  readonly requester: string;
  readonly openedAt: Date;
  readonly decidedAt: Date | null;
  readonly state: string;
  readonly need: string;
  readonly digest: string;
  readonly policyVersion: number | null;
  readonly policyDigest: string | null;
  readonly way: string | null;
  readonly grantedAt: Date | null;
  readonly effect: string | null;
  readonly usedAt: Date | null;
  readonly lastVoteAt: Date | null;
  readonly approverIds: readonly string[];
  readonly approvers: readonly string[];
}

/** The requests behind a population, by id; what an override took back or waived stands in its own row. */
export function requestLines({ cte, values }: Asked): Query<ReadonlyMap<string, RequestLine>> {
  const counted = `v.tenant_id = $1 and v.request_id = r.id and v.round = coalesce(u.round, g.round, r.round)
      and v.decision <> 'REJECT' and not exists (select 1 from approval_revocation k where k.tenant_id = $1 and k.vote_id = v.id)`;
  const votes = `from approval_vote v join person p on p.tenant_id = $1 and p.id = v.voter_id where ${counted}`;
  return sql(
    `with ${cte}, rows as (${ROWS}), wanted as (select distinct request_id from rows where request_id is not null)
      select r.*, q.handle as requester, c.version as policy_version, c.digest as policy_digest, g.way, g.granted_at,
        u.effect, u.used_at, (select max(v.cast_at) ${votes}) as last_vote_at,
        array(select v.voter_id::text ${votes} order by v.cast_at, v.id) as approver_ids,
        array(select p.handle ${votes} order by v.cast_at, v.id) as approvers
      from wanted w join approval_request r on r.tenant_id = $1 and r.id = w.request_id
      join person q on q.tenant_id = $1 and q.id = r.requester_id
      left join configuration_version c on c.tenant_id = $1 and c.id = r.configuration_version_id
      left join lateral (select * from approval_use x where x.tenant_id = $1 and x.request_id = r.id order by x.used_at desc, x.id desc limit 1) u on true
      left join lateral (select * from approval_grant x where x.tenant_id = $1 and x.request_id = r.id
        and (u.grant_id is null or x.id = u.grant_id) order by x.granted_at desc, x.id desc limit 1) g on true`,
    values,
    (rows) => new Map(rows.map((row) => [row.id as string, lineOf(row)])),
  );
}

function lineOf(row: Row): RequestLine {
  return {
    id: row.id as string,
    kind: row.kind as string,
    subjectType: row.subject_type as string,
    subjectId: row.subject_id as string,
    requesterId: row.requester_id as string,
    requester: row.requester as string,
    openedAt: row.opened_at as Date,
    decidedAt: row.decided_at as Date | null,
    state: row.state as string,
    need: row.need as string,
    digest: row.digest as string,
    policyVersion: row.policy_version as number | null,
    policyDigest: row.policy_digest as string | null,
    way: row.way as string | null,
    grantedAt: row.granted_at as Date | null,
    effect: row.effect as string | null,
    usedAt: row.used_at as Date | null,
    lastVoteAt: row.last_vote_at as Date | null,
    approverIds: row.approver_ids as string[],
    approvers: row.approvers as string[],
  };
}

/** The handles of the people who had a hand in the rows, by id. */
export function handlesOf(): Query<ReadonlyMap<string, string>> {
  return sql(
    'select id, handle from person where tenant_id = $1',
    [],
    (rows) => new Map(rows.map((row) => [row.id as string, row.handle as string])),
  );
}
