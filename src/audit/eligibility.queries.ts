import { type Query, type Queries, select, selectRequired, sql } from '../core/statement.js';
import { delegationsOfTenant, participantsOf, revocationsOf, votesOf } from '../approval/approval.queries.js';
import type { Delegation } from '../approval/delegation.entity.js';
import { ApprovalRequest, ApprovalRound } from '../approval/request.entity.js';
import {
  ApprovalGrant,
  type ApprovalParticipant,
  type ApprovalRevocation,
  ApprovalUse,
  type ApprovalVote,
} from '../approval/vote.entity.js';
import { tightenException } from '../governance/tighten.command.js';
import { rolesAt } from '../identity/history.queries.js';
import type { Eligible } from '../identity/identity.queries.js';

/** That somebody wrote on the content of a request, and when. */
export interface ContributionThen {
  readonly personId: string;
  readonly contributedAt: Date;
}

/** Everything that ever happened to a request. */
export interface RequestHistory {
  readonly request: ApprovalRequest;
  readonly rounds: readonly ApprovalRound[];
  readonly votes: readonly ApprovalVote[];
  readonly revocations: readonly ApprovalRevocation[];
  readonly participants: readonly ApprovalParticipant[];
  readonly contributions: readonly ContributionThen[];
  readonly delegations: readonly Delegation[];
  readonly grants: readonly ApprovalGrant[];
  readonly uses: readonly ApprovalUse[];
  /** When a tightened policy first asked more of it; null when none did. */
  readonly tightenedAt: Date | null;
}

/** The history of a request, or NOT_FOUND. */
export const requestHistory = (requestId: string) =>
  ({
    request: selectRequired(ApprovalRequest, requestId),
    rounds: select(ApprovalRound, { requestId }, { orderBy: ['round'] }),
    votes: votesOf(requestId),
    revocations: revocationsOf(requestId),
    participants: participantsOf(requestId),
    contributions: contributionsTo(requestId),
    delegations: delegationsOfTenant(),
    grants: select(ApprovalGrant, { requestId }, { orderBy: ['grantedAt', 'id'] }),
    uses: select(ApprovalUse, { requestId }, { orderBy: ['usedAt', 'id'] }),
    tightenedAt: tightenedAt(requestId),
  }) satisfies Queries;

function contributionsTo(requestId: string): Query<ContributionThen[]> {
  const text = `select c.person_id, min(c.contributed_at) as contributed_at from contribution c
    join approval_request r on r.tenant_id = $1 and r.subject_type = c.subject_type and r.subject_id = c.subject_id
    where c.tenant_id = $1 and r.id = $2 group by c.person_id order by c.person_id`;
  return sql(text, [requestId], (rows) =>
    rows.map((row) => ({ personId: row.person_id as string, contributedAt: row.contributed_at as Date })),
  );
}

function tightenedAt(requestId: string): Query<Date | null> {
  const text = `select min(e.at) as at from ledger_entry e
    where e.tenant_id = $1 and e.subject_id = $2 and e.action = $3 and e.outcome = 'DONE'
      and e.content::json->'body'->>'tightened' = 'true'`;
  return sql(text, [requestId, tightenException.name], (rows) => (rows[0]?.at as Date | null | undefined) ?? null);
}

/** A member's record as it stood at an instant. */
export interface MemberThen {
  readonly personId: string;
  readonly handle: string;
  readonly name: string;
  readonly isSuspended: boolean;
  /** The record that stood for the same human by then; null when it stood for itself. */
  readonly mergedInto: string | null;
  /**
   * When the first of the record's own accounts of that instant was linked, by which they could sign in; null when it came
   * with the record, and when the record had none.
   */
  readonly accountSince: Date | null;
}

/** Who was a member at an instant, and who held what. */
export interface PeopleThen {
  readonly members: readonly MemberThen[];
  readonly roles: readonly Eligible[];
}

/** Everybody who was a member at an instant, with the roles that they held. */
export const peopleAt = (instant: Date) => ({ members: membersAt(instant), roles: rolesAt(instant) }) satisfies Queries;

function membersAt(instant: Date): Query<MemberThen[]> {
  const text = `select p.id, p.handle, p.name,
      exists (select 1 from member_suspension s where s.tenant_id = $1 and s.person_id = p.id and s.suspended_at <= $2
        and (s.ended_at is null or s.ended_at > $2)) as suspended,
      (select m.into_person_id from member_merge m where m.tenant_id = $1 and m.person_id = p.id and m.merged_at <= $2
        order by m.merged_at desc, m.id desc limit 1) as merged_into,
      (select case when min(a.linked_at) > p.created_at then min(a.linked_at) end from account a where a.tenant_id = $1 and a.person_id = p.id and a.linked_at <= $2
        and (a.unlinked_at is null or a.unlinked_at > $2)) as account_since
    from person p where p.tenant_id = $1 and p.created_at <= $2 order by p.handle`;
  return sql(text, [instant], (rows) =>
    rows.map((row) => ({
      personId: row.id as string,
      handle: row.handle as string,
      name: row.name as string,
      isSuspended: row.suspended as boolean,
      mergedInto: row.merged_into as string | null,
      accountSince: row.account_since as Date | null,
    })),
  );
}
