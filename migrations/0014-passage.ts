import type { QueryRunner } from 'typeorm';
import { createTenantTable, TablesMigration } from '../src/core/migration.js';

/** Gate evaluations with their findings, and returns. All append-only: they are evidence. */
export class Passage1700000000014 extends TablesMigration {
  readonly tables = ['gate_evaluation', 'gate_finding', 'handoff_return'];

  async up(runner: QueryRunner): Promise<void> {
    await createTenantTable(
      runner,
      'gate_evaluation',
      `handoff_id uuid not null,
      gate text not null check (gate in ('SUBMIT', 'SIGN_OFF', 'KICKOFF')),
      verdict text not null check (verdict in ('PASSED', 'REFUSED')),
      handoff_revision int not null,
      terms_revision int not null,
      completeness_bps int not null check (completeness_bps between 0 and 10000),
      asked_by text not null,
      evaluated_at timestamptz(3) not null,
      sources text not null check (sources <> '[]'),
      foreign key (tenant_id, handoff_id) references handoff (tenant_id, id)`,
      'select, insert',
    );
    await runner.query('create index gate_evaluation_handoff on gate_evaluation (tenant_id, handoff_id, id)');
    await createTenantTable(
      runner,
      'gate_finding',
      `evaluation_id uuid not null,
      handoff_id uuid not null,
      position int not null,
      code text not null,
      severity text not null check (severity in ('BLOCKING', 'WARNING')),
      path text not null,
      message text not null,
      facts text not null,
      remedy text not null,
      exceptionable boolean not null,
      discloses text,
      foreign key (tenant_id, evaluation_id) references gate_evaluation (tenant_id, id),
      foreign key (tenant_id, handoff_id) references handoff (tenant_id, id)`,
      'select, insert',
    );
    await runner.query('create index gate_finding_evaluation on gate_finding (tenant_id, evaluation_id, position)');
    await createTenantTable(
      runner,
      'handoff_return',
      `handoff_id uuid not null,
      gaps text not null check (gaps <> '[]'),
      returned_by uuid not null,
      returned_at timestamptz(3) not null,
      correction_due_at timestamptz(3) not null,
      foreign key (tenant_id, handoff_id) references handoff (tenant_id, id),
      foreign key (tenant_id, returned_by) references person (tenant_id, id)`,
      'select, insert',
    );
    await runner.query('create index handoff_return_handoff on handoff_return (tenant_id, handoff_id)');
  }
}
