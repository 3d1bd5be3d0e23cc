import type { QueryRunner } from 'typeorm';
import { createTenantTable, TablesMigration } from '../src/core/migration.js';

/** The counterparts of projects, milestones and tasks in the PSA. */
export class HaloPsa1700000000027 extends TablesMigration {
  readonly tables = ['psa_object'];

  async up(runner: QueryRunner): Promise<void> {
    await createTenantTable(
      runner,
      'psa_object',
      `handoff_id uuid not null,
      kind text not null check (kind in ('PROJECT', 'MILESTONE', 'TASK')),
      own_id uuid not null,
      label text not null check (length(label) between 1 and 80),
      remote_id text check (length(remote_id) between 1 and 80),
      digest text check (digest ~ '^[0-9a-f]{64}$'),
      written_at timestamptz(3),
      check ((remote_id is null) = (written_at is null) and (remote_id is null) = (digest is null)),
      unique (tenant_id, own_id),
      unique (tenant_id, handoff_id, label),
      foreign key (tenant_id, handoff_id) references handoff (tenant_id, id)`,
      'select, insert, update',
    );
  }
}
