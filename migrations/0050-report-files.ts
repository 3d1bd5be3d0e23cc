import type { QueryRunner } from 'typeorm';
import { applicationRole, createTenantTable, TablesMigration } from '../src/core/migration.js';

const SHA = "~ '^[0-9a-f]{64}$'";

/** Files of figures: who asked for which, and the digest of what was fetched. The files themselves are kept nowhere. */
export class ReportFiles1700000000050 extends TablesMigration {
  readonly tables = ['report_file'];

  async up(runner: QueryRunner): Promise<void> {
    await createTenantTable(
      runner,
      'report_file',
      `kind text not null check (kind in ('DATASET_CSV', 'DATASET_XLSX', 'RUNBOOK', 'REGISTER', 'EXEC_BRIEF', 'PROOF_BRIEF')),
      dataset text check ((dataset is not null) = (kind in ('DATASET_CSV', 'DATASET_XLSX'))),
      from_on date,
      to_on date check (to_on >= from_on),
      secret_hash text not null check (secret_hash ${SHA}),
      requested_by uuid not null,
      requested_at timestamptz(3) not null,
      expires_at timestamptz(3) not null check (expires_at > requested_at),
      taken_at timestamptz(3),
      sha256 text check (sha256 ${SHA}),
      bytes bigint check (bytes >= 0),
      rows int check (rows >= 0),
      check (sha256 is null or taken_at is not null),
      check ((sha256 is null) = (bytes is null)),
      foreign key (tenant_id, requested_by) references person (tenant_id, id)`,
      'select, insert',
    );
    await runner.query(
      `grant update (taken_at, sha256, bytes, rows) on report_file to ${await applicationRole(runner)}`,
    );
  }
}
