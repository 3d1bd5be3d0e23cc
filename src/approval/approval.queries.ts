import { notFound } from '../core/error.js';
import { type Query, select, selectFirst, selectRequired, sql } from '../core/statement.js';
import { type EntityClass, hydrate, tableOf } from '../core/table.js';
import { eligiblePeople } from '../identity/identity.queries.js';
import { Account } from '../identity/person.entity.js';
import type { Subject } from './approval.rules.js';
import { AfterReview, ReviewState } from './after-review.entity.js';
import { Delegation } from './delegation.entity.js';
import { ApprovalRequest } from './request.entity.js';
import { ApprovalGrant, ApprovalParticipant, ApprovalRevocation, ApprovalUse, ApprovalVote } from './vote.entity.js';

/** The request, locked until the transaction ends: votes are counted under this lock. */
export const lockRequest = (id: string): Query<ApprovalRequest> =>
  selectRequired(ApprovalRequest, id, { lock: 'UPDATE' });

/**
 * Every request about a subject, ended ones too, locked in the order in which they were opened by the database's clock:
 * ids are made by processes whose clocks may differ. Whoever changes the subject's governed
 * content, or decides by its grants, locks the subject's own row first and then these.
 */
export const lockRequestsOf = ({ type, id }: Subject): Query<ApprovalRequest[]> =>
  select(ApprovalRequest, { subjectType: type, subjectId: id }, { orderBy: ['openedAt', 'id'], lock: 'UPDATE' });

/** Every request about a subject, ended ones too, for a dry run. */
export const requestsOf = ({ type, id }: Subject): Query<ApprovalRequest[]> =>
  select(ApprovalRequest, { subjectType: type, subjectId: id }, { orderBy: ['openedAt', 'id'] });

/** The votes of a request, of all rounds. */
export const votesOf = (requestId: string): Query<ApprovalVote[]> =>
  select(ApprovalVote, { requestId }, { orderBy: ['id'] });

/** Who took which part in a request, in all rounds. */
export const participantsOf = (requestId: string): Query<ApprovalParticipant[]> =>
  select(ApprovalParticipant, { requestId }, { orderBy: ['round', 'personId'] });

/** The approvals of a request that were taken back. */
export const revocationsOf = (requestId: string): Query<ApprovalRevocation[]> =>
  select(ApprovalRevocation, { requestId }, { orderBy: ['id'] });

/** Every delegation of the tenant, ended ones too: votes were cast by them. Few: absences of some people. */
export const delegationsOfTenant = (): Query<Delegation[]> => select(Delegation, {}, { orderBy: ['id'] });

/** The same, held until the transaction ends: none ends between the count and its commit (approvals rule 9). */
export const holdDelegations = (): Query<Delegation[]> => select(Delegation, {}, { orderBy: ['id'], lock: 'SHARE' });

/** Emergencies that nobody has reviewed yet. */
export const openReviews = (): Query<AfterReview[]> =>
  select(AfterReview, { state: ReviewState.OPEN }, { orderBy: ['id'] });

/** Everything that the count of a request's votes depends on, beside its row. */
export const votingQueries = (requestId: string) => ({
  votes: votesOf(requestId),
  revocations: revocationsOf(requestId),
  participants: participantsOf(requestId),
  contributors: contributorsOfRequest(requestId),
  delegations: delegationsOfTenant(),
  people: eligiblePeople(),
  merged: mergedPeople(),
});

const ofReview = '(select v.request_id from after_review v where v.tenant_id = $1 and v.id = $2)';

/** The request that an emergency passed, by its review. */
export function requestOfReview(reviewId: string): Query<ApprovalRequest> {
  const { selection } = tableOf(ApprovalRequest);
  return sql(
    `select ${selection} from approval_request where tenant_id = $1 and id = ${ofReview}`,
    [reviewId],
    (rows) => {
      if (!rows[0]) throw notFound('AfterReview', reviewId);
      return hydrate(ApprovalRequest, rows[0]);
    },
  );
}

/** votingQueries for the request of a review, and what was done under its grants. */
export function reviewVoting(reviewId: string) {
  const rows = <T extends object>(entity: EntityClass<T>): Query<T[]> => {
    const { name, selection } = tableOf(entity);
    const text = `select ${selection} from ${name} where tenant_id = $1 and request_id = ${ofReview}`;
    return sql(text, [reviewId], (found) => found.map((row) => hydrate(entity, row)));
  };
  return {
    votes: rows(ApprovalVote),
    revocations: rows(ApprovalRevocation),
    uses: rows(ApprovalUse),
    participants: rows(ApprovalParticipant),
    contributors: sql(
      `select distinct c.person_id from contribution c join approval_request r
        on r.tenant_id = $1 and r.subject_type = c.subject_type and r.subject_id = c.subject_id
        where c.tenant_id = $1 and r.id = ${ofReview}`,
      [reviewId],
      (found) => found.map((row) => row.person_id as string),
    ),
    delegations: delegationsOfTenant(),
    people: eligiblePeople(),
    merged: mergedPeople(),
  };
}

