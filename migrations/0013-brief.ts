import type { QueryRunner } from 'typeorm';
import { applicationRole, createTenantTable, TablesMigration } from '../src/core/migration.js';

/** The versions of each handoff's brief. */
export class Brief1700000000013 extends TablesMigration {
  readonly tables = ['brief'];

  async up(runner: QueryRunner): Promise<void> {
    await createTenantTable(
      runner,
      'brief',
      `handoff_id uuid not null,
      version int not null check (version > 0),
      state text not null check (state in ('DRAFT', 'RELEASED')),
      document text not null,
      markdown text not null,
      markdown_hash text not null check (markdown_hash ~ '^[0-9a-f]{64}$'),
      docx_hash text check (docx_hash ~ '^[0-9a-f]{64}$'),
      statement_count int not null check (statement_count >= 0),
      deal_snapshot_id uuid not null,
      baseline_id uuid,
      sources text not null check (sources <> '[]'),
      created_at timestamptz(3) not null,
      created_by text not null,
      released_by uuid,
      released_at timestamptz(3),
      markdown_path text,
      docx_path text,
      stored_at timestamptz(3),
      check ((state = 'RELEASED') = (released_by is not null)),
      check ((released_by is null) = (released_at is null)),
      check ((stored_at is null) = (markdown_path is null)),
      check ((stored_at is null) = (docx_path is null)),
      check ((stored_at is null) = (docx_hash is null)),
      unique (tenant_id, handoff_id, version),
      foreign key (tenant_id, handoff_id) references handoff (tenant_id, id),
      foreign key (tenant_id, deal_snapshot_id) references deal_snapshot (tenant_id, id),
      foreign key (tenant_id, handoff_id, baseline_id) references budget_baseline (tenant_id, handoff_id, id),
      foreign key (tenant_id, released_by) references person (tenant_id, id)`,
      'select, insert',
    );
    // What was generated stands as it was: only release and storage are written afterwards.
    await runner.query(
      `grant update (state, released_by, released_at, docx_hash, markdown_path, docx_path, stored_at) on brief to ${await applicationRole(runner)}`,
    );
  }
}
