import type { QueryRunner } from 'typeorm';
import { applicationRole, createTenantTable, TablesMigration } from '../src/core/migration.js';

const ROLES =
  "('SALES_MANAGER', 'DELIVERY_MANAGER', 'FINANCE_APPROVER', 'SERVICE_DELIVERY_LEAD', 'REVOPS_ADMIN', 'AUDITOR')";
const SHA256 = "~ '^[0-9a-f]{64}$'";

/** Checklist items and their evidence. That nobody judges their own stands here too, not only in the rules. */
export class Checklist1700000000008 extends TablesMigration {
  readonly tables = ['checklist_item', 'evidence'];

  async up(runner: QueryRunner): Promise<void> {
    await createTenantTable(
      runner,
      'checklist_item',
      `handoff_id uuid not null,
      code text not null,
      position int not null check (position > 0),
      label text not null,
      description text not null,
      required boolean not null,
      weight int not null check (weight > 0),
      provider_role text not null check (provider_role in ${ROLES}),
      verifier_role text not null check (verifier_role in ${ROLES}),
      validity_days int check (validity_days > 0),
      allow_not_applicable boolean not null,
      kinds text not null check (kinds <> '[]'),
      needs_document boolean not null,
      needs_signer boolean not null,
      needs_all_signers boolean not null,
      reopens_on text not null,
      state text not null check (state in ('OPEN', 'SUBMITTED', 'VERIFIED', 'REJECTED', 'NOT_APPLICABLE_CLAIMED', 'NOT_APPLICABLE')),
      na_reason text check (length(btrim(na_reason)) >= 10),
      na_claimed_by uuid,
      na_claimed_at timestamptz(3),
      na_terms_revision int,
      na_accepted_by uuid check (na_accepted_by <> na_claimed_by),
      na_accepted_at timestamptz(3),
      reopen_reason text,
      reopened_by uuid,
      reopened_at timestamptz(3),
      sources text not null check (sources <> '[]'),
      check ((state in ('NOT_APPLICABLE_CLAIMED', 'NOT_APPLICABLE')) = (na_reason is not null and na_claimed_by is not null and na_claimed_at is not null and na_terms_revision is not null)),
      check ((state = 'NOT_APPLICABLE') = (na_accepted_by is not null and na_accepted_at is not null)),
      check (allow_not_applicable or state not in ('NOT_APPLICABLE_CLAIMED', 'NOT_APPLICABLE')),
      unique (tenant_id, handoff_id, code),
      unique (tenant_id, handoff_id, id),
      foreign key (tenant_id, handoff_id) references handoff (tenant_id, id),
      foreign key (tenant_id, na_claimed_by) references person (tenant_id, id),
      foreign key (tenant_id, na_accepted_by) references person (tenant_id, id),
      foreign key (tenant_id, reopened_by) references person (tenant_id, id)`,
      'select, insert, update',
    );
    await createTenantTable(
      runner,
      'evidence',
      `handoff_id uuid not null,
      item_id uuid not null,
      sequence int not null check (sequence > 0),
      kind text not null check (kind in ('DOCUMENT', 'CERTIFICATE', 'RECORD', 'STATEMENT')),
      title text not null,
      document_url text check (document_url like 'https://%'),
      document_id text,
      document_version text,
      content_hash text not null check (content_hash ${SHA256}),
      statement text,
      signers text not null,
      certificate_url text check (certificate_url like 'https://%'),
      document_date date,
      state text not null check (state in ('SUBMITTED', 'VERIFIED', 'REJECTED')),
      submitted_by uuid not null,
      submitted_at timestamptz(3) not null,
      verified_by uuid check (verified_by <> submitted_by),
      verified_at timestamptz(3),
      rejection_reason text,
      terms_digest text not null check (terms_digest ${SHA256}),
      terms_revision int not null check (terms_revision > 0),
      quoted_scope_hash text check (quoted_scope_hash ${SHA256}),
      signed_scope_hash text check (signed_scope_hash ${SHA256}),
      check ((state = 'SUBMITTED') = (verified_by is null)),
      check ((verified_by is null) = (verified_at is null)),
      check ((state = 'REJECTED') = (rejection_reason is not null)),
      unique (tenant_id, item_id, sequence),
      foreign key (tenant_id, handoff_id, item_id) references checklist_item (tenant_id, handoff_id, id),
      foreign key (tenant_id, submitted_by) references person (tenant_id, id),
      foreign key (tenant_id, verified_by) references person (tenant_id, id)`,
      'select, insert',
    );
    // What was given never changes; only the verdict is written later.
    await runner.query(
      `grant update (state, verified_by, verified_at, rejection_reason) on evidence to ${await applicationRole(runner)}`,
    );
    await runner.query('create index evidence_handoff on evidence (tenant_id, handoff_id, item_id, sequence)');
  }
}