/** Everything that the worth of a subject's grants depends on, beside its requests (requestsOf or lockRequestsOf). */
export const grantQueries = (subject: Subject) => ({
  grants: grantsOf(subject),
  uses: rowsAbout(ApprovalUse, subject),
  votes: rowsAbout(ApprovalVote, subject),
  revocations: rowsAbout(ApprovalRevocation, subject),
  participants: rowsAbout(ApprovalParticipant, subject),
  contributors: contributorsOf(subject),
  delegations: delegationsOfTenant(),
  people: eligiblePeople(),
  merged: mergedPeople(),
});

function rowsAbout<T extends object>(entity: EntityClass<T>, { type, id }: Subject): Query<T[]> {
  const { name, selection } = tableOf(entity);
  const text = `select ${selection} from ${name} where tenant_id = $1 and request_id in (
    select r.id from approval_request r where r.tenant_id = $1 and r.subject_type = $2 and r.subject_id = $3)`;
  return sql(text, [type, id], (rows) => rows.map((row) => hydrate(entity, row)));
}

const GRANT_COLUMNS = tableOf(ApprovalGrant)
  .columns.map((column) => `g.${column.name}`)
  .join(', ');

/**
 * The grants about a subject that its current content could live under: reached by the current round of a request that
 * is still APPROVED, or USED. Ask coveringGrant which one covers the content; a decision locks lockRequestsOf before.
 */
export function grantsOf({ type, id }: Subject): Query<ApprovalGrant[]> {
  const text = `select ${GRANT_COLUMNS} from approval_grant g
    join approval_request r on r.tenant_id = $1 and r.id = g.request_id and r.round = g.round and r.state in ('APPROVED', 'USED')
    where g.tenant_id = $1 and g.subject_type = $2 and g.subject_id = $3 order by g.granted_at, g.id`;
  return sql(text, [type, id], (rows) => rows.map((row) => hydrate(ApprovalGrant, row)));
}

/** Everyone who ever wrote on a subject's governed content, by person record. */
export function contributorsOf({ type, id }: Subject): Query<string[]> {
  const text = `select distinct person_id from contribution where tenant_id = $1 and subject_type = $2 and subject_id = $3 order by person_id`;
  return sql(text, [type, id], (rows) => rows.map((row) => row.person_id as string));
}

/** The same, for the subject of a request. */
export function contributorsOfRequest(requestId: string): Query<string[]> {
  const text = `select distinct c.person_id from contribution c
    join approval_request r on r.tenant_id = $1 and r.subject_type = c.subject_type and r.subject_id = c.subject_id
    where c.tenant_id = $1 and r.id = $2 order by c.person_id`;
  return sql(text, [requestId], (rows) => rows.map((row) => row.person_id as string));
}

/** Person records that were declared to be the same human as another, with that other. */
export function mergedPeople(): Query<ReadonlyMap<string, string>> {
  const text = 'select id, merged_into from person where tenant_id = $1 and merged_into is not null';
  return sql(text, [], (rows) => new Map(rows.map((row) => [row.id as string, row.merged_into as string])));
}

/** Person records, and those into which they were merged: the roles are the canonical person's. */
const withCanonical = (ids: string): string =>
  `select p.id from person p where p.tenant_id = $1 and p.id in (${ids})
    union select m.merged_into from person m where m.tenant_id = $1 and m.id in (${ids})`;

/**
 * Holds the person records of the voters of a request, of whom they stood in for, and of some more, until the
 * transaction ends: a role cannot be taken, nor a membership ended, between the count and its commit (attack A4).
 */
export function holdVoters(requestId: string, personIds: readonly string[]): Query<void> {
  const hands = `select unnest($3::uuid[]) union select v.voter_id from approval_vote v where v.tenant_id = $1 and v.request_id = $2
    union select v.on_behalf_of from approval_vote v where v.tenant_id = $1 and v.request_id = $2`;
  const text = `select id from person where tenant_id = $1 and id in (${withCanonical(hands)}) order by id for share`;
  return sql(text, [requestId, personIds], () => undefined);
}

/** holdVoters for every request about a subject: nobody loses a role between the count at a gate and its commit. */
export function holdVotersAbout({ type, id }: Subject): Query<void> {
  const votes = `from approval_vote v join approval_request r on r.tenant_id = $1 and r.id = v.request_id
      and r.subject_type = $2 and r.subject_id = $3 where v.tenant_id = $1`;
  const hands = `select v.voter_id ${votes} union select v.on_behalf_of ${votes}`;
  const text = `select id from person where tenant_id = $1 and id in (${withCanonical(hands)}) order by id for share`;
  return sql(text, [type, id], () => undefined);
}

/** The account by id, or null; a vote names the person record that it belongs to. */
export const accountById = (id: string | null): Query<Account | null> =>
  selectFirst(Account, { id: id ?? '00000000-0000-0000-0000-000000000000' });
