import { notFound } from '../core/error.js';
import { type Query, sql } from '../core/statement.js';
import { columnsOf, hydrate, tableOf } from '../core/table.js';
import { Stakeholder } from '../handoff/content.entity.js';
import { Handoff } from '../handoff/handoff.entity.js';
import { IN_ENDED } from '../handoff/stage.rules.js';
import { Person } from '../identity/person.entity.js';
import type { Duty, OpenDuty } from './erasure.rules.js';
import { FREE_TEXTS } from './free-texts.js';

/** The records of the human behind a person, `$2`; merges do not chain (mergeMember). */
const RECORDS = `(select r.id from person r where r.tenant_id = $1 and coalesce(r.merged_into, r.id) =
  (select coalesce(p.merged_into, p.id) from person p where p.tenant_id = $1 and p.id = $2))`;

/** Every record of the human, locked in the order of their ids; NOT_FOUND when there is no such person. */
export function lockRecordsOf(personId: string): Query<Person[]> {
  const { selection } = tableOf(Person);
  return sql(
    `select ${selection} from person where tenant_id = $1 and id in ${RECORDS} order by id for update`,
    [personId],
    (rows) => {
      if (rows.length === 0) throw notFound('Person', personId);
      return rows.map((row) => hydrate(Person, row));
    },
  );
}

/** What the human still has to do. */
export function openDutiesOf(personId: string): Query<OpenDuty[]> {
  const handoffs = (duty: Duty, column: string): string =>
    `select '${duty}' as duty, h.number from handoff h where h.tenant_id = $1 and h.${column} in ${RECORDS} and h.stage not in ${IN_ENDED}`;
  const decisions = (duty: Duty, column: string): string =>
    `select '${duty}', h.number || ' ' || d.number from decision d join handoff h on h.tenant_id = $1 and h.id = d.handoff_id
      where d.tenant_id = $1 and d.${column} in ${RECORDS} and d.state = 'OPEN'`;
  const projects = `join handoff h on h.tenant_id = $1 and h.id = p.handoff_id and h.stage not in ${IN_ENDED}`;
  return sql(
    `select duty, array_agg(distinct number order by number) as numbers from (
      ${handoffs('HANDOFF_OWNER', 'owner_id')}
      union all ${handoffs('DELIVERY_MANAGER', 'delivery_manager_id')}
      union all ${decisions('DECISION_OWNER', 'owner_id')}
      union all ${decisions('DECISION_ESCALATION', 'escalation_contact_id')}
      union all select 'PROJECT_LEAD', p.number from project p ${projects}
        where p.tenant_id = $1 and p.project_lead_id in ${RECORDS} and p.state <> 'CANCELLED'
      union all select 'TASK_OWNER', p.number from project_task t
        join project p on p.tenant_id = $1 and p.id = t.project_id ${projects}
        where t.tenant_id = $1 and t.owner_id in ${RECORDS} and t.state = 'OPEN'
      union all select 'ACTION_OWNER', h.number || ' ' || i.number
        from action_item i join handoff h on h.tenant_id = $1 and h.id = i.handoff_id and h.stage <> 'WITHDRAWN'
        where i.tenant_id = $1 and i.owner_id in ${RECORDS} and i.state = 'OPEN'
      union all select 'APPROVAL_REQUESTER', a.id::text from approval_request a
        where a.tenant_id = $1 and a.requester_id in ${RECORDS} and a.state = 'PENDING'
    ) open group by duty order by duty`,
    [personId],
    (rows) => rows.map((row) => ({ duty: row.duty as Duty, numbers: row.numbers as string[] })),
  );
}

/** Handoffs whose content mentions one of the texts of `named`, lower case: what people wrote of a name they knew. */
const MENTIONED = FREE_TEXTS.map(({ table, columns, handoff }) => {
  const found = columns.map((column) => `strpos(lower(x.${column}), n.text) > 0`).join(' or ');
  return `select x.${handoff} from ${table} x join named n on ${found} where x.tenant_id = $1`;
}).join(' union all ');

/** Names of fewer letters would be found everywhere. */
const LONG_ENOUGH = 'where length(text) > 2';

/** The handoffs that a member owned or that tell of them, locked in the order of their ids. */
export function lockHandoffsAbout(personId: string): Query<Handoff[]> {
  return lockHandoffs(
    `with named as (select text from (select lower(unnest(array[p.name, p.email])) as text
      from person p where p.tenant_id = $1 and p.id in ${RECORDS}) n ${LONG_ENOUGH})`,
    `h.owner_id in ${RECORDS} or h.id in (${MENTIONED})`,
    [personId],
  );
}

