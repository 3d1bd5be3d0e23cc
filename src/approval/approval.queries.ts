import { type Query, select, selectFirst, selectRequired, sql } from '../core/statement.js';
import { type EntityClass, hydrate, tableOf } from '../core/table.js';
import { Account } from '../identity/person.entity.js';
import type { Subject } from './approval.rules.js';
import { ApprovalRequest } from './request.entity.js';
import { ApprovalGrant, ApprovalParticipant, ApprovalVote } from './vote.entity.js';

/** The request, locked until the transaction ends: votes are counted under this lock. */
export const lockRequest = (id: string): Query<ApprovalRequest> =>
  selectRequired(ApprovalRequest, id, { lock: 'UPDATE' });

/**
 * Every request about a subject, ended ones too, locked in the order of their ids. Whoever changes the subject's governed
 * content, or decides by its grants, locks the subject's own row first and then these.
 */
export const lockRequestsOf = ({ type, id }: Subject): Query<ApprovalRequest[]> =>
  select(ApprovalRequest, { subjectType: type, subjectId: id }, { orderBy: ['id'], lock: 'UPDATE' });

/** Every request about a subject, ended ones too, for a dry run. */
export const requestsOf = ({ type, id }: Subject): Query<ApprovalRequest[]> =>
  select(ApprovalRequest, { subjectType: type, subjectId: id }, { orderBy: ['id'] });

/** The votes of a request, of all rounds. */
export const votesOf = (requestId: string): Query<ApprovalVote[]> =>
  select(ApprovalVote, { requestId }, { orderBy: ['id'] });

/** Who took which part in a request, in all rounds. */
export const participantsOf = (requestId: string): Query<ApprovalParticipant[]> =>
  select(ApprovalParticipant, { requestId }, { orderBy: ['round', 'personId'] });

/** The votes of every request about a subject. */
export const votesAbout = (subject: Subject): Query<ApprovalVote[]> => rowsAbout(ApprovalVote, subject);

/** Who took which part in the requests about a subject. */
export const participantsAbout = (subject: Subject): Query<ApprovalParticipant[]> =>
  rowsAbout(ApprovalParticipant, subject);

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
 * is still APPROVED. Ask standingGrants whether their quorum stands and liveGrant which one covers the content; a
 * decision locks lockRequestsOf before.
 */
export function grantsOf({ type, id }: Subject): Query<ApprovalGrant[]> {
  const text = `select ${GRANT_COLUMNS} from approval_grant g
    join approval_request r on r.tenant_id = $1 and r.id = g.request_id and r.round = g.round and r.state = 'APPROVED'
    where g.tenant_id = $1 and g.subject_type = $2 and g.subject_id = $3 order by g.id`;
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

/**
 * Holds the person records of the voters of a request, and of one more, until the transaction ends: a role cannot be
 * taken, nor a membership ended, between the count and its commit (attack A4).
 */
export function holdVoters(requestId: string, personId: string): Query<void> {
  const text = `select id from person where tenant_id = $1
    and (id = $3 or id in (select voter_id from approval_vote where tenant_id = $1 and request_id = $2)) order by id for share`;
  return sql(text, [requestId, personId], () => undefined);
}

/** The account by id, or null; a vote names the person record that it belongs to. */
export const accountById = (id: string | null): Query<Account | null> =>
  selectFirst(Account, { id: id ?? '00000000-0000-0000-0000-000000000000' });
