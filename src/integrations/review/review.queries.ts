import { type Query, sql } from '../../core/statement.js';

/** Everybody who connected a connection, changed it or gave it credentials, as the ledger has them. */
export const handsIn = (integrationId: string): Query<string[]> =>
  sql(
    `select distinct actor_id from ledger_entry
     where tenant_id = $1 and subject_id = $2 and subject_type = 'Integration' and outcome = 'DONE'
       and actor_kind = 'PERSON'
       and action in ('connectIntegration', 'rotateIntegrationSecret', 'updateIntegrationSettings')
     order by actor_id`,
    [integrationId],
    (rows) => rows.map(({ actor_id }) => actor_id as string),
  );

/** The connections that a quarter's review is still to be asked for: made before it began, and connected now. */
export const unreviewed = (period: string, from: Date): Query<string[]> =>
  sql(
    `select i.id from integration i
     where i.tenant_id = $1 and i.state <> 'DISCONNECTED'
       and exists (select 1 from ledger_entry l where l.tenant_id = $1 and l.subject_id = i.id::text
         and l.subject_type = 'Integration' and l.action = 'connectIntegration' and l.outcome = 'DONE' and l.at < $3)
       and not exists (select 1 from outbox_effect e where e.tenant_id = $1
         and e.effect_key = 'integration.review/' || i.id || '/' || $2)
     order by i.id`,
    [period, from],
    (rows) => rows.map(({ id }) => id as string),
  );
