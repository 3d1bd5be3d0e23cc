import type { QueryRunner } from 'typeorm';
import { createTenantTable, TablesMigration } from '../src/core/migration.js';

const HANDOFF = 'foreign key (tenant_id, handoff_id) references handoff (tenant_id, id)';
const PROJECT = 'foreign key (tenant_id, project_id) references project (tenant_id, id)';

/** What delivery spent, as append-only snapshots; how far the PSA's projects were read, and where they drifted. */
export class Actuals1700000000029 extends TablesMigration {
  readonly tables = [
    'actuals_snapshot',
    'actuals_line',
    'actuals_mark',
    'actuals_cursor',
    'psa_project_sweep',
    'psa_drift',
  ];

  async up(runner: QueryRunner): Promise<void> {
    await createTenantTable(
      runner,
      'actuals_snapshot',
      `project_id uuid not null,
      handoff_id uuid not null,
      source text not null check (length(source) between 1 and 40),
      source_id text not null check (length(source_id) between 1 and 80),
      taken_at timestamptz(3) not null,
      read_at timestamptz(3) not null,
      digest text not null check (digest ~ '^[0-9a-f]{64}$'),
      closed_at timestamptz(3),
      won_at timestamptz(3),
      first_contact_at timestamptz(3),
      todos_done int not null check (todos_done >= 0),
      todos_total int not null check (todos_total >= todos_done),
      currency text not null check (currency ~ '^[A-Z]{3}$'),
      unique (tenant_id, project_id, id),
      ${PROJECT},
      ${HANDOFF}`,
      'select, insert',
    );
    await createTenantTable(
      runner,
      'actuals_line',
      `snapshot_id uuid not null,
      position int not null check (position > 0),
      budget_types text not null check (budget_types like '[%]'),
      actual_minutes int not null,
      remaining_minutes int not null,
      actual_cost_minor bigint,
      unique (tenant_id, snapshot_id, position),
      foreign key (tenant_id, snapshot_id) references actuals_snapshot (tenant_id, id)`,
      'select, insert',
    );
    await createTenantTable(
      runner,
      'actuals_mark',
      `snapshot_id uuid not null,
      kind text not null check (kind in ('MILESTONE', 'TASK')),
      own_id uuid not null,
      done_at timestamptz(3) not null,
      unique (tenant_id, snapshot_id, own_id),
      foreign key (tenant_id, snapshot_id) references actuals_snapshot (tenant_id, id)`,
      'select, insert',
    );
    await createTenantTable(
      runner,
      'actuals_cursor',
      `project_id uuid not null,
      handoff_id uuid not null,
      snapshot_id uuid not null,
      taken_at timestamptz(3) not null,
      read_at timestamptz(3) not null,
      unique (tenant_id, project_id),
      unique (tenant_id, handoff_id),
      ${PROJECT},
      ${HANDOFF},
      foreign key (tenant_id, project_id, snapshot_id) references actuals_snapshot (tenant_id, project_id, id)`,
      'select, insert, update',
    );
    await createTenantTable(
      runner,
      'psa_project_sweep',
      `integration_id uuid not null,
      watermark text check (length(watermark) <= 80),
      swept_at timestamptz(3) not null,
      problem text check (length(problem) <= 80),
      remedy text check (length(remedy) <= 1000),
      unique (tenant_id, integration_id),
      foreign key (tenant_id, integration_id) references integration (tenant_id, id)`,
      'select, insert, update',
    );
    await createTenantTable(
      runner,
      'psa_drift',
      `handoff_id uuid not null,
      object_id uuid not null,
      field text not null check (length(field) between 1 and 200),
      ours text check (length(ours) <= 1000),
      theirs text check (length(theirs) <= 1000),
      changed_by text check (length(changed_by) <= 200),
      state text not null check (state in ('OPEN', 'RESTORING', 'RESTORED', 'GONE', 'ACCEPTED')),
      found_at timestamptz(3) not null,
      seen_at timestamptz(3) not null check (seen_at >= found_at),
      ended_at timestamptz(3) check (ended_at >= found_at),
      decided_by uuid,
      decided_at timestamptz(3),
      revision int not null check (revision > 0),
      check ((decided_by is null) = (decided_at is null)),
      check (state not in ('OPEN', 'RESTORING') or ended_at is null),
      check (state not in ('RESTORED', 'GONE') or ended_at is not null),
      check (state not in ('RESTORING', 'RESTORED', 'ACCEPTED') or decided_by is not null),
      ${HANDOFF},
      foreign key (tenant_id, object_id) references psa_object (tenant_id, id),
      foreign key (tenant_id, decided_by) references person (tenant_id, id)`,
      'select, insert, update',
    );
    await runner.query('create index actuals_snapshot_handoff on actuals_snapshot (tenant_id, handoff_id)');
    await runner.query('create index psa_drift_handoff on psa_drift (tenant_id, handoff_id, id)');
    // The same difference is one incident as long as it stands.
    await runner.query(
      'create unique index psa_drift_standing on psa_drift (tenant_id, object_id, field) where ended_at is null',
    );
  }
}
