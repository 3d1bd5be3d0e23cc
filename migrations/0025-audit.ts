import type { QueryRunner } from 'typeorm';
import { applicationRole, createTenantTable, TablesMigration } from '../src/core/migration.js';

const SHA = "~ '^[0-9a-f]{64}$'";
const POPULATIONS = "('APPROVAL_REQUESTS', 'OVERRIDES')";

/**
 * What auditors take away, the samples they draw, and the monthly control of overrides. What was drawn, and of how many,
 * is never changed; of an export the application may note that it was taken, of a control item the verdict.
 */
export class Audit1700000000025 extends TablesMigration {
  readonly tables = ['audit_sample', 'audit_sample_item', 'audit_export', 'control_run', 'control_item'];

  async up(runner: QueryRunner): Promise<void> {
    await this.samples(runner);
    await this.exports(runner);
    await this.controls(runner);
    // By when populations are asked for.
    await runner.query('create index approval_request_opened on approval_request (tenant_id, opened_at)');
    await runner.query('create index approval_grant_granted on approval_grant (tenant_id, granted_at)');
    await runner.query('create index approval_revocation_revoked on approval_revocation (tenant_id, revoked_at)');
    await runner.query(`create index ledger_entry_waiver on ledger_entry (tenant_id, at)
      where action = 'acceptNotApplicable' and outcome = 'DONE'`);
  }

  override async down(runner: QueryRunner): Promise<void> {
    await super.down(runner);
    await runner.query(
      'drop index approval_request_opened, approval_grant_granted, approval_revocation_revoked, ledger_entry_waiver',
    );
  }

  private async samples(runner: QueryRunner): Promise<void> {
    await createTenantTable(
      runner,
      'audit_sample',
      `population text not null check (population in ${POPULATIONS}),
      from_at timestamptz(3) not null,
      to_at timestamptz(3) not null check (to_at > from_at),
      seed text not null check (length(seed) between 1 and 100),
      size int not null check (size between 0 and 100),
      rows int not null check (rows >= size),
      ids_sha256 text not null check (ids_sha256 ${SHA}),
      drawn_by text not null,
      drawn_at timestamptz(3) not null`,
      'select, insert',
    );
    await createTenantTable(
      runner,
      'audit_sample_item',
      `sample_id uuid not null,
      position int not null check (position > 0),
      row_id uuid not null,
      row_kind text not null check (row_kind in ('APPROVAL_REQUEST', 'EXCEPTION', 'BREAK_GLASS', 'NOT_APPLICABLE', 'VOTE_REVOKED')),
      request_id uuid,
      subject_type text not null,
      subject_id uuid not null,
      at timestamptz(3) not null,
      unique (tenant_id, sample_id, position),
      unique (tenant_id, sample_id, row_id),
      foreign key (tenant_id, sample_id) references audit_sample (tenant_id, id),
      foreign key (tenant_id, request_id) references approval_request (tenant_id, id)`,
      'select, insert',
    );
  }

  private async exports(runner: QueryRunner): Promise<void> {
    await createTenantTable(
      runner,
      'audit_export',
      `kind text not null check (kind in ('POPULATION', 'PACK')),
      population text check (population in ${POPULATIONS}),
      from_at timestamptz(3),
      to_at timestamptz(3) check (to_at > from_at),
      rows int not null check (rows > 0 or kind = 'POPULATION'),
      ids_sha256 text check (ids_sha256 ${SHA}),
      request_id uuid,
      sample_id uuid,
      secret_hash text not null check (secret_hash ${SHA}),
      requested_by uuid not null,
      requested_at timestamptz(3) not null,
      expires_at timestamptz(3) not null check (expires_at > requested_at),
      taken_at timestamptz(3) check (taken_at < expires_at),
      sha256 text check (sha256 ${SHA}),
      bytes int check (bytes > 0),
      check ((kind = 'POPULATION') = (population is not null)),
      check ((population is null) = (from_at is null) and (population is null) = (to_at is null) and (population is null) = (ids_sha256 is null)),
      check (num_nonnulls(population, request_id, sample_id) = 1),
      check ((taken_at is null) = (sha256 is null) and (taken_at is null) = (bytes is null)),
      foreign key (tenant_id, request_id) references approval_request (tenant_id, id),
      foreign key (tenant_id, sample_id) references audit_sample (tenant_id, id),
      foreign key (tenant_id, requested_by) references person (tenant_id, id)`,
      'select, insert',
    );
    await runner.query(`grant update (taken_at, sha256, bytes) on audit_export to ${await applicationRole(runner)}`);
  }

  private async controls(runner: QueryRunner): Promise<void> {
    await createTenantTable(
      runner,
      'control_run',
      `control text not null check (control in ('OVERRIDE_SAMPLING')),
      period text not null check (period ~ '^[0-9]{4}-[0-9]{2}$'),
      sample_id uuid not null,
      run_at timestamptz(3) not null,
      due_at timestamptz(3) not null check (due_at > run_at),
      unique (tenant_id, control, period),
      foreign key (tenant_id, sample_id) references audit_sample (tenant_id, id)`,
      'select, insert',
    );
    await createTenantTable(
      runner,
      'control_item',
      `run_id uuid not null,
      sample_item_id uuid not null,
      position int not null check (position > 0),
      actors text not null,
      reviewer_id uuid,
      state text not null check (state in ('OPEN', 'UNASSIGNED', 'PASS', 'EXCEPTION')),
      reviewed_by uuid,
      reviewed_at timestamptz(3),
      note text,
      revision int not null check (revision > 0),
      constraint control_item_assigned check (state <> 'OPEN' or reviewer_id is not null),
      constraint control_item_reviewed check ((state in ('PASS', 'EXCEPTION')) = (reviewed_by is not null)
        and (reviewed_by is null) = (reviewed_at is null) and (reviewed_by is null) = (note is null)),
      constraint control_item_not_by_actor check (strpos(actors, coalesce(reviewer_id::text, 'nobody')) = 0
        and strpos(actors, coalesce(reviewed_by::text, 'nobody')) = 0),
      unique (tenant_id, run_id, position),
      unique (tenant_id, sample_item_id),
      foreign key (tenant_id, run_id) references control_run (tenant_id, id),
      foreign key (tenant_id, sample_item_id) references audit_sample_item (tenant_id, id),
      foreign key (tenant_id, reviewer_id) references person (tenant_id, id),
      foreign key (tenant_id, reviewed_by) references person (tenant_id, id)`,
      'select, insert',
    );
    await runner.query(
      `grant update (state, reviewed_by, reviewed_at, note, revision) on control_item to ${await applicationRole(runner)}`,
    );
  }
}
