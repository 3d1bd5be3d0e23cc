import { Field, ID, Int, ObjectType } from 'type-graphql';
import { DateTimeScalar, LocalDateScalar } from '../../core/graphql/scalars.js';
import { type Query, sql } from '../../core/statement.js';
import { ConnectionState, type ConnectionSettings } from '../connection/connection.entity.js';
import { GrantedClass } from './powerbi.entity.js';
import { powerBiSettings } from './powerbi.settings.js';
import { PUSH_RETIRES_ON } from './push.model.js';

/** What one connection to Power BI is set to, may send, and has sent. */
@ObjectType({ description: 'A connection to Power BI: what it does, what may leave, and how far it is.' })
export class PowerBiState {
  @Field(() => ID, { description: 'The connection.' })
  integrationId: string;

  @Field(() => String, { description: 'What you call it.' })
  name: string;

  @Field(() => ConnectionState, { description: 'Whether it can be used.' })
  state: ConnectionState;

  @Field(() => ID, { description: 'The workspace.' })
  workspaceId: string;

  @Field(() => ID, { nullable: true, description: 'The report on the reports page; null when none is set.' })
  reportId: string | null;

  @Field(() => ID, { nullable: true, description: 'The semantic model that is refreshed; null when none is set.' })
  datasetId: string | null;

  @Field(() => Boolean, { description: 'Whether rows are pushed.' })
  pushes: boolean;

  @Field(() => LocalDateScalar, { description: 'The last day on which Microsoft makes new push datasets.' })
  pushRetiresOn: string;

  @Field(() => ID, { nullable: true, description: 'The push dataset; null before it is made.' })
  pushDatasetId: string | null;

  @Field(() => [GrantedClass], { description: 'What not everybody may see and may leave for this workspace.' })
  classes: GrantedClass[];

  @Field(() => Int, { description: 'Batches of rows that have not gone out yet.' })
  waitingBatches: number;

  @Field(() => Int, {
    description: 'Batches of which nobody knows whether they arrived; their effects say what to do.',
  })
  unknownBatches: number;

  @Field(() => DateTimeScalar, { nullable: true, description: 'When rows went out last; null before the first.' })
  sentAt: Date | null;

  @Field(() => Boolean, { description: 'Whether the model is refreshed after changes.' })
  refreshes: boolean;

  @Field(() => Int, { description: 'How often a day it is refreshed at most.' })
  refreshesPerDay: number;
}

/** Every connection to Power BI that is not ended, the oldest first. */
export const powerBiStates = (): Query<PowerBiState[]> =>
  sql(
    `select i.id, i.name, i.state, i.settings, p.dataset_id,
       array(select c.field_class from power_bi_class c where c.tenant_id = $1 and c.integration_id = i.id
         and c.revoked_at is null and c.workspace_id::text = lower(i.settings::json ->> 'workspaceId') order by 1) as classes,
       (select max(b.sent_at) from power_bi_batch b where b.tenant_id = $1 and b.integration_id = i.id) as sent_at,
       e.waiting, e.unknown
     from integration i
     left join power_bi_push p on p.tenant_id = $1 and p.integration_id = i.id
     cross join lateral (select count(*) filter (where o.state = 'PENDING')::int as waiting,
         count(*) filter (where o.state = 'UNKNOWN')::int as unknown
       from outbox_effect o where o.tenant_id = $1 and o.aggregate_id = i.id and o.state in ('PENDING', 'UNKNOWN')
         and o.kind in ('powerbi.rows', 'powerbi.table')) e
     where i.tenant_id = $1 and i.vendor = 'POWERBI' and i.state <> 'DISCONNECTED' order by i.id`,
    [],
    (rows) =>
      rows.map((row) => {
        const settings = powerBiSettings(JSON.parse(row.settings as string) as ConnectionSettings);
        const { workspaceId, reportId, datasetId, pushes, refreshes, refreshesPerDay } = settings;
        return Object.assign(new PowerBiState(), {
          integrationId: row.id as string,
          name: row.name as string,
          state: row.state as ConnectionState,
          workspaceId,
          reportId,
          datasetId,
          pushes,
          refreshes,
          refreshesPerDay,
          pushRetiresOn: PUSH_RETIRES_ON,
          pushDatasetId: row.dataset_id as string | null,
          classes: row.classes as GrantedClass[],
          waitingBatches: row.waiting as number,
          unknownBatches: row.unknown as number,
          sentAt: row.sent_at as Date | null,
        });
      }),
  );
