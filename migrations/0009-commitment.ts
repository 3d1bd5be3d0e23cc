import type { QueryRunner } from 'typeorm';
import { createTenantTable, TablesMigration } from '../src/core/migration.js';

/** Promises of the sale, and the statement that there were none. */
export class Commitment1700000000009 extends TablesMigration {
  readonly tables = ['commitment', 'commitment_declaration'];

  async up(runner: QueryRunner): Promise<void> {
    await createTenantTable(
      runner,
      'commitment',
      `handoff_id uuid not null,
      text text not null,
      channel text not null check (channel in ('WRITTEN', 'VERBAL')),
      made_on date not null,
      made_by uuid not null,
      promised_to text not null,
      source text not null,
      due_on date,
      state text not null check (state in ('OPEN', 'SCOPE_LINE', 'TASK', 'DECLINED')),
      resolution_reference text,
      resolution_reason text,
      resolved_by uuid,
      resolved_at timestamptz(3),
      recorded_by uuid not null,
      recorded_at timestamptz(3) not null,
      check (due_on >= made_on),
      check ((state = 'OPEN') = (resolved_by is null and resolved_at is null)),
      check (state not in ('SCOPE_LINE', 'TASK') or resolution_reference is not null),
      check (state <> 'DECLINED' or coalesce(length(btrim(resolution_reason)), 0) >= 10),
      foreign key (tenant_id, handoff_id) references handoff (tenant_id, id),
      foreign key (tenant_id, made_by) references person (tenant_id, id),
      foreign key (tenant_id, resolved_by) references person (tenant_id, id),
      foreign key (tenant_id, recorded_by) references person (tenant_id, id)`,
      'select, insert, update',
    );
    await runner.query('create index commitment_handoff on commitment (tenant_id, handoff_id)');
    await createTenantTable(
      runner,
      'commitment_declaration',
      `handoff_id uuid not null,
      declared_by uuid not null,
      declared_at timestamptz(3) not null,
      unique (tenant_id, handoff_id),
      foreign key (tenant_id, handoff_id) references handoff (tenant_id, id),
      foreign key (tenant_id, declared_by) references person (tenant_id, id)`,
      'select, insert',
    );
  }
}
