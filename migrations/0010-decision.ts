import type { QueryRunner } from 'typeorm';
import { createTenantTable, TablesMigration } from '../src/core/migration.js';

/** The decision log. */
export class Decision1700000000010 extends TablesMigration {
  readonly tables = ['decision'];

  async up(runner: QueryRunner): Promise<void> {
    await createTenantTable(
      runner,
      'decision',
      `handoff_id uuid not null,
      number text not null,
      kind text not null check (kind in ('ASSUMPTION', 'CONFLICT', 'QUESTION', 'RISK')),
      question text not null,
      context text,
      assumption_id uuid,
      owner_id uuid not null,
      due_on date not null,
      escalation_contact_id uuid not null,
      blocks_kickoff boolean not null,
      state text not null check (state in ('OPEN', 'RESOLVED', 'OBSOLETE')),
      outcome text,
      reason text,
      decided_by uuid,
      decided_at timestamptz(3),
      opened_by uuid not null,
      opened_at timestamptz(3) not null,
      sources text not null check (sources <> '[]'),
      check ((state = 'OPEN') = (decided_by is null and decided_at is null)),
      check (state = 'OPEN' or reason is not null),
      check (state <> 'RESOLVED' or outcome is not null),
      unique (tenant_id, handoff_id, number),
      foreign key (tenant_id, handoff_id) references handoff (tenant_id, id),
      foreign key (tenant_id, assumption_id) references assumption (tenant_id, id) on delete set null (assumption_id),
      foreign key (tenant_id, owner_id) references person (tenant_id, id),
      foreign key (tenant_id, escalation_contact_id) references person (tenant_id, id),
      foreign key (tenant_id, decided_by) references person (tenant_id, id),
      foreign key (tenant_id, opened_by) references person (tenant_id, id)`,
      'select, insert, update',
    );
    await runner.query(
      'create unique index decision_assumption on decision (tenant_id, assumption_id) where assumption_id is not null',
    );
    await runner.query('create index decision_due on decision (tenant_id, state, due_on)');
  }
}
