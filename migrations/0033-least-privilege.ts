import type { QueryRunner } from 'typeorm';
import { applicationRole, createTenantTable, TablesMigration, withoutForce } from '../src/core/migration.js';

/** What all processes may still ask of a vendor, the quarterly review of connections, and documents behind evidence. */
export class LeastPrivilege1700000000033 extends TablesMigration {
  readonly tables = ['vendor_budget', 'integration_review', 'evidence_document'];

  async up(runner: QueryRunner): Promise<void> {
    await createTenantTable(
      runner,
      'vendor_budget',
      `instance text not null check (length(instance) between 1 and 500),
      tokens int not null check (tokens >= 0),
      filled_at timestamptz(3) not null,
      closed_until timestamptz(3),
      unique (tenant_id, instance)`,
      'select, insert, update',
    );
    await this.reviews(runner);
    await this.documents(runner);
  }

  override async down(runner: QueryRunner): Promise<void> {
    await super.down(runner);
    await runner.query(
      'alter table evidence drop constraint evidence_invalid, drop column invalid_reason, drop column invalid_at',
    );
  }

  private async reviews(runner: QueryRunner): Promise<void> {
    await createTenantTable(
      runner,
      'integration_review',
      `integration_id uuid not null,
      period text not null check (period ~ '^[0-9]{4}-Q[1-4]$'),
      secret_version int not null check (secret_version > 0),
      checks text not null,
      reason text,
      checked_at timestamptz(3) not null,
      opened_at timestamptz(3) not null,
      due_at timestamptz(3) not null check (due_at > opened_at),
      hands text not null,
      reviewer_id uuid,
      state text not null check (state in ('OPEN', 'UNASSIGNED', 'SOUND', 'EXCEPTION')),
      reviewed_by uuid,
      reviewed_at timestamptz(3),
      remark text,
      revision int not null check (revision > 0),
      constraint integration_review_assigned check (state <> 'OPEN' or reviewer_id is not null),
      constraint integration_review_reviewed check ((state in ('SOUND', 'EXCEPTION')) = (reviewed_by is not null)
        and (reviewed_by is null) = (reviewed_at is null) and (reviewed_by is null) = (remark is null)),
      constraint integration_review_not_by_hand check (strpos(hands, coalesce(reviewer_id::text, 'nobody')) = 0
        and strpos(hands, coalesce(reviewed_by::text, 'nobody')) = 0),
      unique (tenant_id, integration_id, period),
      foreign key (tenant_id, integration_id) references integration (tenant_id, id),
      foreign key (tenant_id, reviewer_id) references person (tenant_id, id),
      foreign key (tenant_id, reviewed_by) references person (tenant_id, id)`,
      'select, insert',
    );
    // What was found is never changed; only the verdict is written later.
    await runner.query(
      `grant update (state, reviewed_by, reviewed_at, remark, revision) on integration_review to ${await applicationRole(runner)}`,
    );
  }

  private async documents(runner: QueryRunner): Promise<void> {
    await createTenantTable(
      runner,
      'evidence_document',
      `evidence_id uuid not null,
      integration_id uuid not null,
      state text not null check (state in ('UNCHECKED', 'SOUND', 'CHANGED', 'DELETED')),
      reason text check (length(reason) <= 80),
      drive_id text,
      item_id text,
      c_tag text,
      quick_xor_hash text,
      web_url text,
      moved_at timestamptz(3),
      checked_at timestamptz(3) not null,
      check ((reason is not null) = (state = 'UNCHECKED')),
      check ((drive_id is null) = (item_id is null) and (drive_id is null) = (c_tag is null)
        and (drive_id is null) = (web_url is null)),
      check (state = 'UNCHECKED' or drive_id is not null),
      unique (tenant_id, evidence_id),
      foreign key (tenant_id, evidence_id) references evidence (tenant_id, id),
      foreign key (tenant_id, integration_id) references integration (tenant_id, id)`,
      'select, insert, update',
    );
    await withoutForce(runner, 'evidence', async () => {
      await runner.query(`alter table evidence
        add column invalid_reason text check (invalid_reason in ('DOCUMENT_CHANGED', 'DOCUMENT_DELETED')),
        add column invalid_at timestamptz(3),
        add constraint evidence_invalid check ((invalid_reason is null) = (invalid_at is null))`);
    });
    await runner.query(`grant update (invalid_reason, invalid_at) on evidence to ${await applicationRole(runner)}`);
  }
}