/** The briefs and issued documents of handoffs, which `condition` names by `handoff_id`. */
export const recordsOf = (condition: string): string =>
  `select b.id from brief b where b.tenant_id = $1 and b.handoff_id ${condition}
    union all select d.id from issued_document d where d.tenant_id = $1 and d.handoff_id ${condition}`;

/**
 * The stakeholders whom these still name although their rows are gone: taken out by sales, or replaced by the PSA's. Who
 * they were only the sealed text says.
 */
export const goneFrom = (condition: string): string =>
  `select distinct t.subject_id as id from personal_text t
    join personal_key k on k.tenant_id = $1 and k.id = t.subject_id and k.kind = 'STAKEHOLDER' and k.wrapped is not null
    where t.tenant_id = $1 and t.record_id in (${recordsOf(condition)})
      and not exists (select 1 from stakeholder s where s.tenant_id = $1 and s.id = t.subject_id)`;

/**
 * A handoff and those of the same client that tell of the same person, or of somebody whose row is gone and who may be
 * the same; locked in the order of their ids.
 */
export function lockHandoffsOfContact(handoffId: string, stakeholderId: string): Query<Handoff[]> {
  return lockHandoffs(
    `with named as (select text from (select lower(unnest(array[s.name, s.email])) as text
      from stakeholder s where s.tenant_id = $1 and s.id = $3 and s.handoff_id = $2) n ${LONG_ENOUGH})`,
    `h.id = $2 or (h.client_id = (select o.client_id from handoff o where o.tenant_id = $1 and o.id = $2)
      and (h.id in (${MENTIONED}) or exists (${goneFrom('= h.id')})))`,
    [handoffId, stakeholderId],
  );
}

/** Every handoff of a deal, locked in the order of their ids. */
export const lockHandoffsOfDealId = (dealId: string): Query<Handoff[]> => lockHandoffs('', 'h.deal_id = $2', [dealId]);

function lockHandoffs(head: string, condition: string, values: readonly unknown[]): Query<Handoff[]> {
  return sql(
    `${head} select ${columnsOf(Handoff, 'h')} from handoff h where h.tenant_id = $1 and (${condition}) order by h.id for update of h`,
    values,
    (rows) => rows.map((row) => hydrate(Handoff, row)),
  );
}

/** The stakeholders of all handoffs of a handoff's client. */
export function stakeholdersOfClient(handoffId: string): Query<Stakeholder[]> {
  return stakeholders(
    'h.client_id = (select o.client_id from handoff o where o.tenant_id = $1 and o.id = $2)',
    handoffId,
  );
}

/** The stakeholders of a deal's handoffs. */
export const stakeholdersOfDeal = (dealId: string): Query<Stakeholder[]> => stakeholders('h.deal_id = $2', dealId);

/** The stakeholders that bear a member's name or mail address. */
export function stakeholdersLike(personId: string): Query<Stakeholder[]> {
  return stakeholders(
    `exists (select 1 from person p where p.tenant_id = $1 and p.id in ${RECORDS}
      and (lower(p.name) = lower(s.name) or lower(p.email) = lower(s.email)))`,
    personId,
  );
}

function stakeholders(condition: string, value: string): Query<Stakeholder[]> {
  return sql(
    `select ${columnsOf(Stakeholder, 's')} from stakeholder s join handoff h on h.tenant_id = $1 and h.id = s.handoff_id
      where s.tenant_id = $1 and ${condition} order by s.id`,
    [value],
    (rows) => rows.map((row) => hydrate(Stakeholder, row)),
  );
}

/** Whom evidence and commitments of a deal's handoffs name on the client's side. */
export function namedInDeal(dealId: string): Query<string[]> {
  return sql(
    `select distinct name from (
      select c.promised_to as name from commitment c join handoff h on h.tenant_id = $1 and h.id = c.handoff_id
        where c.tenant_id = $1 and h.deal_id = $2
      union all select signer ->> 'name' from evidence e join handoff h on h.tenant_id = $1 and h.id = e.handoff_id
        cross join lateral jsonb_array_elements(e.signers::jsonb) as signer
        where e.tenant_id = $1 and h.deal_id = $2 and signer ->> 'side' = 'CLIENT') named`,
    [dealId],
    (rows) => rows.map((row) => row.name as string),
  );
}
