import type { QueryRunner } from 'typeorm';
import { createTenantTable, TablesMigration } from '../src/core/migration.js';

const CONNECTION = 'foreign key (tenant_id, integration_id) references integration (tenant_id, id)';

/** Power BI: what may leave, the push dataset with what went out, and refreshes. */
export class PowerBi1700000000048 extends TablesMigration {
  readonly tables = ['power_bi_class', 'power_bi_push', 'power_bi_batch', 'power_bi_row', 'power_bi_refresh'];

  async up(runner: QueryRunner): Promise<void> {
    await createTenantTable(
      runner,
      'power_bi_class',
      `integration_id uuid not null,
      workspace_id uuid not null,
      field_class text not null check (field_class in ('MARGIN', 'PERSONAL')),
      granted_by_id uuid not null,
      granted_at timestamptz(3) not null,
      revoked_at timestamptz(3),
      ${CONNECTION},
      foreign key (tenant_id, granted_by_id) references person (tenant_id, id)`,
      'select, insert, update',
    );
    await runner.query(`create unique index power_bi_class_live on power_bi_class
      (tenant_id, integration_id, workspace_id, field_class) where revoked_at is null`);
    await createTenantTable(
      runner,
      'power_bi_push',
      `integration_id uuid not null,
      dataset_id uuid,
      workspace_id uuid,
      asked_digest text check (asked_digest ~ '^[0-9a-f]{64}$'),
      schema_digest text check (schema_digest ~ '^[0-9a-f]{64}$'),
      generation int not null check (generation >= 0),
      batch_seq int not null check (batch_seq >= 0),
      model_state text check (length(model_state) <= 40),
      has_more bool not null,
      planned_at timestamptz(3),
      check ((dataset_id is null) = (workspace_id is null)),
      unique (tenant_id, integration_id),
      ${CONNECTION}`,
      'select, insert, update',
    );
    await createTenantTable(
      runner,
      'power_bi_batch',
      `integration_id uuid not null,
      seq int not null check (seq >= 1),
      generation int not null check (generation >= 1),
      table_name text not null check (length(table_name) between 1 and 80),
      form text not null check (form in ('ROWS', 'WHOLE')),
      row_count int not null check (row_count between 0 and 1000000),
      state text not null check (state in ('PLANNED', 'SENT', 'FOUND', 'VOID')),
      planned_at timestamptz(3) not null,
      sent_at timestamptz(3),
      check ((sent_at is null) = (state in ('PLANNED', 'VOID'))),
      unique (tenant_id, integration_id, seq),
      ${CONNECTION}`,
      'select, insert, update',
    );
    await runner.query('create index power_bi_batch_sent on power_bi_batch (tenant_id, integration_id, sent_at)');
    await createTenantTable(
      runner,
      'power_bi_row',
      `integration_id uuid not null,
      table_name text not null check (length(table_name) between 1 and 80),
      row_key text not null check (length(row_key) between 1 and 200),
      digest text not null check (length(digest) = 32),
      batch_id uuid not null,
      gone bool not null,
      ${CONNECTION},
      foreign key (tenant_id, batch_id) references power_bi_batch (tenant_id, id)`,
      'select, insert, update, delete',
      'tenant_id, integration_id, table_name, row_key',
    );
    await runner.query('create index power_bi_row_batch on power_bi_row (tenant_id, batch_id)');
    await createTenantTable(
      runner,
      'power_bi_refresh',
      `integration_id uuid not null,
      dataset_id uuid not null,
      cause text not null check (cause in ('MODEL', 'PERSON')),
      asked_by_id uuid,
      asked_at timestamptz(3) not null,
      model_state text check (length(model_state) <= 40),
      status text not null check (status in ('ASKED', 'RUNNING', 'COMPLETED', 'FAILED', 'CANCELLED', 'DISABLED', 'REFUSED')),
      request_id text check (length(request_id) between 1 and 80),
      started_at timestamptz(3),
      ended_at timestamptz(3),
      reason text check (length(reason) <= 80),
      remedy text check (length(remedy) <= 1000),
      check ((asked_by_id is null) = (cause = 'MODEL')),
      ${CONNECTION},
      foreign key (tenant_id, asked_by_id) references person (tenant_id, id)`,
      'select, insert, update',
    );
    await runner.query(`create unique index power_bi_refresh_open on power_bi_refresh (tenant_id, integration_id)
      where status in ('ASKED', 'RUNNING')`);
    await runner.query('create index power_bi_refresh_asked on power_bi_refresh (tenant_id, integration_id, asked_at)');
  }
}
