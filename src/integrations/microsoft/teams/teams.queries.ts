import { type Query, sql } from '../../../core/statement.js';
import { TENANT_DIRECTORY } from '../../../identity/actor.queries.js';
import type { ConnectionReference } from '../telling.js';
import type { Mentioned } from './card.js';

/** What a card about an entry of the decision log says. */
export interface DecisionFacts {
  readonly number: string;
  readonly handoffId: string;
  readonly handoff: string;
  readonly client: string;
  readonly question: string;
  readonly state: string;
  readonly outcome: string | null;
  readonly dueOn: string;
  /** When its owner was given it, as the mark of the card names it. */
  readonly assigned: string;
  readonly owner: Mentioned;
  readonly contact: Mentioned;
  readonly blocksKickoff: boolean;
  /** The newest brief of the handoff in SharePoint. */
  readonly briefUrl: string | null;
}

/** What a card about a handoff that awaits its sign-off says. */
export interface SignOffFacts {
  readonly handoffId: string;
  readonly handoff: string;
  readonly client: string;
  readonly stage: string;
  /** Who answers for delivery; null while nobody was named. */
  readonly deliveryManager: Mentioned | null;
  readonly briefUrl: string | null;
}

/** What a card about an alert says: codes and ids alone, as the alert itself. */
export interface AlertFacts {
  readonly code: string;
  readonly subjectType: string;
  readonly subjectId: string;
  readonly acknowledged: boolean;
}

/** A person's object id in the tenant's own directory, by which Teams mentions them. */
export const oidOf = (person: string): string =>
  `(select a.subject from account a where a.tenant_id = $1 and a.person_id = ${person}
    and a.issuer = '${TENANT_DIRECTORY}' and a.unlinked_at is null order by a.id limit 1)`;

/** The newest brief of a handoff in SharePoint. */
export const briefUrlOf = (handoff: string): string =>
  `(select f.web_url from stored_file f join brief b on b.tenant_id = $1 and b.id = f.brief_id
    where f.tenant_id = $1 and b.handoff_id = ${handoff} and f.format = 'DOCX' order by b.version desc limit 1)`;

/** A person as a row names them. */
export const mentioned = (name: unknown, oid: unknown): Mentioned => ({
  name: name as string,
  oid: (oid ?? null) as string | null,
});

/** An entry of the log with its people; null when it does not exist. */
export const decisionFacts = (id: string): Query<DecisionFacts | null> =>
  sql(
    `select d.number, d.handoff_id, h.number as handoff, c.name as client, d.question, d.state, d.outcome, d.due_on,
       extract(epoch from d.assigned_at)::text as assigned, d.blocks_kickoff, o.name as owner, ${oidOf('d.owner_id')} as owner_oid,
       e.name as contact, ${oidOf('d.escalation_contact_id')} as contact_oid, ${briefUrlOf('d.handoff_id')} as brief_url
     from decision d
     join handoff h on h.tenant_id = $1 and h.id = d.handoff_id
     join client c on c.tenant_id = $1 and c.id = h.client_id
     join person o on o.tenant_id = $1 and o.id = d.owner_id
     join person e on e.tenant_id = $1 and e.id = d.escalation_contact_id
     where d.tenant_id = $1 and d.id = $2`,
    [id],
    ([row]) =>
      row
        ? {
            number: row.number as string,
            handoffId: row.handoff_id as string,
            handoff: row.handoff as string,
            client: row.client as string,
            question: row.question as string,
            state: row.state as string,
            outcome: row.outcome as string | null,
            dueOn: row.due_on as string,
            assigned: row.assigned as string,
            owner: mentioned(row.owner, row.owner_oid),
            contact: mentioned(row.contact, row.contact_oid),
            blocksKickoff: row.blocks_kickoff as boolean,
            briefUrl: row.brief_url as string | null,
          }
        : null,
  );

/** A handoff with whoever answers for its delivery; null when it does not exist. */
export const signOffFacts = (id: string): Query<SignOffFacts | null> =>
  sql(
    `select h.id, h.number as handoff, c.name as client, h.stage, p.name as manager, ${oidOf('p.id')} as manager_oid,
       ${briefUrlOf('h.id')} as brief_url
     from handoff h
     join client c on c.tenant_id = $1 and c.id = h.client_id
     left join person p on p.tenant_id = $1 and p.id = h.delivery_manager_id
     where h.tenant_id = $1 and h.id = $2`,
    [id],
    ([row]) =>
      row
        ? {
            handoffId: row.id as string,
            handoff: row.handoff as string,
            client: row.client as string,
            stage: row.stage as string,
            deliveryManager: row.manager === null ? null : mentioned(row.manager, row.manager_oid),
            briefUrl: row.brief_url as string | null,
          }
        : null,
  );

/** An alert; null when it does not exist. */
export const alertFacts = (id: string): Query<AlertFacts | null> =>
  sql(
    `select code, subject_type, subject_id, acknowledged_at is not null as acknowledged
     from alert where tenant_id = $1 and id = $2`,
    [id],
    ([row]) =>
      row
        ? {
            code: row.code as string,
            subjectType: row.subject_type as string,
            subjectId: row.subject_id as string,
            acknowledged: row.acknowledged as boolean,
          }
        : null,
  );

/** A connection as its own test names it; null when it has been disconnected. */
export const channelReference = (integrationId: string): Query<ConnectionReference | null> =>
  sql(
    `select id, secret_version from integration where tenant_id = $1 and id = $2 and state <> 'DISCONNECTED'`,
    [integrationId],
    ([row]) => (row ? { id: row.id as string, secretVersion: row.secret_version as number } : null),
  );

/** People by their ids, as a card mentions them. */
export const peopleToMention = (ids: readonly string[]): Query<ReadonlyMap<string, Mentioned>> =>
  sql(
    `select p.id, p.name, ${oidOf('p.id')} as oid from person p where p.tenant_id = $1 and p.id = any($2::uuid[])`,
    [[...ids]],
    (rows) => new Map(rows.map((row) => [row.id as string, mentioned(row.name, row.oid)])),
  );
