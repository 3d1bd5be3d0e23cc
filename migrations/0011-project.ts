import type { QueryRunner } from 'typeorm';
import { applicationRole, createTenantTable, TablesMigration } from '../src/core/migration.js';

const HANDOFF = 'foreign key (tenant_id, handoff_id) references handoff (tenant_id, id)';
const PROJECT = 'foreign key (tenant_id, project_id) references project (tenant_id, id)';
const digest = (column: string): string => `${column} text not null check (${column} ~ '^[0-9a-f]{64}$')`;

/** Projects with milestones, tasks and their dependencies; immutable budget baselines with their lines. */
export class Project1700000000011 extends TablesMigration {
  readonly tables = [
    'project',
    'project_milestone',
    'project_task',
    'task_dependency',
    'budget_baseline',
    'budget_baseline_line',
  ];

  async up(runner: QueryRunner): Promise<void> {
    await createTenantTable(
      runner,
      'project',
      `handoff_id uuid not null,
      number text not null,
      name text not null,
      state text not null check (state in ('AWAITING_SIGN_OFF', 'ACTIVE', 'CANCELLED')),
      start_on date not null,
      target_on date not null,
      project_lead_id uuid,
      service_template text not null,
      deal_type text not null,
      task_pack_key text not null,
      task_pack_version text not null,
      sources text not null check (sources <> '[]'),
      created_at timestamptz(3) not null,
      check (target_on >= start_on),
      unique (tenant_id, handoff_id),
      unique (tenant_id, number),
      ${HANDOFF},
      foreign key (tenant_id, project_lead_id) references person (tenant_id, id)`,
      'select, insert, update',
    );
    await createTenantTable(
      runner,
      'project_milestone',
      `project_id uuid not null,
      handoff_id uuid not null,
      key text not null,
      name text not null,
      position int not null check (position > 0),
      start_on date not null,
      target_on date not null,
      state text not null check (state in ('PLANNED', 'CANCELLED')),
      check (target_on >= start_on),
      unique (tenant_id, project_id, key),
      ${PROJECT},
      ${HANDOFF}`,
      'select, insert, update',
    );
    await createTenantTable(
      runner,
      'project_task',
      `project_id uuid not null,
      handoff_id uuid not null,
      milestone_id uuid not null,
      key text not null,
      position int not null check (position > 0),
      title text not null,
      description text,
      owner_role text not null,
      owner_id uuid,
      due_on date not null,
      estimate_hours text not null,
      budget_type text not null,
      condition_note text,
      state text not null check (state in ('OPEN', 'DONE', 'CANCELLED')),
      unique (tenant_id, project_id, key),
      unique (tenant_id, project_id, id),
      ${PROJECT},
      ${HANDOFF},
      foreign key (tenant_id, milestone_id) references project_milestone (tenant_id, id),
      foreign key (tenant_id, owner_id) references person (tenant_id, id)`,
      'select, insert, update',
    );
    for (const table of ['project_milestone', 'project_task']) {
      await runner.query(`create index ${table}_handoff on ${table} (tenant_id, handoff_id)`);
    }
    await runner.query(
      "create index project_task_owner on project_task (tenant_id, owner_id, due_on) where state = 'OPEN'",
    );
    await createTenantTable(
      runner,
      'task_dependency',
      `task_id uuid not null,
      depends_on_task_id uuid not null,
      project_id uuid not null,
      check (task_id <> depends_on_task_id),
      foreign key (tenant_id, project_id, task_id) references project_task (tenant_id, project_id, id),
      foreign key (tenant_id, project_id, depends_on_task_id) references project_task (tenant_id, project_id, id)`,
      'select, insert',
      'tenant_id, task_id, depends_on_task_id',
    );
    // A new plan draws its chain anew; edges carry nothing that must be kept.
    await runner.query(`grant delete on task_dependency to ${await applicationRole(runner)}`);
    await runner.query('create index task_dependency_project on task_dependency (tenant_id, project_id)');
    await createTenantTable(
      runner,
      'budget_baseline',
      `project_id uuid not null,
      handoff_id uuid not null,
      version int not null check (version > 0),
      currency text not null,
      deal_snapshot_id uuid not null,
      ${digest('terms_digest')},
      terms_revision int not null check (terms_revision > 0),
      ${digest('content_digest')},
      ${digest('plan_digest')},
      supersedes_id uuid,
      reason text not null check (reason in ('SUBMIT', 'RETURN', 'REBASELINE')),
      sources text not null check (sources <> '[]'),
      created_at timestamptz(3) not null,
      created_by text not null,
      check ((version = 1) = (supersedes_id is null)),
      unique (tenant_id, handoff_id, version),
      unique (tenant_id, handoff_id, id),
      unique (tenant_id, supersedes_id),
      ${PROJECT},
      ${HANDOFF},
      foreign key (tenant_id, deal_snapshot_id) references deal_snapshot (tenant_id, id),
      foreign key (tenant_id, handoff_id, supersedes_id) references budget_baseline (tenant_id, handoff_id, id)`,
      'select, insert',
    );
    await createTenantTable(
      runner,
      'budget_baseline_line',
      `baseline_id uuid not null,
      position int not null check (position > 0),
      budget_type text not null,
      label text not null,
      hours text not null,
      cost_minor bigint,
      price_minor bigint not null,
      unique (tenant_id, baseline_id, budget_type),
      unique (tenant_id, baseline_id, position),
      foreign key (tenant_id, baseline_id) references budget_baseline (tenant_id, id)`,
      'select, insert',
    );
  }
}
