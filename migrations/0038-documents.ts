import type { QueryRunner } from 'typeorm';
import {
  allowValues,
  applicationRole,
  createTenantTable,
  forbidValues,
  refuseOverEvidence,
  TablesMigration,
  withoutForce,
} from '../src/core/migration.js';

const TEMPLATES = ['SALES_TOLD_OF_CHANGE'];
const KIND = `in ('DEAL_SUMMARY', 'STAKEHOLDER_MAP', 'COMMITMENT_LOG', 'IMPLEMENTATION_PLAN', 'RISK_REGISTER', 'MEETING_NOTES', 'INTRODUCTION_EMAIL')`;

/** The numbered issues of the seven documents of a handoff, and their files in SharePoint: one a document and format. */
export class Documents1700000000038 extends TablesMigration {
  readonly tables = ['issued_document'];

  async up(runner: QueryRunner): Promise<void> {
    await createTenantTable(
      runner,
      'issued_document',
      `handoff_id uuid not null,
      kind text not null check (kind ${KIND}),
      number int not null check (number > 0),
      template_version text not null check (template_version ~ '^v[0-9]+[.][0-9]+$'),
      template_date date not null,
      document text not null,
      markdown text not null,
      markdown_hash text not null check (markdown_hash ~ '^[0-9a-f]{64}$'),
      content_sha256 text not null check (content_sha256 ~ '^[0-9a-f]{64}$'),
      section_digests text check (section_digests like '[%]'),
      missing text not null check (missing like '[%]'),
      is_changed boolean not null,
      sources text not null check (sources like '[{%}]'),
      issued_by uuid not null,
      issued_at timestamptz(3) not null,
      archived_at timestamptz(3),
      markdown_path text,
      markdown_file_hash text check (markdown_file_hash ~ '^[0-9a-f]{64}$'),
      docx_path text,
      docx_hash text check (docx_hash ~ '^[0-9a-f]{64}$'),
      stored_at timestamptz(3),
      check ((stored_at is null) = (markdown_path is null)),
      check ((stored_at is null) = (markdown_file_hash is null)),
      check ((stored_at is null) = (docx_path is null)),
      check ((stored_at is null) = (docx_hash is null)),
      check (archived_at >= issued_at),
      unique (tenant_id, handoff_id, kind, number),
      foreign key (tenant_id, handoff_id) references handoff (tenant_id, id),
      foreign key (tenant_id, issued_by) references person (tenant_id, id)`,
      'select, insert',
    );
    await runner.query('create index issued_document_at on issued_document (tenant_id, issued_at)');
    // What was issued stands as it was: archiving and storage are written afterwards, and erasure takes the digests.
    await runner.query(
      `grant update (archived_at, section_digests, markdown_path, markdown_file_hash, docx_path, docx_hash, stored_at)
        on issued_document to ${await applicationRole(runner)}`,
    );
    await withoutForce(runner, 'stored_file', async () => {
      await runner.query(`alter table stored_file alter brief_id drop not null,
        add document_id uuid, add handoff_id uuid, add document_kind text check (document_kind ${KIND}),
        add constraint stored_file_owner check ((brief_id is null) = (document_id is not null)
          and (document_id is null) = (handoff_id is null) and (document_id is null) = (document_kind is null)),
        add constraint stored_file_document unique (tenant_id, handoff_id, document_kind, format),
        add foreign key (tenant_id, document_id) references issued_document (tenant_id, id),
        add foreign key (tenant_id, handoff_id) references handoff (tenant_id, id)`);
      await runner.query('create index stored_file_issue on stored_file (tenant_id, document_id)');
    });
    await allowValues(runner, 'notice', 'template', TEMPLATES);
  }

  override async down(runner: QueryRunner): Promise<void> {
    await refuseOverEvidence(runner);
    await withoutForce(runner, 'stored_file', async () => {
      await runner.query(`alter table stored_file drop constraint stored_file_owner,
        drop column document_id, drop column handoff_id, drop column document_kind, alter brief_id set not null`);
    });
    await super.down(runner);
    await forbidValues(runner, 'notice', 'template', TEMPLATES);
  }
}
