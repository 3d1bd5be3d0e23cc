import type { QueryRunner } from 'typeorm';
import { createTenantTable, TablesMigration } from '../src/core/migration.js';

/** Kickoff dates and the feedback that closes a handoff. */
export class Kickoff1700000000015 extends TablesMigration {
  readonly tables = ['kickoff', 'handoff_feedback'];

  async up(runner: QueryRunner): Promise<void> {
    await createTenantTable(
      runner,
      'kickoff',
      `handoff_id uuid not null,
      state text not null check (state in ('SCHEDULED', 'HELD', 'VOID')),
      starts_at timestamptz(3) not null,
      duration_minutes int not null check (duration_minutes between 15 and 480),
      sign_off_id uuid not null,
      scheduled_by uuid not null,
      scheduled_at timestamptz(3) not null,
      held_at timestamptz(3),
      void_reason text,
      foreign key (tenant_id, handoff_id) references handoff (tenant_id, id),
      foreign key (tenant_id, sign_off_id) references feasibility_sign_off (tenant_id, id),
      foreign key (tenant_id, scheduled_by) references person (tenant_id, id)`,
      'select, insert, update',
    );
    await runner.query(
      "create unique index kickoff_scheduled on kickoff (tenant_id, handoff_id) where state = 'SCHEDULED'",
    );
    await runner.query('create index kickoff_handoff on kickoff (tenant_id, handoff_id)');
    await createTenantTable(
      runner,
      'handoff_feedback',
      `handoff_id uuid not null,
      accurate boolean not null,
      surprises text not null,
      expectations_met boolean not null,
      given_by uuid not null,
      given_at timestamptz(3) not null,
      foreign key (tenant_id, handoff_id) references handoff (tenant_id, id),
      foreign key (tenant_id, given_by) references person (tenant_id, id)`,
      'select, insert',
    );
    await runner.query('create index handoff_feedback_handoff on handoff_feedback (tenant_id, handoff_id)');
  }
}
